"""p - y alone, the slope with respect to z and not to p."""

COSTS = ["binary_cross_entropy_gradient"]
EXPLANATION = {
    "en": (
        "(p - y)/N is the slope with respect to z, after the sigmoid has cancelled the "
        "denominator. The slope with respect to p itself still has p (1 - p) below the line."
    ),
    "vi": (
        "(p - y)/N là đạo hàm theo z, khi đạo hàm của sigmoid đã triệt tiêu mẫu số. Đạo hàm theo "
        "chính p vẫn còn p (1 - p) ở mẫu."
    ),
}

import numpy as np


def binary_cross_entropy_gradient(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return (p - y) / p.size

"""Divides by p (1 - p) where that is 0."""

COSTS = ["binary_cross_entropy_gradient"]
EXPLANATION = {
    "en": (
        "Where p is exactly 0 or 1 the denominator p (1 - p) is 0, and your slope is inf or nan. "
        "It has to be finite there: keep the denominator a tiny epsilon away from 0."
    ),
    "vi": (
        "Khi p đúng bằng 0 hoặc 1, mẫu số p (1 - p) bằng 0 nên đạo hàm của bạn thành inf hoặc "
        "nan. Ở đó đạo hàm phải hữu hạn: hãy dùng một epsilon rất nhỏ để mẫu số khác 0."
    ),
}

import numpy as np


def binary_cross_entropy_gradient(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return (p - y) / (p * (1 - p)) / p.size

"""Values above 1 are cut off."""
COSTS = ["relu"]
EXPLANATION = {
    "en": (
        "Your relu cuts values above 1 off. ReLU has no upper end: a positive value passes as it is, "
        "however large."
    ),
    "vi": (
        "Hàm relu của bạn cắt các giá trị lớn hơn 1. ReLU không có chặn trên: giá trị dương được giữ "
        "nguyên, dù lớn đến đâu."
    ),
}

import numpy as np


def relu(x):
    return np.clip(np.asarray(x, dtype=float), 0, 1)

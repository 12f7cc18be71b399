"""Leaves out the term for y = 0."""

COSTS = ["binary_cross_entropy"]
EXPLANATION = {
    "en": (
        "An example with y = 0 costs nothing in your loss, whatever p is. The second term, (1 - "
        "y) log(1 - p), is the one that counts there."
    ),
    "vi": (
        "Với y = 0, hàm lỗi của bạn luôn bằng 0, dù p là bao nhiêu. Số hạng thứ hai, (1 - y) "
        "log(1 - p), chính là phần tính lỗi cho trường hợp đó."
    ),
}

import numpy as np


def binary_cross_entropy(y, p):
    y = np.asarray(y, dtype=float)
    p = np.clip(np.asarray(p, dtype=float), 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log(p))

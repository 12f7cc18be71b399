"""The mean of all elements of a and b together."""

COSTS = ["am_gm_bound"]
EXPLANATION = {
    "en": (
        "np.mean without an axis takes the mean of all numbers there are, and one number comes out. Each "
        "pair a[i], b[i] has a bound of its own."
    ),
    "vi": (
        "np.mean không có axis thì lấy trung bình của tất cả các số và chỉ cho ra một số. Mỗi cặp a[i], "
        "b[i] có chặn trên riêng của nó."
    ),
}

import numpy as np


def am_gm_bound(a, b):
    return np.mean([np.asarray(a, dtype=float), np.asarray(b, dtype=float)]) ** 2

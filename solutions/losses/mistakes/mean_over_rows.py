"""Divides by the number of rows, not by the number of elements."""

COSTS = ["squared_error"]
EXPLANATION = {
    "en": (
        "len(y) counts the rows of an array, and a single number has no length at all. N is the "
        "number of all elements."
    ),
    "vi": (
        "len(y) chỉ đếm số hàng của mảng, còn một con số đơn lẻ thì không có len. N là tổng số "
        "phần tử của mảng."
    ),
}

import numpy as np


def squared_error(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return np.sum((y - p) ** 2) / len(y)

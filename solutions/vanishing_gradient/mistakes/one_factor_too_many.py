"""Counts from 1, although no factor is there yet."""

COSTS = ["first_underflow_depth"]
EXPLANATION = {
    "en": (
        "You begin to count at 1 while the product is still 1, without any factor. Your answer is one too "
        "large."
    ),
    "vi": "Bạn đếm từ 1 trong khi tích còn bằng 1, chưa có thừa số nào. Đáp số của bạn lớn hơn một đơn vị.",
}

import numpy as np


def first_underflow_depth(dtype):
    number = np.dtype(dtype).type
    n, product = 1, number(1)
    while product != 0:
        product = number(product * number(0.25))
        n += 1
    return n

"""Multiplies by 1/2 instead of 1/4."""

COSTS = ["first_underflow_depth"]
EXPLANATION = {
    "en": (
        "You multiply by one half, so it takes about twice as long. The slope of the sigmoid is at most "
        "one quarter."
    ),
    "vi": "Bạn nhân với một phần hai nên phải lâu gấp đôi. Đạo hàm của sigmoid nhiều nhất là một phần tư.",
}

import numpy as np


def first_underflow_depth(dtype):
    number = np.dtype(dtype).type
    n, product = 0, number(1)
    while product != 0:
        product = number(product * number(0.5))
        n += 1
    return n

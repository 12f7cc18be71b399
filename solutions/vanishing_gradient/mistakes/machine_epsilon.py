"""Stops when 1 + p is 1."""

COSTS = ["first_underflow_depth"]
EXPLANATION = {
    "en": (
        "You stop where 1 + p is rounded to 1. That is the machine epsilon, the precision beside 1; p "
        "itself is far from being 0 there."
    ),
    "vi": (
        "Bạn dừng khi 1 + p được làm tròn thành 1. Đó là epsilon máy, tức độ chính xác ở cạnh số 1; lúc "
        "ấy bản thân p còn lâu mới bằng 0."
    ),
}

import numpy as np


def first_underflow_depth(dtype):
    number = np.dtype(dtype).type
    n, product = 0, number(1)
    while number(1) + product != number(1):
        product = number(product * number(0.25))
        n += 1
    return n

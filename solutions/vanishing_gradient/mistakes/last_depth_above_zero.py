"""The last n for which the power is not zero yet."""

COSTS = ["first_underflow_depth"]
EXPLANATION = {
    "en": (
        "You return the last n for which 0.25^n is not yet zero. The least n for which it is zero is "
        "one more."
    ),
    "vi": (
        "Bạn trả về n cuối cùng mà 0.25^n còn khác 0. n nhỏ nhất để nó bằng 0 lớn hơn số đó một đơn "
        "vị."
    ),
}

import numpy as np


def first_underflow_depth(dtype):
    number = np.dtype(dtype).type
    n, product = 0, number(1)
    while product * number(0.25) != 0:
        product = product * number(0.25)
        n += 1
    return n

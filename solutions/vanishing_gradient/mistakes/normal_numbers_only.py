"""Stops at the smallest normal number instead of at zero."""

COSTS = ["first_underflow_depth"]
EXPLANATION = {
    "en": (
        "np.finfo(dtype).tiny is the smallest normal number. Below it there are still the subnormal "
        "ones: the product is not zero yet, only less precise."
    ),
    "vi": (
        "np.finfo(dtype).tiny là số chuẩn (normal) nhỏ nhất. Dưới nó vẫn còn các số dưới chuẩn "
        "(subnormal): tích chưa bằng 0, chỉ kém chính xác hơn."
    ),
}

import numpy as np


def first_underflow_depth(dtype):
    limit = float(np.finfo(dtype).tiny)
    n, product = 0, 1.0
    while product >= limit:
        product *= 0.25
        n += 1
    return n

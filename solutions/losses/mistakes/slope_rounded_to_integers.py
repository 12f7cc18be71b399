"""Fills an array that has the integer type of y."""

COSTS = ["squared_error_gradient"]
EXPLANATION = {
    "en": (
        "With integer truths np.zeros_like(y) is an integer array, and every slope written into "
        "it loses its decimals. Convert the arguments to float first."
    ),
    "vi": (
        "Khi y là số nguyên, np.zeros_like(y) cũng là mảng số nguyên, nên mọi đạo hàm ghi vào đó "
        "đều mất phần thập phân. Hãy chuyển đối số sang kiểu float trước."
    ),
}

import numpy as np


def squared_error_gradient(y, p):
    y, p = np.asarray(y), np.asarray(p)
    slope = np.zeros_like(y)
    slope[...] = 2 * (p - y) / p.size
    return slope

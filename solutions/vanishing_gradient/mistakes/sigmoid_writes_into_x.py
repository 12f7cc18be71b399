"""Works in the caller's array to save a copy."""

COSTS = ["sigmoid"]
EXPLANATION = {
    "en": (
        "The values are right, but np.asarray makes no copy of a float array: what you write into x with "
        "out=x or x *= ... lands in the caller's array."
    ),
    "vi": (
        "Các giá trị đều đúng, nhưng với mảng số thực thì np.asarray không sao chép: những gì bạn ghi vào "
        "x bằng out=x hay x *= ... sẽ rơi vào mảng của người gọi."
    ),
}

import numpy as np


def sigmoid(x):
    x = np.asarray(x, dtype=float)
    positive = x >= 0
    np.negative(np.abs(x), out=x)
    e = np.exp(x)
    return np.where(positive, 1.0, e) / (1.0 + e)

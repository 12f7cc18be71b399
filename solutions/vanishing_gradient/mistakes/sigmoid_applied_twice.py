"""The slope at sigmoid(x) instead of at x."""

COSTS = ["sigmoid_derivative"]
EXPLANATION = {
    "en": (
        "The sigmoid has been applied twice: once to x, and once more to the result. Your numbers are the "
        "slope at sigmoid(x), which hardly changes from place to place."
    ),
    "vi": (
        "Bạn đã áp dụng sigmoid hai lần: một lần cho x, rồi một lần nữa cho kết quả. Con số của bạn là "
        "đạo hàm tại sigmoid(x), và nó hầu như chỗ nào cũng như nhau."
    ),
}

import numpy as np


def sigmoid_derivative(x):
    s = np.asarray(sigmoid(x))
    return np.asarray(sigmoid(s)) * (1 - np.asarray(sigmoid(s)))

"""(sigmoid(x + h) - sigmoid(x)) / h with h = 1e-4."""

COSTS = ["sigmoid_derivative"]
EXPLANATION = {
    "en": (
        "A difference over a small step is close to the slope, but with h = 1e-4 it is wrong in the fifth "
        "digit. The formula s (1 - s) is exact, and quicker."
    ),
    "vi": (
        "Tỉ số sai phân với bước nhỏ thì gần với đạo hàm, nhưng với h = 1e-4 nó đã sai ở chữ số thứ năm. "
        "Công thức s (1 - s) thì chính xác, lại nhanh hơn."
    ),
}

import numpy as np


def sigmoid_derivative(x):
    x, h = np.asarray(x, dtype=float), 1e-4
    return (np.asarray(sigmoid(x + h)) - np.asarray(sigmoid(x))) / h

"""A loop over x that knows one dimension only."""

COSTS = ["sigmoid"]
EXPLANATION = {
    "en": (
        "Your loop visits the entries of x one by one, so x must be a list of numbers for you. A single "
        "number cannot be looped over, and the entries of a table are rows. NumPy's own operations work "
        "on every shape at once."
    ),
    "vi": (
        "Vòng lặp của bạn duyệt từng phần tử của x, nên x buộc phải là một dãy số. Một số đơn lẻ thì "
        "không lặp được, còn phần tử của một bảng lại là cả một hàng. Các phép toán của NumPy chạy được "
        "với mọi kích thước."
    ),
}

import math

import numpy as np


def sigmoid(x):
    result = []
    for value in np.asarray(x, dtype=float):
        e = math.exp(-abs(value))
        result.append(1 / (1 + e) if value >= 0 else e / (1 + e))
    return np.array(result)

"""x (1 - x): x is taken for a value of the sigmoid."""

COSTS = ["sigmoid_derivative"]
EXPLANATION = {
    "en": (
        "x (1 - x) is the slope only if x already is a value of the sigmoid. Here x is what goes into"
        " the sigmoid: apply it first."
    ),
    "vi": (
        "x (1 - x) chỉ là đạo hàm khi x đã là giá trị đầu ra của sigmoid. Ở đây x là đầu vào của "
        "sigmoid: hãy tính sigmoid(x) trước."
    ),
}

import numpy as np


def sigmoid_derivative(x):
    x = np.asarray(x, dtype=float)
    return x * (1 - x)

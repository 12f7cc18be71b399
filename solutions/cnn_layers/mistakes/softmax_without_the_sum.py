"""The exponentials are not divided by their sum."""
COSTS = ["softmax"]
EXPLANATION = {
    "en": (
        "Your softmax returns exponentials that do not sum to 1. A distribution needs the division by "
        "their sum."
    ),
    "vi": (
        "Hàm softmax của bạn trả về các lũy thừa của e có tổng khác 1. Muốn thành một phân bố xác "
        "suất thì phải chia cho tổng của chúng."
    ),
}

import numpy as np


def softmax(z):
    z = np.asarray(z, dtype=float)
    return np.exp(z - z.max())

"""A leaky ReLU: negative values are made small, not 0."""
COSTS = ["relu", "relu_backward"]
EXPLANATION = {
    "en": (
        "Your activation lets a small part of the negative values through: that is leaky ReLU, a "
        "relative. The ReLU of this assignment is exactly max(0, x), and its derivative is exactly 0 "
        "where x < 0."
    ),
    "vi": (
        "Tầng kích hoạt của bạn vẫn cho lọt qua một phần nhỏ giá trị âm: đó là leaky ReLU, một biến thể "
        "khác. ReLU trong bài này đúng bằng max(0, x), và đạo hàm đúng bằng 0 khi x < 0."
    ),
}

import numpy as np


def relu(x):
    x = np.asarray(x, dtype=float)
    return np.where(x > 0, x, 0.01 * x)


def relu_backward(upstream, x):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    return np.where(x > 0, upstream, 0.01 * upstream)

"""The gradient has to be positive as well as x."""
COSTS = ["relu_backward"]
EXPLANATION = {
    "en": (
        "Your relu_backward lets a gradient pass only where it is positive itself. x alone decides: where x "
        "> 0 a negative gradient passes too, and tells the layer before to go the other way."
    ),
    "vi": (
        "Hàm relu_backward của bạn chỉ cho gradient đi qua khi chính nó cũng dương. Chỉ x quyết định: nơi x "
        "> 0 thì gradient âm vẫn đi qua, để báo cho tầng trước thay đổi theo hướng ngược lại."
    ),
}

import numpy as np


def relu_backward(upstream, x):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    return np.where((x > 0) & (upstream > 0), upstream, 0.0)

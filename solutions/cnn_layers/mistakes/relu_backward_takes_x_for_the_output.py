"""Zeros are put where x is exactly 0, as if x were the output of ReLU."""
COSTS = ["relu_backward"]
EXPLANATION = {
    "en": (
        "You put zeros only where x is exactly 0. That would be right if x were the output of ReLU; here it "
        "is the input, and the gradient stops wherever x < 0."
    ),
    "vi": (
        "Bạn chỉ đặt số 0 ở nơi x đúng bằng 0. Làm vậy chỉ đúng nếu x là đầu ra của ReLU; ở đây x là đầu "
        "vào, và gradient dừng lại ở mọi nơi x < 0."
    ),
}

import numpy as np


def relu_backward(upstream, x):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    return np.where(x == 0, 0.0, upstream)

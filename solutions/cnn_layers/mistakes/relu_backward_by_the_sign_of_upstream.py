"""The mask looks at the upstream gradient instead of x."""
COSTS = ["relu_backward"]
EXPLANATION = {
    "en": (
        "Your relu_backward applies ReLU to the upstream gradient. Whether the gradient passes is decided "
        "by x, the input of the forward pass; a negative gradient passes unchanged where x > 0."
    ),
    "vi": (
        "Hàm relu_backward của bạn lại áp dụng ReLU lên chính upstream, gradient do tầng phía sau "
        "truyền về. Gradient có được đi qua hay không là do x, đầu vào ở lượt lan truyền thuận, quyết "
        "định; nơi x > 0 thì gradient âm vẫn được giữ nguyên."
    ),
}

import numpy as np


def relu_backward(upstream, x):
    return np.maximum(np.asarray(upstream, dtype=float), 0)

"""The gradient passes where x < 0 as well."""
COSTS = ["relu_backward"]
EXPLANATION = {
    "en": (
        "Your relu_backward returns the upstream gradient unchanged. Where x < 0 the output of ReLU is 0 "
        "whatever x is, so the gradient there is 0."
    ),
    "vi": (
        "Hàm relu_backward của bạn trả về nguyên vẹn gradient từ tầng phía sau. Nơi x < 0, đầu ra của "
        "ReLU luôn bằng 0 dù x thay đổi, nên gradient tại đó phải bằng 0."
    ),
}

import numpy as np


def relu_backward(upstream, x):
    return np.array(upstream, dtype=float)

"""The gradient has the dtype of x."""
COSTS = ["relu_backward"]
EXPLANATION = {
    "en": (
        "Your gradient has the dtype of x. Where x holds integers, the fractions of upstream are cut off as "
        "they are stored: use np.zeros(x.shape)."
    ),
    "vi": (
        "Gradient của bạn có cùng dtype với x. Khi x gồm số nguyên, phần thập phân của upstream bị cắt mất "
        "lúc ghi vào: hãy dùng np.zeros(x.shape)."
    ),
}

import numpy as np


def relu_backward(upstream, x):
    upstream, x = np.asarray(upstream), np.asarray(x)
    gradient = np.zeros_like(x)
    gradient[x > 0] = upstream[x > 0]
    return gradient

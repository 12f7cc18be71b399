"""The result has the dtype of the bias, so whole biases cut it off."""
COSTS = ["fully_connected"]
EXPLANATION = {
    "en": (
        "np.zeros_like(bias) has the dtype of the bias. With biases such as [0, 1, 0] it holds integers, "
        "and every fraction that you store is cut off: use np.zeros(len(bias))."
    ),
    "vi": (
        "np.zeros_like(bias) có cùng dtype với bias. Với bias như [0, 1, 0], mảng chỉ chứa số nguyên và "
        "mọi phần thập phân bị cắt mất khi ghi vào: hãy dùng np.zeros(len(bias))."
    ),
}

import numpy as np


def fully_connected(v, weights, bias):
    out = np.zeros_like(bias)
    for r in range(len(bias)):
        out[r] = np.dot(weights[r], v) + bias[r]
    return out

"""Shares of a sum over all elements."""

COSTS = ["sigmoid"]
EXPLANATION = {
    "en": (
        "This is softmax: you divide by a sum over all elements, so that they add up to 1. The sigmoid "
        "looks at each element alone: beside e^x stands a plain 1."
    ),
    "vi": (
        "Đây là softmax: bạn chia cho tổng của mọi phần tử nên cộng lại thì bằng 1. Còn sigmoid xét riêng "
        "từng phần tử: đứng cạnh e^x chỉ là số 1."
    ),
}

import numpy as np


def sigmoid(x):
    x = np.asarray(x, dtype=float)
    e = np.exp(x - np.max(x))
    return e / np.sum(e)

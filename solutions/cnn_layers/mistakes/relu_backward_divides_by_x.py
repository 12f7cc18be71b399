"""The slope of ReLU as relu(x) / x, which is 0/0 at 0."""
COSTS = ["relu_backward"]
EXPLANATION = {
    "en": (
        "You find the slope as relu(x) / x, and where x is 0 that is 0/0: nan. Ask whether x > 0 instead; "
        "at 0 any slope from 0 to 1 is right, but it has to be a number."
    ),
    "vi": (
        "Bạn tính độ dốc bằng relu(x) / x, nên tại x = 0 ta được 0/0, tức là nan. Hãy so sánh x > 0; "
        "tại 0 mọi độ dốc từ 0 đến 1 đều được chấp nhận, nhưng phải là một số."
    ),
}

import numpy as np


def relu_backward(upstream, x):
    x = np.asarray(x, dtype=float)
    with np.errstate(invalid="ignore"):
        return np.asarray(upstream, dtype=float) * np.maximum(x, 0) / x

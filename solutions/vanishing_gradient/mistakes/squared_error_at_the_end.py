"""The gradient of the squared error instead of cross-entropy."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "Your first vector, 2 (a - y) a (1 - a), belongs to the squared error. J is the binary cross- "
        "entropy: its slope cancels a (1 - a), and no 2 appears."
    ),
    "vi": (
        "Vectơ đầu tiên của bạn, 2 (a - y) a (1 - a), là của sai số bình phương. J ở đây là binary cross- "
        "entropy: đạo hàm của nó triệt tiêu a (1 - a), và không có số 2."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    y = np.asarray(y, dtype=float)
    delta = 2 * (activations[-1] - y) * activations[-1] * (1 - activations[-1]) / y.size
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.outer(delta, activations[i]))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

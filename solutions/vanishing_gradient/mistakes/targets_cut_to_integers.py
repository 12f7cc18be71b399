"""y is converted to int."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "You turn the targets into integers, and 0.7 becomes 0. A target may be any number between 0 and "
        "1."
    ),
    "vi": "Bạn đổi nhãn thành số nguyên, thế là 0.7 thành 0. Nhãn có thể là số bất kỳ từ 0 đến 1.",
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    y = np.asarray(y, dtype=int)
    delta = (activations[-1] - y) / y.size
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.outer(delta, activations[i]))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

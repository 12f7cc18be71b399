"""The outer product takes the layer's output instead of its input."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "Beside theta_i in P_i = theta_i a_(i-1) stands what goes into the layer. You multiply by what "
        "comes out of it, a_i."
    ),
    "vi": (
        "Trong P_i = theta_i a_(i-1), đứng cạnh theta_i là đầu vào của lớp. Bạn lại nhân với đầu ra của "
        "nó, a_i."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    y = np.asarray(y, dtype=float)
    delta = (activations[-1] - y) / y.size
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.outer(delta, activations[i + 1]))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

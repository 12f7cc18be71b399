"""The mean is taken over the layers."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "You divide by the number of layers. J is a mean over the outputs of the last layer; how many "
        "layers there are does not matter to it."
    ),
    "vi": (
        "Bạn chia cho số lớp. J là trung bình trên các đầu ra của lớp cuối; có bao nhiêu lớp cũng không "
        "liên quan."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    y = np.asarray(y, dtype=float)
    delta = (activations[-1] - y) / len(thetas)
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.outer(delta, activations[i]))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

"""J is taken as the sum over the outputs."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "Your gradient belongs to the sum over the outputs. J is the mean: divide by the number of "
        "outputs."
    ),
    "vi": "Gradient của bạn ứng với tổng trên các đầu ra. J là trung bình: hãy chia cho số đầu ra.",
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    delta = activations[-1] - np.asarray(y, dtype=float)
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.outer(delta, activations[i]))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

"""The list of gradients runs from the last layer to the first."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "Your gradients come in the order in which they are found, from the last layer to the first. "
        "The list should follow thetas: first dJ/dtheta_1."
    ),
    "vi": (
        "Các gradient của bạn đứng theo thứ tự được tính ra, từ lớp cuối về lớp đầu. Danh sách phải "
        "theo thứ tự của thetas: đầu tiên là dJ/dtheta_1."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    delta = (activations[-1] - np.asarray(y, dtype=float)) / activations[-1].size
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.outer(delta, activations[i]))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result

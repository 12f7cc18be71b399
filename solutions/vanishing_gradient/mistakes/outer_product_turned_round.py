"""The outer product with its factors in the wrong order."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "Your gradients have the shape of the transposed matrices. In dJ/dtheta_i the rows belong to "
        "the layer's outputs and the columns to its inputs."
    ),
    "vi": (
        "Gradient của bạn có kích thước của ma trận chuyển vị. Trong dJ/dtheta_i, hàng ứng với đầu ra"
        " của lớp còn cột ứng với đầu vào."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    delta = (activations[-1] - np.asarray(y, dtype=float)) / activations[-1].size
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.outer(activations[i], delta))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

"""The loop ends before the first layer."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "range(L - 1, 0, -1) ends at 1, since the end of a range is not part of it: the first matrix gets "
        "no gradient."
    ),
    "vi": (
        "range(L - 1, 0, -1) dừng ở 1, vì điểm cuối của range không được tính: ma trận đầu tiên không có "
        "gradient."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    delta = (activations[-1] - np.asarray(y, dtype=float)) / activations[-1].size
    result = [np.zeros(np.shape(theta)) for theta in thetas]
    for i in range(len(thetas) - 1, 0, -1):
        result[i] = np.outer(delta, activations[i])
        delta = (np.asarray(thetas[i], dtype=float).T @ delta) * activations[i] * (1 - activations[i])
    return result

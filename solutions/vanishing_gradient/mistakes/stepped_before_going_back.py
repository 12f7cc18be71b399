"""The way back uses a matrix that has already been updated."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "You take the descent step on a copy of theta_i and then go back through the new matrix. All "
        "gradients belong to the same point: use the matrix that the forward pass used."
    ),
    "vi": (
        "Bạn cập nhật một bản sao của theta_i rồi mới lan truyền ngược qua ma trận mới. Mọi gradient phải "
        "thuộc về cùng một điểm: hãy dùng đúng ma trận của lượt đi thuận."
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
        result.append(np.outer(delta, activations[i]))
        if i > 0:
            delta = ((theta - 0.1 * result[-1]).T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

"""A gradient-descent step is taken on the caller's matrices."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "You update thetas while you compute. The gradients are right, but the caller's matrices have"
        " changed; a function that gives gradients must leave its arguments alone."
    ),
    "vi": (
        "Bạn cập nhật thetas ngay trong lúc tính. Gradient đúng, nhưng các ma trận được truyền vào đã "
        "bị thay đổi; hàm tính gradient không được sửa đối số của mình."
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
    for theta, gradient in zip(thetas, result[::-1]):
        theta -= 0.1 * gradient
    return result[::-1]

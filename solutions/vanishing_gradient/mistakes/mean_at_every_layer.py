"""The vector is divided by its length at each layer."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "You divide by the number of neurons at every layer. The mean belongs to J alone, so you divide "
        "once, at the outputs; on the way back the matrix product adds up without a mean."
    ),
    "vi": (
        "Ở lớp nào bạn cũng chia cho số nơ-ron. Trung bình chỉ nằm trong J, nên chỉ chia một lần ở đầu "
        "ra; trên đường quay về, phép nhân ma trận cộng lại mà không lấy trung bình."
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
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i]) / activations[i].size
    return result[::-1]

"""a (1 - a) of the layer that is being left."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "On the way from layer i to layer i - 1 you take the slope at a_i once more. The sigmoid that you "
        "pass there is the one that gave a_(i-1)."
    ),
    "vi": (
        "Trên đường từ lớp i về lớp i - 1, bạn lại dùng đạo hàm tại a_i. Hàm sigmoid mà bạn đi qua lúc "
        "này là hàm đã cho ra a_(i-1)."
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
            delta = theta.T @ (delta * activations[i + 1] * (1 - activations[i + 1]))
    return result[::-1]

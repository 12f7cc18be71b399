"""The term (1 - y) log(1 - a) is left out of the loss."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "You derive y log a only. Where y = 0 that term is 0 and nothing is learned; (1 - y) log(1 - a) "
        "is what punishes an output that is too high."
    ),
    "vi": (
        "Bạn chỉ lấy đạo hàm của y log a. Khi y = 0 thì số hạng đó bằng 0 và mạng không học được gì; "
        "chính (1 - y) log(1 - a) mới phạt một đầu ra quá cao."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    y = np.asarray(y, dtype=float)
    delta = -y * (1 - activations[-1]) / y.size
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.outer(delta, activations[i]))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

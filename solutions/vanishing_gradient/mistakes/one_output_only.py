"""Only the first output is looked at."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "You take the first output only, so that all is well for a network with one output. The vector at "
        "the last layer has an entry for each output."
    ),
    "vi": (
        "Bạn chỉ xét đầu ra thứ nhất, nên mạng có một đầu ra thì đúng hết. Ở lớp cuối, vectơ phải có một "
        "phần tử cho mỗi đầu ra."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    y = np.asarray(y, dtype=float)
    delta = np.where(np.arange(y.size) == 0, activations[-1] - y, 0.0)
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.outer(delta, activations[i]))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

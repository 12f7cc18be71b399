"""y - a: the gradient with its sign turned round."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "Your gradients have the wrong sign: at the last layer the vector is a - y, not y - a. A step "
        "against your gradient would make the loss larger."
    ),
    "vi": (
        "Gradient của bạn bị ngược dấu: ở lớp cuối, vectơ phải là a - y chứ không phải y - a. Đi ngược "
        "chiều gradient này thì hàm lỗi sẽ tăng lên."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    y = np.asarray(y, dtype=float)
    delta = (y - activations[-1]) / y.size
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.outer(delta, activations[i]))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

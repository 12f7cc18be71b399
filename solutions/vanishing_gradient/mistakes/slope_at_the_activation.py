"""sigmoid_derivative is given the activation instead of what went into the sigmoid."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "You call sigmoid_derivative on the activation a. It wants what went into the sigmoid, "
        "theta_i a_(i-1); from a itself the slope is a (1 - a)."
    ),
    "vi": (
        "Bạn gọi sigmoid_derivative với giá trị kích hoạt a. Hàm đó cần đầu vào của sigmoid, tức "
        "theta_i a_(i-1); còn nếu đã có a thì đạo hàm là a (1 - a)."
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
            delta = (theta.T @ delta) * sigmoid_derivative(activations[i])
    return result[::-1]

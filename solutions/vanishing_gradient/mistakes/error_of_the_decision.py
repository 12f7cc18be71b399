"""The output is rounded to 0 or 1 before it is compared."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "You compare the decision (a >= 0.5) with the target, so that a correct decision teaches nothing. "
        "The loss is about the probability a itself."
    ),
    "vi": (
        "Bạn đem quyết định (a >= 0.5) so với nhãn, nên hễ quyết định đúng là không học gì nữa. Hàm lỗi "
        "xét chính xác suất a."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    y = np.asarray(y, dtype=float)
    delta = ((activations[-1] >= 0.5) - y) / y.size
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.outer(delta, activations[i]))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

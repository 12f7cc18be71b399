"""The loss is taken with log10."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "All your gradients are too small by the same factor, log 10 = 2.303: that is the slope of log10. "
        "In this course log is the natural logarithm, whose slope is 1/a."
    ),
    "vi": (
        "Mọi gradient của bạn đều nhỏ đi cùng một số lần, log 10 = 2.303: đó là đạo hàm của log10. Trong "
        "môn này log là logarit tự nhiên, đạo hàm của nó là 1/a."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    y = np.asarray(y, dtype=float)
    delta = (activations[-1] - y) / (np.log(10) * y.size)
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.outer(delta, activations[i]))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

"""The outputs are clipped to [1e-4, 1 - 1e-4]."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "You clip the outputs at 1e-4 to protect the logarithm, but outputs of 1e-6 are still to be told "
        "apart from 0. Clip at 1e-7 or closer; in a - y nothing needs protection at all."
    ),
    "vi": (
        "Bạn cắt đầu ra ở 1e-4 để bảo vệ logarit, nhưng đầu ra cỡ 1e-6 vẫn phải được phân biệt với 0. Hãy "
        "cắt ở 1e-7 hoặc sát hơn nữa; còn trong a - y thì chẳng có gì cần bảo vệ."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    y = np.asarray(y, dtype=float)
    delta = (np.clip(activations[-1], 1e-4, 1 - 1e-4) - y) / y.size
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.outer(delta, activations[i]))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

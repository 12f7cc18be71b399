"""The sigmoid derivatives of the hidden layers are missing."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "On the way back you multiply by the matrices only. The chain rule also has the slope of the "
        "sigmoid, a (1 - a), at each layer that it passes: these are the factors that make the "
        "gradient vanish."
    ),
    "vi": (
        "Khi lan truyền ngược bạn chỉ nhân với các ma trận. Theo quy tắc chuỗi, mỗi lần qua một lớp "
        "còn phải nhân với đạo hàm của sigmoid, a (1 - a): chính các thừa số này làm gradient tiêu "
        "biến."
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
            delta = theta.T @ delta
    return result[::-1]

"""theta instead of its transpose on the way back."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "Going back through a layer takes the transposed matrix. Without it only networks of square "
        "matrices run at all, and they give wrong numbers."
    ),
    "vi": (
        "Khi lan truyền ngược qua một lớp phải nhân với ma trận chuyển vị. Nếu không, chỉ mạng có ma "
        "trận vuông mới chạy được, mà kết quả vẫn sai."
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
            delta = (theta @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

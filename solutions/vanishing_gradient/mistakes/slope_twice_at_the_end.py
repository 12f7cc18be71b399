"""The last layer's sigmoid derivative is kept beside (a - y)."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "a - y already is the slope of the cross-entropy times that of the last sigmoid; you multiply"
        " by a (1 - a) once more. The factor belongs to the squared error."
    ),
    "vi": (
        "a - y đã là đạo hàm của binary cross-entropy nhân với đạo hàm của sigmoid cuối cùng; bạn lại "
        "nhân thêm a (1 - a) lần nữa. Thừa số ấy là của sai số bình phương."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    delta = (activations[-1] - y) / activations[-1].size * activations[-1] * (1 - activations[-1])
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.outer(delta, activations[i]))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

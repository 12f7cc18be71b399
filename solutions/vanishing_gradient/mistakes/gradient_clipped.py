"""Entries beyond 1 are cut off."""

COSTS = ["gradients"]
EXPLANATION = {
    "en": (
        "You cut each entry of the gradient off at -1 and 1. Gradient clipping is a trick of training, "
        "for the step; the gradient itself can be as large as it likes. And it does nothing against "
        "gradients that vanish."
    ),
    "vi": (
        "Bạn cắt mỗi phần tử của gradient về đoạn [-1, 1]. Gradient clipping là một mẹo khi huấn luyện, "
        "dùng cho bước cập nhật; bản thân gradient thì lớn bao nhiêu cũng được. Vả lại nó không giúp gì "
        "khi gradient tiêu biến."
    ),
}

import numpy as np


def gradients(x, y, thetas):
    activations = [np.asarray(a, dtype=float) for a in forward(x, thetas)]
    y = np.asarray(y, dtype=float)
    delta = (activations[-1] - y) / y.size
    result = []
    for i in reversed(range(len(thetas))):
        theta = np.asarray(thetas[i], dtype=float)
        result.append(np.clip(np.outer(delta, activations[i]), -1, 1))
        if i > 0:
            delta = (theta.T @ delta) * activations[i] * (1 - activations[i])
    return result[::-1]

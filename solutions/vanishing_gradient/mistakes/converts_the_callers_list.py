"""Puts the converted matrices back into the list that came in."""

COSTS = ["forward"]
EXPLANATION = {
    "en": (
        "thetas[i] = ... changes the caller's list. Give the converted matrix a name of its own."
    ),
    "vi": (
        "thetas[i] = ... làm thay đổi danh sách được truyền vào. Hãy đặt cho ma trận đã đổi kiểu một "
        "tên riêng."
    ),
}

import numpy as np


def forward(x, thetas):
    for i in range(len(thetas)):
        thetas[i] = np.asarray(thetas[i], dtype=float)
    activations = [np.asarray(x, dtype=float)]
    for theta in thetas:
        activations.append(sigmoid(theta @ activations[-1]))
    return activations

"""Arrays of shape (n, 1)."""

COSTS = ["forward"]
EXPLANATION = {
    "en": (
        "Your activations have the shape (n, 1). A column is right on paper, but here a_i has the shape "
        "(n_i,): the same numbers without the second axis."
    ),
    "vi": (
        "Các giá trị kích hoạt của bạn có kích thước (n, 1). Trên giấy viết thành cột là đúng, nhưng ở "
        "đây a_i có kích thước (n_i,): vẫn những số ấy mà không có trục thứ hai."
    ),
}

import numpy as np


def forward(x, thetas):
    activations = [np.asarray(x, dtype=float).reshape(-1, 1)]
    for theta in thetas:
        activations.append(sigmoid(np.asarray(theta, dtype=float) @ activations[-1]))
    return activations

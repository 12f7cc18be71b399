"""The list holds what goes into the sigmoid."""

COSTS = ["forward"]
EXPLANATION = {
    "en": (
        "Your list holds the products theta_i a_(i-1), before the sigmoid. An activation is what comes "
        "out of it."
    ),
    "vi": (
        "Danh sách của bạn chứa các tích theta_i a_(i-1), tức là trước khi qua sigmoid. Giá trị kích hoạt "
        "là cái đi ra từ sigmoid."
    ),
}

import numpy as np


def forward(x, thetas):
    a = np.asarray(x, dtype=float)
    activations = [a]
    for theta in thetas:
        product = np.asarray(theta, dtype=float) @ a
        activations.append(product)
        a = sigmoid(product)
    return activations

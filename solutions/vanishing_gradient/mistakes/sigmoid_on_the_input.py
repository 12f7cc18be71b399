"""The input goes through a sigmoid before the first layer."""

COSTS = ["forward"]
EXPLANATION = {
    "en": (
        "You send the input through the sigmoid too. The first layer gets x as it is: a_1 = "
        "sigmoid(theta_1 x)."
    ),
    "vi": (
        "Bạn đã cho cả đầu vào đi qua hàm sigmoid. Lớp thứ nhất nhận x nguyên vẹn: a_1 = "
        "sigmoid(theta_1 x)."
    ),
}

import numpy as np


def forward(x, thetas):
    activations = [sigmoid(np.asarray(x, dtype=float))]
    for theta in thetas:
        activations.append(sigmoid(np.asarray(theta, dtype=float) @ activations[-1]))
    return activations

"""The last layer gives its product, without the activation function."""

COSTS = ["forward"]
EXPLANATION = {
    "en": (
        "The last layer has an activation function as well: the output is a probability between 0 and"
        " 1."
    ),
    "vi": "Lớp cuối cùng cũng có hàm kích hoạt: đầu ra là một xác suất nằm giữa 0 và 1.",
}

import numpy as np


def forward(x, thetas):
    activations = [np.asarray(x, dtype=float)]
    for number, theta in enumerate(thetas, start=1):
        product = np.asarray(theta, dtype=float) @ activations[-1]
        activations.append(product if number == len(thetas) else sigmoid(product))
    return activations

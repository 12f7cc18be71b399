"""theta * a summed over the wrong axis."""

COSTS = ["forward"]
EXPLANATION = {
    "en": (
        "theta * a multiplies each column by its input, as it should; but then you add up the columns "
        "(axis=0). Each neuron adds up its own row: axis=1, or the matrix product @."
    ),
    "vi": (
        "theta * a nhân mỗi cột với đầu vào của nó, đúng rồi; nhưng sau đó bạn lại cộng dọc theo cột "
        "(axis=0). Mỗi nơ-ron cộng hàng của chính nó: axis=1, hoặc dùng phép nhân ma trận @."
    ),
}

import numpy as np


def forward(x, thetas):
    activations = [np.asarray(x, dtype=float)]
    for theta in thetas:
        activations.append(sigmoid(np.sum(np.asarray(theta, dtype=float) * activations[-1], axis=0)))
    return activations

"""Each matrix is applied the wrong way round."""

COSTS = ["forward"]
EXPLANATION = {
    "en": (
        "You multiply by the transposed matrix. theta_i has a row for each neuron of layer i and a "
        "column for each of its inputs: theta_i times a_(i-1). With square matrices no error is "
        "raised, but the numbers are wrong."
    ),
    "vi": (
        "Bạn đang nhân với ma trận chuyển vị. theta_i có một hàng cho mỗi nơ-ron của lớp i và một cột"
        " cho mỗi đầu vào của nó: theta_i nhân a_(i-1). Với ma trận vuông thì không báo lỗi nhưng kết"
        " quả sai."
    ),
}

import numpy as np


def forward(x, thetas):
    activations = [np.asarray(x, dtype=float)]
    for theta in thetas:
        activations.append(sigmoid(activations[-1] @ np.asarray(theta, dtype=float)))
    return activations

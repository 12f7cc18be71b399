"""The list of activations begins with a_1 instead of x."""

COSTS = ["forward"]
EXPLANATION = {
    "en": (
        "Your list begins with the first layer's output. The input itself belongs in front, so that "
        "there are L + 1 arrays: the gradient of the first layer needs it."
    ),
    "vi": (
        "Danh sách của bạn bắt đầu từ đầu ra của lớp thứ nhất. Phải đặt chính đầu vào x ở đầu danh "
        "sách, để có L + 1 mảng: gradient của lớp thứ nhất cần đến nó."
    ),
}

import numpy as np


def forward(x, thetas):
    activations = []
    a = np.asarray(x, dtype=float)
    for theta in thetas:
        a = sigmoid(np.asarray(theta, dtype=float) @ a)
        activations.append(a)
    return activations

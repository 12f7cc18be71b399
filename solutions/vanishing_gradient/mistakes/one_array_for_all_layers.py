"""Each layer is written into the same array."""

COSTS = ["forward"]
EXPLANATION = {
    "en": (
        "a[:] = ... writes into the array that is already in your list, so all entries of the list are "
        "one and the same array, with the last layer's numbers. Each layer needs an array of its own, "
        "also because widths differ."
    ),
    "vi": (
        "a[:] = ... ghi đè vào chính mảng đã nằm trong danh sách, nên mọi phần tử của danh sách đều là "
        "cùng một mảng, chứa số của lớp cuối. Mỗi lớp cần một mảng riêng, vả lại số nơ-ron của các lớp có "
        "thể khác nhau."
    ),
}

import numpy as np


def forward(x, thetas):
    a = np.array(x, dtype=float)
    activations = [a]
    for theta in thetas:
        a[:] = sigmoid(np.asarray(theta, dtype=float) @ a)
        activations.append(a)
    return activations

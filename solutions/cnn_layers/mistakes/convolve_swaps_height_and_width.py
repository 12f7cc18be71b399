"""Rows of the result are counted from the width, columns from the height."""
COSTS = ["convolve"]
EXPLANATION = {
    "en": (
        "Your convolve takes the number of rows from the width and the number of columns from the height. "
        "For square images nobody notices; try an image of 2 x 3."
    ),
    "vi": (
        "Hàm convolve của bạn đếm số hàng theo bề ngang và số cột theo bề cao. Với ảnh vuông thì không ai "
        "nhận ra; hãy thử một ảnh 2 x 3."
    ),
}

import numpy as np


def convolve(x, filters, bias):
    x, filters, bias = (np.asarray(argument, dtype=float) for argument in (x, filters, bias))
    n, height, width, depth = filters.shape
    if depth != x.shape[2]:
        raise ValueError("the depths differ")

    out = np.zeros((x.shape[1] - width + 1, x.shape[0] - height + 1, n))
    for i in range(x.shape[1] - width + 1):
        for j in range(x.shape[0] - height + 1):
            window = x[i : i + height, j : j + width]
            if window.shape == filters.shape[1:]:
                out[i, j] = np.sum(window * filters, axis=(1, 2, 3)) + bias
    return out

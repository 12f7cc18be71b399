"""The windows are counted by stride, but laid next to each other at steps of 1."""
COSTS = ["max_pool", "average_pool"]
EXPLANATION = {
    "en": (
        "Your pooling counts its windows by stride but moves on by 1: output (i, j) has to look at the "
        "window that starts at row i * stride and column j * stride."
    ),
    "vi": (
        "Phép pooling của bạn đếm số cửa sổ theo stride nhưng lại chỉ nhảy mỗi lần 1 ô: đầu ra (i, j) phải "
        "nhìn vào cửa sổ bắt đầu ở hàng i * stride, cột j * stride."
    ),
}

import numpy as np


def pool(x, size, stride, operation):
    x = np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    out = np.zeros(((x.shape[0] - size) // stride + 1, (x.shape[1] - size) // stride + 1, x.shape[2]))
    for i, j in np.ndindex(out.shape[:2]):
        out[i, j] = operation(x[i : i + size, j : j + size], axis=(0, 1))
    return out


def max_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.max)


def average_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.mean)

"""The width is taken to be the height."""
COSTS = ["max_pool", "average_pool"]
EXPLANATION = {
    "en": (
        "Your pooling counts the windows across by the image's height. For an image that is not square "
        "this is wrong: rows follow from H, columns from W."
    ),
    "vi": (
        "Phép pooling của bạn dùng bề cao của ảnh để đếm cả số cửa sổ theo bề ngang. Với ảnh không vuông "
        "thì sai: số hàng tính từ H, số cột tính từ W."
    ),
}

import numpy as np


def pool(x, size, stride, operation):
    x = np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    n = (x.shape[0] - size) // stride + 1
    out = np.zeros((n, n, x.shape[2]))
    for i in range(n):
        for j in range(n):
            window = x[i * stride : i * stride + size, j * stride : j * stride + size]
            if window.size:
                out[i, j] = operation(window, axis=(0, 1))
    return out


def max_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.max)


def average_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.mean)

"""The stride is taken to be the window size."""
COSTS = ["max_pool", "average_pool"]
EXPLANATION = {
    "en": (
        "Your pooling always steps on by the window size and never looks at stride. The two are often "
        "equal, but they are two numbers: with stride < size the windows overlap."
    ),
    "vi": (
        "Phép pooling của bạn luôn nhảy đúng bằng kích thước cửa sổ mà không dùng đến bước nhảy (stride). "
        "Hai số này thường bằng nhau nhưng vẫn là hai tham số khác nhau: khi stride < size, các cửa sổ "
        "chồng lên nhau."
    ),
}

import numpy as np


def check(x, size, stride):
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")


def pool(x, size, operation):
    height, width, depth = x.shape[0] // size, x.shape[1] // size, x.shape[2]
    out = np.zeros((height, width, depth))
    for i in range(height):
        for j in range(width):
            out[i, j] = operation(x[i * size : (i + 1) * size, j * size : (j + 1) * size], axis=(0, 1))
    return out


def max_pool(x, size=2, stride=2):
    x = np.asarray(x, dtype=float)
    check(x, size, stride)
    return pool(x, size, np.max)


def average_pool(x, size=2, stride=2):
    x = np.asarray(x, dtype=float)
    check(x, size, stride)
    return pool(x, size, np.mean)

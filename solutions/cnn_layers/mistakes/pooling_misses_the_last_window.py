"""The + 1 is missing from the number of windows."""
COSTS = ["max_pool", "average_pool"]
EXPLANATION = {
    "en": (
        "Your pooling has one row and one column of windows too few. (H - size) // stride counts the steps; "
        "the first window needs none, so there is one window more."
    ),
    "vi": (
        "Phép pooling của bạn thiếu một hàng và một cột cửa sổ. (H - size) // stride chỉ đếm số bước nhảy; "
        "cửa sổ đầu tiên không cần bước nào, nên số cửa sổ nhiều hơn một."
    ),
}

import numpy as np


def pool(x, size, stride, operation):
    x = np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    out = np.zeros(((x.shape[0] - size) // stride, (x.shape[1] - size) // stride, x.shape[2]))
    for i, j in np.ndindex(out.shape[:2]):
        out[i, j] = operation(x[i * stride : i * stride + size, j * stride : j * stride + size], axis=(0, 1))
    return out


def max_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.max)


def average_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.mean)

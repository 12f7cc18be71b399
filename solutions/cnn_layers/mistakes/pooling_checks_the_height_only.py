"""A window too wide for the image is let through."""
COSTS = ["max_pool", "average_pool"]
EXPLANATION = {
    "en": (
        "Your pooling refuses a window that is too high for the image, but not one that is too wide. Images "
        "need not be square: compare size with both H and W."
    ),
    "vi": (
        "Phép pooling của bạn từ chối cửa sổ cao hơn ảnh nhưng lại cho qua cửa sổ rộng hơn ảnh. Ảnh không "
        "nhất thiết phải vuông: hãy so size với cả H lẫn W."
    ),
}

import numpy as np


def pool(x, size, stride, operation):
    x = np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0]:
        raise ValueError("the window does not fit")
    tops, lefts = range(0, x.shape[0] - size + 1, stride), range(0, x.shape[1] - size + 1, stride)
    return np.array([[operation(x[i : i + size, j : j + size], axis=(0, 1)) for j in lefts] for i in tops])


def max_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.max)


def average_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.mean)

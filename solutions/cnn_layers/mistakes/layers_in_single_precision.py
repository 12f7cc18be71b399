"""Everything is rounded to float32."""
COSTS = ["relu", "max_pool", "average_pool", "flatten", "softmax"]
EXPLANATION = {
    "en": (
        "You convert every argument to float32, which keeps 7 digits; NumPy's numbers have 16. Convert to "
        "float, or keep the precision that you are given."
    ),
    "vi": (
        "Bạn đổi mọi đối số sang float32, chỉ còn giữ được 7 chữ số; số thực của NumPy vốn có 16. Hãy "
        "đổi sang float, hoặc giữ nguyên độ chính xác của đối số."
    ),
}

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def relu(x):
    return np.maximum(np.asarray(x, dtype=np.float32), 0)


def windows(x, size, stride):
    x = np.asarray(x, dtype=np.float32)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("bad pooling")
    return sliding_window_view(x, (size, size), axis=(0, 1))[::stride, ::stride]


def max_pool(x, size=2, stride=2):
    return windows(x, size, stride).max(axis=(-2, -1))


def average_pool(x, size=2, stride=2):
    return windows(x, size, stride).mean(axis=(-2, -1))


def flatten(x):
    return np.asarray(x, dtype=np.float32).transpose(2, 0, 1).ravel()


def softmax(z):
    z = np.asarray(z, dtype=np.float32)
    exponentials = np.exp(z - z.max())
    return exponentials / exponentials.sum()

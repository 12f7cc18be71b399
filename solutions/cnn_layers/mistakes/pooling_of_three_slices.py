"""The depth is taken to be at most 3, as in a colour image."""
COSTS = ["max_pool", "average_pool"]
EXPLANATION = {
    "en": (
        "You pool at most three slices, as a colour image has. After a convolution with K filters the "
        "depth is K: take it from x.shape[2]."
    ),
    "vi": (
        "Bạn chỉ pooling nhiều nhất ba lát cắt, như ảnh màu. Sau một tầng tích chập với K bộ lọc, độ sâu "
        "là K: hãy lấy nó từ x.shape[2]."
    ),
}

import numpy as np


def pool(x, size, stride, operation):
    x = np.asarray(x, dtype=float)
    height, width, depth = x.shape
    if size < 1 or stride < 1 or size > height or size > width:
        raise ValueError("bad pooling")
    out = np.zeros(((height - size) // stride + 1, (width - size) // stride + 1, depth))
    for i, j in np.ndindex(out.shape[:2]):
        for k in range(min(depth, 3)):
            out[i, j, k] = operation(x[i * stride : i * stride + size, j * stride : j * stride + size, k])
    return out


def max_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.max)


def average_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.mean)

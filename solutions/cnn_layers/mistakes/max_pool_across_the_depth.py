"""The largest value over all depth slices."""
COSTS = ["max_pool"]
EXPLANATION = {
    "en": (
        "Your max_pool takes the largest value over the window and over all depth slices at once. Pooling "
        "treats each depth slice on its own: D slices in, D slices out."
    ),
    "vi": (
        "Hàm max_pool của bạn lấy giá trị lớn nhất trên cả cửa sổ lẫn mọi lát cắt cùng lúc. Pooling được "
        "áp dụng độc lập trên từng lát cắt: vào D lát cắt thì ra D lát cắt."
    ),
}

import numpy as np


def max_pool(x, size=2, stride=2):
    x = np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    height, width = (x.shape[0] - size) // stride + 1, (x.shape[1] - size) // stride + 1
    out = np.zeros((height, width, x.shape[2]))
    for i in range(height):
        for j in range(width):
            window = x[i * stride : i * stride + size, j * stride : j * stride + size]
            out[i, j] = window.max()
    return out

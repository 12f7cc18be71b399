"""A default stride of 1."""
COSTS = ["max_pool"]
EXPLANATION = {
    "en": (
        "Without a stride, your max_pool steps on by 1. The contract says max_pool(x, size=2, stride=2): "
        "leave the line with def as the stub has it."
    ),
    "vi": (
        "Khi không cho bước nhảy (stride), hàm max_pool của bạn trượt mỗi lần 1 ô. Đề bài quy định "
        "max_pool(x, size=2, stride=2): hãy giữ nguyên dòng def như trong khung bài."
    ),
}

import numpy as np


def max_pool(x, size=2, stride=1):
    x = np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    height, width = (x.shape[0] - size) // stride + 1, (x.shape[1] - size) // stride + 1
    out = np.zeros((height, width, x.shape[2]))
    for i in range(height):
        for j in range(width):
            window = x[i * stride : i * stride + size, j * stride : j * stride + size]
            out[i, j] = window.max(axis=(0, 1))
    return out

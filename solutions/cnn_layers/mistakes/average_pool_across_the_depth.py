"""The mean over all depth slices."""
COSTS = ["average_pool"]
EXPLANATION = {
    "en": (
        "Your average_pool takes the mean over the window and over all depth slices at once. Pooling "
        "treats each depth slice on its own: name the axes of height and width in the mean."
    ),
    "vi": (
        "Hàm average_pool của bạn lấy trung bình trên cả cửa sổ lẫn mọi lát cắt cùng lúc. Pooling được áp "
        "dụng độc lập trên từng lát cắt: hãy chỉ rõ trục bề cao và bề ngang khi lấy trung bình."
    ),
}

import numpy as np


def average_pool(x, size=2, stride=2):
    x = np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    height, width = (x.shape[0] - size) // stride + 1, (x.shape[1] - size) // stride + 1
    out = np.zeros((height, width, x.shape[2]))
    for i in range(height):
        for j in range(width):
            window = x[i * stride : i * stride + size, j * stride : j * stride + size]
            out[i, j] = window.mean()
    return out

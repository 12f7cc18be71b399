"""The sum of the window instead of its mean."""
COSTS = ["average_pool"]
EXPLANATION = {
    "en": (
        "Your average_pool adds the window's values up. The mean also divides by their number, size * "
        "size: the lecture's first window 2, 0, 1, 1 gives 1."
    ),
    "vi": (
        "Hàm average_pool của bạn chỉ cộng các giá trị trong cửa sổ. Trung bình còn phải chia cho số phần "
        "tử, size * size: cửa sổ đầu tiên 2, 0, 1, 1 trong bài giảng cho ra 1."
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
            out[i, j] = window.sum(axis=(0, 1))
    return out

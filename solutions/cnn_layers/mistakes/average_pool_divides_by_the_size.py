"""The sum is divided by size, not by size squared."""
COSTS = ["average_pool"]
EXPLANATION = {
    "en": (
        "Your average_pool divides by size. A window is size rows high and size columns wide: its mean "
        "divides by all its pixels, size * size."
    ),
    "vi": (
        "Hàm average_pool của bạn chia cho size. Cửa sổ cao size hàng và rộng size cột: muốn lấy trung bình "
        "phải chia cho số điểm ảnh của nó, size * size."
    ),
}

import numpy as np


def average_pool(x, size=2, stride=2):
    x = np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")

    out = np.zeros(((x.shape[0] - size) // stride + 1, (x.shape[1] - size) // stride + 1, x.shape[2]))
    for i, j in np.ndindex(out.shape[:2]):
        out[i, j] = x[i * stride : i * stride + size, j * stride : j * stride + size].sum(axis=(0, 1)) / size
    return out

"""The sum is always divided by 4, as in the lecture's example."""
COSTS = ["average_pool"]
EXPLANATION = {
    "en": (
        "Your average_pool divides by 4, whatever the size. The lecture's window of 2 x 2 has 4 pixels; a "
        "window of size x size has size * size."
    ),
    "vi": (
        "Hàm average_pool của bạn luôn chia cho 4, bất kể size. Cửa sổ 2 x 2 trong bài giảng có 4 điểm ảnh; "
        "cửa sổ size x size có size * size điểm ảnh."
    ),
}

import numpy as np


def average_pool(x, size=2, stride=2):
    x = np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")

    out = np.zeros(((x.shape[0] - size) // stride + 1, (x.shape[1] - size) // stride + 1, x.shape[2]))
    for i, j in np.ndindex(out.shape[:2]):
        out[i, j] = x[i * stride : i * stride + size, j * stride : j * stride + size].sum(axis=(0, 1)) / 4
    return out

"""Windows are taken to start at multiples of size."""
COSTS = ["max_pool_backward"]
EXPLANATION = {
    "en": (
        "Your max_pool_backward looks for window (i, j) at row i * size. It starts at row i * stride: the "
        "two agree only where stride equals size."
    ),
    "vi": (
        "Hàm max_pool_backward của bạn tìm cửa sổ (i, j) ở hàng i * size. Cửa sổ bắt đầu ở hàng i * stride: "
        "hai số này chỉ trùng nhau khi stride bằng size."
    ),
}

import numpy as np


def max_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")

    gradient = np.zeros(x.shape)
    for i, j, k in np.ndindex(upstream.shape):
        window = x[i * size : (i + 1) * size, j * size : (j + 1) * size, k]
        if window.size:
            a, b = np.unravel_index(window.argmax(), window.shape)
            gradient[i * size + a, j * size + b, k] += upstream[i, j, k]
    return gradient

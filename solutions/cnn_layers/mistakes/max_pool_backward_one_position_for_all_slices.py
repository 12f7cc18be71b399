"""One position for the whole depth."""
COSTS = ["max_pool_backward"]
EXPLANATION = {
    "en": (
        "Your max_pool_backward looks for one largest value over all depth slices. Each slice was pooled "
        "on its own, so each has its own position of the largest value."
    ),
    "vi": (
        "Hàm max_pool_backward của bạn tìm một giá trị lớn nhất chung cho mọi lát cắt. Mỗi lát cắt "
        "được pooling độc lập nên giá trị lớn nhất nằm ở đâu là chuyện riêng của từng lát cắt."
    ),
}

import numpy as np


def max_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    gradient = np.zeros(x.shape)
    for i in range(upstream.shape[0]):
        for j in range(upstream.shape[1]):
            rows, columns = slice(i * stride, i * stride + size), slice(j * stride, j * stride + size)
            window = x[rows, columns]
            gradient[rows, columns] += upstream[i, j] * (window == window.max())
    return gradient

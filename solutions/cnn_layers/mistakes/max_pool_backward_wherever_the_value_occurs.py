"""Every pixel with the window's largest value gets the gradient, wherever it is."""
COSTS = ["max_pool_backward"]
EXPLANATION = {
    "en": (
        "You compare the whole slice with the largest value of one window. A pixel of another window with "
        "the same value then gets a gradient that is not its own: compare inside the window only."
    ),
    "vi": (
        "Bạn so sánh cả lát cắt với giá trị lớn nhất của một cửa sổ. Khi đó một điểm ảnh có cùng giá trị "
        "nhưng ở cửa sổ khác cũng nhận gradient không phải của nó: chỉ so sánh bên trong cửa sổ."
    ),
}

import numpy as np


def max_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("bad pooling")
    gradient = np.zeros(x.shape)
    for i, j, k in np.ndindex(upstream.shape):
        largest = x[i * stride : i * stride + size, j * stride : j * stride + size, k].max()
        gradient[:, :, k] += upstream[i, j, k] * (x[:, :, k] == largest)
    return gradient

"""Every pixel of the window gets the gradient."""
COSTS = ["max_pool_backward"]
EXPLANATION = {
    "en": (
        "Your max_pool_backward hands the gradient to every pixel of the window. Only the largest value "
        "of the window reached the output, so only its position gets the gradient; the others get 0."
    ),
    "vi": (
        "Hàm max_pool_backward của bạn phát gradient cho mọi điểm ảnh trong cửa sổ. Chỉ giá trị lớn "
        "nhất của cửa sổ đi tới đầu ra nên chỉ vị trí đó nhận gradient, các vị trí còn lại bằng 0."
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
            gradient[rows, columns] += upstream[i, j]
    return gradient

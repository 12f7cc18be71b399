"""Where windows overlap, the last one wins."""
COSTS = ["max_pool_backward"]
EXPLANATION = {
    "en": (
        "Where windows overlap, your max_pool_backward overwrites the gradient of an earlier window. A "
        "pixel that is the largest of two windows influences both outputs, so its two gradients add up: "
        "+=, not =."
    ),
    "vi": (
        "Ở chỗ các cửa sổ chồng lên nhau, hàm max_pool_backward của bạn ghi đè lên gradient của cửa "
        "sổ trước. Một điểm ảnh lớn nhất trong hai cửa sổ ảnh hưởng đến cả hai đầu ra nên hai "
        "gradient phải cộng dồn: dùng +=, không phải =."
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
            for k in range(x.shape[2]):
                window = x[rows, columns, k]
                a, b = np.unravel_index(window.argmax(), window.shape)
                gradient[i * stride + a, j * stride + b, k] = upstream[i, j, k]
    return gradient

"""Where windows overlap, the last share wins."""
COSTS = ["average_pool_backward"]
EXPLANATION = {
    "en": (
        "Where windows overlap, your average_pool_backward keeps only the share of the last window. A "
        "pixel of two windows influences both outputs, so its shares add up: +=, not =."
    ),
    "vi": (
        "Ở chỗ các cửa sổ chồng lên nhau, hàm average_pool_backward của bạn chỉ giữ phần của cửa sổ "
        "cuối cùng. Một điểm ảnh nằm trong hai cửa sổ ảnh hưởng đến cả hai đầu ra nên các phần "
        "gradient phải cộng dồn: dùng +=, không phải =."
    ),
}

import numpy as np


def average_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")
    gradient = np.zeros(x.shape)
    for i in range(upstream.shape[0]):
        for j in range(upstream.shape[1]):
            rows, columns = slice(i * stride, i * stride + size), slice(j * stride, j * stride + size)
            gradient[rows, columns] = upstream[i, j] / size**2
    return gradient

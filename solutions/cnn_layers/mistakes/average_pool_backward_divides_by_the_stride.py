"""The share is upstream / stride**2."""
COSTS = ["average_pool_backward"]
EXPLANATION = {
    "en": (
        "Your average_pool_backward divides by stride * stride. The mean was taken over size * size pixels, "
        "and each gets that share; the two agree only where stride equals size."
    ),
    "vi": (
        "Hàm average_pool_backward của bạn chia cho stride * stride. Trung bình được lấy trên size * size "
        "điểm ảnh và mỗi điểm nhận phần tương ứng; hai số này chỉ trùng nhau khi stride bằng size."
    ),
}

import numpy as np


def average_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError("the window does not fit")

    gradient = np.zeros(x.shape)
    for i, j in np.ndindex(upstream.shape[:2]):
        seen = slice(i * stride, i * stride + size), slice(j * stride, j * stride + size)
        gradient[seen] += upstream[i, j] / stride**2
    return gradient

"""The gradient is not divided by the number of pixels."""
COSTS = ["average_pool_backward"]
EXPLANATION = {
    "en": (
        "Your average_pool_backward gives every pixel the whole gradient. Each pixel enters the mean with "
        "weight 1 / size**2, and that is its share of the gradient."
    ),
    "vi": (
        "Hàm average_pool_backward của bạn trao trọn gradient cho từng điểm ảnh trong cửa sổ. Mỗi "
        "điểm ảnh góp vào trung bình với hệ số 1 / size**2, và phần gradient của nó cũng chỉ bằng "
        "chừng ấy."
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
            gradient[rows, columns] += upstream[i, j]
    return gradient

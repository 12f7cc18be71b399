"""Zeros around the image keep its size."""
COSTS = ["convolve"]
EXPLANATION = {
    "en": (
        "Your convolve puts zeros around the image so that the output keeps its size. Here only positions "
        "count at which the whole filter lies on the image: (H - h + 1) x (W - w + 1) of them."
    ),
    "vi": (
        "Hàm convolve của bạn thêm viền số 0 quanh ảnh để giữ nguyên kích thước đầu ra. Ở đây chỉ tính "
        "những vị trí mà cả bộ lọc nằm trọn trong ảnh: có (H - h + 1) x (W - w + 1) vị trí."
    ),
}

import numpy as np


def convolve(x, filters, bias):
    x, filters, bias = (np.asarray(argument, dtype=float) for argument in (x, filters, bias))
    n, height, width, depth = filters.shape
    if depth != x.shape[2]:
        raise ValueError("the depths differ")
    above, left = (height - 1) // 2, (width - 1) // 2
    padded = np.pad(x, ((above, height - 1 - above), (left, width - 1 - left), (0, 0)))
    out = np.zeros((x.shape[0], x.shape[1], n))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            window = padded[i : i + height, j : j + width]
            out[i, j] = np.sum(window * filters, axis=(1, 2, 3)) + bias
    return out

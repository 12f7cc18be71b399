"""The convolution of signal processing, with a flipped filter."""
COSTS = ["convolve"]
EXPLANATION = {
    "en": (
        "Your convolve turns the filter upside down and left to right, as signal processing does. In a "
        "CNN the filter is laid on the image as it is (cross-correlation)."
    ),
    "vi": (
        "Hàm convolve của bạn lật ngược bộ lọc cả theo chiều dọc lẫn chiều ngang như trong xử lý tín "
        "hiệu. Trong mạng CNN, bộ lọc được đặt nguyên như vậy lên ảnh (tương quan chéo)."
    ),
}

import numpy as np


def convolve(x, filters, bias):
    x, filters, bias = (np.asarray(argument, dtype=float) for argument in (x, filters, bias))
    n, height, width, depth = filters.shape
    if depth != x.shape[2]:
        raise ValueError("the depths differ")
    out = np.zeros((x.shape[0] - height + 1, x.shape[1] - width + 1, n))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            for k in range(n):
                out[i, j, k] = np.sum(x[i : i + height, j : j + width] * filters[k, ::-1, ::-1]) + bias[k]
    return out

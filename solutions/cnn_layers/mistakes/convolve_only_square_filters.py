"""The width of a filter is taken to be its height."""
COSTS = ["convolve"]
EXPLANATION = {
    "en": (
        "Your convolve measures a filter's height and uses it for the width as well. Filters need not be "
        "square: (K, h, w, D) has two numbers for the two directions."
    ),
    "vi": (
        "Hàm convolve của bạn lấy bề cao của bộ lọc dùng luôn cho bề ngang. Bộ lọc không nhất thiết phải "
        "vuông: kích thước (K, h, w, D) có hai con số riêng cho hai chiều."
    ),
}

import numpy as np


def convolve(x, filters, bias):
    x, filters, bias = (np.asarray(argument, dtype=float) for argument in (x, filters, bias))
    n, height, width, depth = filters.shape
    if depth != x.shape[2]:
        raise ValueError("the depths differ")

    width = height
    out = np.zeros((x.shape[0] - height + 1, x.shape[1] - width + 1, n))
    for i, j, k in np.ndindex(out.shape):
        out[i, j, k] = np.sum(x[i : i + height, j : j + width] * filters[k]) + bias[k]
    return out

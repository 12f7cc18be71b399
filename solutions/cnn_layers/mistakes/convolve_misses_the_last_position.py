"""One position too few down and across."""
COSTS = ["convolve"]
EXPLANATION = {
    "en": (
        "Your convolve has one row and one column of positions too few. A filter of height h fits an image "
        "of height H at H - h + 1 places: the first one, and one more for each step it can still take."
    ),
    "vi": (
        "Hàm convolve của bạn thiếu một hàng và một cột vị trí. Bộ lọc cao h đặt được vào ảnh cao H ở H - h "
        "+ 1 chỗ: chỗ đầu tiên, cộng thêm một chỗ cho mỗi bước còn trượt được."
    ),
}

import numpy as np


def convolve(x, filters, bias):
    x, filters, bias = (np.asarray(argument, dtype=float) for argument in (x, filters, bias))
    n, height, width, depth = filters.shape
    if depth != x.shape[2]:
        raise ValueError("the depths differ")

    out = np.zeros((x.shape[0] - height, x.shape[1] - width, n))
    for i, j, k in np.ndindex(out.shape):
        out[i, j, k] = np.sum(x[i : i + height, j : j + width] * filters[k]) + bias[k]
    return out

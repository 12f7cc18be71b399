"""The first filter's bias is added to every slice."""
COSTS = ["convolve"]
EXPLANATION = {
    "en": (
        "Your convolve adds the bias of the first filter to every slice. Each filter has a bias of its own: "
        "slice f gets bias[f]. With a single filter the two are the same."
    ),
    "vi": (
        "Hàm convolve của bạn cộng bias của bộ lọc đầu tiên vào mọi lát cắt. Mỗi bộ lọc có bias riêng: lát "
        "cắt f cộng bias[f]. Chỉ khi có đúng một bộ lọc thì hai cách mới như nhau."
    ),
}

import numpy as np


def convolve(x, filters, bias):
    x, filters, bias = (np.asarray(argument, dtype=float) for argument in (x, filters, bias))
    n, height, width, depth = filters.shape
    if depth != x.shape[2]:
        raise ValueError("the depths differ")

    out = np.zeros((x.shape[0] - height + 1, x.shape[1] - width + 1, n))
    for i, j, k in np.ndindex(out.shape):
        out[i, j, k] = np.sum(x[i : i + height, j : j + width] * filters[k]) + bias[0]
    return out

"""The bias is forgotten."""
COSTS = ["convolve"]
EXPLANATION = {
    "en": (
        "Your convolve never adds the bias. Every filter has one number of its own that is added to each "
        "pixel of its slice."
    ),
    "vi": (
        "Hàm convolve của bạn quên cộng bias. Mỗi bộ lọc có một số bias riêng, được cộng vào mọi điểm "
        "trong lát cắt của nó."
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
                out[i, j, k] = np.sum(x[i : i + height, j : j + width] * filters[k])
    return out

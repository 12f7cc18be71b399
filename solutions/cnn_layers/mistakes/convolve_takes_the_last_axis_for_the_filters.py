"""Filters are expected as (h, w, D, K), as some libraries store them."""
COSTS = ["convolve"]
EXPLANATION = {
    "en": (
        "Your convolve reads the number of filters from the last axis, as some libraries do. Here filters "
        "has the shape (K, h, w, D): filters[f] is one filter, and its last axis is the depth of the image."
    ),
    "vi": (
        "Hàm convolve của bạn đọc số bộ lọc ở trục cuối, như vài thư viện vẫn làm. Ở đây filters có kích "
        "thước (K, h, w, D): filters[f] là một bộ lọc, và trục cuối là độ sâu của ảnh."
    ),
}

import numpy as np


def convolve(x, filters, bias):
    x, filters, bias = (np.asarray(argument, dtype=float) for argument in (x, filters, bias))
    height, width, depth, n = filters.shape
    if depth != x.shape[2]:
        raise ValueError("the depths differ")
    out = np.zeros((x.shape[0] - height + 1, x.shape[1] - width + 1, n))
    for i, j, k in np.ndindex(out.shape):
        out[i, j, k] = np.sum(x[i : i + height, j : j + width] * filters[:, :, :, k]) + bias[k]
    return out

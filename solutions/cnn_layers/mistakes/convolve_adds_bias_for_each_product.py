"""The bias is added once for every product."""
COSTS = ["convolve"]
EXPLANATION = {
    "en": (
        "Your convolve adds the bias inside the sum, once for every product. It is added once to each "
        "pixel of the output, after the products are summed."
    ),
    "vi": (
        "Hàm convolve của bạn cộng bias vào bên trong tổng, mỗi tích một lần. Bias chỉ cộng đúng một lần "
        "cho mỗi điểm đầu ra, sau khi đã cộng xong các tích."
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
                out[i, j, k] = np.sum(x[i : i + height, j : j + width] * filters[k] + bias[k])
    return out

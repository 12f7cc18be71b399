"""Only the first depth slice is used."""
COSTS = ["convolve"]
EXPLANATION = {
    "en": (
        "Your convolve uses only the first depth slice of the image. A filter is as deep as the image: "
        "multiply all slices and add all products up into one number."
    ),
    "vi": (
        "Hàm convolve của bạn chỉ dùng lát cắt đầu tiên của ảnh. Bộ lọc có độ sâu bằng độ sâu của ảnh: "
        "hãy nhân trên mọi lát cắt rồi cộng tất cả thành một số."
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
                out[i, j, k] = np.sum(x[i : i + height, j : j + width][:, :, 0] * filters[k, :, :, 0]) + bias[k]
    return out

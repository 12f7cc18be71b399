"""A filter of depth 1 is stretched over the image's depth."""
COSTS = ["convolve"]
EXPLANATION = {
    "en": (
        "Your convolve accepts a filter whose depth is not the image's: NumPy stretches an axis of length "
        "1 without a word. Compare the two depths first, and raise ValueError where they differ."
    ),
    "vi": (
        "Hàm convolve của bạn vẫn nhận bộ lọc có độ sâu khác độ sâu của ảnh: NumPy âm thầm kéo giãn trục "
        "có độ dài 1. Hãy so sánh hai độ sâu trước và báo ValueError khi chúng khác nhau."
    ),
}

import numpy as np


def convolve(x, filters, bias):
    x, filters, bias = (np.asarray(argument, dtype=float) for argument in (x, filters, bias))
    n, height, width, _ = filters.shape
    out = np.zeros((x.shape[0] - height + 1, x.shape[1] - width + 1, n))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(x[i : i + height, j : j + width] * filters, axis=(1, 2, 3)) + bias
    return out

"""The result is written into an array of x's own dtype."""

COSTS = ["sigmoid"]
EXPLANATION = {
    "en": (
        "For integers your result is made of integers too: np.empty_like(x) takes over the dtype of "
        "x, and 0.73 is cut to 0. Convert x to float first."
    ),
    "vi": (
        "Khi x là số nguyên thì kết quả của bạn cũng là số nguyên: np.empty_like(x) lấy luôn kiểu dữ "
        "liệu của x, nên 0.73 bị cắt thành 0. Hãy đổi x sang số thực trước."
    ),
}

import numpy as np


def sigmoid(x):
    x = np.asarray(x)
    result = np.empty_like(x)
    positive = x >= 0
    result[positive] = 1 / (1 + np.exp(-1.0 * x[positive]))
    e = np.exp(1.0 * x[~positive])
    result[~positive] = e / (1 + e)
    return result

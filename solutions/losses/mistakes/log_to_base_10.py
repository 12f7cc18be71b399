"""The logarithm to base 10."""

COSTS = ["binary_cross_entropy"]
EXPLANATION = {
    "en": (
        "Your loss is too small by the factor 2.302585: it uses log10. In this course log is the "
        "natural logarithm, np.log."
    ),
    "vi": (
        "Hàm lỗi của bạn nhỏ hơn 2.302585 lần vì dùng log10. Trong khóa học này log là logarit tự "
        "nhiên, tức np.log."
    ),
}

import numpy as np


def binary_cross_entropy(y, p):
    y = np.asarray(y, dtype=float)
    p = np.clip(np.asarray(p, dtype=float), 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log10(p) + (1 - y) * np.log10(1 - p))

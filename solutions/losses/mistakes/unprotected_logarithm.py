"""Nothing keeps the logarithm away from 0."""

COSTS = ["binary_cross_entropy"]
EXPLANATION = {
    "en": (
        "Where p is exactly 0 or 1, your loss becomes inf or nan: log 0 is -inf, and 0 times -inf "
        "is nan. Keep what goes into the logarithm a tiny epsilon away from 0."
    ),
    "vi": (
        "Khi p đúng bằng 0 hoặc 1, hàm lỗi của bạn thành inf hoặc nan: log 0 là -inf, còn 0 nhân "
        "-inf là nan. Hãy dùng một epsilon rất nhỏ để giá trị trong logarit không bao giờ bằng 0."
    ),
}

import numpy as np


def binary_cross_entropy(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

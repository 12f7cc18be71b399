"""Compares the values of the losses, not their slopes."""

COSTS = ["steepness_ratio"]
EXPLANATION = {
    "en": (
        "You divide one loss by the other. How fast training goes depends on how steep the curves "
        "are, so divide their slopes."
    ),
    "vi": (
        "Bạn đang chia giá trị của hai hàm lỗi. Tốc độ huấn luyện phụ thuộc vào độ dốc, nên phải "
        "chia hai đạo hàm."
    ),
}

import numpy as np


def steepness_ratio(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)) / (y - p) ** 2

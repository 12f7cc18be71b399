"""NumPy's own order: all depths of one pixel, then the next pixel."""
COSTS = ["flatten"]
EXPLANATION = {
    "en": (
        "Your flatten uses the order of x.ravel(): all depths of the first pixel, then all depths of the "
        "second. The lecture lays out slice after slice: first all of x[:, :, 0], row by row, then all of "
        "x[:, :, 1]."
    ),
    "vi": (
        "Hàm flatten của bạn theo thứ tự của x.ravel(): mọi độ sâu của điểm ảnh thứ nhất, rồi tới "
        "điểm thứ hai. Bài giảng duỗi lần lượt từng lát cắt: hết x[:, :, 0] theo từng hàng, rồi mới "
        "đến x[:, :, 1]."
    ),
}

import numpy as np


def flatten(x):
    return np.array(x, dtype=float).ravel()

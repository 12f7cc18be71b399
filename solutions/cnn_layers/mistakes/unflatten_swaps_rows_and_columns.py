"""The slices come back transposed."""
COSTS = ["unflatten"]
EXPLANATION = {
    "en": (
        "Your unflatten reverses all three axes, so that every depth slice comes back transposed. Only "
        "the depth moves, from the front to the back; height stays before width."
    ),
    "vi": (
        "Hàm unflatten của bạn đảo ngược cả ba trục nên mỗi lát cắt bị chuyển vị. Chỉ trục độ sâu được "
        "dời từ đầu về cuối; bề cao vẫn đứng trước bề ngang."
    ),
}

import numpy as np


def unflatten(v, shape):
    height, width, depth = shape
    return np.array(v, dtype=float).reshape(depth, width, height).T

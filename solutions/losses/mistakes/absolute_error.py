"""The absolute difference instead of its square."""

COSTS = ["squared_error"]
EXPLANATION = {
    "en": (
        "You take the mean of |y - p|. The squared error squares the difference before the mean "
        "is taken."
    ),
    "vi": (
        "Bạn đang lấy trung bình của |y - p|. Sai số bình phương phải bình phương hiệu y - p rồi "
        "mới lấy trung bình."
    ),
}

import numpy as np


def squared_error(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return np.mean(np.abs(y - p))

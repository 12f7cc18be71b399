"""Divides by the variance, without the root."""

COSTS = ["standardise"]
EXPLANATION = {
    "en": "You divide by the variance; its root, the standard deviation, has the unit of x.",
    "vi": "Bạn chia cho phương sai; căn của nó, tức độ lệch chuẩn, mới có cùng đơn vị với x.",
}

import numpy as np


def standardise(x):
    return (np.asarray(x, dtype=float) - mean(x)) / sample_variance(x)

"""Squared error over binary cross-entropy."""

COSTS = ["steepness_ratio"]
EXPLANATION = {
    "en": (
        "Your ratio is upside down: it is never above 1/2. Divide the slope of binary cross-entropy "
        "by that of squared error."
    ),
    "vi": (
        "Tỉ số của bạn bị đảo ngược nên không bao giờ vượt quá 1/2. Hãy lấy độ dốc của binary "
        "cross-entropy chia cho độ dốc của sai số bình phương."
    ),
}

import numpy as np


def steepness_ratio(y, p):
    p = np.asarray(p, dtype=float)
    return 2 * p * (1 - p)

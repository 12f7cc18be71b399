"""The bias is forgotten."""
COSTS = ["fully_connected"]
EXPLANATION = {
    "en": (
        "Your fully_connected never adds the bias. Every output has one number of its own that is added "
        "to its weighted sum."
    ),
    "vi": (
        "Hàm fully_connected của bạn quên cộng bias. Mỗi đầu ra có một số bias riêng, được cộng vào tổng "
        "có trọng số của nó."
    ),
}

import numpy as np


def fully_connected(v, weights, bias):
    return np.asarray(weights, dtype=float) @ np.asarray(v, dtype=float)

"""e^x where e^(-x) belongs: the sigmoid falls instead of rising."""

COSTS = ["sigmoid"]
EXPLANATION = {
    "en": "Your sigmoid falls from 1 to 0; it should rise from 0 to 1. The exponent is -x, not x.",
    "vi": (
        "Hàm sigmoid của bạn giảm từ 1 về 0, trong khi nó phải tăng từ 0 lên 1. Số mũ là -x chứ không"
        " phải x."
    ),
}

import numpy as np


def sigmoid(x):
    x = np.asarray(x, dtype=float)
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, e, 1.0) / (1.0 + e)

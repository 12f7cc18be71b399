"""Clips at 1e-3, which changes real predictions."""

COSTS = ["binary_cross_entropy"]
EXPLANATION = {
    "en": (
        "An epsilon of 1e-3 changes honest predictions: p = 0.0001 is treated as 0.001, and a "
        "certain and wrong answer costs only 6.9. The epsilon may be 1e-7 at most."
    ),
    "vi": (
        "Epsilon bằng 1e-3 làm thay đổi cả những dự đoán hợp lệ: p = 0.0001 bị coi như 0.001, và "
        "một dự đoán chắc chắn nhưng sai chỉ bị phạt 6.9. Epsilon chỉ được tối đa 1e-7."
    ),
}

import numpy as np


def binary_cross_entropy(y, p):
    y = np.asarray(y, dtype=float)
    p = np.clip(np.asarray(p, dtype=float), 1e-3, 1 - 1e-3)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

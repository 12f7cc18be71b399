"""Takes the arguments in the order p, y."""

COSTS = ["binary_cross_entropy"]
EXPLANATION = {
    "en": (
        "You take the logarithm of the truth, not of the prediction. The first argument is y, the "
        "truth; the second is p, and p belongs inside the logarithm."
    ),
    "vi": (
        "Bạn đang lấy logarit của nhãn thật chứ không phải của dự đoán. Đối số thứ nhất là y "
        "(nhãn thật), đối số thứ hai là p (dự đoán), và p mới nằm trong logarit."
    ),
}

import numpy as np


def binary_cross_entropy(p, y):
    y = np.asarray(y, dtype=float)
    p = np.clip(np.asarray(p, dtype=float), 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

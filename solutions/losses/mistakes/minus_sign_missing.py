"""The minus sign in front of the mean is missing."""

COSTS = ["binary_cross_entropy"]
EXPLANATION = {
    "en": (
        "Your loss is negative. The logarithm of a probability is never positive, so the formula "
        "has a minus in front; without it, training would walk towards the worst answer."
    ),
    "vi": (
        "Hàm lỗi của bạn bị âm. Logarit của một xác suất luôn nhỏ hơn hoặc bằng 0, nên công thức có "
        "dấu trừ ở trước; thiếu dấu này, mô hình sẽ học theo hướng tệ nhất."
    ),
}

import numpy as np


def binary_cross_entropy(y, p):
    y = np.asarray(y, dtype=float)
    p = np.clip(np.asarray(p, dtype=float), 1e-12, 1 - 1e-12)
    return np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

"""The slopes of the sum: 1/N is missing."""

COSTS = ["squared_error_gradient", "binary_cross_entropy_gradient"]
EXPLANATION = {
    "en": (
        "Your slopes are N times too large: they belong to the sum of the errors. J is the mean, "
        "so each slope carries a factor 1/N."
    ),
    "vi": (
        "Đạo hàm của bạn lớn gấp N lần: đó là đạo hàm của tổng sai số. J là trung bình nên mỗi "
        "đạo hàm phải có thêm hệ số 1/N."
    ),
}

import numpy as np


def squared_error_gradient(y, p):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return 2 * (p - y)


def binary_cross_entropy_gradient(y, p):
    y = np.asarray(y, dtype=float)
    p = np.clip(np.asarray(p, dtype=float), 1e-12, 1 - 1e-12)
    return (p - y) / (p * (1 - p))

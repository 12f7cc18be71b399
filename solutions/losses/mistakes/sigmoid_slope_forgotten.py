"""Squared error without the slope of the sigmoid."""

COSTS = ["logistic_gradient"]
EXPLANATION = {
    "en": (
        "For squared error you stop at dJ/dp. The chain rule goes on through the sigmoid: dp/dz = "
        "p (1 - p) is a factor of its own, and for squared error nothing cancels it."
    ),
    "vi": (
        "Với sai số bình phương, bạn dừng lại ở dJ/dp. Quy tắc chuỗi còn đi qua sigmoid: phải "
        "nhân thêm dp/dz = p (1 - p), và ở đây không có gì triệt tiêu nó."
    ),
}

import numpy as np


def logistic_gradient(x, y, theta, beta, loss):
    if loss not in ("bce", "squared_error"):
        raise ValueError(loss)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    p = 1 / (1 + np.exp(-(theta * x + beta)))
    by_z = (p - y) if loss == "bce" else 2 * (p - y)
    return np.mean(by_z * x), np.mean(by_z)

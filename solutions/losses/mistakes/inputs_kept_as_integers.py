"""Writes theta x + beta into an array of the dtype of x."""

COSTS = ["logistic_gradient"]
EXPLANATION = {
    "en": (
        "np.zeros_like(x) has the dtype of x; where x holds integers, theta x + beta loses its fraction. "
        "Convert x to float first."
    ),
    "vi": (
        "np.zeros_like(x) có kiểu dữ liệu của x; khi x là số nguyên thì theta x + beta mất phần thập "
        "phân. Hãy đổi x sang float trước."
    ),
}

import numpy as np


def logistic_gradient(x, y, theta, beta, loss):
    x, y = np.asarray(x), np.asarray(y, dtype=float)
    if loss not in ("bce", "squared_error"):
        raise ValueError(f"unknown loss {loss!r}")
    z = np.zeros_like(x)
    z[...] = theta * x + beta
    p = 1 / (1 + np.exp(-z))
    by_z = p - y if loss == "bce" else 2 * (p - y) * p * (1 - p)
    return np.mean(by_z * x), np.mean(by_z)

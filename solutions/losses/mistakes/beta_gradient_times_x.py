"""Multiplies dJ/dbeta by x as well."""

COSTS = ["logistic_gradient"]
EXPLANATION = {
    "en": (
        "Your dJ/dbeta carries a factor x. In z = theta x + beta the derivative by theta is x, "
        "but the derivative by beta is 1."
    ),
    "vi": (
        "dJ/dbeta của bạn bị nhân thêm x. Với z = theta x + beta, đạo hàm theo theta là x, còn "
        "đạo hàm theo beta là 1."
    ),
}

import numpy as np


def logistic_gradient(x, y, theta, beta, loss):
    if loss not in ("bce", "squared_error"):
        raise ValueError(loss)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    p = 1 / (1 + np.exp(-(theta * x + beta)))
    by_z = (p - y) if loss == "bce" else 2 * (p - y) * p * (1 - p)
    return np.mean(by_z * x), np.mean(by_z * x)

"""Cross-entropy with a slope of the sigmoid that has already cancelled."""

COSTS = ["logistic_gradient"]
EXPLANATION = {
    "en": (
        "For binary cross-entropy you multiply p - y by p (1 - p). That factor has already "
        "cancelled the denominator of dJ/dp; what is left is p - y alone."
    ),
    "vi": (
        "Với binary cross-entropy, bạn nhân p - y với p (1 - p). Thừa số này đã triệt tiêu với "
        "mẫu số của dJ/dp rồi; chỉ còn lại p - y."
    ),
}

import numpy as np


def logistic_gradient(x, y, theta, beta, loss):
    if loss not in ("bce", "squared_error"):
        raise ValueError(loss)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    p = 1 / (1 + np.exp(-(theta * x + beta)))
    by_z = (p - y if loss == "bce" else 2 * (p - y)) * p * (1 - p)
    return np.mean(by_z * x), np.mean(by_z)

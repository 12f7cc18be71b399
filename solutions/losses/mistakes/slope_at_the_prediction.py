"""The sigmoid's slope is taken at p instead of at theta x + beta."""

COSTS = ["logistic_gradient"]
EXPLANATION = {
    "en": (
        "For the squared error you take the sigmoid's slope at p. But p has been through the sigmoid "
        "already: its slope there is simply p (1 - p)."
    ),
    "vi": (
        "Với sai số bình phương, bạn lấy đạo hàm của sigmoid tại p. Nhưng p đã qua sigmoid rồi: đạo hàm ở "
        "đó đơn giản là p (1 - p)."
    ),
}

import numpy as np


def logistic_gradient(x, y, theta, beta, loss):
    if loss not in ("bce", "squared_error"):
        raise ValueError(loss)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    p = 1 / (1 + np.exp(-(theta * x + beta)))
    again = 1 / (1 + np.exp(-p))
    error = p - y if loss == "bce" else 2 * (p - y) * again * (1 - again)
    return np.mean(error * x), np.mean(error)

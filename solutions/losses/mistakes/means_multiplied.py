"""The mean error times the mean input."""

COSTS = ["logistic_gradient"]
EXPLANATION = {
    "en": (
        "You multiply the mean of the errors by the mean of x. The mean of products is not the product of "
        "means: first multiply each error by its own x, then take the mean. With one example you cannot "
        "tell them apart."
    ),
    "vi": (
        "Bạn nhân trung bình của các sai số với trung bình của x. Trung bình của các tích không phải là "
        "tích của các trung bình: hãy nhân từng sai số với x của nó trước, rồi mới lấy trung bình. Chỉ có "
        "một mẫu thì không thấy khác nhau."
    ),
}

import numpy as np


def logistic_gradient(x, y, theta, beta, loss):
    if loss not in ("bce", "squared_error"):
        raise ValueError(loss)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    p = 1 / (1 + np.exp(-(theta * x + beta)))
    error = p - y if loss == "bce" else 2 * (p - y) * p * (1 - p)
    return np.mean(error) * np.mean(x), np.mean(error)

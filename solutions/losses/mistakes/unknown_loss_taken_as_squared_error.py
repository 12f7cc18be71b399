"""Whatever is not bce counts as squared error."""

COSTS = ["logistic_gradient", "train_logistic"]
EXPLANATION = {
    "en": (
        "A misspelt loss is silently taken as squared error. Only \"bce\" and \"squared_error\" are "
        "known; anything else is a ValueError."
    ),
    "vi": (
        "Tên hàm lỗi viết sai bị âm thầm coi là sai số bình phương. Chỉ có \"bce\" và "
        "\"squared_error\" là hợp lệ; mọi tên khác phải báo ValueError."
    ),
}

import numpy as np


def logistic_gradient(x, y, theta, beta, loss):
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    p = 1 / (1 + np.exp(-(theta * x + beta)))
    by_z = (p - y) if loss == "bce" else 2 * (p - y) * p * (1 - p)
    return np.mean(by_z * x), np.mean(by_z)


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    measure = binary_cross_entropy if loss == "bce" else squared_error
    x = np.asarray(x, dtype=float)
    history = [measure(y, 1 / (1 + np.exp(-(theta * x + beta))))]
    for _ in range(steps):
        by_theta, by_beta = logistic_gradient(x, y, theta, beta, "bce" if loss == "bce" else "squared_error")
        theta = gradient_descent_step(theta, by_theta, learning_rate)
        beta = gradient_descent_step(beta, by_beta, learning_rate)
        history.append(measure(y, 1 / (1 + np.exp(-(theta * x + beta)))))
    return theta, beta, history

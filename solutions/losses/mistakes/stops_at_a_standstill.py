"""Stops as soon as the loss hardly changes."""

COSTS = ["train_logistic"]
EXPLANATION = {
    "en": (
        "The number of steps is given: history has steps + 1 entries, also when nothing moves any more."
    ),
    "vi": (
        "Số bước đã được cho trước: history có steps + 1 phần tử, kể cả khi không còn gì thay đổi."
    ),
}

import numpy as np


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    if loss not in ("bce", "squared_error"):
        raise ValueError(f"unknown loss {loss!r}")
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    loss_of = binary_cross_entropy if loss == "bce" else squared_error
    history = [loss_of(y, 1 / (1 + np.exp(-(theta * x + beta))))]
    for _ in range(steps):
        by_theta, by_beta = logistic_gradient(x, y, theta, beta, loss)
        theta, beta = theta - learning_rate * by_theta, beta - learning_rate * by_beta
        history.append(loss_of(y, 1 / (1 + np.exp(-(theta * x + beta)))))
        if abs(history[-1] - history[-2]) < 1e-9:
            break
    return theta, beta, history

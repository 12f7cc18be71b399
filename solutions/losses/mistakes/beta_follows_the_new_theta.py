"""Moves theta before the slope for beta is taken."""

COSTS = ["train_logistic"]
EXPLANATION = {
    "en": (
        "You move theta and then compute dJ/dbeta at the new theta. Both slopes of one step "
        "belong to the same point: compute both, then move both."
    ),
    "vi": (
        "Bạn cập nhật theta rồi mới tính dJ/dbeta tại theta mới. Hai đạo hàm của một bước phải "
        "được tính tại cùng một điểm: tính cả hai trước, rồi mới cập nhật."
    ),
}

import numpy as np


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    if loss not in ("bce", "squared_error"):
        raise ValueError(loss)
    measure = binary_cross_entropy if loss == "bce" else squared_error
    x = np.asarray(x, dtype=float)
    history = [measure(y, 1 / (1 + np.exp(-(theta * x + beta))))]
    for _ in range(steps):
        theta = gradient_descent_step(theta, logistic_gradient(x, y, theta, beta, loss)[0], learning_rate)
        beta = gradient_descent_step(beta, logistic_gradient(x, y, theta, beta, loss)[1], learning_rate)
        history.append(measure(y, 1 / (1 + np.exp(-(theta * x + beta)))))
    return theta, beta, history

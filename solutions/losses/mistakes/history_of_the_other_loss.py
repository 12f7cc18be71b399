"""The history always holds binary cross-entropy."""

COSTS = ["train_logistic"]
EXPLANATION = {
    "en": (
        "You train on squared error but note binary cross-entropy. The history holds the loss "
        "that goes downhill."
    ),
    "vi": (
        "Bạn huấn luyện bằng sai số bình phương nhưng lại ghi giá trị của binary cross-entropy. "
        "history phải ghi chính hàm lỗi đang được tối ưu."
    ),
}

import numpy as np


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    if loss not in ("bce", "squared_error"):
        raise ValueError(loss)
    x = np.asarray(x, dtype=float)
    history = [binary_cross_entropy(y, 1 / (1 + np.exp(-(theta * x + beta))))]
    for _ in range(steps):
        by_theta, by_beta = logistic_gradient(x, y, theta, beta, loss)
        theta = gradient_descent_step(theta, by_theta, learning_rate)
        beta = gradient_descent_step(beta, by_beta, learning_rate)
        history.append(binary_cross_entropy(y, 1 / (1 + np.exp(-(theta * x + beta)))))
    return theta, beta, history

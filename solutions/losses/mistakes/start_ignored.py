"""Training always starts at zero."""

COSTS = ["train_logistic"]
EXPLANATION = {
    "en": (
        "Your training sets theta and beta to 0 whatever it is given. They are where to start; "
        "0.0 is only what holds when nothing is given."
    ),
    "vi": (
        "Hàm huấn luyện của bạn luôn đặt theta và beta về 0, bất kể đối số. Đó là điểm khởi tạo; "
        "0.0 chỉ là giá trị mặc định."
    ),
}

import numpy as np


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    if loss not in ("bce", "squared_error"):
        raise ValueError(loss)
    theta, beta = 0.0, 0.0
    measure = binary_cross_entropy if loss == "bce" else squared_error
    x = np.asarray(x, dtype=float)
    history = [measure(y, 1 / (1 + np.exp(-(theta * x + beta))))]
    for _ in range(steps):
        by_theta, by_beta = logistic_gradient(x, y, theta, beta, loss)
        theta = gradient_descent_step(theta, by_theta, learning_rate)
        beta = gradient_descent_step(beta, by_beta, learning_rate)
        history.append(measure(y, 1 / (1 + np.exp(-(theta * x + beta)))))
    return theta, beta, history

"""The history misses the loss before the first step."""

COSTS = ["train_logistic"]
EXPLANATION = {
    "en": (
        "Your history has one entry too few: the loss at the start belongs to it, so steps "
        "updates give steps + 1 losses."
    ),
    "vi": (
        "history của bạn thiếu một giá trị: hàm lỗi lúc bắt đầu cũng phải được ghi lại, nên steps "
        "lần cập nhật cho steps + 1 giá trị."
    ),
}

import numpy as np


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    if loss not in ("bce", "squared_error"):
        raise ValueError(loss)
    measure = binary_cross_entropy if loss == "bce" else squared_error
    x = np.asarray(x, dtype=float)
    history = []
    for _ in range(steps):
        by_theta, by_beta = logistic_gradient(x, y, theta, beta, loss)
        theta = gradient_descent_step(theta, by_theta, learning_rate)
        beta = gradient_descent_step(beta, by_beta, learning_rate)
        history.append(measure(y, 1 / (1 + np.exp(-(theta * x + beta)))))
    return theta, beta, history

"""The history holds the losses before each step only."""

COSTS = ["train_logistic"]
EXPLANATION = {
    "en": (
        "You note the loss before each step and never after the last one. steps updates give "
        "steps + 1 losses, the final one included."
    ),
    "vi": (
        "Bạn ghi hàm lỗi trước mỗi bước nhưng không ghi sau bước cuối cùng. steps lần cập nhật "
        "cho steps + 1 giá trị, kể cả giá trị cuối."
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
        history.append(measure(y, 1 / (1 + np.exp(-(theta * x + beta)))))
        by_theta, by_beta = logistic_gradient(x, y, theta, beta, loss)
        theta = gradient_descent_step(theta, by_theta, learning_rate)
        beta = gradient_descent_step(beta, by_beta, learning_rate)
    return theta, beta, history

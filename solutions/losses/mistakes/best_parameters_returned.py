"""Returns the parameters of the smallest loss, not the last ones."""

COSTS = ["train_logistic"]
EXPLANATION = {
    "en": (
        "theta and beta are asked for as they are after the last step. With too large a learning rate the "
        "loss may rise, and those are not the best ones."
    ),
    "vi": (
        "Đề bài hỏi theta và beta sau bước cuối cùng. Khi tốc độ học quá lớn, hàm lỗi có thể tăng, "
        "nên bộ tham số ấy chưa chắc là tốt nhất."
    ),
}

import numpy as np


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    if loss not in ("bce", "squared_error"):
        raise ValueError(f"unknown loss {loss!r}")
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    loss_of = binary_cross_entropy if loss == "bce" else squared_error
    history = [loss_of(y, 1 / (1 + np.exp(-(theta * x + beta))))]
    best = history[0], theta, beta
    for _ in range(steps):
        by_theta, by_beta = logistic_gradient(x, y, theta, beta, loss)
        theta, beta = theta - learning_rate * by_theta, beta - learning_rate * by_beta
        history.append(loss_of(y, 1 / (1 + np.exp(-(theta * x + beta)))))
        if history[-1] < best[0]:
            best = history[-1], theta, beta
    return best[1], best[2], history

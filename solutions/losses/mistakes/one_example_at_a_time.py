"""A step for each example instead of one for all."""

COSTS = ["train_logistic"]
EXPLANATION = {
    "en": (
        "You take a step after each example, which is stochastic gradient descent. Here a step follows "
        "the gradient of the mean over all examples; with one example both are the same."
    ),
    "vi": (
        "Bạn cập nhật sau từng mẫu, tức là stochastic gradient descent. Ở đây mỗi bước đi theo gradient "
        "của trung bình trên mọi mẫu; chỉ có một mẫu thì hai cách như nhau."
    ),
}

import numpy as np


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    if loss not in ("bce", "squared_error"):
        raise ValueError(loss)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    value = binary_cross_entropy if loss == "bce" else squared_error
    history = [float(value(y, 1 / (1 + np.exp(-(theta * x + beta)))))]
    for _ in range(steps):
        for i in range(x.size):
            by_theta, by_beta = logistic_gradient(x[i : i + 1], y[i : i + 1], theta, beta, loss)
            theta, beta = theta - learning_rate * by_theta, beta - learning_rate * by_beta
        history.append(float(value(y, 1 / (1 + np.exp(-(theta * x + beta))))))
    return theta, beta, history

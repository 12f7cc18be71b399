"""The history is a default argument, so it is made only once."""

COSTS = ["train_logistic"]
EXPLANATION = {
    "en": (
        "history=[] in the def line is made once, when the function is defined. The second run adds to "
        "the history of the first; make the list inside the function."
    ),
    "vi": (
        "history=[] ở dòng def chỉ được tạo một lần, khi hàm được định nghĩa. Lần huấn luyện thứ hai nối "
        "tiếp vào lịch sử của lần thứ nhất; hãy tạo danh sách bên trong hàm."
    ),
}

import numpy as np


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0, history=[]):
    if loss not in ("bce", "squared_error"):
        raise ValueError(loss)
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    value = binary_cross_entropy if loss == "bce" else squared_error
    history.append(float(value(y, 1 / (1 + np.exp(-(theta * x + beta))))))
    for _ in range(steps):
        by_theta, by_beta = logistic_gradient(x, y, theta, beta, loss)
        theta, beta = theta - learning_rate * by_theta, beta - learning_rate * by_beta
        history.append(float(value(y, 1 / (1 + np.exp(-(theta * x + beta))))))
    return theta, beta, list(history)

"""A wrong loss is noticed only when a step is taken."""

COSTS = ["train_logistic"]
EXPLANATION = {
    "en": (
        "With steps = 0 your training accepts any loss, because only the gradient looks at the "
        "name. Look at it before the first loss is computed."
    ),
    "vi": (
        "Với steps = 0, hàm huấn luyện của bạn chấp nhận mọi tên hàm lỗi, vì chỉ phần tính "
        "gradient mới kiểm tra tên. Hãy kiểm tra trước khi tính giá trị hàm lỗi đầu tiên."
    ),
}

import numpy as np


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    measure = binary_cross_entropy if loss == "bce" else squared_error
    x = np.asarray(x, dtype=float)
    history = [measure(y, 1 / (1 + np.exp(-(theta * x + beta))))]
    for _ in range(steps):
        by_theta, by_beta = logistic_gradient(x, y, theta, beta, loss)
        theta = gradient_descent_step(theta, by_theta, learning_rate)
        beta = gradient_descent_step(beta, by_beta, learning_rate)
        history.append(measure(y, 1 / (1 + np.exp(-(theta * x + beta)))))
    return theta, beta, history

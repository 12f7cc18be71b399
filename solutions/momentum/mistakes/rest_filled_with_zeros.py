"""Early stop leaves rows of zeros behind."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "Your trajectory always has steps + 1 rows; after an early stop the rest are zeros, "
        "points that were never visited. Return only the rows up to the last step taken."
    ),
    "vi": (
        "Quỹ đạo của bạn luôn có steps + 1 hàng; khi dừng sớm, các hàng còn lại là số 0, tức "
        "những điểm chưa từng đi qua. Chỉ trả về các hàng đến bước cuối cùng đã thực hiện."
    ),
}

import numpy as np


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    theta = np.array(theta, dtype=float)
    velocity = np.zeros_like(theta)
    trajectory = np.zeros((steps + 1, *theta.shape))
    trajectory[0] = theta
    for step in range(steps):
        alpha = decay_learning_rate(alpha, delta)
        theta, velocity = momentum_step(theta, velocity, gradient(theta), alpha, beta)
        trajectory[step + 1] = theta
        if 0 < tolerance and np.max(np.abs(velocity)) <= tolerance:
            break
    return trajectory

"""The trajectory begins after the first step."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "Your trajectory misses the start. It has one row more than there were steps: where the "
        "walk began, then where each step led."
    ),
    "vi": (
        "Quỹ đạo của bạn thiếu điểm khởi đầu. Số hàng phải nhiều hơn số bước một hàng: điểm bắt "
        "đầu, rồi đến vị trí sau từng bước."
    ),
}

import numpy as np


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    if not 0 <= delta <= 1:
        raise ValueError("delta lies in [0, 1]")
    theta = np.array(theta, dtype=float)
    velocity = np.zeros_like(theta)
    trajectory = []
    for _ in range(steps):
        alpha = decay_learning_rate(alpha, delta)
        theta, velocity = momentum_step(theta, velocity, gradient(theta), alpha, beta)
        trajectory.append(theta)
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory).reshape(-1, *theta.shape)

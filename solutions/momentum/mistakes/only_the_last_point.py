"""Returns where the walk ends, not the way."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "You return the last point only. What is asked for is the trajectory: the start and the "
        "point after every step."
    ),
    "vi": (
        "Bạn chỉ trả về điểm cuối. Đề bài yêu cầu cả quỹ đạo: điểm khởi đầu và vị trí sau từng "
        "bước."
    ),
}

import numpy as np


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    if not 0 <= delta <= 1:
        raise ValueError("delta lies in [0, 1]")
    theta = np.array(theta, dtype=float)
    velocity = np.zeros_like(theta)
    trajectory = [theta]
    for _ in range(steps):
        alpha = decay_learning_rate(alpha, delta)
        theta, velocity = momentum_step(theta, velocity, gradient(theta), alpha, beta)
        trajectory.append(theta)
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
    return trajectory[-1]

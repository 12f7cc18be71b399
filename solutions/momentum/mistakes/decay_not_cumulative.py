"""Every step uses delta times the first alpha."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "Your alpha decays once and then stays. Each step decays the alpha of the step before, so "
        "after k steps it is delta^k times the first one."
    ),
    "vi": (
        "alpha của bạn chỉ giảm một lần rồi giữ nguyên. Mỗi bước phải giảm tiếp alpha của bước "
        "trước, nên sau k bước nó bằng delta^k lần giá trị ban đầu."
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
        rate = decay_learning_rate(alpha, delta)
        theta, velocity = momentum_step(theta, velocity, gradient(theta), rate, beta)
        trajectory.append(theta)
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory)

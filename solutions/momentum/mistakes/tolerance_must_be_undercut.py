"""< instead of <= at the tolerance."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "Your walk goes on when the largest |v'| is exactly the tolerance. It stops at or below "
        "it."
    ),
    "vi": (
        "Hàm của bạn vẫn đi tiếp khi |v'| lớn nhất đúng bằng tolerance. Phải dừng khi nó nhỏ hơn "
        "hoặc bằng tolerance."
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
        if np.max(np.abs(velocity)) < tolerance:
            break
    return np.array(trajectory)

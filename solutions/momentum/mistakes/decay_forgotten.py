"""Alpha never decays."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "Your learning rate stays the same in all steps: delta is never used. Each step begins "
        "with alpha = delta * alpha."
    ),
    "vi": (
        "Tốc độ học của bạn không đổi ở mọi bước: delta chưa được dùng. Mỗi bước phải bắt đầu bằng "
        "alpha = delta * alpha."
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
        theta, velocity = momentum_step(theta, velocity, gradient(theta), alpha, beta)
        trajectory.append(theta)
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory)

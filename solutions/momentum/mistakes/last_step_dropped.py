"""The step that met the tolerance is not recorded."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "Your walk stops before it notes the step that met the tolerance. That step has been "
        "taken, so its point belongs to the trajectory."
    ),
    "vi": (
        "Bạn dừng trước khi ghi lại bước đã đạt ngưỡng tolerance. Bước đó đã được thực hiện nên "
        "điểm của nó thuộc về quỹ đạo."
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
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
        trajectory.append(theta)
    return np.array(trajectory)

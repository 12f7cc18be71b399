"""Nesterov's momentum: the gradient is taken where the velocity will lead."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "You ask for the gradient at theta - beta v, a step ahead; that is Nesterov's momentum, a"
        " later variant. The lecture takes the gradient at theta itself."
    ),
    "vi": (
        "Bạn tính gradient tại theta - beta v, tức là nhìn trước một bước; đó là momentum kiểu "
        "Nesterov, một biến thể khác. Bài giảng tính gradient tại chính theta."
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
        theta, velocity = momentum_step(theta, velocity, gradient(theta - beta * velocity), alpha, beta)
        trajectory.append(theta)
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory)

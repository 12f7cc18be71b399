"""Decays by itself and checks nothing."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "Your walk accepts any delta. Outside [0, 1] it has to raise a ValueError, as "
        "decay_learning_rate does; you could also call that function."
    ),
    "vi": (
        "Hàm minimize của bạn chấp nhận mọi delta. Nếu delta nằm ngoài [0, 1] thì phải báo "
        "ValueError như decay_learning_rate; bạn cũng có thể gọi chính hàm đó."
    ),
}

import numpy as np


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    theta = np.array(theta, dtype=float)
    velocity = np.zeros_like(theta)
    trajectory = [theta]
    for _ in range(steps):
        alpha = delta * alpha
        theta, velocity = momentum_step(theta, velocity, gradient(theta), alpha, beta)
        trajectory.append(theta)
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory)

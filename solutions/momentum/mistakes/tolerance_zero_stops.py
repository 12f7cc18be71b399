"""A velocity of exactly 0 ends the walk although the tolerance is 0.0."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "With tolerance 0.0 the walk never stops early, but yours does where the velocity is "
        "exactly 0, for instance at a minimum or with delta = 0."
    ),
    "vi": (
        "Với tolerance bằng 0.0 thì không bao giờ được dừng sớm, nhưng hàm của bạn dừng khi vận "
        "tốc đúng bằng 0, chẳng hạn tại cực tiểu hoặc khi delta = 0."
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
        if np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory)

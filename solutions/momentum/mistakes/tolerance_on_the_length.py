"""Compares the length of the velocity vector with the tolerance."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "The largest |velocity| of the parameters decides, not the length of the whole vector, which is "
        "larger."
    ),
    "vi": (
        "Thành phần |vận tốc| lớn nhất mới quyết định, không phải độ dài của cả vectơ, vốn lớn hơn."
    ),
}

import numpy as np


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    if not 0 <= delta <= 1:
        raise ValueError("delta lies in [0, 1]")
    theta = np.asarray(theta, dtype=float)
    velocity = np.zeros_like(theta)
    way = [theta]
    for _ in range(steps):
        alpha = decay_learning_rate(alpha, delta)
        theta, velocity = momentum_step(theta, velocity, gradient(theta), alpha, beta)
        way.append(theta)
        if tolerance > 0 and np.linalg.norm(velocity) <= tolerance:
            break
    return np.array(way)

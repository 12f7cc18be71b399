"""Stops as soon as one component is slow."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "Your walk stops as soon as one component of the velocity is small. All of them have to "
        "be: it is the largest |v'| that counts."
    ),
    "vi": (
        "Hàm của bạn dừng ngay khi một thành phần của vận tốc đủ nhỏ. Tất cả các thành phần đều "
        "phải nhỏ: chỉ xét |v'| lớn nhất."
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
        if tolerance > 0 and np.any(np.abs(velocity) <= tolerance):
            break
    return np.array(trajectory)

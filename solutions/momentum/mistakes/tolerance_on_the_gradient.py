"""Stops when the gradient is small."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "You compare the gradient with the tolerance. With momentum the gradient may be 0 while "
        "the velocity still carries theta on; it is the velocity that has to be small."
    ),
    "vi": (
        "Bạn so sánh gradient với tolerance. Khi có momentum, gradient có thể bằng 0 mà vận tốc "
        "vẫn đưa theta đi tiếp; chính vận tốc mới phải nhỏ."
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
        slope = np.asarray(gradient(theta), dtype=float)
        theta, velocity = momentum_step(theta, velocity, slope, alpha, beta)
        trajectory.append(theta)
        if tolerance > 0 and np.max(np.abs(slope)) <= tolerance:
            break
    return np.array(trajectory)

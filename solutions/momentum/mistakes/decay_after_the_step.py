"""Decays alpha after the step instead of before it."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "Your first step is taken with the undecayed alpha. Each step decays alpha first and then "
        "moves: the first step already uses delta * alpha."
    ),
    "vi": (
        "Bước đầu tiên của bạn dùng alpha chưa giảm. Mỗi bước phải giảm alpha trước rồi mới cập "
        "nhật: ngay bước đầu đã dùng delta * alpha."
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
        alpha = decay_learning_rate(alpha, delta)
        trajectory.append(theta)
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory)

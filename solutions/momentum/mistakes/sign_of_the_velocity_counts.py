"""Compares v' itself with the tolerance, not |v'|."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "A large negative velocity counts as small in your walk, so it stops on the way. Compare "
        "the absolute value."
    ),
    "vi": (
        "Vận tốc âm có độ lớn đáng kể vẫn bị coi là nhỏ, nên hàm của bạn dừng giữa đường. Hãy so "
        "sánh trị tuyệt đối."
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
        if tolerance > 0 and np.max(velocity) <= tolerance:
            break
    return np.array(trajectory)

"""The mean of |v| is compared with the tolerance."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "You compare the mean of |v'| with the tolerance, so one fast parameter hides among slow "
        "ones. The largest |v'| decides."
    ),
    "vi": (
        "Bạn so sánh trung bình của |v'| với tolerance, nên một tham số nhanh bị che khuất giữa "
        "nhiều tham số chậm. |v'| lớn nhất mới quyết định."
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
        if tolerance > 0 and np.mean(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory)

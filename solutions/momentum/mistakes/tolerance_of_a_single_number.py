"""The tolerance is compared as if theta were a single number."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "abs(velocity) <= tolerance is one answer for one number, but an array of answers for "
        "several parameters, and Python cannot branch on that. Reduce the array to the one number"
        " that decides."
    ),
    "vi": (
        "abs(velocity) <= tolerance cho một câu trả lời khi chỉ có một số, nhưng cho cả một mảng "
        "câu trả lời khi có nhiều tham số, và Python không rẽ nhánh theo mảng được. Hãy rút mảng "
        "về một số quyết định."
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
        if tolerance > 0 and abs(velocity) <= tolerance:
            break
    return np.array(trajectory)

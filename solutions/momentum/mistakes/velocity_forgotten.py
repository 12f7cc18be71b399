"""The velocity starts at 0 in every step."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "Your velocity is set back to 0 in each step, so nothing is inherited and this is plain "
        "gradient descent. Set it to 0 once, before the loop."
    ),
    "vi": (
        "Vận tốc của bạn bị đặt lại về 0 ở mỗi bước nên không kế thừa được gì, và thuật toán chỉ "
        "còn là gradient descent thường. Chỉ đặt về 0 một lần, trước vòng lặp."
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
        velocity = np.zeros_like(theta)
        alpha = decay_learning_rate(alpha, delta)
        theta, velocity = momentum_step(theta, velocity, gradient(theta), alpha, beta)
        trajectory.append(theta)
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory)

"""Always takes all steps."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "Your walk never stops early. Once the largest |v'| of a step is at or below the "
        "tolerance, no further step is taken."
    ),
    "vi": (
        "Hàm của bạn không bao giờ dừng sớm. Khi |v'| lớn nhất của một bước nhỏ hơn hoặc bằng "
        "tolerance thì không đi thêm bước nào nữa."
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
    return np.array(trajectory)

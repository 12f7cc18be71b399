"""delta dampens the velocity instead of the learning rate."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "You multiply the velocity by delta and leave alpha as it is. The dampening factor "
        "belongs to the learning rate; what the velocity keeps is beta's business."
    ),
    "vi": (
        "Bạn nhân delta vào vận tốc và để nguyên alpha. Hệ số giảm là của tốc độ học (learning "
        "rate); vận tốc giữ lại bao nhiêu là do beta."
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
        theta, velocity = momentum_step(theta, delta * velocity, gradient(theta), alpha, beta)
        trajectory.append(theta)
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory)

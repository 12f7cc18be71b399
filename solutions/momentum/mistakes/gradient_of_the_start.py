"""The gradient is worked out once, at the start."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "You work the gradient out once, before the loop, and every step uses it. On a curve the "
        "slope changes from point to point: ask for it in each step."
    ),
    "vi": (
        "Bạn chỉ tính gradient một lần trước vòng lặp rồi dùng nó cho mọi bước. Trên đường cong, "
        "độ dốc thay đổi theo từng điểm: hãy tính lại ở mỗi bước."
    ),
}

import numpy as np


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    if not 0 <= delta <= 1:
        raise ValueError("delta lies in [0, 1]")
    theta = np.array(theta, dtype=float)
    velocity = np.zeros_like(theta)
    trajectory = [theta]
    slope = gradient(theta)
    for _ in range(steps):
        alpha = decay_learning_rate(alpha, delta)
        theta, velocity = momentum_step(theta, velocity, slope, alpha, beta)
        trajectory.append(theta)
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory)

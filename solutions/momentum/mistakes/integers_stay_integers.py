"""The trajectory has the type of the start."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "Your trajectory takes over the type of theta: started from integers, every point loses "
        "its decimals. Convert theta to float first."
    ),
    "vi": (
        "Quỹ đạo của bạn giữ nguyên kiểu của theta: nếu bắt đầu từ số nguyên, mọi điểm đều mất "
        "phần thập phân. Hãy chuyển theta sang kiểu float trước."
    ),
}

import numpy as np


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    theta = np.array(theta)
    velocity = np.zeros(theta.shape)
    trajectory = [theta]
    for _ in range(steps):
        alpha = decay_learning_rate(alpha, delta)
        theta, velocity = momentum_step(theta, velocity, gradient(theta), alpha, beta)
        trajectory.append(theta)
        if 0 < tolerance and np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory, dtype=trajectory[0].dtype)

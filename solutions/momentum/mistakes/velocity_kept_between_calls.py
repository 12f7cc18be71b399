"""The velocity outlives the call."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "Your velocity lives outside the function, so the second walk starts with the speed of "
        "the first. Every call has to begin at rest: v_0 = 0."
    ),
    "vi": (
        "Vận tốc của bạn nằm ngoài hàm, nên lần gọi thứ hai bắt đầu với vận tốc của lần gọi "
        "trước. Mỗi lần gọi đều phải bắt đầu từ trạng thái đứng yên: v_0 = 0."
    ),
}

import numpy as np


velocities = {}


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    if not 0 <= delta <= 1:
        raise ValueError("delta lies in [0, 1]")
    theta = np.array(theta, dtype=float)
    velocity = velocities.get(theta.shape, np.zeros_like(theta))
    trajectory = [theta]
    for _ in range(steps):
        alpha = decay_learning_rate(alpha, delta)
        theta, velocity = momentum_step(theta, velocity, gradient(theta), alpha, beta)
        trajectory.append(theta)
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
    velocities[theta.shape] = velocity
    return np.array(trajectory)

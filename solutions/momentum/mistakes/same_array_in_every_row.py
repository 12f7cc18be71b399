"""Appends the same array again and again, and changes it."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "All rows of your trajectory are the last point, and the caller's start has moved too: "
        "there is one array, and theta -= v changes it wherever it is stored. Make a new array "
        "for each step."
    ),
    "vi": (
        "Mọi hàng trong quỹ đạo của bạn đều là điểm cuối, và điểm khởi đầu được truyền vào cũng bị "
        "dời đi: chỉ có một mảng, và theta -= v sửa nó ở mọi nơi nó được lưu. Hãy tạo mảng mới cho "
        "mỗi bước."
    ),
}

import numpy as np


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    if not 0 <= delta <= 1:
        raise ValueError("delta lies in [0, 1]")
    theta = np.asarray(theta, dtype=float)
    velocity = np.zeros_like(theta)
    trajectory = [theta]
    for _ in range(steps):
        alpha = decay_learning_rate(alpha, delta)
        velocity = beta * velocity + alpha * np.asarray(gradient(theta), dtype=float)
        theta -= velocity
        trajectory.append(theta)
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory)

"""A table of parameters becomes a row."""

COSTS = ["minimize"]
EXPLANATION = {
    "en": (
        "Your walk lays a table of parameters out as one row, and a single number as a row of "
        "one. The way has the shape (steps taken + 1, *theta.shape)."
    ),
    "vi": (
        "Bạn trải bảng tham số thành một hàng, và một số đơn lẻ thành một hàng có một số. Quỹ đạo"
        " phải có kích thước (số bước đã đi + 1, *theta.shape)."
    ),
}

import numpy as np


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    if not 0 <= delta <= 1:
        raise ValueError("delta lies in [0, 1]")
    shape = np.shape(theta)
    theta = np.array(theta, dtype=float).ravel()
    velocity = np.zeros_like(theta)
    trajectory = [theta]
    for _ in range(steps):
        alpha = decay_learning_rate(alpha, delta)
        theta, velocity = momentum_step(theta, velocity, np.ravel(gradient(theta.reshape(shape))), alpha, beta)
        trajectory.append(theta)
        if tolerance > 0 and np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(trajectory)

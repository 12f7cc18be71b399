"""Works in place throughout, on copies of its own; weights from np.vander; rows written into one growing table."""

import numpy as np


def decay_learning_rate(alpha, delta):
    if delta < 0:
        raise ValueError("delta must not be negative")
    if delta > 1:
        raise ValueError("delta must not be above 1")
    rate = np.array(alpha, dtype=float, copy=True)
    rate *= delta
    return rate


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    position = np.array(theta, dtype=float, copy=True)
    speed = np.array(velocity, dtype=float, copy=True)
    speed *= beta
    speed += np.multiply(gradient, learning_rate)
    position -= speed
    return position, speed


def gradient_contributions(n, beta):
    return np.vander([float(beta)], n)[0]


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    rate = alpha
    decay_learning_rate(rate, delta)
    point = np.array(theta, dtype=float, copy=True)
    shape = point.shape
    velocity = np.zeros(shape)
    table = point.copy().reshape(1, -1)
    taken = 0
    while taken < steps:
        taken += 1
        rate = decay_learning_rate(rate, delta)
        velocity *= beta
        velocity += rate * gradient(point.copy())
        point -= velocity
        table = np.vstack((table, point.reshape(1, -1)))
        if tolerance > 0 and not np.any(np.abs(velocity) > tolerance):
            break
    return table.reshape((taken + 1, *shape))


def effect_of(parameter, value):
    if parameter not in ("delta", "beta") or value not in (0, 1):
        raise ValueError("delta or beta, at 0 or at 1")
    if parameter == "delta":
        return "no_decay" if value else "no_update"
    return "unbounded_velocity" if value else "plain_gradient_descent"

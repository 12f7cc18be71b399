"""alpha as delta**k times the first one, the weights by cumprod, a trajectory that is allocated once."""

from typing import NamedTuple

import numpy as np


class Step(NamedTuple):
    theta: np.ndarray
    velocity: np.ndarray


def fraction(name, value):
    if value < 0.0 or 1.0 < value:
        raise ValueError(f"{name} must lie in [0, 1], not at {value}")
    return value


def decay_learning_rate(alpha, delta):
    return np.array(alpha * fraction("delta", delta))


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    parts = np.stack([np.asarray(velocity, dtype=float), np.asarray(gradient, dtype=float)])
    velocity = np.einsum("k,k...->...", np.array([beta, learning_rate], dtype=float), parts)
    return Step(np.asarray(theta, dtype=float) - velocity, velocity)


def gradient_contributions(n, beta):
    factors = np.full(n, beta, dtype=float)
    factors[0] = 1.0
    return np.cumprod(factors)[::-1]


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    fraction("delta", delta)
    start = np.asarray(theta, dtype=float)
    way = np.empty((steps + 1, *start.shape))
    way[0] = start
    velocity = np.zeros(start.shape)
    for k in range(1, steps + 1):
        velocity = velocity * beta + gradient(way[k - 1]) * (alpha * float(delta) ** k)
        way[k] = way[k - 1] - velocity
        if tolerance and np.linalg.norm(np.ravel(velocity), np.inf) <= tolerance:
            return way[: k + 1]
    return way


def effect_of(parameter, value):
    effects = "no_update", "no_decay", "plain_gradient_descent", "unbounded_velocity"
    return effects[[("delta", 0), ("delta", 1), ("beta", 0), ("beta", 1)].index((parameter, value))]

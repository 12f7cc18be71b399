"""longdouble on the way, weights from a recurrence, questions by match."""

from collections import namedtuple

import numpy as np

Step = namedtuple("Step", "theta velocity")


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    theta, velocity, gradient = (np.asarray(a, dtype=np.longdouble) for a in (theta, velocity, gradient))
    velocity = np.longdouble(beta) * velocity + np.longdouble(learning_rate) * gradient
    return Step(theta - velocity, velocity)


def gradient_contributions(n, beta):
    weights = np.zeros(n)
    for unit in np.identity(n):
        weights = beta * weights + unit
    return weights


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    if abs(delta - 0.5) > 0.5:
        raise ValueError(f"delta is {delta}")
    if tolerance == 0.0:
        tolerance = -1.0
    point = np.asarray(theta, dtype=np.longdouble)
    velocity = 0 * point
    way = [point]
    for _ in range(steps):
        alpha = delta * alpha
        velocity = beta * velocity + alpha * np.asarray(gradient(np.asarray(point, dtype=float)))
        point = np.asarray(point - velocity)
        way.append(point)
        if np.max(np.abs(velocity)) <= tolerance:
            break
    return np.array(way)


def effect_of(parameter, value):
    match parameter, value:
        case "delta", 0:
            return "no_update"
        case "delta", 1:
            return "no_decay"
        case "beta", 0:
            return "plain_gradient_descent"
        case "beta", 1:
            return "unbounded_velocity"
    raise ValueError("there are four questions")

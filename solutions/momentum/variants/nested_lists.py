"""Pure Python on nested lists of any depth, without NumPy but for taking arguments apart."""

import numpy as np


def plain(values):
    """Nested lists of floats, or one float."""
    return np.asarray(values, dtype=float).tolist()


def together(function, *values):
    """function of numbers that stand in the same place."""
    if isinstance(values[0], list):
        return [together(function, *items) for items in zip(*values, strict=True)]
    return function(*values)


def largest(values):
    return max(map(largest, values)) if isinstance(values, list) else abs(values)


def decay_learning_rate(alpha, delta):
    assert_fraction(delta)
    return plain(alpha) * plain(delta)


def assert_fraction(delta):
    if plain(delta) > 1.0 or plain(delta) < 0.0:
        raise ValueError("a dampening factor lies between 0 and 1, both included")


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    alpha, beta = plain(learning_rate), plain(beta)
    new = together(lambda v, g: v * beta + g * alpha, plain(velocity), plain(gradient))
    return together(lambda t, v: t - v, plain(theta), new), new


def gradient_contributions(n, beta):
    weights = [1.0]
    while len(weights) < n:
        weights = [weights[0] * plain(beta), *weights]
    return weights


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    assert_fraction(delta)
    point = plain(theta)
    velocity = together(lambda t: 0.0, point)
    way = [point]
    for k in range(steps):
        # A single number is handed over as a number, anything else as an array.
        slope = plain(gradient(np.array(point) if isinstance(point, list) else point))
        point, velocity = momentum_step(point, velocity, slope, plain(alpha) * plain(delta) ** (k + 1), beta)
        way.append(point)
        if tolerance > 0 and largest(velocity) <= tolerance:
            break
    return way


def effect_of(parameter, value):
    if value != 0 and value != 1:
        raise ValueError(f"nothing special happens at {value}")
    try:
        low, high = {
            "delta": ("no_update", "no_decay"),
            "beta": ("plain_gradient_descent", "unbounded_velocity"),
        }[parameter]
    except KeyError as error:
        raise ValueError(f"there is no parameter {parameter}") from error
    return high if value == 1 else low

"""Python loops over flattened numbers; NumPy only carries them in and out."""

import numpy as np


def decay_learning_rate(alpha, delta):
    if delta < 0 or delta > 1:
        raise ValueError("delta is outside [0, 1]")
    return float(alpha) * float(delta)


def numbers(values):
    return [float(value) for value in np.asarray(values).ravel()]


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    shape = np.shape(theta)
    new_theta, new_velocity = [], []
    for t, v, g in zip(numbers(theta), numbers(velocity), numbers(gradient), strict=True):
        v = float(beta) * v + float(learning_rate) * g
        new_velocity.append(v)
        new_theta.append(t - v)
    return np.array(new_theta).reshape(shape), np.array(new_velocity).reshape(shape)


def gradient_contributions(n, beta):
    weights = []
    weight = 1.0
    for _ in range(n):
        weights.insert(0, weight)
        weight *= float(beta)
    return weights


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    if delta < 0 or delta > 1:
        raise ValueError("delta is outside [0, 1]")
    shape = np.shape(theta)
    point = numbers(theta)
    velocity = [0.0] * len(point)
    rows = [list(point)]
    rate = float(alpha)
    for _ in range(steps):
        rate *= float(delta)
        slope = numbers(gradient(np.array(point).reshape(shape)))
        largest = 0.0
        for i in range(len(point)):
            velocity[i] = float(beta) * velocity[i] + rate * slope[i]
            point[i] = point[i] - velocity[i]
            largest = max(largest, abs(velocity[i]))
        rows.append(list(point))
        if tolerance != 0.0 and largest <= tolerance:
            break
    return np.array(rows).reshape(len(rows), *shape)


def effect_of(parameter, value):
    for name, end, effect in [
        ("delta", 0, "no_update"),
        ("delta", 1, "no_decay"),
        ("beta", 0, "plain_gradient_descent"),
        ("beta", 1, "unbounded_velocity"),
    ]:
        if parameter == name and value == end:
            return effect
    raise ValueError("no such question")

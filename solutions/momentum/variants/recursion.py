"""Recursive throughout: the walk and the weights call themselves."""

import numpy as np


def decay_learning_rate(alpha, delta):
    if delta != min(max(delta, 0), 1):
        raise ValueError(f"{delta} is not in [0, 1]")
    return np.multiply(delta, alpha)


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    kept = np.multiply(beta, velocity)
    new = np.multiply(learning_rate, gradient)
    return np.subtract(np.subtract(theta, kept), new), kept + new


def gradient_contributions(n, beta):
    if n == 1:
        return (1.0,)
    shorter = gradient_contributions(n - 1, beta)
    return (float(beta) * shorter[0], *shorter)


def walk(gradient, theta, velocity, alpha, delta, beta, steps, tolerance):
    if steps == 0:
        return [theta]
    alpha = decay_learning_rate(alpha, delta)
    after, velocity = momentum_step(theta, velocity, gradient(theta), alpha, beta)
    if 0 < tolerance and abs(velocity).max() <= tolerance:
        return [theta, after]
    return [theta, *walk(gradient, after, velocity, alpha, delta, beta, steps - 1, tolerance)]


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    decay_learning_rate(alpha, delta)
    theta = np.array(theta, dtype=float)
    return np.array(walk(gradient, theta, 0 * theta, alpha, delta, beta, steps, tolerance))


def effect_of(parameter, value):
    if value not in (0, 1):
        raise ValueError(value)
    if parameter == "delta":
        return ["no_update", "no_decay"][int(value)]
    if parameter == "beta":
        return ["plain_gradient_descent", "unbounded_velocity"][int(value)]
    raise ValueError(parameter)

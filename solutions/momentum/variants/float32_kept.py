"""Answers in float32 wherever an argument is float32."""

import numpy as np


def kind(*arguments):
    return np.float32 if any(np.asarray(a).dtype == np.float32 for a in arguments) else np.float64


def decay_learning_rate(alpha, delta):
    if not 0 <= delta <= 1:
        raise ValueError(f"delta = {delta}")
    dtype = kind(alpha, delta)
    return dtype(delta) * dtype(alpha)


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    dtype = kind(theta, velocity, gradient, learning_rate, beta)
    theta, velocity, gradient = (np.asarray(a, dtype) for a in (theta, velocity, gradient))
    velocity = dtype(beta) * velocity + dtype(learning_rate) * gradient
    return [theta - velocity, velocity]


def gradient_contributions(n, beta):
    dtype = kind(beta)
    weights = np.ones(n, dtype)
    for k in range(n - 2, -1, -1):
        weights[k] = weights[k + 1] * dtype(beta)
    return weights


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    if not 0 <= delta <= 1:
        raise ValueError(f"delta = {delta}")
    dtype = kind(theta, alpha, delta, beta)
    theta = np.array(theta, dtype)
    velocity = np.zeros(theta.shape, dtype)
    rows = theta[np.newaxis].copy()
    for _ in range(steps):
        alpha = dtype(delta) * dtype(alpha)
        velocity = dtype(beta) * velocity + alpha * np.asarray(gradient(theta), dtype)
        theta = theta - velocity
        rows = np.concatenate([rows, theta[np.newaxis]])
        if tolerance > 0 and np.all(np.abs(velocity) <= tolerance):
            break
    return rows


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
    raise ValueError(f"{parameter} = {value}")

"""No velocity is kept: each step adds up all gradients met so far, each with the weight that the lecture gives it."""

import numpy as np


def decay_learning_rate(alpha, delta):
    if np.clip(delta, 0, 1) != delta:
        raise ValueError(f"delta is {delta}")
    return np.float64(alpha) * np.float64(delta)


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    old = np.asarray(velocity, dtype=float)
    new = sum([old * beta, np.asarray(gradient, dtype=float) * learning_rate])
    return tuple([np.asarray(theta, dtype=float) - new, new])


def gradient_contributions(n, beta):
    ages = np.arange(n)[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        # e^(age log beta); log 0 is minus infinity, and minus infinity times an age of 0 is no number, but its weight is 1.
        return np.where(ages == 0, 1.0, np.exp(ages * np.log(np.float64(beta))))


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    decay_learning_rate(alpha, delta)
    points = [np.asarray(theta, dtype=float)]
    pushes = []
    for k in range(1, steps + 1):
        rate = decayed(alpha, delta, k)
        pushes.append(rate * np.asarray(gradient(points[-1]), dtype=float))
        weights = gradient_contributions(k, beta)
        velocity = np.zeros(points[0].shape)
        for weight, push in zip(weights, pushes, strict=True):
            velocity = velocity + weight * push
        points.append(points[-1] - velocity)
        if 0 < tolerance and np.linalg.norm(velocity.reshape(-1), ord=np.inf) <= tolerance:
            break
    return np.stack(points, axis=0)


def decayed(alpha, delta, times):
    for _ in range(times):
        alpha = decay_learning_rate(alpha, delta)
    return alpha


def effect_of(parameter, value):
    question = f"{parameter}={float(value):g}"
    match question:
        case "delta=0":
            return "no_update"
        case "delta=1":
            return "no_decay"
        case "beta=0":
            return "plain_gradient_descent"
        case "beta=1":
            return "unbounded_velocity"
        case _:
            raise ValueError(question)

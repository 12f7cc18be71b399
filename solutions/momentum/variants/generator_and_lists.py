"""A generator of points, answers as nested lists and tuples, 0-d arrays for scalars."""

from itertools import accumulate, islice, repeat

import numpy as np


def decay_learning_rate(alpha, delta):
    if not np.logical_and(np.greater_equal(delta, 0), np.less_equal(delta, 1)):
        raise ValueError("dampening factor outside [0, 1]")
    return np.asarray(np.multiply(alpha, delta), dtype=float)


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    v = np.multiply(velocity, beta, dtype=float) + np.multiply(gradient, learning_rate, dtype=float)
    return [(np.asarray(theta) - v).tolist(), v.tolist()]


def gradient_contributions(n, beta):
    return list(accumulate(repeat(float(beta), n - 1), lambda a, b: a * b, initial=1.0))[::-1]


def points(gradient, theta, alpha, delta, beta):
    theta = np.array(theta, dtype=float)
    velocity = np.zeros_like(theta)
    yield theta, np.inf
    while True:
        alpha = decay_learning_rate(alpha, delta)
        theta, velocity = map(np.array, momentum_step(theta, velocity, gradient(theta), alpha, beta))
        yield theta, np.max(np.abs(velocity))


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    decay_learning_rate(alpha, delta)
    way = []
    for theta, speed in islice(points(gradient, theta, alpha, delta, beta), steps + 1):
        way.append(theta.tolist())
        if tolerance > 0.0 and speed <= tolerance:
            break
    return way


def effect_of(parameter, value):
    questions = {
        "no_update": ("delta", 0),
        "no_decay": ("delta", 1),
        "plain_gradient_descent": ("beta", 0),
        "unbounded_velocity": ("beta", 1),
    }
    answers = [name for name, question in questions.items() if question == (parameter, value)]
    if len(answers) != 1:
        raise ValueError(f"nothing is known about {parameter} = {value}")
    return answers[0]

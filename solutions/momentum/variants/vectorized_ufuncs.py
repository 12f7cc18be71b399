"""np.vectorize, functools.reduce and lambdas; globals as constants; the walk is a fold that leaves by an exception."""

import functools
import math

import numpy as np

NO_SPEED = 0.0
ANSWERS = ["no_update", "no_decay", "plain_gradient_descent", "unbounded_velocity"]

new_velocity = np.vectorize(lambda v, g, alpha, beta: math.fsum((beta * v, alpha * g)), otypes=[float])


class Arrived(Exception):
    def __init__(self, way):
        self.way = way


def decay_learning_rate(alpha, delta):
    if math.floor(delta) not in (0, 1) or delta > 1:
        raise ValueError(delta)
    return alpha * delta


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    v = new_velocity(velocity, gradient, learning_rate, beta)
    return np.asarray(theta, dtype=float) + np.negative(v), v


def gradient_contributions(n, beta):
    return np.array([math.pow(beta, age) for age in reversed(range(n))])


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    decay_learning_rate(alpha, delta)
    start = np.array(theta, dtype=float)

    def walk(state, _):
        way, velocity, rate = state
        rate = decay_learning_rate(rate, delta)
        point, velocity = momentum_step(way[-1], velocity, gradient(way[-1]), rate, beta)
        way = (*way, point)
        if tolerance > NO_SPEED and max(np.abs(velocity).flat) <= tolerance:
            raise Arrived(way)
        return way, velocity, rate

    try:
        way, *_ = functools.reduce(walk, range(steps), ((start,), np.full(start.shape, NO_SPEED), alpha))
    except Arrived as arrived:
        way = arrived.way
    return np.array(way)


def effect_of(parameter, value):
    number = {"delta": 0, "beta": 2}.get(parameter)
    if number is None or float(value) not in (0.0, 1.0):
        raise ValueError(f"{parameter!r}, {value!r}")
    return ANSWERS[number + round(value)]

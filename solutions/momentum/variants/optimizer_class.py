"""An optimizer object that owns its velocity and learning rate, and an Enum for the answers."""

import enum

import numpy as np


class Effect(str, enum.Enum):
    NO_UPDATE = "no_update"
    NO_DECAY = "no_decay"
    PLAIN = "plain_gradient_descent"
    UNBOUNDED = "unbounded_velocity"


class Momentum:
    def __init__(self, alpha, delta, beta):
        if not (delta >= 0 and delta <= 1):
            raise ValueError(f"dampening factor {delta}")
        self.alpha, self.delta, self.beta = alpha, delta, beta
        self.velocity = 0.0

    def decay(self):
        self.alpha = self.alpha * self.delta

    def step(self, theta, gradient):
        self.velocity = np.multiply(self.beta, self.velocity) + np.multiply(self.alpha, gradient)
        return np.subtract(theta, self.velocity)

    @property
    def speed(self):
        return float(np.abs(self.velocity).max())


def decay_learning_rate(alpha, delta):
    optimizer = Momentum(alpha, delta, 0.0)
    optimizer.decay()
    return optimizer.alpha


def momentum_step(theta, velocity, gradient, learning_rate, beta):
    optimizer = Momentum(learning_rate, 1.0, beta)
    optimizer.velocity = np.asarray(velocity)
    return optimizer.step(theta, gradient), optimizer.velocity


def gradient_contributions(n, beta):
    # Each unit gradient alone, seen in the last velocity.
    weights = np.empty(n)
    for position in range(n):
        optimizer = Momentum(1.0, 1.0, beta)
        for k in range(n):
            optimizer.step(0.0, float(k == position))
        weights[position] = optimizer.velocity
    return weights


def minimize(gradient, theta, alpha=0.5, delta=1.0, beta=0.9, steps=100, tolerance=0.0):
    optimizer = Momentum(alpha, delta, beta)
    way = [np.array(theta, dtype=np.float64)]
    while len(way) <= steps:
        optimizer.decay()
        way.append(optimizer.step(way[-1], gradient(way[-1])))
        if tolerance and optimizer.speed <= tolerance:
            break
    return np.stack(way)


def effect_of(parameter, value):
    table = {"delta": {0: Effect.NO_UPDATE, 1: Effect.NO_DECAY}, "beta": {0: Effect.PLAIN, 1: Effect.UNBOUNDED}}
    try:
        return table[parameter][value].value
    except KeyError:
        raise ValueError(f"{parameter} = {value}") from None

"""One class for each loss, a model with a state of its own, named tuples as answers."""

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np


class Gradient(NamedTuple):
    theta: float
    beta: float


class Training(NamedTuple):
    theta: float
    beta: float
    history: list


class Loss(ABC):
    def __init__(self, y, p):
        self.y = np.array(y, dtype=np.float64)
        self.p = np.array(p, dtype=np.float64)
        self.n = max(self.p.size, 1)

    @abstractmethod
    def each(self): ...

    @abstractmethod
    def slope_of_each(self): ...

    def value(self):
        return self.each().sum() / self.n

    def slope(self):
        return self.slope_of_each() / self.n


class SquaredError(Loss):
    def each(self):
        return (self.p - self.y) * (self.p - self.y)

    def slope_of_each(self):
        return 2.0 * (self.p - self.y)


class CrossEntropy(Loss):
    def __init__(self, y, p):
        super().__init__(y, p)
        self.p = np.minimum(np.maximum(self.p, 1e-7), 1 - 1e-7)

    def each(self):
        return -self.y * np.log(self.p) - (1.0 - self.y) * np.log(1.0 - self.p)

    def slope_of_each(self):
        return (1.0 - self.y) / (1.0 - self.p) - self.y / self.p


KNOWN = {"bce": CrossEntropy, "squared_error": SquaredError}


class Model:
    def __init__(self, theta, beta):
        self.theta, self.beta = float(theta), float(beta)

    def predict(self, x):
        return np.reciprocal(1.0 + np.exp(-(self.theta * x + self.beta)))

    def gradient(self, x, y, loss):
        p = self.predict(x)
        by_z = loss(y, p).slope() * p * (1.0 - p)
        return Gradient(np.sum(by_z * x), np.sum(by_z))

    def move(self, gradient, learning_rate):
        self.theta -= learning_rate * gradient.theta
        self.beta -= learning_rate * gradient.beta


def known(loss):
    try:
        return KNOWN[loss]
    except KeyError:
        raise ValueError(f"no loss is called {loss!r}") from None


def squared_error(y, p):
    return SquaredError(y, p).value()


def binary_cross_entropy(y, p):
    return CrossEntropy(y, p).value()


def squared_error_gradient(y, p):
    return SquaredError(y, p).slope()


def binary_cross_entropy_gradient(y, p):
    return CrossEntropy(y, p).slope()


def steepness_ratio(y, p):
    return np.abs(CrossEntropy(y, p).slope()) / np.abs(SquaredError(y, p).slope())


def gradient_descent_step(theta, gradient, learning_rate):
    moved = np.array(theta, dtype=np.float64)
    moved -= np.asarray(learning_rate) * np.asarray(gradient)
    return moved


def logistic_gradient(x, y, theta, beta, loss):
    return Model(theta, beta).gradient(np.asarray(x, dtype=np.float64), y, known(loss))


def train_logistic(x, y, loss, learning_rate, steps, theta=0.0, beta=0.0):
    kind, model, x = known(loss), Model(theta, beta), np.asarray(x, dtype=np.float64)
    history = [kind(y, model.predict(x)).value()]
    for _ in range(steps):
        model.move(model.gradient(x, y, kind), learning_rate)
        history.append(kind(y, model.predict(x)).value())
    return Training(model.theta, model.beta, history)

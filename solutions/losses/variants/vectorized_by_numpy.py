"""np.vectorize over plain functions of two numbers; type hints; nan_to_num where y is 0."""

import math
from collections.abc import Callable
from functools import partial, reduce
from typing import Any

import numpy as np

Number = float


def _surprise(probability: Number) -> Number:
    return -math.log(probability) if probability > 1e-15 else 15 * math.log(10)


def _cross(y: Number, p: Number) -> Number:
    return (y * _surprise(p) if y else 0.0) + ((1 - y) * _surprise(1 - p) if y != 1 else 0.0)


def _mean_of(term: Callable[[Number, Number], Number], y: Any, p: Any) -> Number:
    return np.vectorize(term, otypes=[float])(y, p).mean()


squared_error = partial(_mean_of, lambda y, p: (float(y) - float(p)) ** 2)
binary_cross_entropy = partial(_mean_of, lambda y, p: _cross(float(y), float(p)))


def _each(term: Callable[[Number, Number], Number]) -> Callable[[Any, Any], Any]:
    return np.vectorize(lambda y, p: term(float(y), float(p)), otypes=[float])


def squared_error_gradient(y: Any, p: Any) -> Any:
    return _each(lambda t, q: 2 * q - 2 * t)(y, p) / np.size(p)


def binary_cross_entropy_gradient(y: Any, p: Any) -> Any:
    def slope(t: Number, q: Number) -> Number:
        q = min(max(q, 1e-15), 1 - 1e-15)
        return -t / q + (1 - t) / (1 - q)

    return _each(slope)(y, p) / np.size(p)


def steepness_ratio(y: Any, p: Any) -> Any:
    return _each(lambda t, q: abs((1 / q if t else 1 / (1 - q)) / (2 * (q - t))))(y, p)


def gradient_descent_step(theta: Any, gradient: Any, learning_rate: Number) -> Any:
    return _each(lambda t, g: t - float(learning_rate) * g)(theta, gradient)


def _probability(z: Number) -> Number:
    return 0.5 * (1 + math.tanh(z / 2))


def logistic_gradient(x: Any, y: Any, theta: Number, beta: Number, loss: str) -> list[Number]:
    match loss:
        case "bce":
            outer = lambda t, q: q - t
        case "squared_error":
            outer = lambda t, q: 2 * (q - t) * q * (1 - q)
        case _:
            raise ValueError(f"loss must be 'bce' or 'squared_error', not {loss!r}")
    terms = [(float(t), _probability(float(theta) * float(v) + float(beta)), float(v)) for v, t in zip(x, y)]
    n = len(terms)
    return [sum(outer(t, q) * v for t, q, v in terms) / n, sum(outer(t, q) for t, q, _ in terms) / n]


def train_logistic(
    x: Any, y: Any, loss: str, learning_rate: Number, steps: int, theta: Number = 0.0, beta: Number = 0.0
) -> tuple[Number, Number, tuple[Number, ...]]:
    losses = dict(bce=binary_cross_entropy, squared_error=squared_error)
    if loss not in losses:
        raise ValueError(loss)

    def cost(t: Number, b: Number) -> Number:
        return float(losses[loss](y, [_probability(float(t) * float(v) + float(b)) for v in x]))

    def step(state: tuple, _: int) -> tuple:
        t, b, seen = state
        by_t, by_b = logistic_gradient(x, y, t, b, loss)
        t, b = t - learning_rate * by_t, b - learning_rate * by_b
        return t, b, (*seen, cost(t, b))

    return reduce(step, range(steps), (theta, beta, (cost(theta, beta),)))

"""Functions with right and planted wrong gradients: the rows that a gradient checker is measured by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Planted:
    """A scalar function, a point, and its right gradient there (at a kink: one of the right ones)."""

    f: Callable[[Any], float]
    x: np.ndarray
    gradient: np.ndarray
    domain: tuple[float, float] | None = None


def logistic_loss(rng: np.random.Generator, stretch: float = 1.0) -> Planted:
    """Mean logistic loss of 20 examples in 6 parameters; `stretch` saturates it."""
    features = rng.normal(size=(20, 6))
    signs = rng.choice([-1.0, 1.0], size=20)
    x = rng.normal(size=6) * stretch

    def f(w: np.ndarray) -> float:
        return float(np.mean(np.logaddexp(0.0, -signs * (features @ w))))

    margin = -signs * (features @ x)
    slope = 0.5 * (1.0 + np.tanh(margin / 2.0))
    return Planted(f, x, -(features * (signs * slope)[:, None]).mean(axis=0))


def scaled(planted: Planted, factor: float) -> Planted:
    """The same function times `factor`."""
    return Planted(lambda w: factor * planted.f(w), planted.x, factor * planted.gradient, planted.domain)


def relu_network(rng: np.random.Generator, distance: float) -> Planted:
    """Squared error of a ReLU network in its 4 × 3 first weights and 4 biases; one unit is `distance` from 0."""
    inputs = rng.normal(size=(5, 3))
    second, target = rng.normal(size=4), rng.normal(size=5)
    x = rng.normal(size=16)
    pre = inputs @ x[:12].reshape(4, 3).T + x[12:]
    x[12] += distance - pre[0, 0]

    def f(w: np.ndarray) -> float:
        hidden = np.maximum(inputs @ w[:12].reshape(4, 3).T + w[12:], 0.0)
        return float(np.mean((hidden @ second - target) ** 2))

    pre = inputs @ x[:12].reshape(4, 3).T + x[12:]
    residual = 2.0 * (np.maximum(pre, 0.0) @ second - target) / 5
    upstream = residual[:, None] * second * (pre > 0)
    return Planted(f, x, np.concatenate([(upstream.T @ inputs).ravel(), upstream.sum(axis=0)]))


def relu_network_without_mask(rng: np.random.Generator) -> Planted:
    """BUG: the derivative of ReLU taken for 1 everywhere."""
    inputs = rng.normal(size=(5, 3))
    second, target, x = rng.normal(size=4), rng.normal(size=5), rng.normal(size=16)

    def f(w: np.ndarray) -> float:
        hidden = np.maximum(inputs @ w[:12].reshape(4, 3).T + w[12:], 0.0)
        return float(np.mean((hidden @ second - target) ** 2))

    pre = inputs @ x[:12].reshape(4, 3).T + x[12:]
    residual = 2.0 * (np.maximum(pre, 0.0) @ second - target) / 5
    upstream = residual[:, None] * second * np.ones_like(pre)
    return Planted(f, x, np.concatenate([(upstream.T @ inputs).ravel(), upstream.sum(axis=0)]))


def pool_with_ties(rng: np.random.Generator) -> Planted:
    """Weighted sum of 2 × 2 max-pooled integers, ties and all; the first of equals takes the gradient."""
    x = rng.integers(0, 3, size=(4, 4)).astype(float)
    weights = rng.normal(size=(2, 2))

    def f(image: np.ndarray) -> float:
        return float(np.sum(weights * image.reshape(2, 2, 2, 2).max(axis=(1, 3))))

    gradient = np.zeros_like(x)
    for i in range(2):
        for j in range(2):
            window = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
            row, column = np.unravel_index(window.argmax(), (2, 2))
            gradient[2 * i + row, 2 * j + column] = weights[i, j]
    return Planted(f, x, gradient)


def relu_at_zero(rng: np.random.Generator, at_zero: float) -> Planted:
    """Weighted sum of ReLUs, half of them exactly at 0, where `at_zero` is taken for the derivative."""
    x = rng.normal(size=8)
    x[::2] = 0.0
    weights = rng.normal(size=8)
    slope = np.where(x > 0, 1.0, np.where(x < 0, 0.0, at_zero))
    return Planted(lambda v: float(weights @ np.maximum(v, 0.0)), x, weights * slope)


def cross_entropy_at_the_end(rng: np.random.Generator) -> Planted:
    """Mean binary cross-entropy with predictions as near to 0 and 1 as 1e-6."""
    y = rng.integers(0, 2, size=6).astype(float)
    p = rng.uniform(0.05, 0.95, size=6)
    p[0], p[1], p[2] = 1e-6, 1.0 - 1e-6, 1e-4

    def f(q: np.ndarray) -> float:
        return float(-np.mean(y * np.log(q) + (1.0 - y) * np.log1p(-q)))

    return Planted(f, p, (p - y) / (p * (1.0 - p)) / 6, (0.0, 1.0))

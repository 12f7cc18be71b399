"""A dataclass for a layer, type hints, iterators; a layer remembers what went in and what came out."""

import itertools
import numbers
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def sigmoid(x: ArrayLike) -> Array:
    x = np.asarray(x, dtype=np.float64)
    with np.errstate(over="ignore", under="ignore"):
        return np.reciprocal(1.0 + np.exp(-x))


def sigmoid_derivative(x: ArrayLike) -> Array:
    return np.multiply(sigmoid(x), sigmoid(np.negative(np.asarray(x, dtype=np.float64))))


@dataclass
class Layer:
    """One matrix and its sigmoid."""

    theta: Array
    given: Array = field(default_factory=lambda: np.zeros(0))
    answer: Array = field(default_factory=lambda: np.zeros(0))

    def __call__(self, given: Array) -> Array:
        self.given = given
        self.answer = np.asarray(sigmoid(self.theta @ given), dtype=np.float64)
        return self.answer

    def back(self, upstream: Array) -> tuple[Array, Array]:
        """Gradient by theta and by what went in, from the one by what came out."""
        inner = upstream * self.answer * (1.0 - self.answer)
        return np.multiply.outer(inner, self.given), inner @ self.theta


def layers_of(thetas: Sequence[ArrayLike]) -> list[Layer]:
    return [Layer(np.array(theta, dtype=np.float64)) for theta in thetas]


def forward(x: ArrayLike, thetas: Sequence[ArrayLike]) -> list[Array]:
    start = np.array(x, dtype=np.float64)
    return list(itertools.accumulate(layers_of(thetas), lambda a, layer: layer(a), initial=start))


def gradients(x: ArrayLike, y: ArrayLike, thetas: Sequence[ArrayLike]) -> list[Array]:
    layers = layers_of(thetas)
    a = np.array(x, dtype=np.float64)
    for layer in layers:
        a = layer(a)
    target = np.asarray(y, dtype=np.float64)
    upstream = ((1.0 - target) / (1.0 - a) - target / a) / a.size
    found: list[Array] = []
    for layer in layers[::-1]:
        gradient, upstream = layer.back(upstream)
        found.append(gradient)
    return list(reversed(found))


def am_gm_bound(a: ArrayLike, b: ArrayLike) -> Array:
    return np.average(np.stack([np.asarray(a, dtype=float), np.asarray(b, dtype=float)]), axis=0) ** 2


def vanishing_bound(n_layers: int) -> float:
    if not isinstance(n_layers, numbers.Integral) or n_layers < 0:
        raise ValueError(f"there is no network of {n_layers} layers")
    return float(np.prod(np.full(int(n_layers), 0.25)))


def first_underflow_depth(dtype: type | str | np.dtype) -> int:
    quarter = np.array([0.25]).astype(dtype)[0]
    products = itertools.accumulate(itertools.repeat(quarter), lambda p, q: p * q)
    return 1 + next(i for i, p in enumerate(products) if p == 0)

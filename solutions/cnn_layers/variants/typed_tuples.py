"""Type hints, long docstrings, tuples as answers, strides by hand, constants of the module."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import as_strided

Image = np.ndarray
TINY: Final[float] = float(np.finfo(np.float32).eps)  # 1.19e-7, a little more than what is allowed
EPSILON: Final[float] = TINY / 2
TRAINED: Final = frozenset({"convolution", "fully_connected"})


def relu(x: Any) -> np.ndarray:
    """Rectify.

    Parameters
    ----------
    x : array_like
        Anything that NumPy makes an array of.

    Returns
    -------
    ndarray
        max(0, x), entry by entry.
    """
    positive: np.ndarray = np.fmax(x, 0.0)
    return positive


def relu_backward(upstream: Any, x: Any) -> np.ndarray:
    """Upstream times the step function; np.piecewise is picky about dtypes, hence the conversions."""
    step = np.piecewise(np.asarray(x, dtype=float), [np.asarray(x) > 0], [1.0, 0.0])
    return np.multiply(upstream, step)


def view_of_windows(x: Image, size: int, stride: int) -> np.ndarray:
    """View (H', W', D, size, size) without a copy."""
    height, width, depth = x.shape
    for number in (size, stride):
        if number <= 0:
            raise ValueError(f"{number} is not positive")
    if height < size:
        raise ValueError("too high")
    if width < size:
        raise ValueError("too wide")
    down, across, deep = x.strides
    shape = ((height - size) // stride + 1, (width - size) // stride + 1, depth, size, size)
    return as_strided(x, shape, (down * stride, across * stride, deep, down, across), writeable=False)


def as_tuples(values: Any) -> Any:
    """Nested tuples of an array."""
    return tuple(map(as_tuples, values)) if isinstance(values, (list, np.ndarray)) and np.ndim(values) else float(values)


def max_pool(x: Any, size: int = 2, stride: int = 2) -> tuple:
    return as_tuples(view_of_windows(np.ascontiguousarray(x, dtype=float), size, stride).max((3, 4)))


def average_pool(x: Any, size: int = 2, stride: int = 2) -> tuple:
    return as_tuples(view_of_windows(np.ascontiguousarray(x, dtype=float), size, stride).mean((3, 4)))


def max_pool_backward(upstream: Any, x: Any, size: int = 2, stride: int = 2) -> Image:
    x = np.ascontiguousarray(x, dtype=float)
    gradient = np.zeros(x.shape)
    # A writeable view of the gradient's own windows: what is added to a window lands in the gradient.
    view_of_windows(x, size, stride)
    for i, row in enumerate(upstream):
        for j, pixel in enumerate(row):
            patch = gradient[i * stride : i * stride + size, j * stride : j * stride + size]
            source = x[i * stride : i * stride + size, j * stride : j * stride + size]
            for k, value in enumerate(pixel):
                if value == 0:
                    continue
                row_of, column_of = np.where(source[..., k] == np.max(source[..., k]))
                patch[row_of[0], column_of[0], k] += value
    return gradient


def average_pool_backward(upstream: Any, x: Any, size: int = 2, stride: int = 2) -> Image:
    upstream, shape = np.asarray(upstream, dtype=float), np.shape(x)
    view_of_windows(np.zeros(shape), size, stride)
    spread = np.zeros(((upstream.shape[0] - 1) * stride + size, (upstream.shape[1] - 1) * stride + size, shape[2]))
    share = np.kron(upstream, np.full((size, size, 1), 1.0 / (size * size)))
    for i, j in np.ndindex(upstream.shape[:2]):
        block = share[i * size : (i + 1) * size, j * size : (j + 1) * size]
        spread[i * stride : i * stride + size, j * stride : j * stride + size] += block
    rest = [(0, shape[0] - spread.shape[0]), (0, shape[1] - spread.shape[1]), (0, 0)]
    return np.pad(spread, rest)


def flatten(x: Any) -> list[float]:
    slices: Iterable[np.ndarray] = np.dsplit(np.asarray(x, dtype=float), np.shape(x)[2])
    return [value for one in slices for value in one.flat]


def unflatten(v: Sequence[float], shape: tuple[int, int, int]) -> np.ndarray:
    height, width, depth = shape
    slices = np.array_split(np.asarray(v, dtype=float), depth)
    return np.dstack([one.reshape(height, width) for one in slices])


def convolve(x: Any, filters: Any, bias: Any) -> tuple:
    x, filters = np.array(x, dtype=float), np.array(filters, dtype=float)
    if x.shape[2] != filters.shape[3]:
        raise ValueError(f"{x.shape[2]} != {filters.shape[3]}")
    slices = []
    for one, b in zip(filters, bias, strict=True):
        total = np.full((x.shape[0] - one.shape[0] + 1, x.shape[1] - one.shape[1] + 1), float(b))
        for (a, c, d), weight in np.ndenumerate(one):
            total += weight * x[a : a + total.shape[0], c : c + total.shape[1], d]
        slices.append(total)
    return as_tuples(np.stack(slices, axis=-1))


def fully_connected(v: Any, weights: Any, bias: Any) -> tuple[float, ...]:
    return tuple(float(np.dot(row, v) + b) for row, b in zip(weights, bias, strict=True))


def softmax(z: Any) -> tuple[float, ...]:
    """By the logarithm of the sum, after the largest score has been taken away."""
    z = np.asarray(z, dtype=float)
    z = z - max(z)
    return tuple(np.exp(z - np.logaddexp.reduce(z)))


def cross_entropy(probabilities: Any, one_hot: Any) -> float:
    (true,) = np.flatnonzero(one_hot)
    return float(-np.log(max(float(probabilities[true]), EPSILON)))


def count_parameters(shapes: list[tuple]) -> int:
    return sum(int(np.prod(layer[1:])) + layer[1] for layer in shapes if layer[0] in TRAINED)

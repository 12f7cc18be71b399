"""np.vectorize for numbers, recursion for windows and sums, functools and itertools for the rest."""

import itertools
from functools import partial, reduce
from math import inf, log

import numpy as np

EPSILON = 1e-9


@np.vectorize(otypes=[float])
def relu(x):
    return x if x > 0 else 0.0


@partial(np.vectorize, otypes=[float])
def relu_backward(upstream, x):
    return upstream if x > 0 else 0.0


def starts(length, size, stride, at=0):
    """Where the windows start, one after the other."""
    if at + size > length:
        return ()
    return (at, *starts(length, size, stride, at + stride))


def corners(x, size, stride):
    height, width, _ = np.shape(x)
    if size < 1 or stride < 1 or max(size - height, size - width) > 0:
        raise ValueError("no such window")
    return starts(height, size, stride), starts(width, size, stride)


def best(values):
    """The larger of the first one and the best of the others."""
    return reduce(lambda a, b: a if a >= b else b, values, -inf)


def pooled(fold, x, size, stride):
    tops, lefts = corners(x, size, stride)
    x = np.asarray(x, dtype=float)
    return np.array(
        [
            [[fold(x[t : t + size, l : l + size, k].flat) for k in range(x.shape[2])] for l in lefts]
            for t in tops
        ]
    )


def max_pool(x, size=2, stride=2):
    return pooled(best, x, size, stride)


def average_pool(x, size=2, stride=2):
    return pooled(lambda values: sum(values) / size / size, x, size, stride)


def max_pool_backward(upstream, x, size=2, stride=2):
    tops, lefts = corners(x, size, stride)
    x = np.asarray(x, dtype=float)
    gradient = dict.fromkeys(np.ndindex(x.shape), 0.0)
    for (i, t), (j, l), k in itertools.product(enumerate(tops), enumerate(lefts), range(x.shape[2])):
        place = max(itertools.product(range(t, t + size), range(l, l + size)), key=lambda p: x[p][k])
        gradient[(*place, k)] += float(upstream[i][j][k])
    return np.reshape(list(gradient.values()), x.shape)


def average_pool_backward(upstream, x, size=2, stride=2):
    tops, lefts = corners(x, size, stride)

    def at(r, c, k):
        """The sum over the windows that hold this pixel."""
        return sum(
            float(upstream[i][j][k]) / size**2
            for i, t in enumerate(tops)
            if t <= r < t + size
            for j, l in enumerate(lefts)
            if l <= c < l + size
        )

    return np.reshape([at(*place) for place in np.ndindex(*np.shape(x))], np.shape(x))


def flatten(x):
    x = np.asarray(x, dtype=float)
    depth = x.shape[2]
    return np.fromiter((pixel[k] for k in range(depth) for row in x for pixel in row), dtype=float)


def unflatten(v, shape):
    height, width, depth = shape
    if len(v) - height * width * depth:
        raise ValueError("places and entries differ")
    return np.fromfunction(
        np.vectorize(lambda i, j, k: float(v[int(k * height * width + i * width + j)]), otypes=[float]), shape
    )


def fully_connected(v, weights, bias):
    if np.shape(weights)[0] == 1:
        return (reduce(lambda total, pair: total + pair[0] * pair[1], zip(weights[0], v), 0.0) + bias[0],)
    return (*fully_connected(v, weights[:1], bias[:1]), *fully_connected(v, weights[1:], bias[1:]))


def cross_entropy(probabilities, one_hot):
    return sum(-y * log(p + EPSILON * (p == 0)) for p, y in zip(probabilities, one_hot) if y)


def count_parameters(shapes):
    if not shapes:
        return 0
    (kind, *numbers), *others = shapes
    first = numbers[0] if kind in ("convolution", "fully_connected") else 0
    return first * (1 + reduce(int.__mul__, numbers[1:], 1)) + count_parameters(others)

"""Loops over the places within a window, slices over the windows; means from running sums."""

import numpy as np


def relu(x):
    x = np.asarray(x, dtype=float)
    return np.where(x < 0, 0.0, x)


def relu_backward(upstream, x):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    return upstream * np.maximum(np.sign(x), 0)


def places(x, size, stride):
    """For each place within a window: the slice of x that holds it for all windows."""
    if not (1 <= size <= x.shape[0] and size <= x.shape[1] and stride >= 1):
        raise ValueError("size or stride")
    down, across = (x.shape[0] - size) // stride * stride + 1, (x.shape[1] - size) // stride * stride + 1
    return [
        (slice(a, a + down, stride), slice(b, b + across, stride)) for a in range(size) for b in range(size)
    ]


def max_pool(x, size=2, stride=2):
    x = np.asarray(x, dtype=float)
    best = -np.inf
    for place in places(x, size, stride):
        best = np.maximum(best, x[place])
    return best


def average_pool(x, size=2, stride=2):
    x = np.asarray(x, dtype=float)
    places(x, size, stride)
    sums = np.pad(x, ((1, 0), (1, 0), (0, 0))).cumsum(axis=0).cumsum(axis=1)
    total = sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]
    return total[::stride, ::stride] / size**2


def max_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    best = max_pool(x, size, stride)
    gradient = np.zeros(x.shape)
    for place in places(x, size, stride):
        gradient[place] += upstream * (x[place] == best)
    return gradient


def average_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = np.asarray(upstream, dtype=float), np.asarray(x, dtype=float)
    gradient = np.zeros(x.shape)
    for place in places(x, size, stride):
        gradient[place] += upstream / size**2
    return gradient


def flatten(x):
    x = np.asarray(x, dtype=float)
    v = []
    for k in range(x.shape[2]):
        for row in x[:, :, k]:
            v.extend(row)
    return np.array(v)


def unflatten(v, shape):
    x = np.empty(shape)
    if x.size != len(v):
        raise ValueError("size")
    place = 0
    for k in range(shape[2]):
        for i in range(shape[0]):
            for j in range(shape[1]):
                x[i, j, k] = v[place]
                place += 1
    return x


def convolve(x, filters, bias):
    x, filters = np.asarray(x, dtype=float), np.asarray(filters, dtype=float)
    n, height, width, depth = filters.shape
    if depth != x.shape[2]:
        raise ValueError("depth")
    out = np.zeros((x.shape[0] - height + 1, x.shape[1] - width + 1, n)) + np.asarray(bias, dtype=float)
    for a in range(height):
        for b in range(width):
            for d in range(depth):
                out += np.multiply.outer(x[a : a + out.shape[0], b : b + out.shape[1], d], filters[:, a, b, d])
    return out

"""float32 in, float32 out; epsilon 1e-7 clipped at both ends."""

import numpy as np


def number(x):
    """An array of floats: float32 where x is float32, else float64."""
    x = np.asarray(x)
    return x if x.dtype == np.float32 else x.astype(np.float64)


def relu(x):
    x = number(x)
    return x * (x > 0).astype(x.dtype)


def relu_backward(upstream, x):
    upstream, x = number(upstream), number(x)
    return upstream * (x >= 0).astype(x.dtype)


def corners(x, size, stride):
    if size < 1 or stride < 1 or size > x.shape[0] or size > x.shape[1]:
        raise ValueError((x.shape, size, stride))
    for i, top in enumerate(range(0, x.shape[0] - size + 1, stride)):
        for j, left in enumerate(range(0, x.shape[1] - size + 1, stride)):
            yield i, j, (slice(top, top + size), slice(left, left + size))


def pool(x, size, stride, operation):
    x = number(x)
    values = {(i, j): operation(x[window], axis=(0, 1)) for i, j, window in corners(x, size, stride)}
    height, width = max(values)
    return np.array([[values[i, j] for j in range(width + 1)] for i in range(height + 1)], dtype=x.dtype)


def max_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.max)


def average_pool(x, size=2, stride=2):
    return pool(x, size, stride, np.mean)


def max_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = number(upstream), number(x)
    gradient = np.zeros_like(x)
    for i, j, window in corners(x, size, stride):
        gradient[window] += np.where(x[window] == x[window].max(axis=(0, 1)), upstream[i, j], 0)
    return gradient


def average_pool_backward(upstream, x, size=2, stride=2):
    upstream, x = number(upstream), number(x)
    gradient = np.zeros_like(x)
    for i, j, window in corners(x, size, stride):
        gradient[window] += upstream[i, j] / x.dtype.type(size * size)
    return gradient


def flatten(x):
    return np.concatenate([number(x)[:, :, k].ravel() for k in range(np.shape(x)[2])])


def unflatten(v, shape):
    height, width, depth = shape
    return np.stack(list(number(v).reshape(depth, height, width)), axis=2)


def convolve(x, filters, bias):
    x, filters, bias = number(x), number(filters), number(bias)
    windows = np.lib.stride_tricks.sliding_window_view(x, filters.shape[1:3], axis=(0, 1))
    return np.tensordot(windows, filters, axes=([2, 3, 4], [3, 1, 2])) + bias


def fully_connected(v, weights, bias):
    return number(weights) @ number(v) + number(bias)


def softmax(z):
    z = number(z)
    exponentials = np.exp(z - z.max())
    return exponentials / exponentials.sum()


def cross_entropy(probabilities, one_hot):
    p = np.clip(number(probabilities), 1e-7, 1 - 1e-7)
    return -np.sum(number(one_hot) * np.log(p))

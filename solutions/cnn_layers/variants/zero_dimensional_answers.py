"""0-d arrays for numbers, slope 1 at 0, a masked logarithm, read-only and Fortran-ordered answers."""

import numpy as np


def relu(x):
    x = np.array(x, dtype=float)
    x[x < 0] = 0
    x.flags.writeable = False
    return x


def relu_backward(upstream, x):
    gradient = np.array(upstream, dtype=float)
    gradient[np.asarray(x) < 0] = 0
    return gradient


def flatten(x):
    # Fortran order of the tensor with height and width exchanged is slice by slice, row by row.
    return np.asarray(x, dtype=float).transpose(1, 0, 2).ravel(order="F")


def unflatten(v, shape):
    height, width, depth = shape
    return np.asarray(v, dtype=float).reshape((width, height, depth), order="F").transpose(1, 0, 2)


def convolve(x, filters, bias):
    x, filters, bias = np.asarray(x, float), np.asarray(filters, float), np.asarray(bias, float)
    n, height, width, depth = filters.shape
    if x.shape[2] != depth:
        raise ValueError("depth")
    out = np.empty((x.shape[0] - height + 1, x.shape[1] - width + 1, n), order="F")
    for i, j, k in np.ndindex(out.shape):
        out[i, j, k] = np.vdot(x[i : i + height, j : j + width], filters[k]) + bias[k]
    return out


def cross_entropy(probabilities, one_hot):
    p, y = np.asarray(probabilities, dtype=float), np.asarray(one_hot, dtype=float)
    logarithms = np.full(p.shape, -100.0)
    np.log(p, out=logarithms, where=p > 0)
    return np.array(-(y @ logarithms))


def count_parameters(shapes):
    total = np.zeros((), dtype=np.int64)
    for kind, *numbers in shapes:
        if kind not in ("relu", "pool", "flatten"):
            total += numbers[0] * (np.prod(numbers[1:], dtype=np.int64) + 1)
    return total

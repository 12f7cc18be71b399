"""float32 in, float32 out; dot products."""

import numpy as np


def mean(x):
    x = np.asarray(x)
    return x.sum() / x.dtype.type(x.size) if x.dtype.kind == "f" else np.mean(x)


def sample_variance(x):
    d = np.asarray(x) - mean(x)
    if d.size < 2:
        raise ValueError("too few")
    return d @ d / (d.size - 1)


def standardise(x):
    d = np.asarray(x) - mean(x)
    return d / np.sqrt(d @ d / (d.size - 1))


def correlation(x, y):
    dx, dy = np.asarray(x) - mean(x), np.asarray(y) - mean(y)
    return dx @ dy / np.sqrt((dx @ dx) * (dy @ dy))

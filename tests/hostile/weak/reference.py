"""The reference solution."""

import numpy as np

SECRET = "canary_5e1f0c2a9b7d4e36"


def double(x):
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

"""Returns what is nearly right in form, so that the comparison prints what it wanted, and how it was called."""

import numpy as np


class Shown(list):
    def __repr__(self):
        return "<shown>"


def double(x):
    return 2 * np.asarray(x, dtype=float) + 1000.0


def mean_square(p, y):
    return -1.0


def shift(x):
    return Shown([9.0] * len(x))

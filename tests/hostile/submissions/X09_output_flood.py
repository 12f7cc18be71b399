"""Prints without end in one function, and a megabyte in another that answers rightly."""

import os
import sys

import numpy as np


def double(x):
    while True:
        os.write(1, b"x" * 65_536)


def mean_square(p, y):
    sys.stderr.write("y" * 10**6)
    print("z" * 10**6)
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

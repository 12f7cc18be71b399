"""Tells bits of its inputs by the kind of its exceptions and by how long it takes."""

import time

import numpy as np

KINDS = [ValueError, TypeError, KeyError, IndexError, OverflowError, ZeroDivisionError, LookupError, ArithmeticError]


def signal(x):
    bits = int(np.ravel(x)[0] * 1000) % 8
    time.sleep(0.005 * bits)
    raise KINDS[bits](f"bits of an input: {bits}")


def double(x):
    signal(x)


def mean_square(p, y):
    signal(p)


def shift(x):
    signal(x)

"""Dies in C: an address that is not there, a recursion without end, abort."""

import ctypes
import os
import sys


def double(x):
    return ctypes.string_at(0)


def mean_square(p, y):
    sys.setrecursionlimit(10**9)
    nested = ()
    for _ in range(400_000):
        nested = (nested,)
    return hash(nested)


def shift(x):
    os.abort()

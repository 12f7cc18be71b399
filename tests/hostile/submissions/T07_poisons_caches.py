"""Spoils everything that a later submission could share with it, and answers rightly itself."""

import builtins
import copyreg
import gc
import json
import math

import numpy as np


def spoiled(*arguments, **named):
    raise RuntimeError("spoiled")


mean, asarray = np.mean, np.asarray


def double(x):
    return 2 * asarray(x, dtype=float)


def mean_square(p, y):
    return mean((asarray(p) - asarray(y)) ** 2)


def shift(x):
    x = asarray(x, dtype=float)
    return x - mean(x)


np.random.seed(666)
np.seterr(all="raise")
for module, names in (
    (np, ["mean", "asarray", "array", "sum", "allclose"]),
    (math, ["sqrt", "isclose"]),
    (json, ["dumps", "loads"]),
    (builtins, ["sorted", "max"]),
):
    for name in names:
        setattr(module, name, spoiled)
copyreg.dispatch_table.clear()
gc.disable()

"""One operation in C that takes hours: no Python code runs meanwhile, so no signal handler would."""

import re

import numpy as np


def double(x):
    print("hangs", flush=True)
    return 10**10**8


def mean_square(p, y):
    return re.match(r"(a+)+$", "a" * 60 + "b")


def shift(x):
    return np.linalg.eigvals(np.random.rand(2500, 2500))

"""Never answers: one function is busy for ever, another one sleeps."""

import time

import numpy as np


def double(x):
    print("hangs", flush=True)
    while True:
        pass


def mean_square(p, y):
    time.sleep(1e9)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

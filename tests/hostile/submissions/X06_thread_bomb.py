"""Starts threads until it may not, with stacks as small as they can be, and keeps all of them busy."""

import hashlib
import threading

import numpy as np

MOST = 1_000  # should nothing stop it, it stops by itself
DATA = bytes(2**16)


everybody_is_there = threading.Event()


def busy():
    everybody_is_there.wait()
    while True:
        hashlib.sha256(DATA)  # lets the other threads run meanwhile


def double(x):
    threading.stack_size(64 * 2**10)
    started = 0
    try:
        while started < MOST:
            threading.Thread(target=busy, daemon=True).start()
            started += 1
    finally:
        print(f"threads: {started}", flush=True)
        everybody_is_there.set()
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

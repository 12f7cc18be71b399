"""Starts threads until it may not, with stacks as small as they can be, and keeps all of them busy."""

import _thread
import hashlib
import threading

import numpy as np

MOST = 1_000  # should nothing stop it, it stops by itself
DATA = bytes(2**16)


everybody_is_there = _thread.allocate_lock()


def busy():
    with everybody_is_there:
        pass
    while True:
        hashlib.sha256(DATA)  # lets the other threads run meanwhile


def double(x):
    # Until their number is told, no thread asks for memory: the C library then keeps 64 MiB of addresses for it, and with
    # what a few of those leave, `Thread.start` may wait for ever for a thread that could not even say that it was there.
    threading.stack_size(64 * 2**10)
    started = 0
    everybody_is_there.acquire()
    try:
        while started < MOST:
            _thread.start_new_thread(busy, ())
            started += 1
    finally:
        print(f"threads: {started}", flush=True)
        everybody_is_there.release()
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

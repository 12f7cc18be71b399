"""Answers rightly but uses all that it can for as long as it may: every processor, most of the memory."""

import hashlib
import threading
import time

import numpy as np

DATA = bytes(2**20)
SECONDS = 0.25


def hog():
    """Many threads that compute at the same time, in memory that is really used, for a while."""
    end = time.monotonic() + SECONDS
    held = np.ones(12 * 2**20)

    def busy():
        while time.monotonic() < end:
            hashlib.sha256(DATA)

    threads = []
    threading.stack_size(64 * 2**10)
    for _ in range(16):
        try:
            threads.append(threading.Thread(target=busy))
            threads[-1].start()
        except (RuntimeError, MemoryError):
            threads.pop()
            break
    print(f"threads: {len(threads)} in {held.nbytes >> 20} MiB", flush=True)
    for thread in threads:
        thread.join()


def double(x):
    hog()
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

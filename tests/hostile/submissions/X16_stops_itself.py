"""Stops itself in the middle of a call, or right after one, so that nothing reads its input any more."""

import os
import signal
import threading

import numpy as np


def stop():
    os.kill(os.getpid(), signal.SIGSTOP)


def double(x):
    print("hangs", flush=True)
    stop()


def mean_square(p, y):
    threading.Timer(0.05, stop).start()
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

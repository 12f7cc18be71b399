"""Answers rightly, and leaves threads and exit handlers behind that never end."""

import atexit
import signal
import threading
import time

import numpy as np


def for_ever():
    while True:
        time.sleep(0.01)


for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
    signal.signal(number, signal.SIG_IGN)
atexit.register(for_ever)
for daemon in (True, False):
    threading.Thread(target=for_ever, daemon=daemon).start()


class Stays:
    def __del__(self):
        for_ever()


stays = Stays()


def double(x):
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

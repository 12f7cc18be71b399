"""Takes all file descriptors: copies one until it may not, and opens pipes and files."""

import ctypes
import errno
import os

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)
    return "done"


def attempt(label, action, *arguments):
    try:
        result = action(*arguments)
        result = result if isinstance(result, str) else "done"
    except BaseException as error:
        result = errno.errorcode.get(getattr(error, "errno", None), type(error).__name__)
    print(f"{label}: {result}", flush=True)


MOST = 20_000  # should nothing stop it, it stops by itself
F_DUPFD = 0


def copy():
    copies = []
    try:
        while len(copies) < MOST:
            descriptor = libc.fcntl(1, F_DUPFD, 0)
            if descriptor == -1:
                raise OSError(ctypes.get_errno(), "fcntl")
            copies.append(descriptor)
    finally:
        for descriptor in copies:
            os.close(descriptor)
        print(f"copies: {len(copies)}")
    return "done"


attempt("fcntl", copy)
attempt("dup", os.dup, 1)
attempt("pipe", os.pipe)


def double(x):
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

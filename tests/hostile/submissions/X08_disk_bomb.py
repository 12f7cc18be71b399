"""Fills the disk: a large file, many small ones, and files that have no name."""

import errno
import os

import numpy as np


def attempt(label, action, *arguments):
    try:
        result = action(*arguments)
        result = result if isinstance(result, str) else "done"
    except BaseException as error:
        result = errno.errorcode.get(getattr(error, "errno", None), type(error).__name__)
    print(f"{label}: {result}", flush=True)


BLOCK = bytes(2**20)


def large(path):
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        for _ in range(16):
            os.write(descriptor, BLOCK)
    finally:
        os.close(descriptor)
    return "done"


def many():
    os.mkdir("bomb")
    for number in range(500):
        os.close(os.open(f"bomb/{number}", os.O_CREAT | os.O_WRONLY, 0o600))
    return "done"


def nameless():
    os.write(os.memfd_create("bomb"), BLOCK)
    return "done"


attempt("here", large, "bomb.bin")
attempt("in memory", nameless)
attempt("no name", lambda: os.write(os.open(".", os.O_TMPFILE | os.O_WRONLY, 0o600), BLOCK))
attempt("many", many)


def double(x):
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

"""Changes what its descriptors share with others: flags, owner, signal, position, size of a pipe."""

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


F_GETFL, F_SETFL, F_SETOWN, F_SETSIG, F_SETPIPE_SZ, F_NOTIFY, F_SETLEASE = 3, 4, 8, 10, 1031, 1026, 1024


flags = [libc.fcntl(descriptor, F_GETFL) & (os.O_NONBLOCK | os.O_APPEND) for descriptor in range(3)]
print(f"left by another: {flags}")
for descriptor in range(3):
    attempt(f"flags {descriptor}", call, "fcntl", descriptor, F_SETFL, os.O_NONBLOCK | os.O_APPEND)
    attempt(f"owner {descriptor}", call, "fcntl", descriptor, F_SETOWN, 1)
    attempt(f"signal {descriptor}", call, "fcntl", descriptor, F_SETSIG, 9)
    attempt(f"size {descriptor}", call, "fcntl", descriptor, F_SETPIPE_SZ, 4096)
    attempt(f"lease {descriptor}", call, "fcntl", descriptor, F_SETLEASE, 1)
    attempt(f"position {descriptor}", os.lseek, descriptor, 10**6, 0)
for descriptor in range(3, 64):
    libc.fcntl(descriptor, F_SETFL, os.O_NONBLOCK)
    libc.fcntl(descriptor, F_SETFL, 0)


def double(x):
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

"""Starts processes until it may not: fork, vfork, clone by number, clone3, posix_spawn, a shell."""

import ctypes
import errno
import os
import platform
import struct
import time

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


MOST = 200  # should nothing stop it, it stops by itself
CLONE = {"x86_64": 56, "aarch64": 220}.get(platform.machine())
CLONE3 = 435
SIGCHLD = 17


def bomb():
    children = 0
    try:
        while children < MOST:
            if os.fork() == 0:
                time.sleep(3)
                os._exit(0)
            children += 1
    finally:
        print(f"children: {children}")
    return "done"


def by_number(*arguments):
    child = libc.syscall(*arguments)
    if child == 0:
        os._exit(0)
    if child == -1:
        raise OSError(ctypes.get_errno(), "clone")
    return "done"


def spawn():
    os.waitpid(os.posix_spawn("/bin/sh", ["sh", "-c", ":"], {}), 0)
    return "done"


def shell():
    return "done" if os.system(":") == 0 else "failed"


attempt("clone", by_number, CLONE, SIGCHLD, 0, 0, 0, 0)
attempt("clone3", by_number, CLONE3, struct.pack("QQQQQQQQ", 0, 0, 0, 0, SIGCHLD, 0, 0, 0), 64)
attempt("posix_spawn", spawn)
attempt("system", shell)
attempt("fork", bomb)


def double(x):
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

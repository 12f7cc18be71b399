"""Asks whether files exist, how large they are and when they were changed, without opening any."""

import os
import pathlib

import numpy as np

COURSE = "@COURSE@"
PLACES = [
    COURSE,
    f"{COURSE}/solutions/hw/hidden/test_hw.py",
    f"{COURSE}/solutions/secret.key",
    "/box/grader/hidden.py",
    "../grader",
    "/etc/passwd",
    "/root",
    "/home",
    "/proc/self",
    "/dev/null",
    "/tmp",
    ".",
    "..",
    os.__file__,
]


def known(path):
    for ask in (
        os.stat,
        os.lstat,
        os.listdir,
        os.readlink,
        os.statvfs,
        os.listxattr,
        lambda p: list(os.scandir(p)),
        lambda p: os.access(p, os.F_OK) or 1 / 0,
        lambda p: os.path.getsize(p),
        lambda p: os.path.exists(p) or 1 / 0,
        lambda p: pathlib.Path(p).is_dir() or 1 / 0,
        lambda p: list(pathlib.Path(p).iterdir()) or 1 / 0,
        lambda p: os.chdir(p),
        lambda p: os.open(p, os.O_PATH),
        lambda p: os.pathconf(p, "PC_NAME_MAX"),
    ):
        try:
            ask(path)
        except (OSError, ArithmeticError):
            continue
        return True
    return False


def reason(path):
    try:
        os.stat(path)
    except OSError as error:
        return error.errno
    return 0


print("known:", sorted(path for path in PLACES if known(path)))
# One errno for all: whether something is there must not show in how it is refused.
print("reasons:", len({reason(path) for path in [*PLACES, "/no/such/place", "nothing", "/etc/passwd/nothing"]}))


def double(x):
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)


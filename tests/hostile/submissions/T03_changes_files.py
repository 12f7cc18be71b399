"""Changes files that others use: mode, owner, times, attributes, name, length, links."""

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


def make(path):
    with open(path, "w") as file:
        file.write("shared\n")
    return "done"


attempt("make", make, "shared.txt")
attempt("mode", os.chmod, "shared.txt", 0o777)
attempt("owner", os.chown, "shared.txt", os.getuid(), os.getgid())
attempt("times", os.utime, "shared.txt", (0, 0))
attempt("attribute", call, "setxattr", b"shared.txt", b"user.note", b"x", 1, 0)
attempt("length", os.truncate, "shared.txt", 3)
attempt("hard link", os.link, "shared.txt", "hard.txt")
attempt("link", os.symlink, "shared.txt", "link.txt")
attempt("name", os.rename, "shared.txt", "renamed.txt")
attempt("fifo", os.mkfifo, "fifo")
attempt("remove", os.remove, "renamed.txt")
attempt("mode of a library", os.chmod, np.__file__, 0o644)
attempt("name of a library", os.rename, np.__file__, np.__file__)
attempt("mode of a descriptor", os.fchmod, 0, 0o666)


def double(x):
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

"""Asks for another user's rights: ids, groups, capabilities, programs that run as root."""

import ctypes
import errno
import os
import struct

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


VERSION_3 = 0x20080522
PR_SET_DUMPABLE, PR_SET_KEEPCAPS, PR_SET_SECCOMP = 4, 8, 22


def capset():
    return call("capset", struct.pack("Ii", VERSION_3, 0), bytes(24))


def set_user_id_program():
    for path in ("/bin/su", "/usr/bin/passwd", "/usr/bin/newgrp"):
        os.stat(path)
    return "done"


attempt("setuid", os.setuid, 0)
attempt("setgid", os.setgid, 0)
attempt("setresuid", os.setresuid, 0, 0, 0)
attempt("setfsuid", lambda: "done" if libc.setfsuid(0) == libc.setfsuid(0) == 0 else "denied")
attempt("setgroups", call, "setgroups", 0, None)
attempt("keep capabilities", call, "prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
attempt("dumpable", call, "prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)
attempt("su", set_user_id_program)
attempt("capset", capset)


def double(x):
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

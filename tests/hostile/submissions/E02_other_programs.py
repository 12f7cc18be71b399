"""Runs other programs: execve, posix_spawn, a shell, a program that is in memory only."""

import ctypes
import errno
import os
import platform

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


EXECVEAT = {"x86_64": 322, "aarch64": 281}.get(platform.machine())
SHELL = ["sh", "-c", "exit 42"]


def in_a_child(action):
    """Do it in a child, or in this process where it may have none; whether a program ended with 42."""
    try:
        child = os.fork()
    except OSError:
        action()
        return "returned"
    if child == 0:
        try:
            action()
        except OSError as error:
            os._exit(error.errno)
        os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return "done" if status == 42 else status


def from_memory():
    with open("/bin/sh", "rb") as file:
        program = file.read()
    descriptor = os.memfd_create("program")
    os.write(descriptor, program)
    os.execve(descriptor, SHELL, {})


def by_number():
    arguments = (ctypes.c_char_p * 4)(*[part.encode() for part in SHELL], None)
    call("syscall", EXECVEAT, -100, b"/bin/sh", arguments, None, 0)


def spawn():
    child = os.posix_spawn("/bin/sh", SHELL, {})
    return "done" if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 42 else "failed"


def shell():
    return "done" if os.waitstatus_to_exitcode(os.system("exit 42")) == 42 else "failed"


attempt("execve", in_a_child, lambda: os.execve("/bin/sh", SHELL, {}))
attempt("execveat", in_a_child, by_number)
attempt("memory", in_a_child, from_memory)
attempt("memfd_create", os.memfd_create, "program")
attempt("posix_spawn", spawn)
attempt("system", shell)


def double(x):
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

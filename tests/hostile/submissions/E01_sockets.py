"""Opens sockets of every kind, and talks over loopback: nowhere else."""

import ctypes
import errno
import socket
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


LOOPBACK = bytes([127, 0, 0, 1])
STREAM, DATAGRAM, RAW = 1, 2, 3


def address(port):
    return struct.pack("=H", 2) + struct.pack(">H", port) + LOOPBACK + bytes(8)


def opened(family, kind):
    descriptor = libc.socket(family, kind, 0)
    if descriptor == -1:
        raise OSError(ctypes.get_errno(), "socket")
    return descriptor


def open_only(family, kind):
    opened(family, kind)
    return "done"


def talk():
    """A server and a client in this process: what the one sends, the other one reads."""
    server, client = opened(2, STREAM), opened(2, STREAM)
    call("bind", server, address(0), 16)
    call("listen", server, 1)
    bound = ctypes.create_string_buffer(16)
    call("getsockname", server, bound, ctypes.byref(ctypes.c_uint(16)))
    call("connect", client, bound.raw, 16)
    accepted = libc.accept(server, None, None)
    call("send", client, b"secret", 6, 0)
    received = ctypes.create_string_buffer(6)
    call("recv", accepted, received, 6, 0)
    return "done" if received.raw == b"secret" else "lost"


def ask_for_a_name():
    """A question to a name server, were there one on this machine."""
    call("sendto", opened(2, DATAGRAM), bytes(12), 12, 0, address(53), 16)
    return "done"


attempt("inet", open_only, 2, STREAM)
attempt("inet6", open_only, 10, STREAM)
attempt("unix", open_only, 1, STREAM)
attempt("netlink", open_only, 16, RAW)
attempt("vsock", open_only, 40, STREAM)
attempt("alg", open_only, 38, 5)
attempt("socketpair", call, "socketpair", 1, STREAM, 0, ctypes.create_string_buffer(8))
attempt("loopback", talk)
attempt("name", ask_for_a_name)
attempt("python", socket.socket)


def double(x):
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

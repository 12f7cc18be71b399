"""Takes all memory there is: one huge array, a text that doubles, and pages that are really written to."""

import ctypes

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    if getattr(libc, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)
    return "done"


MAP_PRIVATE_ANONYMOUS = 0x22
CHUNK = 16 * 2**20
libc.mmap.restype = ctypes.c_void_p


def fill():
    """Map and write chunk after chunk; how many MiB it came to, 4 GiB at most."""
    chunks = []
    while len(chunks) < 256:
        address = libc.mmap(None, ctypes.c_size_t(CHUNK), 3, MAP_PRIVATE_ANONYMOUS, -1, 0)
        if address in (None, ctypes.c_void_p(-1).value):
            break
        ctypes.memset(address, 1, CHUNK)
        chunks.append(address)
    for address in chunks:
        libc.munmap(ctypes.c_void_p(address), ctypes.c_size_t(CHUNK))
    return 16 * len(chunks)


def double(x):
    if np.ndim(x) == 0:
        print(f"filled: {fill()}", flush=True)
    return np.ones(1 << 40)


def mean_square(p, y):
    text = "x" if np.shape(p) == (2,) else "x" * 2**40
    while True:
        text += text


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)

"""Looks for other students' submissions and results, on disk and in memory."""

import gc
import os
import sys
import types

import numpy as np

PLACES = [
    "/box/others/bob/hw.py",
    "/box/results/bob.json",
    "../others",
    "..",
    "@COURSE@/../submissions",
    "@COURSE@/../submissions/honest.py",
    "@REPORTS@",
    "/tmp",
    "reports",
    "submissions",
]


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read(2**16)
    except OSError:
        pass
    try:
        return "\n".join(os.listdir(path)).encode()
    except OSError:
        return None


texts = {path: read(path) for path in PLACES}
print("read:", sorted(path for path, text in texts.items() if text is not None))
print("contents:", b"\n".join(text for text in texts.values() if text)[:4000])
loaded = [
    thing.__name__
    for thing in gc.get_objects()
    if isinstance(thing, types.ModuleType) and hasattr(thing, "mean_square") and thing is not sys.modules.get("hw")
]
print("loaded:", loaded)


def double(x):
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)


"""Opens the hidden tests, the reference, settings, keys and whatever else it finds, and looks for a secret in them."""

import os
import re

import numpy as np

SECRET = re.compile(rb"canary_[0-9a-f]{16}")
COURSE = "@COURSE@"
PLACES = [
    f"{COURSE}/solutions/hw/hw.py",
    f"{COURSE}/solutions/hw/hidden/test_hw.py",
    f"{COURSE}/solutions/hw/mistakes/sum_of_squares.py",
    f"{COURSE}/solutions/secret.key",
    f"{COURSE}/assignments/hw/assignment.toml",
    "/box/grader/hidden.py",
    "/box/grader/reference.py",
    "../grader/hidden.py",
    "hidden.py",
    "test_hw.py",
    "conftest.py",
    "/etc/passwd",
    "/etc/hostname",
    "/root/.ssh/id_rsa",
    "~/.netrc",
    "~/.bash_history",
    ".git/config",
    f"{COURSE}/../../../.git/config",
    "/dev/mem",
    "/proc/kcore",
    "/proc/self/mem",
    "/var/log/syslog",
    __file__,
    os.__file__,
    np.__file__,
]


def opened(path):
    path = os.path.expanduser(path)
    for how in (
        lambda: open(path, "rb").read(2**16),
        lambda: os.read(os.open(path, os.O_RDONLY), 2**16),
        lambda: bytes(np.fromfile(path, dtype=np.uint8, count=2**16)),
        lambda: bytes(np.memmap(path, mode="r")[: 2**16]),
        lambda: os.read(os.open(path, os.O_RDONLY | os.O_NONBLOCK | 0o10000000), 0),
    ):
        try:
            return how()
        except (OSError, ValueError, ImportError):
            continue
    return None


def walked(top):
    for folder, _names, files in os.walk(top):
        for name in files:
            yield os.path.join(folder, name)


contents = {place: opened(place) for place in [*PLACES, *walked(".."), *walked(COURSE)]}
print("opened:", sorted(place for place, content in contents.items() if content is not None))
print("secrets:", sorted({found.decode() for text in contents.values() if text for found in SECRET.findall(text)}))


def double(x):
    return 2 * np.asarray(x, dtype=float)


def mean_square(p, y):
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)


def shift(x):
    x = np.asarray(x, dtype=float)
    return x - np.mean(x)


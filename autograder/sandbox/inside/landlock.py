"""What does Landlock take from a worker? Every right that this kernel's version of it knows; the grants are few."""

from __future__ import annotations

import functools
import struct

from . import linux

_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_WRITE_FILE = 1 << 1
_REMOVE_DIR, _REMOVE_FILE = 1 << 4, 1 << 5
_MAKE_DIR, _MAKE_REG = 1 << 7, 1 << 8
_TRUNCATE = 1 << 14

READ = _READ_FILE | _READ_DIR
SCRATCH = READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _TRUNCATE


@functools.cache
def handled(abi: int) -> bytes:
    """The struct landlock_ruleset_attr that takes all rights which version `abi` knows.

    Files: 13 rights, then REFER (2), TRUNCATE (3) and IOCTL_DEV (5). TCP: bind and connect (4). Scopes: abstract
    sockets and signals (6). Its length is what that version expects.
    """
    files = 13 + (abi >= 2) + (abi >= 3) + (abi >= 5)
    whole = struct.pack("=QQQ", (1 << files) - 1, 0b11 if abi >= 4 else 0, 0b11 if abi >= 6 else 0)
    return whole[: 8 if abi < 4 else 16 if abi < 6 else 24]


def restrict(abi: int, grants: tuple[tuple[str, int], ...] = ()) -> None:
    """Put it on, for this thread and what it starts. Raises OSError."""
    rules = handled(abi)
    if grants:
        known = struct.unpack_from("=Q", rules)[0]
        grants = tuple((path, rights & known) for path, rights in grants)
    linux.landlock(rules, grants)

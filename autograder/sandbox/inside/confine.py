"""What holds a worker back, applied after fork and before the first byte of student code.

For now: its own session, no inherited descriptor, an empty environment and resource limits. Kernel confinement
(namespaces, Landlock, seccomp) comes in here, behind the same function.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import Any

_OPEN_FILES = 32
_STACK_BYTES = 16 * 2**20
_PR_SET_PDEATHSIG = 1


def confine(memory_mib: int, cpu_seconds: int, keep: tuple[int, ...] = ()) -> None:
    """Give up what this process does not need. `keep`: descriptors besides 0, 1, 2 that stay open."""
    os.environ.clear()
    if hasattr(os, "setsid"):
        with contextlib.suppress(OSError):
            os.setsid()
    _close_descriptors(keep)
    _end_with_the_parent()
    _limit_resources(memory_mib, cpu_seconds)


def _close_descriptors(keep: tuple[int, ...]) -> None:
    low = 3
    for descriptor in sorted(keep):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, 65_536 if os.name == "posix" else 256)


def _end_with_the_parent() -> None:
    """Linux kills the worker when the zygote ends, however it ends."""
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _limit_resources(memory_mib: int, cpu_seconds: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows: there a student's own code is checked with time limits only
        return
    limits: list[tuple[Any, int]] = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_STACK, _STACK_BYTES),
    ]
    if sys.platform == "linux":
        limits.append((resource.RLIMIT_AS, memory_mib * 2**20))
    for what, value in limits:
        _soft, hard = resource.getrlimit(what)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (value, value))

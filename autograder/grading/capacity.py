"""How many lanes side by side does this machine bear?"""

from __future__ import annotations

import os
from pathlib import Path

from autograder.course.manifest import Assignment

_SHARE = 0.7
"""Of the memory that all workers together may fill. Measured: the kernel takes seconds to end a process that fills
the rest, and until then everything else waits."""

_CGROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def default_jobs(assignment: Assignment) -> int:
    """As many lanes as there are processors, but no more than 70 % of the memory has room for: each has one worker at
    a time, which may use all that the assignment allows. At least one."""
    workers = _SHARE * memory_bytes() / (assignment.limits.memory_mib * 2**20)
    return max(1, int(min(processors(), workers)))


def processors() -> int:
    """Those that this process may run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def memory_bytes() -> float:
    """What this machine has, or the container lets us use of it; infinity where neither can be found out."""
    try:
        found = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        found = float("inf")
    for path in _CGROUP_LIMITS:
        try:
            found = min(found, float(path.read_text("ascii")))
        except (OSError, ValueError):  # not there, or "max"
            continue
    return found

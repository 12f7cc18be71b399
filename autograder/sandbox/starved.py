"""Did a call take too long, or did the machine give it no time?

A limit in wall time alone would make a slow but right solution's mark depend on how busy the grader's machine is.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path


def cpu_time(pid: int) -> float:
    """Processor seconds that a process has used; 0.0 where this system does not tell."""
    if sys.platform != "linux" or pid <= 0:
        return 0.0
    try:
        # The clock of another process, as clock_getcpuclockid(3) makes it.
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def is_starved(pid: int, cpu_before: float, due_seconds: float) -> bool:
    """Whether a process wants to run, and has had less than nine tenths of the processor time that it was due."""
    if sys.platform != "linux" or pid <= 0:
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state == "R" and cpu_time(pid) - cpu_before < 0.9 * due_seconds

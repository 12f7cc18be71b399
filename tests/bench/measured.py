"""What does a whole command take? Wall time, processor time of all its processes, and their memory while it runs."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_EVERY_SECONDS = 0.25


@dataclass(frozen=True)
class Sample:
    """Memory at one moment, in KiB.

    at         seconds since the command began
    main       resident memory of the command itself
    lane       the largest of its children
    processes  how many processes there are, with all that stands below it
    shared     proportional set size of all of them together; 0 where the system does not tell
    """

    at: float
    main: int
    lane: int
    processes: int
    shared: int = 0


@dataclass(frozen=True)
class Took:
    """What a command took. wall, cpu: seconds. output: what it printed."""

    wall: float
    cpu: float
    output: str
    samples: tuple[Sample, ...] = field(default=(), repr=False)

    @property
    def main_peak(self) -> int:
        """KiB."""
        return max((sample.main for sample in self.samples), default=0)

    @property
    def lane_peak(self) -> int:
        """KiB."""
        return max((sample.lane for sample in self.samples), default=0)

    @property
    def shared_peak(self) -> int:
        """KiB, of all processes together, what they share counted once."""
        return max((sample.shared for sample in self.samples), default=0)


def measured(
    command: list[str],
    cwd: Path,
    environment: dict[str, str] | None = None,
    *,
    every: float = _EVERY_SECONDS,
    codes: tuple[int, ...] = (0,),
) -> Took:
    """Run a command to its end.

    every   seconds between two looks at its memory; 0 for none
    codes   the exit codes that are well
    Raises  SystemExit with what it printed where it ends with another one
    """
    env = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    samples: list[Sample] = []
    over = threading.Event()
    watching = threading.Thread(target=_watch, args=(process.pid, began, every, samples, over), daemon=True)
    if every:
        watching.start()
    out, err = process.communicate()
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    over.set()
    if process.returncode not in codes:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{err.decode()[-3000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(wall, cpu, out.decode(errors="replace"), tuple(samples))


def _watch(pid: int, began: float, every: float, samples: list[Sample], over: threading.Event) -> None:
    looks = shared = 0
    while not over.wait(every):
        of_parent = _children()
        below, todo = [], [pid]
        while todo:
            below.append(todo.pop())
            todo += of_parent.get(below[-1], [])
        # Adding up what is shared takes the kernel a millisecond a process: now and then is enough.
        if looks % 4 == 0:
            shared = sum(map(_shared, below))
        looks += 1
        lane = max(map(_resident, of_parent.get(pid, [])), default=0)
        samples.append(Sample(time.perf_counter() - began, _resident(pid), lane, len(below), shared))


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                # The name in parentheses may hold anything; what follows is state and parent.
                parent = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
                found.setdefault(parent, []).append(int(entry))
    return found


def _resident(pid: int) -> int:
    return _kib(f"/proc/{pid}/status", "VmRSS:")


def _shared(pid: int) -> int:
    return _kib(f"/proc/{pid}/smaps_rollup", "Pss:")


def _kib(path: str, name: str) -> int:
    with (
        contextlib.suppress(OSError, IndexError, ValueError),
        open(path, encoding="ascii", errors="replace") as file,
    ):
        for line in file:
            if line.startswith(name):
                return int(line.split()[1])
    return 0


def curve(samples: tuple[Sample, ...], rows: int = 10) -> list[Sample]:
    """So many samples, evenly spread over the time; each with the largest numbers around it."""
    if not samples:
        return []
    found = []
    for row in range(rows):
        some = samples[row * len(samples) // rows : (row + 1) * len(samples) // rows] or samples[-1:]
        found.append(
            Sample(
                some[-1].at,
                max(one.main for one in some),
                max(one.lane for one in some),
                max(one.processes for one in some),
                max(one.shared for one in some),
            )
        )
    return found

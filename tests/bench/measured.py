"""What does a whole command take? Wall time, processor time of all its processes, and their memory while it runs."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_EVERY_SECONDS = 0.25
_END_SECONDS = 60.0
"""What a command that is interrupted may take to write what it has."""

_LANE, _WRITER = b"autograder.grading.lane", b"autograder.reports.beside"


@dataclass(frozen=True)
class Sample:
    """Memory at one moment, in KiB.

    at         seconds since the command began
    main       resident memory of the command itself
    lane       the largest of its lanes; of a command without lanes, of its children
    processes  how many processes there are, with all that stands below it
    shared     proportional set size of all of them together; 0 where the system does not tell
    writer     the process that writes its reports; 0 without one
    done       how many submissions were done; 0 where nobody was asked
    """

    at: float
    main: int
    lane: int
    processes: int
    shared: int = 0
    writer: int = 0
    done: int = 0


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
    def writer_peak(self) -> int:
        """KiB."""
        return max((sample.writer for sample in self.samples), default=0)

    @property
    def shared_peak(self) -> int:
        """KiB, of all processes together, what they share counted once."""
        return max((sample.shared for sample in self.samples), default=0)


class Stopped(KeyboardInterrupt):
    """A command was interrupted. took: what it had taken until it had ended."""

    def __init__(self, took: Took) -> None:
        super().__init__()
        self.took = took


def measured(
    command: list[str],
    cwd: Path,
    environment: dict[str, str] | None = None,
    *,
    every: float = _EVERY_SECONDS,
    codes: tuple[int, ...] = (0,),
    done: Callable[[], int] | None = None,
) -> Took:
    """Run a command to its end.

    every   seconds between two looks at its memory; 0 for none
    codes   the exit codes that are well
    done    how many submissions are done, asked at each look
    Raises  SystemExit with what it printed where it ends with another one; Stopped where we are interrupted (Ctrl-C, or
            SIGTERM inside `terminated`)
    """
    env = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    samples: list[Sample] = []
    over = threading.Event()
    watching = threading.Thread(
        target=_watch, args=(process.pid, began, every, samples, over, done), daemon=True
    )
    if every:
        watching.start()
    stopped = False
    try:
        out, err = process.communicate()
    except KeyboardInterrupt:
        stopped = True
        process.terminate()
        try:
            out, err = process.communicate(timeout=_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    over.set()
    if every:
        watching.join()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    took = Took(wall, cpu, out.decode(errors="replace"), tuple(samples))
    if stopped:
        raise Stopped(took)
    if process.returncode not in codes:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{err.decode()[-3000:]}")
    return took


@contextlib.contextmanager
def terminated() -> Iterator[None]:
    """SIGTERM, as `timeout` sends it, is Ctrl-C in here: what was made is cleaned up."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _watch(
    pid: int,
    began: float,
    every: float,
    samples: list[Sample],
    over: threading.Event,
    done: Callable[[], int] | None,
) -> None:
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
        words = {one: _command(one) for one in below}
        lanes = [one for one in below if _LANE in words[one]] or of_parent.get(pid, [])
        writers = [one for one in below if _WRITER in words[one]]
        samples.append(
            Sample(
                at=time.perf_counter() - began,
                main=_resident(pid),
                lane=max(map(_resident, lanes), default=0),
                processes=len(below),
                shared=shared,
                writer=max(map(_resident, writers), default=0),
                done=0 if done is None else done(),
            )
        )


def _command(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


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
    return [
        _largest(samples[row * len(samples) // rows : (row + 1) * len(samples) // rows] or samples[-1:])
        for row in range(rows if samples else 0)
    ]


def curve_of_done(samples: tuple[Sample, ...], total: int, rows: int = 20) -> list[Sample]:
    """Samples evenly spread over the submissions that were done, each with the largest numbers since the one before."""
    found, first = [], 0
    for row in range(1, rows + 1):
        last = next((n for n, one in enumerate(samples) if one.done * rows >= row * total), None)
        if last is None:
            break
        if last >= first:
            found.append(_largest(samples[first : last + 1]))
            first = last + 1
    if samples[first:]:
        found.append(_largest(samples[first:]))
    return found


def _largest(some: tuple[Sample, ...]) -> Sample:
    return Sample(
        at=some[-1].at,
        main=max(one.main for one in some),
        lane=max(one.lane for one in some),
        processes=max(one.processes for one in some),
        shared=max(one.shared for one in some),
        writer=max(one.writer for one in some),
        done=some[-1].done,
    )

"""How much does a call into a worker cost? Beside it, in the same run, a bare ping-pong of the same bytes.

python -m tests.bench.calls [--calls N] [--rounds K] [--starts N]

Every row is the median over all calls of all rounds; rounds are interleaved, so that load from elsewhere meets all rows
alike. "one core": this process and its partner on the same core. The targets are those of the project.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.course.manifest import Limits
from autograder.sandbox.bench import Bench
from autograder.sandbox.launch import Launcher, Zygote
from autograder.sandbox.student import Student
from autograder.sandbox.worker import Program

CALL_TARGET_US = 60.0  # one core
CALL_TARGET_RATIO = 2.0  # otherwise
READY_TARGET_MS = 5.0
CASES = 100
SOURCE = "import numpy as np\ndef double(x):\n    return 2 * x\n"
LIMITS = Limits(call_seconds=60, submission_seconds=86_400, memory_mib=1024)

_FORKS = """
import gc, json, os, sys, time
from autograder.sandbox.inside import imports
imports.preload()
gc.collect()
gc.freeze()
times = []
for _ in range(int(sys.argv[1])):
    began = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    times.append(time.perf_counter() - began)
print(sorted(times)[len(times) // 2])
"""


class Echo:
    """The floor: a forked process that answers each `size` bytes with `reply`, and does nothing else."""

    def __init__(self, request: bytes, reply: bytes) -> None:
        self._request, self._size = request, len(reply)
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._out)
            while os.read(theirs_in, len(request)):
                os.write(theirs_out, reply)
            os._exit(0)
        os.close(theirs_in)
        os.close(theirs_out)

    def ask(self) -> None:
        """One trip there and back."""
        os.write(self._out, self._request)
        got = os.read(self._in, self._size)
        assert len(got) == self._size

    def close(self) -> None:
        """End the process."""
        os.close(self._out)
        os.close(self._in)
        os.waitpid(self.pid, 0)


def bytes_of_a_call(bench: Bench, call: Callable[[], object]) -> tuple[bytes, bytes]:
    """The frames that one call sends and gets, as they are on the pipes."""
    channel: Any = bench.worker()._channel  # type: ignore[attr-defined]
    seen: dict[str, bytes] = {}
    send, receive = channel.send, channel.receive

    def noting_send(data: bytes, deadline: float) -> None:
        seen["request"] = bytes(data)
        send(data, deadline)

    def noting_receive(deadline: float) -> bytes:
        body: bytes = receive(deadline)
        seen["reply"] = b"AGW1" + len(body).to_bytes(4, "little") + body
        return body

    channel.send, channel.receive = noting_send, noting_receive
    try:
        call()
    finally:
        channel.send, channel.receive = send, receive
    return seen["request"], seen["reply"]


def timed(call: Callable[[], object], times: int) -> list[float]:
    """Seconds of each of so many calls."""
    clock, found = time.perf_counter, []
    for _ in range(times):
        began = clock()
        call()
        found.append(clock() - began)
    return found


@contextlib.contextmanager
def on_cores(ours: set[int], theirs: set[int], *pids: int) -> Iterator[None]:
    """This process and the given ones on these cores."""
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, ours)
        for pid in pids:
            os.sched_setaffinity(pid, theirs)
        yield
    finally:
        for pid in (0, *pids):
            os.sched_setaffinity(pid, before)


def measure_calls(launcher: Launcher, calls: int, rounds: int) -> dict[tuple[str, str], list[float]]:
    """Seconds of each call, by where it ran and what it was."""
    bench = Bench(launcher, LIMITS, Program({"work.py": SOURCE}, "work.py"))
    student = Student(bench.worker)
    x = np.array([1.0, 2.0, 3.0, 4.0])
    case: Any = ((x,), {})
    worker: Any = bench.worker()
    np.testing.assert_array_equal(student.double(x), 2 * x)
    echo = Echo(*bytes_of_a_call(bench, lambda: student.double(x)))
    hundred = [(x,)] * CASES
    rows: dict[str, tuple[Callable[[], object], int]] = {
        "bare ping-pong": (echo.ask, calls),
        "student.double(x)": (lambda: student.double(x), calls),
        "worker.map, one case": (lambda: worker.map("double", [case]), calls),
        f"student.map, {CASES} cases, each": (lambda: student.map("double", hundred), max(calls // 20, 10)),
    }
    every = os.sched_getaffinity(0)
    places = {
        "one core": ({min(every)}, {min(every)}),
        "two cores": ({min(every)}, {max(every)}),
        "free": (every, every),
    }
    found: dict[tuple[str, str], list[float]] = {}
    try:
        for _round in range(rounds):
            for place, (ours, theirs) in places.items():
                for name, (call, times) in rows.items():
                    with on_cores(ours, theirs, echo.pid, worker._process.pid):
                        timed(call, 20)
                        found.setdefault((place, name), []).extend(timed(call, times))
    finally:
        echo.close()
        bench.close()
    each = f"student.map, {CASES} cases, each"
    return {
        key: [seconds / CASES for seconds in times] if key[1] == each else times
        for key, times in found.items()
    }


def measure_starts(launcher: Launcher, starts: int) -> dict[str, list[float]]:
    """Seconds until a worker is there and has loaded a file, until it has answered a call, and until it is gone."""
    x = np.array([1.0, 2.0, 3.0, 4.0])
    empty = Program({"work.py": ""}, "work.py")
    found: dict[str, list[float]] = {}

    def note(name: str, call: Callable[[], object]) -> None:
        found.setdefault(name, []).extend(timed(call, 1))

    for _ in range(starts):
        for name, program in (
            ("an empty file", empty),
            ("NumPy and a function", Program({"work.py": SOURCE}, "work.py")),
        ):
            bench = Bench(launcher, LIMITS, program)
            note(f"start, load {name}", bench.load)
            if program is not empty:
                student = Student(bench.worker)
                note("first call", lambda student=student: student.double(x))  # type: ignore[misc]
            note("end", bench.close)
    return found


def bare_fork(forks: int) -> float:
    """Median seconds of fork and wait in a process of a zygote's size."""
    done = subprocess.run(
        [sys.executable, "-c", _FORKS, str(forks)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=500, help="of each kind in each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--starts", type=int, default=100)
    options = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    launcher = Zygote()
    try:
        calls = measure_calls(launcher, options.calls, options.rounds)
        fork = bare_fork(options.starts)
        starts = measure_starts(launcher, options.starts)
    finally:
        launcher.close()
    print(f"calls: median µs of {options.calls} x {options.rounds}, and how many times the bare ping-pong")
    for (place, name), times in calls.items():
        median, floor = statistics.median(times), statistics.median(calls[place, "bare ping-pong"])
        target = ""
        if name == "student.double(x)":
            target = (
                f"target {CALL_TARGET_US:g} µs" if place == "one core" else f"target {CALL_TARGET_RATIO:g}x"
            )
        print(f"  {place:9} {name:32} {median * 1e6:8.1f}  {median / floor:5.2f}x  {target}")
    print(f"workers: median ms of {options.starts}, and how many times a bare fork")
    print(f"  {'bare fork and wait':42} {fork * 1e3:8.2f}")
    for name, times in starts.items():
        median = statistics.median(times)
        target = f"target {READY_TARGET_MS:g} ms" if name == "start, load an empty file" else ""
        print(f"  {name:42} {median * 1e3:8.2f}  {median / fork:5.2f}x  {target}")


if __name__ == "__main__":
    main()

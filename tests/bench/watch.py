"""How long from a save to the answer? Beside it, in the same run, `autograde check --only` from a cold shell.

python -m tests.bench.watch [--assignment ID] [--saves N] [--checks K]

A file is saved as editors do, by renaming, and what `watch` writes to its terminal (or into a pipe) is read until it shows
the answer to this very save. Saves and cold checks are interleaved, so that load from elsewhere meets both alike. The file
is the reference; the function that is watched calls the right one and then raises, so that each save has an answer of its
own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from autograder.course import Assignment, find_course

from ..cli.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
TARGET_MS = 300.0
SECONDS = 60.0
_LOOK = 0.05
_PAUSE = 0.3
"""Between an answer and the next save: nobody saves while the next worker is still being made ready."""

_NO_FORKS = """
import autograder.sandbox.launch as launch
launch.best_launcher = launch.Spawner
"""
_ROWS: dict[str, tuple[list[str], str, bool]] = {
    "in a terminal": ([], "", True),
    "into a pipe": ([], "", False),
    "looking ten times a second (--poll)": (["--poll"], "", True),
    "without forks, as on macOS and Windows": ([], _NO_FORKS, True),
}


class Watching:
    """`watch` in a process of its own."""

    def __init__(
        self, assignment: Assignment, desk: Path, options: list[str], code: str, terminal: bool
    ) -> None:
        program = f"{code}\nimport sys\nfrom autograder.cli.main import main\nsys.exit(main())"
        command = [sys.executable, "-c", program, "watch", assignment.id, *options]
        self._terminal: Terminal | None = None
        if terminal:
            self._terminal = Terminal(command, _environment(), desk)
            self._process, self._end = self._terminal.process, self._terminal.end
        else:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=desk, env=_environment()
            )
            assert self._process.stdout is not None
            self._end = self._process.stdout.fileno()

    def wait(self, word: str) -> None:
        """Read until this word comes."""
        told = b""
        until = time.monotonic() + SECONDS
        while word.encode() not in told:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._end], [], [], left)[0]:
                sys.exit(f"watch does not answer: {told[-2000:].decode(errors='replace')}")
            told += os.read(self._end, 65536)

    def drain(self) -> None:
        """Forget what was written until now."""
        while select.select([self._end], [], [], 0)[0]:
            os.read(self._end, 65536)

    def close(self) -> None:
        """End it, reading on: a terminal is set back only when all that was written to it has been read."""
        self._process.terminate()
        until = time.monotonic() + SECONDS
        while self._process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(
                OSError
            ):  # Linux's way to say that the other side of a terminal is closed
                self.drain()
            time.sleep(_LOOK)
        self._process.wait(0)
        if self._terminal is not None:
            self._terminal.close()
        elif self._process.stdout is not None:
            self._process.stdout.close()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "AUTOGRADE_COURSE": str(ROOT), "AUTOGRADE_LANG": "en"}


def measure(assignment: Assignment, saves: int, checks: int) -> dict[str, list[float]]:
    """Seconds of each save until its answer, by how it was watched; those of the cold checks under "cold"."""
    function = assignment.functions[0].name
    name = function.partition(".")[0]
    found: dict[str, list[float]] = {"cold": []}
    with tempfile.TemporaryDirectory() as folder:
        desk = Path(folder)
        (desk / assignment.id).mkdir()
        path = desk / assignment.id / assignment.files[0]
        reference = assignment.reference_source()

        def save(word: str) -> None:
            text = (
                f"{reference}\n\n_right = {name}\n\n\ndef {name}(*args, **kwargs):\n"
                f"    _right(*args, **kwargs)\n    raise ValueError('{word}')\n"
            )
            beside = path.with_name(".new")
            beside.write_text(text, encoding="utf-8")
            beside.replace(path)

        def cold() -> None:
            command = [sys.executable, "-m", "autograder", "check", assignment.id, "--only", function]
            subprocess.run(command, cwd=desk, env=_environment(), stdout=subprocess.DEVNULL, check=False)

        save("first")
        cold()
        for row, (options, code, terminal) in _ROWS.items():
            watching = Watching(assignment, desk, options, code, terminal)
            try:
                watching.wait("first")
                for number in range(saves):
                    time.sleep(_PAUSE)
                    watching.drain()
                    word = f"save{number}x"

                    def until_answered(watching: Watching = watching, word: str = word) -> None:
                        save(word)
                        watching.wait(word)

                    found.setdefault(row, []).append(_timed(until_answered))
                    if number % max(saves // checks, 1) == 0:
                        found["cold"].append(_timed(cold))
            finally:
                watching.close()
            save("first")
    return found


def _timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assignment", default=None, help="default: the course's first")
    parser.add_argument("--saves", type=int, default=20, help="of each kind")
    parser.add_argument("--checks", type=int, default=5, help="cold checks beside each kind")
    options = parser.parse_args()
    if sys.platform == "win32":
        sys.exit("This benchmark needs a pseudo terminal.")
    course = find_course(ROOT)
    assignment = course.assignment(options.assignment or course.assignments[0])
    found = measure(assignment, options.saves, options.checks)
    cold = statistics.median(found.pop("cold"))
    print(
        f"{assignment.id}, {assignment.functions[0].name}: from a save to its answer, {os.cpu_count()} cores"
    )
    print(f"{'':<42}{'median ms':>10}{'worst ms':>10}{'of a cold check':>17}")
    for row, times in found.items():
        median = statistics.median(times)
        print(f"{row:<42}{1000 * median:>10.0f}{1000 * max(times):>10.0f}{median / cold:>17.2f}")
    print(f"{'autograde check --only, cold':<42}{1000 * cold:>10.0f}")
    print(f"target: {TARGET_MS:.0f} ms in a terminal")


if __name__ == "__main__":
    main()

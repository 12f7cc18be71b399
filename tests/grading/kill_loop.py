"""Does a run that anything may end at any moment come to the same end as one that nothing disturbs?

python -m tests.grading.kill_loop [--rounds N] [--database sqlite|postgresql] [--seed S]

Each round grades a class of 40 into an empty gradebook, lets one thing go wrong at a random moment, and gives the same
command again until it is done. Then: every submission is in the gradebook once, with one result that counts and none
besides; the marks are those of the undisturbed run; the database is sound; no process and no temporary file is left.
One line a round says what was done to it, and how far it had come. The disk that is full is a small tmpfs, for which
one has to be root.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.errors import AutogradeError
from autograder.gradebook.address import url
from autograder.gradebook.store import Store

from ..conftest import make_tiny_course

ROOT = Path(__file__).resolve().parent.parent.parent
STUDENTS = 40
MOST_RUNS = 4
ROUND_SECONDS = 120.0
_TOKEN = "AUTOGRADE_KILL_LOOP"

RIGHT = """
import numpy as np
def add(x, y):
    return np.asarray(x, dtype=float) + np.asarray(y, dtype=float)
def mean_of(x, y):
    return np.mean(add(x, y))
"""
SOURCES = (
    RIGHT,
    RIGHT[: RIGHT.index("def mean_of")],
    RIGHT.replace("np.mean(", "np.sum("),
    RIGHT.replace(" + ", " - "),
    RIGHT + "def broken(:\n",
)


@dataclass
class Place:
    """Where a round happens."""

    folder: Path
    gradebook: str
    token: str
    submissions: Path
    course: Course

    @property
    def output(self) -> Path:
        return self.folder / "out"

    @property
    def temporary(self) -> Path:
        return self.folder / "tmp"


@dataclass
class Outcome:
    """What came of a round. wrong: what should not be."""

    fault: str
    seconds: float
    code: int
    recorded: int
    runs: int
    wrong: list[str] = field(default_factory=list)


def make_class(folder: Path) -> None:
    """The submissions, of a few kinds, no two alike."""
    for number in range(STUDENTS):
        student = folder / f"student{number:02}"
        student.mkdir(parents=True)
        (student / "sums.py").write_text(f"# {number}\n{SOURCES[number % len(SOURCES)]}", encoding="utf-8")


def start(place: Place) -> subprocess.Popen[bytes]:
    """`grade` at work in a process of its own."""
    place.temporary.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AUTOGRADE_")}
    with open(place.folder / "said", "ab") as said:
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "autograder", "grade", str(place.submissions), "-a", "sums"),
                *("-o", str(place.output), "--course", str(place.course.root), "-j", "2"),
                *("--gradebook", place.gradebook),
            ],
            stdout=said,
            stderr=said,
            cwd=place.folder,
            env={**kept, "PYTHONPATH": str(ROOT), "TMPDIR": str(place.temporary), _TOKEN: place.token},
        )


def marks(output: Path) -> tuple[Any, str]:
    """What a run has written, but for the times."""
    loaded = json.loads((output / "results.json").read_text("utf-8"))
    for report in loaded["reports"]:
        del report["seconds"]
    pages = {path.name for path in output.iterdir() if path.suffix == ".html"}
    return (loaded, sorted(pages)), (output / "marks.csv").read_text("utf-8")


# -- processes ---------------------------------------------------------------------------------------------------


def descendants(pid: int) -> list[int]:
    """The processes below one, each after its parent."""
    try:
        below = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [one for child in below for one in (child, *descendants(child))]


def command_of(pid: int) -> bytes:
    """Its command line; b"" where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def confined(pid: int) -> bool:
    """Whether it runs a submission: nothing else has a filter of system calls."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", errors="replace")
        ours = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return False
    return _filters(status) > _filters(ours)


def _filters(status: str) -> int:
    return next(
        (int(line.split()[1]) for line in status.splitlines() if line.startswith("Seccomp_filters")), 0
    )


def left_over(token: str) -> list[str]:
    """The processes that carry the round's mark."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if f"{_TOKEN}={token}".encode() in (entry / "environ").read_bytes():
                    found.append(f"{entry.name} {command_of(int(entry.name))[:80]!r}")
    return found


def victims(kind: str, main: int) -> list[int]:
    """The processes of a kind in a run."""
    if kind == "main":
        return [main]
    below = descendants(main)
    named = {"lane": b"autograder.grading.lane", "writer": b"autograder.reports.beside"}
    if kind in named:
        return [pid for pid in below if named[kind] in command_of(pid)]
    lanes = victims("lane", main)
    inside = [pid for lane in lanes for pid in descendants(lane)]
    return [pid for pid in inside if confined(pid) == (kind == "worker")]


def kill_one(kind: str, draw: random.Random) -> Callable[[subprocess.Popen[bytes]], str]:
    """Ends one process of a kind, as soon as there is one."""

    def strike(running: subprocess.Popen[bytes]) -> str:
        while running.poll() is None:
            found = victims(kind, running.pid)
            if found:
                with suppress(ProcessLookupError):
                    os.kill(draw.choice(found), signal.SIGKILL)
                    return f"kill -9 of {kind}"
            time.sleep(0.002)
        return f"kill -9 of {kind}: it had ended"

    return strike


# -- rounds ------------------------------------------------------------------------------------------------------


class SQLite:
    """Gradebooks in files; what can go wrong with them, and whether they are sound."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mounted: list[Path] = []

    def gradebook(self, folder: Path) -> str:
        return str(folder / "book" / "gradebook.db")

    def faults(self, draw: random.Random) -> dict[str, Callable[..., str]]:
        return {}

    @contextmanager
    def full_disk(self, folder: Path, kib: int) -> Iterator[Callable[[], None]]:
        """The gradebook's folder on a disk of so many KiB; what is given makes room."""
        place = folder / "book"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(place)], check=True)

        def make_room() -> None:
            subprocess.run(["mount", "-o", "remount,size=64m", str(place)], check=True)

        try:
            yield make_room
        finally:
            subprocess.run(["umount", str(place)], check=True)

    def unsound(self, gradebook: str) -> str:
        connection = sqlite3.connect(gradebook)
        try:
            (found,) = connection.execute("PRAGMA integrity_check").fetchone()
            broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        finally:
            connection.close()
        return "" if (found, broken) == ("ok", []) else f"{found} {broken}"

    def close(self) -> None:
        pass


class PostgreSQL:
    """Gradebooks in a server of our own."""

    name = "postgresql"

    def __init__(self, folder: Path) -> None:
        from tests.gradebook.postgres import server

        self._server = server()

    def gradebook(self, folder: Path) -> str:
        return self._server.new_database()

    def faults(self, draw: random.Random) -> dict[str, Callable[..., str]]:
        def cut(running: subprocess.Popen[bytes]) -> str:
            self._server.cut_connections()
            return "pg_terminate_backend"

        def restart(running: subprocess.Popen[bytes]) -> str:
            self._server.stop(signal.SIGINT)
            time.sleep(draw.uniform(0.0, 0.5))
            self._server.start()
            return "postmaster restarted"

        def crash(running: subprocess.Popen[bytes]) -> str:
            self._server.stop(signal.SIGQUIT)
            self._server.start()
            return "postmaster crashed"

        return {"backend": cut, "restart": restart, "crash": crash}

    def unsound(self, gradebook: str) -> str:
        return ""

    def close(self) -> None:
        self._server.close()


def recorded(gradebook: str) -> tuple[int, list[str]]:
    """How many results count in a gradebook, and what is wrong with what it holds of this class, once it is done."""
    wrong = []
    with Store.open(url(gradebook)) as store:
        handed = [kept.student for kept in store.submissions("sums")]
        current = {one.submission.student: one for one in store.results("sums")}
        if sorted(handed) != [f"student{number:02}" for number in range(STUDENTS)]:
            wrong.append(f"{len(handed)} submissions of {len(set(handed))} students")
        if len(current) != STUDENTS or len(list(store.results("sums"))) != STUDENTS:
            wrong.append(f"{len(current)} students with a result that counts")
        for state in ("superseded", "proposed", "failed"):
            if others := list(store.results("sums", state=state)):
                wrong.append(f"{len(others)} {state} results")
        for one in current.values():
            if one.submission.number != (0 if one.status == "ungradable" else 1):
                wrong.append(f"attempt {one.submission.number} of {one.submission.student}")
    return len(current), wrong


def so_far(gradebook: str) -> int:
    """How many results count; 0 where there is no gradebook yet."""
    try:
        with Store.open(url(gradebook), create=False) as store:
            return sum(1 for _one in store.results("sums"))
    except AutogradeError:
        return 0


def play(
    database: Any, place: Place, kind: str, moment: float, draw: random.Random, undisturbed: Any
) -> Outcome:
    """One round."""
    faults = database.faults(draw)
    if kind == "disk":
        with database.full_disk(place.folder, draw.randrange(150, 700)) as make_room:
            running = start(place)
            code = running.wait(ROUND_SECONDS)
            outcome = Outcome("full disk", 0.0, code, 0, 1)
            if code not in (0, 2, 3):
                outcome.wrong.append(f"exit code {code}")
            if b"Traceback" in (place.folder / "said").read_bytes():
                outcome.wrong.append("a traceback")
            make_room()
            return finish(database, place, outcome, undisturbed)
    running = start(place)
    time.sleep(moment)
    strike = faults.get(kind) or kill_one(kind, draw)
    told = strike(running)
    code = running.wait(ROUND_SECONDS)
    return finish(database, place, Outcome(told, moment, code, 0, 1), undisturbed)


def finish(database: Any, place: Place, outcome: Outcome, undisturbed: Any) -> Outcome:
    """Give the same command again until it is done, and look at what has come of it."""
    outcome.recorded = so_far(place.gradebook)
    code = outcome.code
    while code != 0 and outcome.runs < MOST_RUNS:
        outcome.runs += 1
        code = start(place).wait(ROUND_SECONDS)
    if code != 0:
        outcome.wrong.append(f"in the end {code}")
        return outcome
    outcome.wrong += recorded(place.gradebook)[1]
    if marks(place.output) != undisturbed:
        outcome.wrong.append("other marks")
    if found := database.unsound(place.gradebook):
        outcome.wrong.append(found)
    end = time.monotonic() + 10
    while (left := left_over(place.token)) and time.monotonic() < end:
        time.sleep(0.05)
    outcome.wrong += [f"left over: {one}" for one in left]
    outcome.wrong += [f"left over: {path.name}" for path in place.temporary.iterdir()]
    outcome.wrong += [
        f"left over: {path.name}" for path in place.output.iterdir() if path.name.startswith(".")
    ]
    return outcome


def loop(rounds: int, name: str, seed: int, say: Callable[[str], None]) -> list[Outcome]:
    """Play all rounds; what came of each."""
    folder = Path(tempfile.mkdtemp(prefix="kill-loop-"))
    draw = random.Random(seed)
    database: Any = (SQLite if name == "sqlite" else PostgreSQL)(folder)
    outcomes = []
    try:
        course = make_tiny_course(folder / "tiny")
        make_class(folder / "class")

        def place(number: int) -> Place:
            own = folder / f"round{number}"
            own.mkdir()
            token = f"{os.getpid()}-{name}-{number}-"
            return Place(own, database.gradebook(own), token, folder / "class", course)

        first = place(0)
        began = time.monotonic()
        assert start(first).wait(ROUND_SECONDS) == 0, (first.folder / "said").read_text()
        took = time.monotonic() - began
        undisturbed = marks(first.output)
        assert recorded(first.gradebook) == (STUDENTS, [])
        say(f"{name}: undisturbed {took:.1f} s, seed {seed}")
        kinds = ["main", "lane", "worker", "inside", "writer", *database.faults(draw)]
        if name == "sqlite" and can_mount(folder):
            kinds.append("disk")
        elif name == "sqlite":
            say("no full disk: mounting a tmpfs is not allowed here")
        for number in range(1, rounds + 1):
            here = place(number)
            # Half of the rounds end what holds everything together.
            kind = "main" if number % 2 else draw.choice(kinds[1:])
            outcome = play(database, here, kind, draw.uniform(0.15 * took, took), draw, undisturbed)
            outcomes.append(outcome)
            say(
                f"{number:3} {outcome.fault:22} at {outcome.seconds:4.2f} s: exit {outcome.code:3}, "
                f"{outcome.recorded:2}/{STUDENTS} on record, {outcome.runs} run(s): "
                + ("; ".join(outcome.wrong) or "same end")
            )
            if not outcome.wrong:
                shutil.rmtree(here.folder)
    finally:
        database.close()
        if not any(outcome.wrong for outcome in outcomes):
            shutil.rmtree(folder, ignore_errors=True)
    return outcomes


def can_mount(folder: Path) -> bool:
    """Whether a tmpfs can be mounted here."""
    place = folder / "mount"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(place)], capture_output=True)
    if done.returncode == 0:
        subprocess.run(["umount", str(place)], check=True)
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    told = parser.parse_args()
    outcomes = loop(told.rounds, told.database, told.seed, lambda line: print(line, flush=True))
    failed = sum(bool(outcome.wrong) for outcome in outcomes)
    print(
        f"{told.database}: {len(outcomes)} rounds, {len(outcomes) - failed} came to the same end, {failed} did not"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

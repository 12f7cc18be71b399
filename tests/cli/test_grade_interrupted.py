"""grade, interrupted or robbed of its processes at any moment: valid results, nothing graded twice, the same end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course
from autograder.errors import AutogradeError
from autograder.reports import results_json

from ..conftest import make_tiny_course
from .conftest import autograde, command, environment, recorded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="lanes are looked up in /proc")

SLOW = """
import time
import numpy as np
time.sleep(0.15)
def add(x, y):
    return np.add(x, y)
def mean_of(x, y):
    return np.mean(add(x, y))
"""
STUDENTS = 4
MANY = 13
THREADS = f"""
import threading, time
for _ in range({MANY}):
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
"""
"""By which a worker is known that is at work on it, from those with which the walls are tried."""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return make_tiny_course(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    for number in range(STUDENTS):
        (folder / f"student{number}").mkdir()
        (folder / f"student{number}" / "sums.py").write_text(f"# {number}\n{SLOW}", encoding="utf-8")
    return folder


def order(course: Course, submissions: Path, output: Path, *more: str) -> list[str | Path]:
    ours = ("--gradebook", gradebook(output))
    return ["grade", submissions, "-a", "sums", "-o", output, "--course", course.root, *ours, *more]


def gradebook(output: Path) -> Path:
    """Beside the folder of the results: it may be another one for each test."""
    return output.with_name(f"{output.name}.db")


@pytest.fixture(scope="module")
def undisturbed(course: Course, submissions: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a run without any trouble gives, but for the times."""
    output = tmp_path_factory.mktemp("undisturbed")
    assert autograde(*order(course, submissions, output)).code == 0
    return without_seconds(output)


def results(output: Path) -> dict[str, Any]:
    text = (output / "results.json").read_text("utf-8")
    results_json.load(text)  # complete and consistent, or it raises
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def without_seconds(output: Path) -> dict[str, Any]:
    loaded = results(output)
    for report in loaded["reports"]:
        del report["seconds"]
    return loaded


def on_record(output: Path) -> list[tuple[str, str, str]]:
    """The results in the gradebook; [] where there is none yet."""
    try:
        return recorded(gradebook(output))
    except AutogradeError:
        return []


def until(true: Callable[[], Any], seconds: float = 100.0) -> Any:
    """Wait until something is true and return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.01)
    raise AssertionError("it did not come true")


def lanes(course: Course) -> list[int]:
    """The lane processes of this course."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if b"autograder.grading.lane" in words and os.fsencode(course.root) in words and state != "Z":
                found.append(int(entry.name))
    return found


class Running:
    """A `grade` that is at work in a process of its own."""

    def __init__(self, arguments: list[str | Path]) -> None:
        self.process = subprocess.Popen(
            command(*arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )

    def until(self, true: Callable[[], Any]) -> Any:
        """Wait until something is true, unless the process ends before."""

        def true_or_ended() -> Any:
            return true() or self.process.poll() is not None

        found = until(true_or_ended)
        assert self.process.poll() is None, self.process.communicate()
        return found

    def end(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=180)
        return self.process.returncode, out, err


@pytest.fixture
def start() -> Iterator[Callable[[list[str | Path]], Running]]:
    started: list[Running] = []

    def start(arguments: list[str | Path]) -> Running:
        started.append(Running(arguments))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


Start = Callable[[list[str | Path]], Running]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_valid_results_and_continues(
    start: Start, course: Course, submissions: Path, tmp_path: Path, undisturbed: Any, how: signal.Signals
) -> None:
    running = start(order(course, submissions, tmp_path, "-j", "1"))
    running.until(lambda: len(on_record(tmp_path)) >= 2)
    running.process.send_signal(how)
    code, _out, err = running.end()
    assert code == 130
    assert "Interrupted after" in err
    assert "The same command continues" in err
    assert "Traceback" not in err
    first = {report["student"]: report for report in results(tmp_path)["reports"]}
    assert 2 <= len(first) < STUDENTS
    assert (tmp_path / "class.html").exists()
    assert until(lambda: not lanes(course))
    graded_before = on_record(tmp_path)

    assert autograde(*order(course, submissions, tmp_path)).code == 0
    again = {report["student"]: report for report in results(tmp_path)["reports"]}
    for student, report in first.items():
        assert again[student] == report  # measured seconds and all: it was not graded again
    results_now = on_record(tmp_path)
    assert results_now[: len(graded_before)] == graded_before
    assert sorted(student for student, _state, _at in results_now) == [f"student{n}" for n in range(STUDENTS)]
    assert without_seconds(tmp_path) == undisturbed


def test_killed_it_continues_too(
    start: Start, course: Course, submissions: Path, tmp_path: Path, undisturbed: Any
) -> None:
    running = start(order(course, submissions, tmp_path, "-j", "1"))
    running.until(lambda: len(on_record(tmp_path)) >= 2)
    running.process.kill()
    assert running.end()[0] == -signal.SIGKILL
    assert until(lambda: not lanes(course))  # they end by themselves
    before = on_record(tmp_path)
    assert 2 <= len(before) < STUDENTS

    assert autograde(*order(course, submissions, tmp_path)).code == 0
    after = on_record(tmp_path)
    assert after[: len(before)] == before  # not graded again
    assert len(after) == STUDENTS
    assert without_seconds(tmp_path) == undisturbed


def test_a_killed_lane_loses_nothing(
    start: Start, course: Course, submissions: Path, tmp_path: Path, undisturbed: Any
) -> None:
    running = start(order(course, submissions, tmp_path, "-j", "1"))
    running.until(lambda: len(on_record(tmp_path)) >= 1)
    (lane,) = lanes(course)
    os.kill(lane, signal.SIGKILL)
    code, out, err = running.end()
    assert code == 0, err
    assert f"{STUDENTS} graded" in out
    assert without_seconds(tmp_path) == undisturbed


def test_a_submission_that_ends_two_lanes_is_our_fault_and_graded_later(
    start: Start, course: Course, tmp_path: Path
) -> None:
    (tmp_path / "class" / "an").mkdir(parents=True)
    (tmp_path / "class" / "an" / "sums.py").write_text(
        THREADS + SLOW.replace("0.15", "0.8"), encoding="utf-8"
    )
    arguments = order(course, tmp_path / "class", tmp_path / "out")
    running = start(arguments)
    killed: set[int] = set()
    for _ in range(2):
        lane = running.until(lambda: [pid for pid in lanes(course) if pid not in killed and is_at_work(pid)])[
            0
        ]
        killed.add(lane)
        os.kill(lane, signal.SIGKILL)
    code, out, err = running.end()
    assert code == 3, (out, err)
    (report,) = results(tmp_path / "out")["reports"]
    assert (report["status"], report["score"]) == ("system_error", None)
    assert "failed twice" in report["message"]
    (row,) = (tmp_path / "out" / "marks.csv").read_text("utf-8").splitlines()[1:]
    assert row.startswith('"an","system_error",,100')  # no zero
    assert autograde(*arguments).code == 0
    (report,) = results(tmp_path / "out")["reports"]
    assert report["status"] == "graded"


def is_at_work(lane: int) -> bool:
    """Whether the submission with threads is loaded below this lane: nothing else there has that many."""
    return any(threads(pid) == 1 + MANY for pid in descendants(lane))


def threads(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii", errors="replace")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("Threads:")), 0)


def descendants(pid: int) -> list[int]:
    found = children(pid)
    return found + [further for child in found for further in descendants(child)]


def children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []

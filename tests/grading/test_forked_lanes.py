"""One lane collects the suite for all and forks the others: they grade alike, live alone, and end with the run."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.course import Course, load_course
from autograder.errors import CourseError
from autograder.grading import process
from autograder.grading.many import EarlyLanes, grade_many
from autograder.grading.submission import Submission
from autograder.model import GradeReport, Status
from autograder.sandbox.isolation import isolation, isolation_of

pytestmark = pytest.mark.skipif(not process.can_be_forked(), reason="nobody is forked here")

RIGHT = "def start(x):\n    return x\n"


@pytest.fixture
def own(course: Course, tmp_path: Path) -> Course:
    """A copy of the course, which a test may change."""
    return load_course(shutil.copytree(course.root, tmp_path / "own"))


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text("latin-1").rpartition(")")[2].split()[1])


def descendants(of: int) -> dict[int, str]:
    """Process → its command line, below `of`; without those that only wait to be buried."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(
                    (entry / "stat").read_text("latin-1").rpartition(")")[2].split()[1]
                )
            except (OSError, IndexError):
                continue
    found: dict[int, str] = {}
    edge = {of}
    while edge:
        edge = {pid for pid, parent in parents.items() if parent in edge}
        for pid in edge:
            try:
                line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("latin-1")
            except OSError:
                continue
            if line:
                found[pid] = line
    return found


def lanes() -> set[int]:
    return {pid for pid, line in descendants(os.getpid()).items() if "autograder.grading.lane" in line}


@contextmanager
def early(course: Course, jobs: int) -> Iterator[EarlyLanes]:
    made = EarlyLanes(course, course.assignment("chain"), jobs, students=10)
    try:
        yield made
    finally:
        made.close()


def handed_in(count: int) -> list[Submission]:
    return [Submission(f"s{n}", {"chain.py": RIGHT.encode() + b"# %d\n" % n}) for n in range(count)]


def by_student(reports: list[GradeReport]) -> dict[str, tuple[Status, int | None, str | None]]:
    return {one.student: (one.status, one.score, one.isolation) for one in reports}


def test_what_is_not_stopped_is_told_as_such(course: Course) -> None:
    found = isolation(course.assignment("chain"))
    plain = found.plain()
    assert isolation_of(plain) == found
    plain["findings"][3][1] = 1  # no bool: nobody says so
    assert isolation_of(plain).level.letter == "D"
    with pytest.raises(KeyError):
        isolation_of({"facts": {}, "findings": [["no such probe", True, "EPERM"]]})


def test_forked_lanes_grade_as_started_ones_do_and_end_with_the_run(course: Course) -> None:
    before = lanes()
    chosen = course.assignment("chain")
    with early(course, 3) as some:
        tried = some.isolation()
        record = tried.record()
        forked: set[int] = set()
        reports = []
        for report in grade_many(course, chosen, handed_in(8), jobs=3, isolation=record, lanes=some):
            reports.append(report)
            forked |= lanes() - before
    alone = list(grade_many(course, chosen, handed_in(8), jobs=1, isolation=record))
    assert tried == isolation(chosen)
    assert by_student(reports) == by_student(alone)
    assert len(forked) == 3
    assert lanes() == before


@pytest.mark.parametrize("which", ["first", "forked"])
def test_the_end_of_one_lane_is_not_that_of_another(course: Course, which: str) -> None:
    before = lanes()
    chosen = course.assignment("chain")
    with early(course, 2) as some:
        record = some.isolation().record()
        grading = grade_many(course, chosen, handed_in(6), jobs=2, isolation=record, lanes=some)
        reports = [next(grading)]
        give_up = time.monotonic() + 20
        while len(started := sorted(lanes() - before)) < 2 and time.monotonic() < give_up:
            reports.append(next(grading))
        (chosen_one,) = [pid for pid in started if (parent(pid) == os.getpid()) == (which == "first")]
        os.kill(chosen_one, signal.SIGKILL)
        reports += grading
        assert {one.status for one in reports} == {Status.GRADED}
        assert len(reports) == 6
    assert lanes() == before


def test_a_suite_that_cannot_be_collected_is_told_once_and_leaves_nobody(own: Course) -> None:
    before = lanes()
    chosen = own.assignment("chain")
    (chosen.hidden_dir / "test_broken.py").write_text("import no_such_module\n")
    with early(own, 3) as some:
        record = some.isolation().record()
        grading = grade_many(own, chosen, handed_in(2), jobs=3, isolation=record, lanes=some)
        with pytest.raises(CourseError, match="no_such_module"):
            next(grading)
    assert lanes() == before


@pytest.mark.slow
def test_a_suite_with_threads_is_started_again_and_not_copied(own: Course) -> None:
    """A thread has no copy: what it held would be held for ever."""
    before = lanes()
    chosen = own.assignment("chain")
    (chosen.hidden_dir / "conftest.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
    )
    with early(own, 2) as some:
        record = some.isolation().record()
        grading = grade_many(own, chosen, handed_in(8), jobs=2, isolation=record, lanes=some)
        reports, seen = [], set()
        for report in grading:
            reports.append(report)
            seen |= {
                line.split()[-1] for pid, line in descendants(os.getpid()).items() if pid in lanes() - before
            }
    assert {one.status for one in reports} == {Status.GRADED}
    assert "forked" in seen
    assert lanes() == before


def test_a_first_lane_that_is_killed_as_it_starts_is_started_again(course: Course) -> None:
    """With those that it was to fork, and as one failed start: more would end the run."""
    before = lanes()
    chosen = course.assignment("chain")
    with early(course, 4) as some:
        (first,) = lanes() - before
        os.kill(first, signal.SIGKILL)
        record = some.isolation().record()
        reports = list(grade_many(course, chosen, handed_in(4), jobs=4, isolation=record, lanes=some))
    assert {one.status for one in reports} == {Status.GRADED}
    assert lanes() == before

"""Many submissions: whatever one of them does to the machinery, the others get their marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course
from autograder.grading import capacity
from autograder.grading.journal import key
from autograder.grading.many import default_jobs, grade_many, lane_environment, versions
from autograder.grading.submission import Submission
from autograder.model import GradeReport, Outcome, Status
from autograder.proof.verify import verify

from .conftest import HIDDEN, RIGHT, make_course
from .reports import graded

KILLS_ITS_PARENT = RIGHT.replace("return x / 2", "import os, signal; os.kill(os.getppid(), signal.SIGKILL)")


def submission(student: str, source: str = RIGHT) -> Submission:
    return Submission(student, {"chain.py": source.encode()})


def test_reports_come_for_everyone_whatever_the_number_of_lanes(course: Course) -> None:
    students = [submission(f"s{number}") for number in range(5)]
    for jobs in (1, 2, 3):
        reports = list(grade_many(course, course.assignment("chain"), students, jobs=jobs))
        assert sorted(report.student for report in reports) == [f"s{number}" for number in range(5)]
        assert {report.score for report in reports} == {10_000}


@pytest.mark.parametrize("student", ["..", "-rf", "a\nb", "\udcff\udcfe", "x" * 255, "class", "Nguyễn"])
def test_ids_come_back_as_they_went(course: Course, student: str) -> None:
    (report,) = grade_many(course, course.assignment("chain"), [submission(student)], jobs=1)
    assert report.student == student
    assert report.score == 10_000


def test_one_that_kills_the_machinery_hurts_nobody_else(course: Course) -> None:
    students = [submission("a"), submission("b", KILLS_ITS_PARENT), submission("c"), submission("d")]
    reports = {r.student: r for r in grade_many(course, course.assignment("chain"), students, jobs=1)}
    assert {name: report.score for name, report in reports.items() if name != "b"} == {
        "a": 10_000,
        "c": 10_000,
        "d": 10_000,
    }
    # Once the kernel confines workers this cannot happen any more; until then it costs the one who tries. Whether the call
    # still returns before the worker follows its parent is up to the scheduler.
    assert reports["b"].functions[0].outcome in (Outcome.CRASHED, Outcome.FAILED)
    assert reports["b"].functions[0].score == 0


class Remembered:
    """A journal in memory. added: students in the order in which their reports came."""

    def __init__(self) -> None:
        self.known: dict[str, GradeReport] = {}
        self.added: list[str] = []
        self.isolations: list[Any] = []

    def report(self, key: str) -> GradeReport | None:
        return self.known.get(key)

    def add(self, key: str, report: GradeReport, isolation: Any = None) -> None:
        self.known[key] = report
        self.added.append(report.student)
        self.isolations.append(isolation)


def test_a_class_is_read_as_it_is_graded_and_never_as_a_whole(course: Course) -> None:
    assignment = course.assignment("chain")
    read: list[str] = []

    def reading(names: list[str]) -> Iterator[Submission]:
        for name in names:
            read.append(name)
            yield submission(name)

    names = [f"s{number:02d}" for number in range(12)]
    journal = Remembered()
    grading = grade_many(course, assignment, reading(names), jobs=1, journal=journal)
    for done, _report in enumerate(grading, 1):
        # One in the lane, one waiting for it, and no more.
        assert len(read) <= done + 2
    # What is known already is given out as it is found, too.
    read.clear()
    for done, _report in enumerate(
        grade_many(course, assignment, reading([*names, "new"]), jobs=1, journal=journal), 1
    ):
        assert len(read) <= done + 2
    assert done == 13


def test_the_journal_spares_what_is_done_and_nothing_else(course: Course) -> None:
    assignment = course.assignment("chain")
    students = [submission("a"), submission("b", RIGHT + "# b\n")]
    journal = Remembered()
    first = {r.student: r for r in grade_many(course, assignment, students[:1], jobs=1, journal=journal)}
    now = versions(assignment)
    assert list(journal.known) == [key(students[0], now)]
    assert journal.report(key(students[0], now)) == first["a"]
    assert journal.report(key(students[1], now)) is None
    assert journal.report(key(submission("a", RIGHT + "\n"), now)) is None
    assert journal.report(key(students[0], {**now, "suite": "2+0"})) is None
    again = {r.student: r for r in grade_many(course, assignment, students, jobs=1, journal=journal)}
    assert again["a"] == first["a"]  # the measured seconds too
    assert journal.added == ["a", "b"]


STRONG = {"level": "A", "policy": "1f"}
WEAK = {"level": "C", "policy": "1f"}


def test_a_report_made_under_weak_isolation_is_never_taken_for_a_strong_one(course: Course) -> None:
    assignment = course.assignment("chain")
    wrong = submission("a", RIGHT.replace("x / 2", "x / 3"))
    journal = Remembered()
    # What a submission may have done to its grading where nothing held it back.
    journal.add(key(wrong, versions(assignment), WEAK), graded(course, wrong), WEAK)

    def score_under(isolation: dict[str, str] | None) -> int | None:
        (report,) = grade_many(course, assignment, [wrong], jobs=1, journal=journal, isolation=isolation)
        return report.score

    assert score_under(WEAK) == 10_000
    assert score_under(STRONG) == 6_700
    assert score_under(None) == 6_700
    keys = {
        key(wrong, versions(assignment), isolation)
        for isolation in (STRONG, WEAK, {**WEAK, "policy": "2e"}, {"level": "C"}, None)
    }
    assert len(keys) == 5


def test_the_journal_is_told_under_which_isolation_a_report_was_made(course: Course) -> None:
    journal = Remembered()
    list(grade_many(course, course.assignment("chain"), [submission("a")], journal=journal, isolation=STRONG))
    assert journal.isolations == [STRONG]


@pytest.mark.parametrize(
    ("gibibytes", "processors", "mebibytes", "jobs"),
    [
        (24.0, 2, 1024, 2),  # the processors decide
        (24.0, 64, 1024, 16),  # 16.8 GiB for workers
        (4.0, 8, 1024, 2),
        (4.0, 8, 512, 5),
        (1.0, 8, 1024, 1),  # one is better than none
        (float("inf"), 3, 1024, 3),
    ],
)
def test_lanes_share_the_memory(
    course: Course,
    monkeypatch: pytest.MonkeyPatch,
    gibibytes: float,
    processors: int,
    mebibytes: int,
    jobs: int,
) -> None:
    monkeypatch.setattr(capacity, "memory_bytes", lambda: gibibytes * 2**30)
    monkeypatch.setattr(capacity, "processors", lambda: processors)
    assignment = course.assignment("chain")
    limits = replace(assignment.limits, memory_mib=mebibytes)
    assert default_jobs(replace(assignment, limits=limits)) == jobs


def test_a_containers_limit_counts_as_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = capacity.memory_bytes()
    assert whole > 2**28
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(capacity, "_CGROUP_LIMITS", (tmp_path / "none", limit))
    for text, found in [("1048576\n", 2**20), ("max\n", whole), ("9223372036854771712", whole)]:
        limit.write_text(text)
        assert capacity.memory_bytes() == pytest.approx(found)


ASSERTS = (
    HIDDEN
    + """
@pytest.mark.function("half")
def test_asserts(student):
    '''asserted'''
    assert student.half(4.0) == 2.0
"""
)


class TestTheMachinesOwnSettings:
    """None of them may reach a lane."""

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("PYTHONOPTIMIZE", "1"),
            ("PYTEST_ADDOPTS", "--deselect hidden -k nothing"),
            ("PYTEST_PLUGINS", "hostile_plugin"),
            ("PYTHONSTARTUP", "hostile_plugin.py"),
            ("PYTHONWARNINGS", "error"),
        ],
    )
    def test_variables(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
        course = make_course(tmp_path / "course", ASSERTS)
        monkeypatch.setenv(name, value)
        assert name not in lane_environment()
        wrong = RIGHT.replace("return x / 2", "return x / 2 if x < 0 else x")
        reports = grade_many(
            course, course.assignment("chain"), [submission("a"), submission("b", wrong)], jobs=1
        )
        checks = {report.student: report.functions[0].checks for report in reports}
        assert [check.outcome for check in checks["a"]] == [Outcome.PASSED] * 3
        assert checks["b"][2].outcome is Outcome.FAILED

    def test_files_and_plugins(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        root = tmp_path / "above" / "course"
        course = make_course(root)
        hostile = "raise SystemExit('hostile')\n"
        # Where pytest would look: above the course, and where the command is typed.
        for folder in (tmp_path, tmp_path / "above", tmp_path / "cwd"):
            folder.mkdir(exist_ok=True)
            (folder / "conftest.py").write_text(hostile)
            (folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\npython_files = none\n")
            (folder / "sitecustomize.py").write_text(hostile)
            (folder / "numpy.py").write_text(hostile)
        # A plugin that a package brings along.
        installed = tmp_path / "installed"
        (installed / "hostile-1.dist-info").mkdir(parents=True)
        (installed / "hostile-1.dist-info" / "METADATA").write_text("Name: hostile\nVersion: 1\n")
        (installed / "hostile-1.dist-info" / "entry_points.txt").write_text("[pytest11]\nhostile = hostile\n")
        (installed / "hostile.py").write_text(hostile)
        monkeypatch.setenv("PYTHONPATH", str(installed))
        monkeypatch.chdir(tmp_path / "cwd")
        (report,) = grade_many(course, course.assignment("chain"), [submission("a")], jobs=1)
        assert report.score == 10_000
        assert report.public


def test_a_hidden_check_that_skips_itself_is_the_suites_fault_and_noticed(tmp_path: Path) -> None:
    skips = HIDDEN + (
        '\n@pytest.mark.function(\'Box\')\ndef test_not_today(student):\n    """not today"""\n'
        "    raise pytest.skip.Exception('not today')\n"
    )
    course = make_course(tmp_path, skips)
    (report,) = grade_many(course, course.assignment("chain"), [submission("a")], jobs=1)
    assert report.functions[3].outcome is Outcome.SUITE_ERROR
    rows = [row for row in verify(course, course.assignment("chain"), jobs=1, input_sets=1) if not row.true]
    assert any("test_not_today" in row.got and "Skipped" in row.got for row in rows)


def test_a_submission_cannot_make_a_check_skip(tmp_path: Path) -> None:
    skips = HIDDEN + (
        '\n@pytest.mark.function(\'Box\')\ndef test_maybe(student):\n    """maybe"""\n'
        "    if student.Box(1.0).value is None:\n        raise pytest.skip.Exception('nothing there')\n"
    )
    course = make_course(tmp_path, skips)
    nothing = RIGHT.replace("self.value = value", "self.value = None")
    (report,) = grade_many(course, course.assignment("chain"), [submission("a", nothing)], jobs=1)
    maybe = report.functions[3].checks[1]
    assert (maybe.label, maybe.outcome, maybe.score) == ("maybe", Outcome.FAILED, 0)


CONFUSED = (
    HIDDEN
    + """
@pytest.mark.function("Box")
def test_confused(student):
    '''confused'''
    value = student.Box(1.0).value
    if value is None:
        raise MemoryError
    if isinstance(value, str):
        fail("It is " + value)
"""
)


def test_a_lane_without_memory_decides_nothing(tmp_path: Path) -> None:
    """Whoever filled it: neither a zero for this student nor, by blaming the suite, points."""
    course = make_course(tmp_path, CONFUSED)
    nothing = submission("a", RIGHT.replace("self.value = value", "self.value = None"))
    found = grade_many(course, course.assignment("chain"), [nothing, submission("b")], jobs=1)
    reports = {report.student: report for report in found}
    assert reports["a"].status is Status.SYSTEM_ERROR
    assert reports["a"].score is None
    assert reports["b"].score == 10_000


def test_what_a_suite_puts_into_its_words_does_not_spoil_the_report(tmp_path: Path) -> None:
    course = make_course(tmp_path, CONFUSED)
    text = "self.value = '\\x1b' + 'x' * 200_000 + '{' * 9"
    flood = submission("a", RIGHT.replace("self.value = value", text))
    (report,) = grade_many(course, course.assignment("chain"), [flood], jobs=1)
    assert report.status is Status.GRADED
    confused = report.functions[3].checks[1]
    assert (confused.label, confused.outcome, confused.score) == ("confused", Outcome.FAILED, 0)
    assert all(len(message.id) <= 10_000 and "\x1b" not in message.id for message in confused.messages)
    assert report.functions[0].score == 3300

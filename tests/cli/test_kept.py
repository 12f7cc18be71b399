"""What does `autograde grade` keep of a submission that it is done with? Nothing that adds up in a large class."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from autograder.cli import gathered
from autograder.cli import grade as command
from autograder.cli.gathered import Gathered
from autograder.cli.grade import grade_and_write
from autograder.cli.options import Session
from autograder.course import Course
from autograder.gradebook import recorder
from autograder.grading.engine import Asked, Made
from autograder.grading.record import plain, report_of
from autograder.grading.submission import find
from autograder.model import CheckResult, FunctionResult, GradeReport, Message, Outcome
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.level import Level
from tests.kept import pieces, reachable
from tests.reports.samples import PARTLY

BATCH = 50
RECORD = {"level": "A", "missing": ""}


def large(student: str) -> GradeReport:
    """A report like those of a real suite: 24 failed checks, each with words of its own."""
    functions = tuple(
        FunctionResult(
            f"function{number}",
            tuple(
                CheckResult(
                    f"check {check}",
                    Outcome.FAILED,
                    0,
                    100,
                    (Message("It gave {value}.", {"value": f"{student} {number} {check}"}),),
                    call=f"function{number}({student!r}, {check})",
                )
                for check in range(6)
            ),
        )
        for number in range(4)
    )
    return replace(PARTLY, student=student, functions=functions, public=(), max_score=2400)


class Answers:
    """An engine that has a report on everything at once. looks: n → how much is kept when n have been handed over."""

    isolation = Isolation(Level("A", (), ()), {}, ())

    def __init__(self, at: set[int]) -> None:
        self._at = at
        self.looks: dict[int, int] = {}

    def __enter__(self) -> Answers:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def run(
        self, tasks: Iterator[Asked | GradeReport], versions: Mapping[str, str]
    ) -> Generator[Made, None, None]:
        for number, task in enumerate(tasks, 1):
            assert not isinstance(task, GradeReport)
            one = task.submission
            told = replace(large(one.student), files=one.hashes, assignment="sums")
            yield task.identity, report_of(plain(told)), RECORD
            if number in self._at:
                self.looks[number] = pieces()


def test_the_command_keeps_nothing_of_a_submission_that_it_is_done_with(
    tiny_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Looked at between batches: what waits to be written is bounded by their size.
    for name in ("MOST_REPORTS", "MOST_SUBMISSIONS", "AHEAD"):
        monkeypatch.setattr(recorder, name, BATCH)
    monkeypatch.setattr(recorder, "MOST_SECONDS", 1e9)
    monkeypatch.setattr(gathered, "MOST_SHOWN", 50)
    # The bar remembers when the last thousand came.
    monkeypatch.setattr(command, "_with_progress", lambda _assignment, reports, _total: reports)
    for number in range(500):
        folder = tmp_path / "class" / f"s{number:04}"
        folder.mkdir(parents=True)
        (folder / "sums.py").write_text(f"# {number}\n")
    answers = Answers({100, 500})
    code = grade_and_write(
        Session(),
        tiny_course,
        tiny_course.assignment("sums"),
        find(tmp_path / "class"),
        tmp_path / "out",
        1,
        gradebook=str(tmp_path / "gradebook.db"),
        engine=cast(Any, lambda *_asked: answers),
        pages=False,
    )
    assert code == 0
    assert "first 50 of 500" in capsys.readouterr().out
    # A single text kept of each would be 400. sqlite3 notes up to 200 cursors before it forgets those that are gone.
    assert answers.looks[500] - answers.looks[100] < 250


def test_a_row_of_the_table_is_a_hundredth_of_its_report() -> None:
    students = [f"s{number}" for number in range(50)]
    told = Gathered(students)
    told.add(large(students[0]))
    before = reachable(told)
    for student in students[1:]:
        told.add(report_of(plain(large(student))))
    each = (reachable(told) - before) / 49
    assert each < 20 < reachable(large("s0")) / 10

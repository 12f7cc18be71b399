"""The same file handed in twice is graded once, and both get the report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.course import Course
from autograder.grading.copies import Copies
from autograder.grading.many import grade_many
from autograder.grading.submission import Submission
from autograder.model import (
    CheckResult,
    FunctionResult,
    GradeReport,
    Message,
    Outcome,
    Status,
    message,
)

from .conftest import RIGHT


class Counted:
    """A grader that counts, and says how the check ended."""

    def __init__(self, outcome: Outcome = Outcome.FAILED, **more: object) -> None:
        self.outcome = outcome
        self.more = more
        self.asked: list[str] = []

    def __call__(self, submission: Submission) -> GradeReport:
        self.asked.append(submission.student)
        check = CheckResult("It halves.", self.outcome, 0, 100, name="a::b")
        report = GradeReport(
            submission.student,
            "chain",
            Status.GRADED,
            functions=(FunctionResult("half", (check,)),),
            notices=submission.notices,
            files=submission.hashes,
            seconds=1.5,
        )
        return replace(report, **self.more)  # type: ignore[arg-type]


def handed_in(student: str, source: str = "x = 1\n", **more: object) -> Submission:
    return Submission(student, {"chain.py": source.encode()}, **more)  # type: ignore[arg-type]


def test_a_copy_gets_the_report_under_its_own_name() -> None:
    copies, grade = Copies(), Counted()
    first = copies.graded(handed_in("an"), grade)
    second = copies.graded(handed_in("binh"), grade)
    assert grade.asked == ["an"]
    assert second == replace(first, student="binh", seconds=0.0)


@pytest.mark.parametrize(
    "other",
    [
        handed_in("binh", "x = 1 \n"),
        handed_in("binh", notices=(message("Ignored: {name}.", name="b.txt"),)),
        handed_in("binh", input_set=3),
        handed_in("binh", brief=True),
        handed_in("binh", problem=message("There is no file.")),
        replace(handed_in("binh"), files={"chain.py": b"x = 1\n", "more.py": b""}),
        replace(handed_in("binh"), files={"chain.ipynb": b"x = 1\n"}),
    ],
)
def test_what_differs_in_anything_is_graded(other: Submission) -> None:
    copies, grade = Copies(), Counted()
    copies.graded(handed_in("an", notices=(message("Ignored: {name}.", name="a.txt"),)), grade)
    copies.graded(handed_in("an"), grade)
    copies.graded(other, grade)
    assert len(grade.asked) == 3


@pytest.mark.parametrize(
    "grade",
    [
        Counted(Outcome.TIMED_OUT),
        Counted(Outcome.OUT_OF_MEMORY),
        Counted(Outcome.CRASHED),
        Counted(Outcome.SUITE_ERROR),
        Counted(status=Status.SYSTEM_ERROR),
        Counted(status=Status.UNGRADABLE),
        Counted(message=Message("It does not load.")),
        Counted(output="x" * 2**19),
    ],
)
def test_what_the_machine_may_be_the_reason_of_is_tried_anew(grade: Counted) -> None:
    copies = Copies()
    copies.graded(handed_in("an"), grade)
    copies.graded(handed_in("binh"), grade)
    assert grade.asked == ["an", "binh"]


def test_only_the_latest_are_kept() -> None:
    copies, grade = Copies(), Counted()
    for number in range(1_000):
        copies.graded(handed_in("an", f"x = {number}"), grade)
    assert len(copies._reports) == 100
    copies.graded(handed_in("binh", "x = 999"), grade)
    assert len(grade.asked) == 1_000
    copies.graded(handed_in("binh", "x = 0"), grade)
    assert len(grade.asked) == 1_001


def test_a_class_of_copies_gets_the_marks_that_each_alone_would_get(course: Course) -> None:
    sources = {"right": RIGHT, "wrong": RIGHT.replace("x / 2", "x / 3"), "empty": ""}
    found = {}
    for copies in (1, 3):
        submissions = [
            Submission(f"{name}{number}", {"chain.py": source.encode()})
            for number in range(copies)
            for name, source in sources.items()
        ]
        reports = list(grade_many(course, course.assignment("chain"), submissions, jobs=1))
        assert [report.student for report in reports] == [one.student for one in submissions]
        found[copies] = [replace(report, student="", seconds=0.0) for report in reports]
    assert found[3] == found[1] * 3

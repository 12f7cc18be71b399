"""Reports as a lane would send them, made by hand: honest ones, to be tampered with."""

from __future__ import annotations

import os
from typing import Any

from autograder.course import Course
from autograder.grading.expected import Expected, ExpectedCheck, versions
from autograder.grading.record import plain
from autograder.grading.submission import Submission
from autograder.model import CheckResult, FunctionResult, GradeReport, Outcome, Status, message

from .conftest import RIGHT

HIDDEN = (
    ExpectedCheck("test_chain.py::test_half", "half of it", "half", 2.0, ""),
    ExpectedCheck("test_chain.py::test_half_of_negatives", "also of negative numbers", "half", 1.0, ""),
    ExpectedCheck("test_chain.py::test_quarter", "a quarter of it", "quarter", 1.0, "Half of a half."),
    ExpectedCheck("test_chain.py::test_eighth", "an eighth of it", "eighth", 1.0, ""),
    ExpectedCheck("test_chain.py::test_box", "a box keeps its value", "Box", 1.0, ""),
    ExpectedCheck("test_chain.py::test_doubled", "twice the value", "Box.doubled", 1.0, ""),
    ExpectedCheck("test_chain.py::test_empty", "each value is 0 afterwards", "empty", 1.0, ""),
)
PUBLIC = (ExpectedCheck("test_chain.py::test_half_of_two", "half of 2 is 1", "half", 1.0, ""),)


def expected(course: Course) -> Expected:
    assignment = course.assignment("chain")
    return Expected(assignment, versions(assignment), HIDDEN, PUBLIC)


def ready(course: Course) -> dict[str, Any]:
    """A lane's first words."""
    due = expected(course)

    def rows(checks: tuple[ExpectedCheck, ...]) -> list[list[Any]]:
        return [[c.name, c.label, c.function, c.weight, c.hint] for c in checks]

    return {
        "ready": {
            "versions": dict(due.versions),
            "hidden": rows(due.hidden),
            "public": rows(due.public),
        }
    }


def submission(student: str = "an", source: str = RIGHT, **more: Any) -> Submission:
    return Submission(student, {"chain.py": source.encode()}, **more)


def graded(course: Course, of: Submission, outcomes: dict[str, Outcome] | None = None) -> GradeReport:
    """A report in which all checks passed but those of these labels."""
    due = expected(course)

    def result(check: ExpectedCheck, cents: int) -> CheckResult:
        outcome = (outcomes or {}).get(check.label, Outcome.PASSED)
        lost = outcome.costs_points
        return CheckResult(
            check.label,
            outcome,
            0 if lost else cents,
            cents,
            messages=(message("It is {how}.", how="wrong"),) if lost else (),
            hint=check.hint if lost else "",
            name=check.name,
        )

    return GradeReport(
        of.student,
        "chain",
        Status.GRADED,
        tuple(
            FunctionResult(name, tuple(result(check, cents) for check, cents in checks.items()))
            for name, checks in due.worth.items()
        ),
        max_score=10_000,
        input_set=3 if of.input_set is None else of.input_set,
        public=(FunctionResult("half", (result(PUBLIC[0], 0),)),),
        notices=of.notices,
        output="loaded\n",
        files=of.hashes,
        seconds=0.25,
    )


def sent(report: GradeReport) -> dict[str, Any]:
    """As the lane sends it."""
    return {"report": plain(report) | {"student": os.fsencode(report.student)}}

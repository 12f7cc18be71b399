"""Marks and reports that tests make up."""

from __future__ import annotations

from typing import Any

from autograder.lms.given import Given
from autograder.lms.headings import Names
from autograder.model import (
    CheckResult,
    ClassResults,
    Diagnosis,
    FunctionResult,
    GradeReport,
    Outcome,
    Status,
    message,
)

NAMES = Names(
    "sums",
    {
        "sums": ("sums", "Sums and means", "Tổng và trung bình"),
        "waves": ("waves", "Waves on a string"),
    },
)
LABEL = 'a "label" with <angles> & ]]> \\ and, commas; =1+1'


def given(student: str, score: int | None, **more: Any) -> Given:
    more.setdefault("raw", score)
    more.setdefault("status", "missing" if score is None else "graded")
    more.setdefault("max_score", 10_000)
    return Given(student=student, score=score, **more)


def report(student: str, add: int = 4000, mean: int = 3000) -> GradeReport:
    """A graded report: `add` of 40 points, `mean_of` of 60, of which 30 are a check that failed or timed out."""
    lost = Outcome.FAILED if mean else Outcome.TIMED_OUT
    return GradeReport(
        student=student,
        assignment="sums",
        status=Status.GRADED,
        max_score=10_000,
        functions=(
            FunctionResult(
                "add", (CheckResult(LABEL, Outcome.PASSED if add else Outcome.FAILED, add, 4000),)
            ),
            FunctionResult(
                "mean_of",
                (
                    CheckResult("right", Outcome.PASSED if mean else lost, mean, 3000),
                    CheckResult(
                        "on nothing",
                        lost,
                        0,
                        3000,
                        (message("it says {what}", what="=cmd()\x1b[2J\x00"),),
                        call="mean_of([])",
                    ),
                ),
                Diagnosis("mistake", None, message('Is the "mean" <of> nothing \\"?')),
            ),
        ),
        seconds=0.25,
    )


def ungradable(student: str) -> GradeReport:
    return GradeReport(
        student, "sums", Status.UNGRADABLE, message=message("Line 3 is no Python."), max_score=10_000
    )


def fault(student: str) -> GradeReport:
    return GradeReport(
        student, "sums", Status.SYSTEM_ERROR, message=message("The disk was full."), max_score=10_000
    )


def results(*reports: GradeReport) -> ClassResults:
    return ClassResults(
        "sums", "Sums and means", "c1", "s1", {"level": "A"}, tuple(sorted(reports, key=lambda r: r.student))
    )

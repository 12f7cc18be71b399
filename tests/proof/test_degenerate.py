"""An empty answer earns nothing, except where it happens to be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import find_course
from autograder.grading.many import grade_many
from autograder.grading.submission import Submission
from autograder.model import Status

from .degenerate import ANSWERS, degenerate

COURSE = find_course(Path(__file__).parents[2])

# (check, answer) → why it is right. Whatever is not listed here must score 0.
RIGHT = {
    ("test_bounds.py::test_no_layer", "one"): "0.25 ** 0 is 1",
    ("test_bounds.py::test_no_layer", "ones_like"): "ones_like of the number 0 is 1, and 0.25 ** 0 is 1",
}


@pytest.mark.parametrize("assignment", COURSE.assignments)
def test_degenerate_submissions_earn_nothing(assignment: str) -> None:
    chosen = COURSE.assignment(assignment)
    submissions = [
        Submission(name, {chosen.files[0]: degenerate(chosen, answer).encode()}, input_set=0, brief=True)
        for name, answer in ANSWERS.items()
    ]
    reports = list(grade_many(COURSE, chosen, submissions))
    assert {report.student for report in reports} == set(ANSWERS)
    assert all(report.status is Status.GRADED for report in reports)
    earned = {
        (check.name, report.student)
        for report in reports
        for function in report.functions
        for check in function.checks
        if check.score
    }
    assert earned <= set(RIGHT)

"""An empty answer earns nothing, and neither does a right one that is packed wrongly, except where it happens to be right."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from autograder.course import find_course
from autograder.grading.many import grade_many
from autograder.grading.submission import Submission
from autograder.model import Status

from .degenerate import submissions
from .test_course import quickly

COURSE = find_course(Path(__file__).parents[2])

# (assignment, check, submission) → why it is right. Whatever is not listed here must score 0.
RIGHT = {
    ("vanishing_gradient", "test_bounds.py::test_no_layer", "one"): "0.25 ** 0 is 1",
    ("vanishing_gradient", "test_bounds.py::test_no_layer", "ones_like"): "the same: ones_like(0) is 1",
    ("vanishing_gradient", "test_bounds.py::test_no_layer", "shaped_ones"): "the same, as a 0-d array",
    ("vanishing_gradient", "test_bounds.py::test_no_layer", "objects_one"): "the same",
}

QUICK = [
    "missing",
    "none",
    "zero",
    "nan",
    "empty_column",
    "zero_dimensional",
    "echo",
    "ones_like",
    "exits",
    "object",
    "shaped_zeros",
    "packed_masked",
]
"""One of each kind; the others take minutes."""


def earned(assignment: str, chosen: Iterable[str], input_sets: Iterable[int]) -> set[tuple[str, str, str]]:
    """What these submissions scored on: (assignment, check, submission). Every one of them has to be graded."""
    course_part = COURSE.assignment(assignment)
    sources = submissions(course_part)
    handed_in = [
        Submission(
            f"{name}:{inputs}", {course_part.files[0]: sources[name].encode()}, input_set=inputs, brief=True
        )
        for name in chosen
        for inputs in input_sets
    ]
    reports = list(grade_many(COURSE, course_part, handed_in))
    assert {report.student for report in reports} == {one.student for one in handed_in}
    # Neither may one of them become a fault of ours, which would cost it nothing.
    assert [(r.student, r.message) for r in reports if r.status is not Status.GRADED] == []
    return {
        (assignment, check.name, report.student.partition(":")[0])
        for report in reports
        for function in report.functions
        for check in function.checks
        if check.score
    }


@pytest.mark.parametrize("assignment", quickly(COURSE.assignments))
def test_degenerate_submissions_earn_nothing(assignment: str) -> None:
    assert earned(assignment, QUICK, [0]) <= set(RIGHT)


@pytest.mark.slow
@pytest.mark.parametrize("assignment", COURSE.assignments)
def test_no_degenerate_submission_earns_anything(assignment: str) -> None:
    everything = submissions(COURSE.assignment(assignment))
    # Each line of the list is needed, too.
    assert earned(assignment, everything, [0]) == {line for line in RIGHT if line[0] == assignment}


@pytest.mark.slow
@pytest.mark.parametrize("assignment", COURSE.assignments)
def test_nor_does_it_on_another_set_of_inputs(assignment: str) -> None:
    assert earned(assignment, QUICK, range(1, 8)) <= set(RIGHT)


def test_the_right_values_packed_rightly_earn_points() -> None:
    """Or the submissions that pack them wrongly would fail for another reason."""
    from .degenerate import of_right_shape

    chosen = COURSE.assignment("losses")
    handed_in = Submission("an", {chosen.files[0]: of_right_shape(chosen, "right").encode()}, brief=True)
    (report,) = grade_many(COURSE, chosen, [handed_in])
    lost = {f.name for f in report.functions for c in f.checks if not c.score}
    # They answer where an exception is due.
    assert lost == {"logistic_gradient", "train_logistic"}
    assert report.score is not None
    assert report.score > 9_000

"""The course is sound: what `autograde verify` proves, for every assignment."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from autograder.course import find_course
from autograder.course.bank import mistakes, variants
from autograder.proof.verify import verify

COURSE = find_course(Path(__file__).parents[2])


def quickly(assignments: Iterable[str]) -> list[Any]:
    """All of them; those that take the longest only where everything is run."""
    short = ("losses", "momentum")
    return [pytest.param(one, marks=() if one in short else pytest.mark.slow) for one in assignments]


def false_rows(assignment: str, input_sets: int, every: int = 1) -> list[str]:
    rows = verify(COURSE, COURSE.assignment(assignment), input_sets=input_sets, every=every)
    return [f"{row.kind} {row.name}: expected {row.expected}, got {row.got}" for row in rows if not row.true]


@pytest.mark.parametrize("assignment", quickly(COURSE.assignments))
def test_the_course_is_sound_at_a_quick_look(assignment: str) -> None:
    # One set of inputs and a few mistakes: the whole is slow.
    assert false_rows(assignment, 1, every=25) == []


@pytest.mark.slow
@pytest.mark.parametrize("assignment", COURSE.assignments)
def test_the_course_is_sound_on_all_input_sets(assignment: str) -> None:
    assert false_rows(assignment, 8) == []


@pytest.mark.parametrize("assignment", COURSE.assignments)
def test_the_banks_are_large_enough(assignment: str) -> None:
    chosen = COURSE.assignment(assignment)
    assert len(mistakes(chosen)) >= 20
    assert len(variants(chosen)) >= 10
    costs = {name for entry in mistakes(chosen) for name in entry.costs}
    assert costs == {function.name for function in chosen.functions}, (
        "every function is in some mistake's costs"
    )
    assert all(entry.explanation.keys() >= {"en", "vi"} for entry in mistakes(chosen))

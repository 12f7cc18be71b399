"""Which checks must every report answer? Announced by each lane before it has met any submission.

The process that hands out submissions keeps this list and the points; no lane is asked for them again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import autograder
from autograder.course.manifest import Assignment
from autograder.course.version import course_version, suite_version
from autograder.grading import fields
from autograder.grading.fields import Refused
from autograder.grading.points import plan

if TYPE_CHECKING:
    from autograder.runner.suite import Check, Suite

_MOST_CHECKS = 4096
_NAME = 1000
_TEXT = 10_000


def versions(assignment: Assignment) -> dict[str, str]:
    """What reports of this assignment depend on besides the submission."""
    return {
        "engine": autograder.__version__,
        "course": course_version(assignment),
        "suite": suite_version(assignment),
    }


@dataclass(frozen=True)
class ExpectedCheck:
    """What is known of a check without its code; see `runner.suite.Check`."""

    name: str
    label: str
    function: str
    weight: float
    hint: str


@dataclass(frozen=True)
class Expected:
    """What every report on an assignment has to answer.

    versions  engine, course and suite that were collected
    hidden    the hidden checks, in the order in which they were collected
    public    the public ones
    """

    assignment: Assignment
    versions: Mapping[str, str]
    hidden: tuple[ExpectedCheck, ...]
    public: tuple[ExpectedCheck, ...]

    @cached_property
    def worth(self) -> Mapping[str, Mapping[ExpectedCheck, int]]:
        """Function → hidden check → cents, in the contract's order. Raises CourseError as `points.plan` does."""
        return plan(self.assignment, self.hidden)

    @property
    def max_score(self) -> int:
        return sum(sum(checks.values()) for checks in self.worth.values())


def announced(suite: Suite, assignment: Assignment) -> dict[str, Any]:
    """What a lane has collected, as plain data."""

    def rows(checks: Iterable[Check]) -> list[list[Any]]:
        return [[check.name, check.label, check.function, check.weight, check.hint] for check in checks]

    return {
        "versions": versions(assignment),
        "hidden": rows(suite.under(assignment.hidden_dir)),
        "public": rows(suite.under(assignment.public_checks)),
    }


def expected_of(data: Any, assignment: Assignment) -> Expected:
    """What `announced` made this of. Raises Refused for anything else, CourseError where the points do not fit."""
    parts = fields.mapping(data, frozenset(("versions", "hidden", "public")), "what was collected")
    known = fields.mapping(parts["versions"], frozenset(("engine", "course", "suite")), "the versions")
    found = Expected(
        assignment,
        {name: fields.text(value, _NAME, "a version") for name, value in known.items()},
        _checks(parts["hidden"]),
        _checks(parts["public"]),
    )
    if not found.worth:
        raise Refused("nothing was collected")
    return found


def _checks(data: Any) -> tuple[ExpectedCheck, ...]:
    checks = []
    for each in fields.items(data, _MOST_CHECKS, "the list of checks"):
        name, label, function, weight, hint = fields.row(each, 5, "a check")
        checks.append(
            ExpectedCheck(
                fields.text(name, _NAME, "a check's name"),
                fields.text(label, _TEXT, "a check's label"),
                fields.text(function, _NAME, "a check's function"),
                fields.number(weight, math.ulp(0.0), 1e6, "a check's weight"),
                fields.text(hint, _TEXT, "a check's hint"),
            )
        )
    return tuple(checks)

"""How many cents is each check worth? Exact fractions inside, rounded once, by largest remainder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from fractions import Fraction
from typing import Protocol, TypeVar

from autograder.course.manifest import Assignment
from autograder.errors import CourseError


class Weighed(Hashable, Protocol):
    """What points need to know of a check: a collected one in a lane, or an announced one outside."""

    @property
    def name(self) -> str: ...
    @property
    def function(self) -> str: ...
    @property
    def weight(self) -> float: ...


_Check = TypeVar("_Check", bound=Weighed)


def apportion(shares: Sequence[Fraction], total: int) -> list[int]:
    """`total` divided in proportion to `shares`, in whole numbers that sum to it exactly.

    The largest remainders get the cents that rounding down leaves over; of equal ones the earlier.
    """
    whole = sum(shares, Fraction())
    exact = [share * total / whole for share in shares]
    parts = [int(value) for value in exact]
    left = total - sum(parts)
    by_remainder = sorted(range(len(shares)), key=lambda i: (parts[i] - exact[i], i))
    for index in by_remainder[:left]:
        parts[index] += 1
    return parts


def function_cents(assignment: Assignment) -> dict[str, int]:
    """How many cents each function is worth, in the contract's order; they sum to 100 points."""
    cents = apportion([function.points for function in assignment.functions], 10_000)
    return {function.name: worth for function, worth in zip(assignment.functions, cents, strict=True)}


def plan(assignment: Assignment, checks: Sequence[_Check]) -> dict[str, dict[_Check, int]]:
    """For each function, in the contract's order: its checks and the cents that each is worth.

    Raises CourseError for a check of no function of the manifest, for two checks of one name, and for a function
    without a check.
    """
    names = [function.name for function in assignment.functions]
    for check in checks:
        if check.function not in names:
            raise CourseError(
                f'{check.name} is a check of "{check.function}", which {assignment.manifest_path} does not list.'
            )
    name, times = Counter(check.name for check in checks).most_common(1)[0] if checks else ("", 0)
    if times > 1:
        raise CourseError(
            f"{assignment.id} has {times} hidden checks called {name}. Rename one of the files."
        )
    planned: dict[str, dict[_Check, int]] = {}
    for name, worth in function_cents(assignment).items():
        own = [check for check in checks if check.function == name]
        if not own:
            raise CourseError(
                f"{assignment.id}: {name} has no hidden check, so its points could not be earned."
            )
        weights = [Fraction(str(check.weight)) for check in own]
        planned[name] = dict(zip(own, apportion(weights, worth), strict=True))
    return planned

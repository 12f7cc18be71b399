"""What did the hidden checks of one function see of it, call by call, and what is right?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.checks.case import has_single_precision
from autograder.checks.closeness import RTOL, RTOL_SINGLE, as_real, differences
from autograder.checks.same import Comparison
from autograder.errors import StudentError, StudentFault, SuiteError
from autograder.model import Message, Outcome
from autograder.runner.suite import Check
from autograder.sandbox.student import Call, Student
from autograder.sandbox.worker import Handle

MOST_CALLS = 400
"""Calls of one function that are looked at."""

MOST_INSTRUCTIONS = 500
"""Longer programs on objects are not asked of the reference once more."""


@dataclass(frozen=True, eq=False)
class Seen:
    """One hidden check as it went.

    calls     what it asked, in order
    compared  what some of the calls were compared with
    """

    check: Check
    outcome: Outcome
    calls: tuple[Call, ...]
    compared: tuple[Comparison, ...]


@dataclass(frozen=True, eq=False)
class Observed:
    """One call: what the student's function answered, and what is right.

    desired      the reference's answer
    rtol, atol   how close is close enough, as in `check_close`
    wrong        whether it raised, changed an argument, or answered something else
    """

    call: Call
    desired: Any
    rtol: Any
    atol: Any
    wrong: bool


def observed(seen: Iterable[Seen], name: str, reference: Student) -> list[Observed]:
    """The calls of the function `name` that these checks made, each with the reference's answer to it."""
    found: list[Observed] = []
    for one in seen:
        known = {id(comparison.call): comparison for comparison in one.compared}
        for call in one.calls:
            if len(found) >= MOST_CALLS:
                return found
            if call.name == name and (one_call := judged(call, known.get(id(call)), reference)) is not None:
                found.append(one_call)
    return found


def judged(call: Call, comparison: Comparison | None, reference: Student) -> Observed | None:
    """The call beside what is right, judged as its check compared it; None where that cannot be told."""
    if comparison is not None:
        desired, rtol, atol = comparison.desired, comparison.rtol, comparison.atol
    else:
        right = answer_of(reference, call)
        if right is None or right.error is not None:
            return None
        desired, rtol, atol = right.value, None, None
    wrong = call.error is not None or bool(call.mutated)
    try:
        wrong = wrong or bool(differences(call.value, desired, rtol, atol))
    except SuiteError:
        return None
    return Observed(call, desired, rtol, atol, wrong)


def answer_of(reference: Student, call: Call) -> Call | None:
    """The reference's record of the same call; None where it cannot be asked."""
    if not replayable(call) or len(call.instructions) > MOST_INSTRUCTIONS:
        return None
    try:
        return reference.repeat(call)
    except (StudentFault, SuiteError):
        return None


def replayable(call: Call) -> bool:
    """Whether the call can be made in another worker: its arguments hold no object of this one."""

    def holds(value: object) -> bool:
        if isinstance(value, Handle):
            return True
        if isinstance(value, (list, tuple)):
            return any(map(holds, value))
        if isinstance(value, dict):
            return any(map(holds, value.values()))
        return False

    return not any(map(holds, (call.args, call.kwargs, call.instructions)))


# -- are two answers the same? -------------------------------------------------------------------------------


def behave_alike(one: Call, other: Call) -> bool:
    """Whether two functions did the same on the same call, but for rounding."""
    if (one.error is None) != (other.error is None) or one.mutated != other.mutated:
        return False
    if one.error is not None and other.error is not None:
        return _same_fault(one.error, other.error)
    rtol = RTOL_SINGLE if _is_single(one) else RTOL
    return alike(one.value, other.value, rtol)


def alike(one: Any, other: Any, rtol: float = RTOL, atol: Any = None) -> bool:
    """Whether two values are the same but for rounding; nan equals nan, and one without an entry another such."""
    if one is None or other is None:
        return one is other
    try:
        return not differences(one, other, rtol, atol)
    except SuiteError:  # what cannot be expected can still be the same
        return type(one) is type(other) and repr(one) == repr(other)


_LARGEST = float(np.finfo(float).max)


def near(one: Call, other: Call, like: Observed) -> bool:
    """Whether two answers differ by no more than the check would forgive in an answer of this size."""
    atol = like.atol
    if atol is not None and (isinstance(atol, (int, float, np.ndarray)) or np.isscalar(atol)):
        # An allowance is made for the right answer; a sum in place of a mean is allowed as many times more.
        with np.errstate(over="ignore"):
            times = max(1.0, _size(other.value) / (_size(like.desired) or 1.0))
            atol = min(np.asarray(atol, dtype=float).max(initial=0.0) * times, _LARGEST)
    return alike(one.value, other.value, 3 * RTOL if like.rtol is None else like.rtol, atol)


def _size(value: Any) -> float:
    numbers = as_real(value)
    if isinstance(numbers, Message) or not numbers.size:
        return 0.0
    finite = numbers[np.isfinite(numbers)]
    return float(np.abs(finite).max(initial=0.0))


def _same_fault(one: StudentFault, other: StudentFault) -> bool:
    if isinstance(one, StudentError) and isinstance(other, StudentError):
        return one.type_name == other.type_name
    return type(one) is type(other)


def _is_single(call: Call) -> bool:
    return has_single_precision(call.args) or has_single_precision(call.kwargs)

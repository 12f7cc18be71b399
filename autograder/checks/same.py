"""Does the student's function do what the reference does, on these cases?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.checks.case import Case, as_arguments, has_single_precision, smallest
from autograder.checks.closeness import RTOL, RTOL_SINGLE, differences
from autograder.checks.failure import CheckFailure, raise_fault
from autograder.checks.mentions import mention_kind, note_comparisons
from autograder.checks.origin import Alone, origin_of
from autograder.checks.target import Call, Target
from autograder.errors import CallTimedOut, OutOfMemory, StudentFault, SuiteError, WorkerEnded
from autograder.sandbox.arguments import show_call

LAST_WORDS = (CallTimedOut, OutOfMemory, WorkerEnded)
"""Faults that end a worker: later calls of the batch carry them without having been made."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """One call of the student's, what the reference answered, and how close is close enough."""

    call: Call
    desired: Any
    rtol: Any
    atol: Any
    case: Case = ()

    def judge(self, value: Any) -> None:
        """Raise CheckFailure unless `value`, an answer to the call, is right."""
        if found := differences(value, self.desired, self.rtol, self.atol):
            raise CheckFailure(*found, call=self.call, again=self.judge)

    def problem(self) -> CheckFailure | StudentFault | None:
        """What is wrong with the call's own answer, or None.

        Raises  SuiteError for an impossible tolerance or expected value, whatever the student answered
        """
        found: CheckFailure | StudentFault | None = self.call.error
        if found is None:
            try:
                self.judge(self.call.value)
            except CheckFailure as failure:
                found = failure
        if found is not None:
            # A right answer has been compared with it all; a wrong one may have stopped on the way.
            differences(self.desired, self.desired, self.rtol, self.atol)
        return found


def check_same(
    student: Target,
    reference: Target,
    name: str,
    cases: Iterable[Case],
    *,
    rtol: Any = None,
    atol: Any = None,
) -> None:
    """Fail unless, for each case, the student's result equals the reference's in structure, shape and value.

    cases  tuples of positional arguments, or `call_with(...)`; all are sent in one trip
    rtol   relative tolerance: number, array, structure of them (see `check_close`), or a function of the
           case's arguments that gives one. Default: 1e-6; 1e-3 where an argument is float32
    atol   absolute tolerance, in the same forms. Default: follows rtol and the size of the expected values
    Raises CheckFailure for the smallest failing call; the StudentFault where that call ended in one;
           SuiteError where the reference itself fails on a case
    """

    def alone(student: Target, reference: Target, case: Case) -> None:
        check_same(student, reference, name, [case], rtol=rtol, atol=atol)

    raise_smallest(compared(student, reference, name, cases, rtol, atol), alone)


def compared(
    student: Target, reference: Target, name: str, cases: Iterable[Case], rtol: Any, atol: Any
) -> list[Comparison]:
    """Both sides' calls, paired."""
    cases = list_of_cases(name, cases)
    answers = reference.calls(name, cases)
    comparisons = []
    for call, answer, case in zip(student.calls(name, cases), answers, cases, strict=True):
        arguments = as_arguments(case)
        if answer.error is not None:
            shown = show_call(name, arguments)
            raise SuiteError(f"the reference fails on {shown}: {answer.error}") from answer.error
        if answer.value is None:
            shown = show_call(name, arguments)
            raise SuiteError(f"the reference gives None for {shown}: there is nothing to compare with")
        single = has_single_precision(arguments.args) or has_single_precision(dict(arguments.kwargs))
        r = rtol(*arguments.args, **arguments.kwargs) if callable(rtol) else rtol
        a = atol(*arguments.args, **arguments.kwargs) if callable(atol) else atol
        if r is None:
            r = RTOL_SINGLE if single else RTOL
        mention_kind(name, call.value, answer.value)
        comparisons.append(Comparison(call, answer.value, r, a, case))
    note_comparisons(comparisons)
    return comparisons


def list_of_cases(name: str, cases: Iterable[Case]) -> list[Case]:
    """The cases as a list. Raises SuiteError where there are none, or one is not a case."""
    listed = list(cases)
    if not listed:
        raise SuiteError(f"no cases were given for {name}: nothing would be checked")
    for case in listed:
        as_arguments(case)
    return listed


@dataclass(frozen=True, eq=False)
class Problem:
    """What is wrong with one call. judge: the same comparison for another answer, where the answer decides."""

    call: Call
    found: CheckFailure | StudentFault
    judge: Callable[[Any], None] | None
    case: Case


def raise_smallest(comparisons: Sequence[Comparison], alone: Alone) -> None:
    """Raise the problem of the smallest call that has one; nothing where none has."""
    raise_smallest_problem(
        [Problem(c.call, found, c.judge, c.case) for c in comparisons if (found := c.problem()) is not None],
        alone,
    )


def raise_smallest_problem(problems: Sequence[Problem], alone: Alone) -> None:
    """Raise the problem of the smallest call.

    A fault carries the call, and how to judge another answer to it; either kind carries its `origin` where the case was
    drawn. alone: the same check for one other case
    """
    candidates = []
    ended = False
    for problem in problems:
        if isinstance(problem.found, LAST_WORDS):
            if ended:
                continue
            ended = True
        candidates.append((problem.call, problem))
    if (chosen := smallest(candidates)) is None:
        return
    call, problem = chosen
    origin = origin_of(problem.case, alone)
    if isinstance(problem.found, StudentFault):
        raise_fault(problem.found, call, problem.judge, origin)
    problem.found.origin = origin
    raise problem.found

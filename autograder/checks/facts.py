"""Besides the value: did the call change its arguments, warn, give finite numbers, refuse what is illegal?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograder.checks.case import Case, as_arguments
from autograder.checks.closeness import as_real, finite_problem, shape_problem
from autograder.checks.failure import CheckFailure, raise_fault
from autograder.checks.origin import Alone
from autograder.checks.same import (
    Comparison,
    Problem,
    compared,
    list_of_cases,
    raise_smallest,
    raise_smallest_problem,
)
from autograder.checks.target import Call, Target
from autograder.cleaning import clean_line
from autograder.errors import NotWritten, StudentError, StudentFault, SuiteError
from autograder.language import later
from autograder.model import Message, message

ANSWERED = later("This call should raise {error}, but it returned a value.")
_WARNING_SHOWN = 200
_MOST_DIGITS = 4


def check_unchanged(
    student: Target,
    reference: Target,
    name: str,
    cases: Iterable[Case],
    *,
    rtol: Any = None,
    atol: Any = None,
) -> None:
    """Fail unless each result is right, as in `check_same`, and no call changed an argument.

    Without the first part a function that does nothing would pass.
    """

    def alone(student: Target, reference: Target, case: Case) -> None:
        check_unchanged(student, reference, name, [case], rtol=rtol, atol=atol)

    _check_fact(compared(student, reference, name, cases, rtol, atol), _changes, alone)


def check_no_warning(
    student: Target,
    reference: Target,
    name: str,
    cases: Iterable[Case],
    *,
    ignore: Sequence[str] = ("underflow",),
    rtol: Any = None,
    atol: Any = None,
) -> None:
    """Fail unless each result is right, as in `check_same`, and no call gave a warning.

    ignore  warnings whose text holds one of these words, in either case, do not count
    """
    if isinstance(ignore, str):
        raise SuiteError("check_no_warning: ignore is a tuple of words, such as ('underflow',)")
    words = tuple(word.lower() for word in ignore)

    def alone(student: Target, reference: Target, case: Case) -> None:
        check_no_warning(student, reference, name, [case], ignore=ignore, rtol=rtol, atol=atol)

    _check_fact(
        compared(student, reference, name, cases, rtol, atol), lambda call: _warned(call, words), alone
    )


def _check_fact(
    comparisons: Sequence[Comparison], fact: Callable[[Call], tuple[Message, ...]], alone: Alone
) -> None:
    raise_smallest(comparisons, alone)
    problems = []
    for comparison in comparisons:
        try:
            _judge_fact(comparison, fact, comparison.call)
        except CheckFailure as failure:
            problems.append(Problem(comparison.call, failure, None, comparison.case))
    raise_smallest_problem(problems, alone)


def _judge_fact(comparison: Comparison, fact: Callable[[Call], tuple[Message, ...]], call: Call) -> None:
    comparison.judge(call.result())
    if found := fact(call):
        raise CheckFailure(
            *found, call=comparison.call, again_call=lambda other: _judge_fact(comparison, fact, other)
        )


def _changes(call: Call) -> tuple[Message, ...]:
    found = []
    for argument in call.mutated:
        which = argument.removeprefix("argument ")
        # The label comes from the worker: a number of a hundred digits would not fit a report on its way out.
        if which.isdecimal() and len(which) <= _MOST_DIGITS:
            text = "The call changed its argument number {number}; work on a copy."
            found.append(message(text, number=int(which)))
        else:
            found.append(
                message("The call changed its argument {name}; work on a copy.", name=clean_line(which, 80))
            )
    return tuple(found)


def _warned(call: Call, ignored: tuple[str, ...]) -> tuple[Message, ...]:
    return tuple(
        message(
            "The call gave a warning, {category}: {text}",
            category=clean_line(category, 80), text=clean_line(text, _WARNING_SHOWN),
        )
        for category, text in dict.fromkeys(map(tuple, call.warnings))
        if not any(word in text.lower() for word in ignored)
    )  # fmt: skip


def check_finite(
    student: Target,
    name: str,
    cases: Iterable[Case],
    *,
    like: int | str | None = None,
    shape: tuple[int, ...] | Callable[..., tuple[int, ...]] | None = None,
) -> None:
    """Fail unless each result consists of finite numbers, of the shape that is due.

    like    number of the positional argument (from 0), or name of the one given by name, whose shape is due
    shape   the shape that is due, or a function of the case's arguments that gives it

    One of `like` and `shape` has to be given: an empty array is finite too.
    """
    if (like is None) == (shape is None):
        raise SuiteError("check_finite: give either like= or shape=")
    cases = list_of_cases(name, cases)
    shapes = [_due_shape(case, like, shape) for case in cases]
    problems = []
    for call, due, case in zip(student.calls(name, cases), shapes, cases, strict=True):
        judge = _finite_judge(call, due)
        if call.error is not None:
            problems.append(Problem(call, call.error, judge, case))
            continue
        try:
            judge(call.value)
        except CheckFailure as failure:
            problems.append(Problem(call, failure, judge, case))

    def alone(student: Target, reference: Target, case: Case) -> None:
        check_finite(student, name, [case], like=like, shape=shape)

    raise_smallest_problem(problems, alone)


def _finite_judge(call: Call, due: tuple[int, ...]) -> Callable[[Any], None]:
    def judge(value: Any) -> None:
        found = shape_problem(value, due)
        if not found:
            numbers = as_real(value)
            found = (numbers,) if isinstance(numbers, Message) else finite_problem(numbers)
        if found:
            raise CheckFailure(*found, call=call, again=judge)

    return judge


def _due_shape(
    case: Case, like: int | str | None, shape: tuple[int, ...] | Callable[..., tuple[int, ...]] | None
) -> tuple[int, ...]:
    arguments = as_arguments(case)
    if callable(shape):
        return tuple(shape(*arguments.args, **arguments.kwargs))
    if shape is not None:
        return tuple(shape)
    try:
        argument = arguments.kwargs[like] if isinstance(like, str) else arguments.args[like or 0]
    except LookupError:
        raise SuiteError(f"check_finite: a case has no argument {like!r}") from None
    return np.shape(argument)


def check_raises(
    student: Target,
    name: str,
    error: type[BaseException],
    *,
    legal: Case,
    illegal: Iterable[Case],
) -> None:
    """Fail unless the legal call gives something and each illegal one raises `error`, or a class of its kind.

    legal    a case that must succeed: a function that always raises earns nothing
    illegal  cases that must raise
    Raises   CheckFailure for the smallest illegal call that returned or raised something else; the
             StudentFault where the legal call failed, and where any call timed out, crashed and so on
    """
    cases = list_of_cases(name, illegal)
    first, *others = student.calls(name, [as_arguments(legal), *cases])
    _judge_legal(first)
    problems = []
    for call, case in zip(others, cases, strict=True):
        try:
            _judge_illegal(call, error, call)
        except NotWritten as missing:
            raise_fault(missing, call)
        except (CheckFailure, StudentFault) as problem:
            problems.append(Problem(call, problem, None, case))

    def alone(student: Target, reference: Target, case: Case) -> None:
        check_raises(student, name, error, legal=legal, illegal=[case])

    raise_smallest_problem(problems, alone)


def _judge_legal(call: Call) -> None:
    def again(value: Any) -> None:
        if value is None:
            text = message("This call is legal and should give a result, but it gave None.")
            raise CheckFailure(text, call=call, again=again)

    if call.error is not None:
        raise_fault(call.error, call, again)
    again(call.value)


def _judge_illegal(call: Call, error: type[BaseException], shown: Call) -> None:
    """Judge the record `call`, which may be a replay of `shown`."""
    if call.error is None:
        found = message(ANSWERED, error=error.__name__)
    elif not isinstance(call.error, StudentError) or isinstance(call.error, NotWritten):
        raise call.error
    elif call.error.is_a(error):
        return
    else:
        found = message(
            "This call should raise {error}, but it raised {raised}: {text}",
            error=error.__name__,
            raised=clean_line(call.error.type_name, 80),
            text=clean_line(call.error.text, _WARNING_SHOWN),
        )
    raise CheckFailure(found, call=shown, again_call=lambda other: _judge_illegal(other, error, shown))

"""What is the smallest call that fails like this one?

A check shows the smallest of the cases that it was given. Where that one was drawn, Hypothesis draws and shrinks once more,
live: each simpler case is put to the student and the reference, and judged as the check judges. Answers may be anything,
at random, late or never: the best case seen so far is kept, and nothing is raised.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.checks.case import Arguments, Case, as_arguments, size
from autograder.checks.failure import CheckFailure
from autograder.checks.origin import Draw, Origin
from autograder.checks.same import LAST_WORDS
from autograder.checks.target import Target
from autograder.errors import NotWritten, StudentError, StudentFault, without_frames

MOST_EVALUATIONS = 400
"""How many cases are put to the student. Fewer than a second allows, nearly always, so that the result does not depend
on how fast the machine is."""

Problem = CheckFailure | StudentFault
_SIMPLE_DIGITS = 4
_MOST_SHOWN = 50


def shrink_failure(
    problem: Problem | None, student: Target, reference: Target, seconds: float
) -> Problem | None:
    """A problem of the same kind with a smaller call, or None where there is none to be had.

    problem    what a check raised: a failure, or a fault that carries its call
    student    in a worker that may be lost; a call that hangs takes as long as a call may
    seconds    when to stop looking. The result is then the best so far
    """
    if problem is None or not may_shrink(problem):
        return None
    origin: Origin = vars(problem)["origin"]
    kind = _kind(problem)

    def judged(case: Case) -> Problem | None:
        try:
            origin.alone(student, reference, case)
        except (CheckFailure, StudentFault) as other:
            if isinstance(other, LAST_WORDS):
                raise _Lost from None
            return without_frames(other) if _kind(other) == kind else None
        return None

    return smaller(origin.draw, origin.case, judged, seconds)


def may_shrink(problem: Problem) -> bool:
    """Whether there is anything to look for: its case was drawn and is not as simple as can be."""
    origin: Origin | None = vars(problem).get("origin")
    return (
        origin is not None
        and not isinstance(problem, (*LAST_WORDS, NotWritten))
        and not is_simple(origin.case)
    )


class _Lost(Exception):
    """The worker is gone."""


def _kind(problem: Problem) -> tuple[Any, ...]:
    """What a smaller call has to share with the first: a wrong value, or the same exception."""
    if isinstance(problem, StudentError):
        return StudentError, problem.type_name
    return (type(problem),)


def smaller(
    draw: Draw, case: Case, judged: Callable[[Case], Problem | None], seconds: float
) -> Problem | None:
    """What is wrong with the simplest case that fails and is simpler than `case`; None where there is none.

    draw     of which `case` is one: the search begins with its cases. The others are taken to be right, as the smaller
             ones of them are, and not asked: whoever answers chooses by it what is shown, and shall not have met
             hidden inputs by then that could be told in this way
    judged   what is wrong with a case, or None. Whatever it raises ends the search, except KeyboardInterrupt and the
             like, which pass
    seconds  when to stop, after the evaluation that is under way
    """
    from autograder.checks.drawn import copied, draw_cases, fingerprint
    from autograder.checks.generation import Enough, search

    end = time.perf_counter() + seconds
    known: dict[Any, bool] = {}
    most = MOST_EVALUATIONS
    best: Problem | None = None
    least = complexity(case)

    def fails(value: Any) -> bool:
        nonlocal best, least
        mark = fingerprint(as_arguments(value))
        # The same answer to the same question, whatever the student's code says: Hypothesis relies on it.
        if mark in known:
            return known[mark]
        if len(known) >= most or time.perf_counter() >= end:
            raise Enough
        arguments = as_arguments(value)
        one = Arguments(copied(arguments.args), copied(dict(arguments.kwargs)))
        try:
            problem = judged(one if one.kwargs else one.args)
        except Exception:
            raise Enough from None
        known[mark] = problem is not None
        if problem is not None and (how := complexity(one)) < least:
            best, least = problem, how
        return known[mark]

    try:
        known.update((fingerprint(one), False) for one in draw_cases(draw))
        known.pop(fingerprint(as_arguments(case)), None)
        most += len(known)
        search(draw.strategy, draw.seed, 2 * draw.n, fails, shrink=True)
    except Exception:
        # A strategy that stumbles over a case that it never drew before, or Hypothesis itself: the best is as good.
        return best
    return best


def is_simple(case: Case) -> bool:
    """Whether there is nothing to be gained: one element an argument, and short numbers."""
    elements, oddities, digits = complexity(case)
    arguments = as_arguments(case)
    number = len(arguments.args) + len(arguments.kwargs)
    return elements <= number and not oddities and digits <= _SIMPLE_DIGITS * number


def complexity(case: Case) -> tuple[int, int, int]:
    """What makes a call long to read, the worst first: elements, unusual forms, digits."""
    arguments = as_arguments(case)
    oddities, digits = _written((arguments.args, dict(arguments.kwargs)))
    return size(arguments), oddities, digits


def _written(value: Any) -> tuple[int, int]:
    """Unusual forms, and digits of the numbers, 0 and 1 counting little."""
    if isinstance(value, np.ndarray):
        flags = value.flags
        odd = (not flags.writeable) + (not flags.c_contiguous) + (value.dtype != np.float64)
        return odd, sum(_digits(entry) for entry in value.ravel()[:_MOST_SHOWN].tolist())
    if isinstance(value, Mapping):
        return _sum([_written(item) for item in value.values()])
    if isinstance(value, (list, tuple)):
        return _sum([_written(item) for item in value[:_MOST_SHOWN]])
    return int(isinstance(value, np.generic)), _digits(value)


def _sum(parts: list[tuple[int, int]]) -> tuple[int, int]:
    return sum(odd for odd, _ in parts), sum(digits for _, digits in parts)


def _digits(value: Any) -> int:
    if isinstance(value, (bool, int, float)):
        # 0 before 1 before 2, and whole numbers before fractions.
        text = f"{value:g}" if float(f"{value:g}") == value else repr(value)
        return len(text) - (text == "0")
    return 1

"""Where does a case come from, and how is another of its kind checked by itself?

Nothing here needs Hypothesis: public checks are loaded without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograder.checks.target import Target
from autograder.sandbox.arguments import Arguments, Case

Alone = Callable[[Target, Target, Case], None]
"""A check of one case by itself, by the student and the reference: raises what the check raises."""


@dataclass(frozen=True, eq=False)
class Draw:
    """One use of `drawn` in a check: the first `n` distinct cases of `strategy` from `seed`."""

    strategy: Any
    seed: int
    n: int


class DrawnTuple(tuple[Any, ...]):
    """A case of positional arguments that remembers its draw."""

    draw: Draw


class DrawnArguments(Arguments):
    """A case with keywords that remembers its draw."""

    draw: Draw


@dataclass(frozen=True, eq=False)
class Origin:
    """What is needed to look for a smaller case that fails like this one.

    case   the drawn case that failed
    draw   where it came from
    alone  the same check for one other case
    """

    case: Case
    draw: Draw
    alone: Alone


def marked(arguments: Arguments, draw: Draw) -> Case:
    """The case, remembering `draw`."""
    if not arguments.kwargs:
        case = DrawnTuple(arguments.args)
        case.draw = draw
        return case
    named = DrawnArguments(arguments.args, arguments.kwargs)
    object.__setattr__(named, "draw", draw)
    return named


def origin_of(case: Case, alone: Alone) -> Origin | None:
    """None where the author wrote the case down."""
    draw: Draw | None = getattr(case, "draw", None)
    return None if draw is None else Origin(case, draw, alone)

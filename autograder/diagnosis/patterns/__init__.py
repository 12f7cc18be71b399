"""Is there a pattern in what a wrong function answers? `find(name, observations, ask, functions)` says it in words.

What is said is made of the assignment's own names, of a fixed menu of sentences and of small whole numbers, never of a
number or a text that a student's code could choose freely: hidden inputs would leave that way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from autograder.diagnosis.patterns import elementwise, entries, order, others, ratios, trivial
from autograder.diagnosis.patterns.calls import Seen
from autograder.diagnosis.patterns.observation import Ask, Found, Match, Observation
from autograder.diagnosis.patterns.when import raises_when, when, when_right
from autograder.model import message

__all__ = ["Ask", "Found", "Observation", "find"]

_Look = Callable[[Seen], Iterator[Match]]

_LOOKS: tuple[_Look, ...] = (
    trivial.nothing,
    trivial.changes,
    trivial.always_the_same,
    trivial.unchanged_argument,
    ratios.named_ratio,
    order.items,
    order.shape,
    order.order,
    elementwise.sign,
    elementwise.floor,
    others.other_function,
    elementwise.dtype,
    others.other_arguments,
    elementwise.offset,
    order.across_an_axis,
    elementwise.factor,
    elementwise.steps,
    elementwise.formula,
    others.applied,
    ratios.other_ratio,
    order.single_item,
    elementwise.nearly,
    ratios.mostly_ratio,
    elementwise.some_signs,
    entries.stored_again,
    entries.nan_everywhere,
    elementwise.steps_of_one,
)
"""What explains the answers themselves, from the most to the least telling."""

_WEAK = (elementwise.some_signs, elementwise.nearly)

_PLACES: tuple[_Look, ...] = (entries.where, when, entries.history, entries.one_part, when_right)
"""What says where it goes wrong: said where nothing explains all answers, the right ones included."""


def find(
    name: str,
    observations: Sequence[Observation],
    ask: Ask,
    functions: Sequence[str],
    parameters: Sequence[str] = (),
) -> Found | None:
    """The most telling pattern that is true of all wrong answers of the function `name`, or None.

    ask         the reference's answer for any function of the assignment; may raise
    functions   names of the assignment's functions
    parameters  names of this function's parameters, in order; "argument 1" is said where they are unknown

    Never raises, whatever the observed values are.
    """
    try:
        with np.errstate(all="ignore"):
            seen = Seen(name, observations, ask, functions, parameters)
            return _found(seen) if seen.wrong else None
    except Exception:  # a student's value may be anything: no pattern is the right answer then
        return None


_OFTEN = 0.6
"""Where this share of all calls is wrong, the right ones may be so by accident."""


def _found(seen: Seen) -> Found | None:
    partial: Found | None = None
    for look in _LOOKS:
        for match in _matches(look, seen):
            if match.full:
                # What fits most wrong calls says more than a weak pattern that fits all.
                if partial is not None and look in _WEAK:
                    return _with_hint(seen, Found(partial.kind, partial.text, match.found.text))
                return _with_hint(seen, match.found)
            partial = partial or match.found
    place = next((match.found for look in _PLACES for match in _matches(look, seen)), None)
    if partial is None or place is None:
        return _with_hint(seen, partial) if partial is not None else place
    if len(seen.wrong) >= _OFTEN * len(seen.calls) and place.kind == "when":
        return Found(partial.kind, partial.text, partial.hint or place.text)
    return Found(place.kind, place.text, place.hint or partial.text)


def _matches(look: _Look, seen: Seen) -> Iterator[Match]:
    """The matches of one look, the ones that explain everything first; none where it cannot cope with a value."""
    found: list[Match] = []
    try:
        for match in look(seen):
            if match.full:
                yield match
                return
            found.append(match)
    except Exception:
        return
    yield from found


def _with_hint(seen: Seen, found: Found) -> Found:
    """Where it also raises, the hint says when."""
    if found.hint is not None or not seen.raised:
        return found
    try:
        hint = raises_when(seen)
    except Exception:
        hint = None
    if hint is None:
        # How many is for the student's code to choose.
        hint = message("In some calls it raises an error instead of answering.")
    return Found(found.kind, found.text, hint)

"""Does it answer with nothing, with zeros, with the same thing always, with what it was given? Does it change that?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.diagnosis.patterns.calls import Call, Column, Seen
from autograder.diagnosis.patterns.numbers import same
from autograder.diagnosis.patterns.observation import Found, Match
from autograder.diagnosis.patterns.words import code
from autograder.model import message


def nothing(seen: Seen) -> Iterator[Match]:
    """None, always or sometimes."""
    empty = [call for call in seen.answered if call.wrong and call.observation.actual is None]
    if not empty:
        return
    if len(empty) == len(seen.answered):
        text = message(
            "{result} is None in every call. Is a return missing, or is the result printed instead of "
            "returned?",
            result=seen.result,
        )
        yield Match(Found("none", text))
    elif len(empty) == sum(call.wrong for call in seen.answered):
        text = message(
            "Where {result} is wrong, it is None. Does every way through the function end with a return?",
            result=seen.result,
        )
        yield Match(Found("none", text), full=False)


def changes(seen: Seen) -> Iterator[Match]:
    """It changes an argument."""
    changing = [call for call in seen.answered if call.wrong and call.observation.changed]
    if not changing:
        return
    labels = [_changed(call) for call in changing]
    label = next((label for label in seen.labels if any(label in found for found in labels)), None)
    if label is None:
        return
    if all(map(_right_but_changed, (call for call in seen.answered if call.wrong))):
        text = message(
            "The numbers of {result} are right, but the call changes its argument {argument}. Does it "
            "work on a copy?",
            result=seen.result,
            argument=label,
        )
        yield Match(Found("mutation", text))
    elif len(changing) == sum(call.wrong for call in seen.answered):
        text = message(
            "Where {result} is wrong, the call also changes its argument {argument}. Are later steps "
            "computed with the changed numbers?",
            result=seen.result,
            argument=label,
        )
        yield Match(Found("mutation", text))


def _changed(call: Call) -> list[str]:
    """The changed arguments by their names. What the worker says of them is believed only where there is such a one."""
    names = list(call.named)
    found = []
    for told in call.observation.changed:
        which = str(told).removeprefix("argument ")
        if which.isdecimal() and len(which) < 4 and 0 < int(which) <= len(names):
            found.append(names[int(which) - 1])
        elif which in call.named:
            found.append(which)
    return found


def _right_but_changed(call: Call) -> bool:
    if not call.observation.changed:
        return False
    parts = call.parts()
    return bool(parts) and all(
        (given := call.part(value, ())) is not None and same(given, due, call.rtol)
        for _path, value, due in parts
    )


def always_the_same(seen: Seen) -> Iterator[Match]:
    """Zeros, or one answer for all arguments."""
    for column in seen.columns:
        if column.mute or not column.enough(2):
            continue
        full = column.explains(lambda pair: np.zeros(pair.desired.shape))
        if full is not None:
            text = message(
                "Where {result} is wrong, it is 0 everywhere. Is the result ever filled in, and is it "
                "returned?",
                result=column.result,
            )
            yield Match(Found("zeros", text), full)
            continue
        first = column.telling.actual
        full = column.explains(lambda pair, first=first: first)
        if full and len(column.wrong) + len(column.right) >= 3 and _due_differ(column):
            text = message(
                "{result} is the same in every call, whatever the arguments are. Are the numbers of one "
                "example written into the function?",
                result=column.result,
            )
            yield Match(Found("constant", text))
        elif full is False and len(column.wrong) >= 3 and _due_differ(column):
            text = message(
                "Wherever {result} is wrong, it is the same, whatever the arguments are. What stops it "
                "from depending on them?",
                result=column.result,
            )
            yield Match(Found("constant", text), full=False)
    yield from _same_text(seen)


def _due_differ(column: Column) -> bool:
    first = column.telling
    return any(
        not same(pair.desired, first.desired, pair.call.rtol) for pair in (*column.wrong, *column.right)
    )


def _same_text(seen: Seen) -> Iterator[Match]:
    answers = [call.observation.actual for call in seen.answered]
    due = [call.observation.desired for call in seen.answered]
    if not any(call.wrong for call in seen.answered):
        return
    if len(answers) < 3 or not all(type(answer) is str for answer in (*answers, *due)):
        return
    given = dict(zip(due, answers, strict=True))
    if all(given[right] == answer for right, answer in zip(due, answers, strict=True)):
        for one, other in given.items():
            if one != other and given.get(other) == one and sum(a != b for a, b in given.items()) == 2:
                text = message(
                    "{result} is {value} where {other} is expected, and the other way round. Are the two exchanged?",
                    result=seen.result,
                    value=code(one),
                    other=code(other),
                )
                yield Match(Found("order", text))
                return
        if len(given) > 2 and {*given} == {*given.values()}:
            text = message(
                "{result} gives the right answers, but to each other's questions. Which belongs to which?",
                result=seen.result,
            )
            yield Match(Found("order", text))
            return
    if len(set(answers)) == 1 and len(set(due)) > 1 and answers[0] in due:
        text = message(
            "{result} is {value} in every call, whatever the arguments are. Is the right branch ever taken?",
            result=seen.result,
            value=code(answers[0]),
        )
        yield Match(Found("constant", text))


def unchanged_argument(seen: Seen) -> Iterator[Match]:
    """It gives back one of its arguments."""
    for column in seen.leaves:
        if column.mute or not column.enough(2):
            continue
        for label in seen.labels:
            full = column.explains(lambda pair, label=label: pair.call.number(label))
            if full is not None:
                text = message(
                    "Where {result} is wrong, it is the argument {argument}, unchanged. Is the computed "
                    "value returned?",
                    result=column.result,
                    argument=label,
                )
                yield Match(Found("argument", text), full)
    yield from _list_given_back(seen)


def _list_given_back(seen: Seen) -> Iterator[Match]:
    """The same for lists of arrays and for dicts, by what they hold."""
    wrong = [call for call in seen.answered if call.wrong]
    if len(wrong) < 2 or not all(type(call.observation.actual) in (list, dict) for call in wrong):
        return
    for label in seen.labels:
        if all(_alike(call.observation.actual, call.named.get(label)) for call in wrong):
            text = message(
                "Where {result} is wrong, it is the argument {argument}, unchanged. Is the computed value "
                "returned?",
                result=seen.result,
                argument=label,
            )
            yield Match(Found("argument", text))


def _alike(one: Any, other: Any) -> bool:
    if type(one) is not type(other) or not one or len(one) != len(other) or len(one) > 1000:
        return False
    pairs = (
        [(value, other.get(key)) for key, value in one.items()]
        if type(one) is dict
        else list(zip(one, other, strict=True))
    )
    return all(
        type(a) is type(b)
        and (
            (isinstance(a, np.ndarray) and a.shape == b.shape and a.dtype == b.dtype and bool((a == b).all()))
            or (type(a) in (int, float, str) and a == b)
        )
        for a, b in pairs
    )

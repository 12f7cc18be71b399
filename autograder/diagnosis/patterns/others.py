"""Is it the right answer to another question: of another function, or for other arguments?"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from autograder.cleaning import clean_line
from autograder.diagnosis.patterns.calls import Call, Column, Pair, Seen, askable
from autograder.diagnosis.patterns.numbers import Array, numbers, same
from autograder.diagnosis.patterns.observation import Found, Match
from autograder.model import Message, message

_MOST_LABELS = 6
_LARGEST = 2000
_NAME = 40


def other_function(seen: Seen) -> Iterator[Match]:
    """The same arguments, another function of the assignment."""
    for column in _tried(seen):
        for function in seen.functions:
            full = _explains(column, partial(_of_other, seen, function))
            if full is not None:
                text = message(
                    "Where {result} is wrong, it is what {function} should give for the same arguments. "
                    "Is the one mistaken for the other?",
                    result=column.result,
                    function=clean_line(function, _NAME),
                )
                yield Match(Found("other_function", text), full)


def applied(seen: Seen) -> Iterator[Match]:
    """Another function of the assignment, done to the right answer."""
    for column in _tried(seen):
        for function in seen.functions:
            full = _explains(column, partial(_applied, seen, function))
            if full is not None:
                text = message(
                    "Where {result} is wrong, it is {function} of the right answer. Is {function} applied "
                    "once more than asked for?",
                    result=column.result,
                    function=clean_line(function, _NAME),
                )
                yield Match(Found("other_function", text), full)


def other_arguments(seen: Seen) -> Iterator[Match]:
    """The same function, as if it had been given something else."""
    for column in _tried(seen):
        telling = column.cheapest
        labels = [label for label in seen.labels if telling.call.get(label) is not None][:_MOST_LABELS]
        for label in labels:
            for change, text in _CHANGES:
                yield from _try(seen, column, label, change, text)
        yield from _exchanged(seen, column, labels)
        yield from _left_out(seen, column)
        for label in labels:
            for function in seen.functions:
                yield from _value_of(seen, column, label, function)
        yield from _one_for_another(seen, column, labels)


def _tried(seen: Seen) -> Iterator[Column]:
    for column in seen.leaves[:3]:
        if (
            not column.mute
            and not column.slight
            and column.enough(3)
            and column.cheapest.desired.size <= _LARGEST
        ):
            yield column


def _explains(column: Column, predict: Callable[[Pair], Array | None]) -> bool | None:
    """As Column.explains, but the cheapest call first, because each prediction asks the reference."""
    first = column.cheapest
    made = predict(first)
    if made is None or first.actual is None or not same(first.actual, made, first.call.rtol):
        return None
    return column.explains(predict)


def _of_other(seen: Seen, function: str, pair: Pair) -> Array | None:
    observation = pair.call.observation
    key = "other", function
    answer = seen.answer(pair.call, key, function, observation.args, observation.kwargs)
    found = numbers(answer)
    return found if found is not None else pair.call.part(answer, pair.path)


def _applied(seen: Seen, function: str, pair: Pair) -> Array | None:
    return numbers(seen.answer(pair.call, ("applied", pair.path, function), function, (pair.desired,), {}))


def _again(seen: Seen, pair: Pair, key: Any, args: Any, kwargs: Any) -> Array | None:
    """The reference's answer of this very function for other arguments, at the same place."""
    return pair.call.part(seen.answer(pair.call, key, seen.name, args, kwargs), pair.path)


def _exchanged(seen: Seen, column: Column, labels: list[str]) -> Iterator[Match]:
    for one, other in itertools.combinations(labels[:4], 2):

        def swapped(pair: Pair, one: str = one, other: str = other) -> Array | None:
            named = pair.call.named
            if one not in named or other not in named:
                return None
            args, kwargs = _both(seen, pair.call, one, other)
            return _again(seen, pair, ("exchanged", one, other), args, kwargs)

        full = _explains(column, swapped)
        if full is not None:
            text = message(
                "Where {result} is wrong, it is what is right with {argument} and {other} exchanged. Are "
                "they mixed up somewhere?",
                result=column.result,
                argument=one,
                other=other,
            )
            yield Match(Found("as_if", text), full)


def _both(seen: Seen, call: Call, one: str, other: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    turned = {one: call.named[other], other: call.named[one]}
    observation = call.observation
    labels = list(call.named)
    args = tuple(turned.get(label, value) for label, value in zip(labels, observation.args, strict=False))
    return args, {key: turned.get(key, value) for key, value in observation.kwargs.items()}


def _left_out(seen: Seen, column: Column) -> Iterator[Match]:
    """As if one or two optional arguments had not been given."""
    for gone in _optional(column):

        def without(pair: Pair, gone: tuple[str, ...] = gone) -> Array | None:
            call = pair.call
            observation = call.observation
            if not any(label in call.named for label in gone):
                return pair.desired
            rest = {key: value for key, value in observation.kwargs.items() if key not in gone}
            labels = list(call.named)[: len(observation.args)]
            kept = len(labels)
            while kept and labels[kept - 1] in gone:
                kept -= 1
            if any(label in gone for label in labels[:kept]):
                return None
            return _again(seen, pair, ("without", gone), observation.args[:kept], rest)

        full = _explains(column, without)
        if full is not None:
            text = message(
                "Where {result} is wrong, it is what is right without the argument {argument}. Is what is given used?",
                result=column.result,
                argument=", ".join(gone),
            )
            yield Match(Found("as_if", text), full)


def _optional(column: Column) -> list[tuple[str, ...]]:
    """What may be left out: arguments given by name, and the last positional ones; one or two of them."""
    call = max(column.wrong, key=lambda pair: len(pair.call.named)).call
    last = list(call.named)[1 : len(call.observation.args)][-2:]
    ones = [*call.observation.kwargs, *last][:4]
    return [(one,) for one in ones] + list(itertools.combinations(ones, 2))


def _one_for_another(seen: Seen, column: Column, labels: list[str]) -> Iterator[Match]:
    for one, other in itertools.permutations(labels[:5], 2):

        def instead(pair: Pair, one: str = one, other: str = other) -> Array | None:
            call = pair.call
            value = call.get(other)
            if value is None or (one not in call.named and one not in seen.parameters):
                return None
            args, kwargs = seen.replaced(call, one, value)
            if one not in call.named:
                kwargs[one] = value
            return _again(seen, pair, ("instead", one, other), args, kwargs)

        if _shape(column.cheapest, one) != _shape(column.cheapest, other):
            continue
        full = _explains(column, instead)
        if full is not None:
            text = message(
                "Where {result} is wrong, it is what is right if {argument} were the same as {other}. Is "
                "{other} used in the place of {argument}?",
                result=column.result,
                argument=one,
                other=other,
            )
            yield Match(Found("as_if", text), full)


def _shape(pair: Pair, label: str) -> Any:
    value = pair.call.number(label)
    return None if value is None else value.shape


def _value_of(seen: Seen, column: Column, label: str, function: str) -> Iterator[Match]:
    def given(pair: Pair) -> Array | None:
        call = pair.call
        if label not in call.named:
            return None
        value = seen.answer(call, ("value", label, function), function, (call.named[label],), {})
        if value is None or not askable(value):
            return None
        args, kwargs = seen.replaced(call, label, value)
        return _again(seen, pair, ("value of", label, function), args, kwargs)

    full = _explains(column, given)
    if full is not None:
        text = message(
            "Where {result} is wrong, it is what is right if it were given {function}({argument}) instead "
            "of {argument}. Is {function} applied once too often?",
            result=column.result,
            argument=label,
            function=clean_line(function, _NAME),
        )
        yield Match(Found("as_if", text), full)


# -- other values of one argument ------------------------------------------------------------------------------------


def _try(
    seen: Seen,
    column: Column,
    label: str,
    change: Callable[[Any], Any],
    text: Callable[[str, str], Message],
) -> Iterator[Match]:
    def changed(pair: Pair) -> Array | None:
        call = pair.call
        value = call.get(label)
        if value is None:
            return pair.desired
        other = change(value)
        if other is None or other is value:
            # Where the change changes nothing, the right answer is known.
            return None if other is None else pair.desired
        args, kwargs = seen.replaced(call, label, other)
        if label not in call.named:
            kwargs[label] = other
        return _again(seen, pair, ("changed", label, change), args, kwargs)

    full = _explains(column, changed)
    if full is not None:
        yield Match(Found("as_if", text(column.result, label)), full)


def _numeric(make: Callable[[Array], Array | None]) -> Callable[[Any], Any]:
    """A change of an argument that is numbers; a single number stays a Python float."""

    def change(value: Any) -> Any:
        array = numbers(value)
        if array is None or not array.size:
            return None
        made = make(array)
        if made is None:
            return None
        if made.shape == array.shape and bool((made == array).all()):
            return value
        if array.ndim == 0:
            number = float(made)
            return int(number) if type(value) is int and number == int(number) else number
        return np.array(made)

    return change


def _turn(axes: Callable[[int], tuple[int, ...] | None]) -> Callable[[Any], Any]:
    def flip(array: Array) -> Array | None:
        which = axes(array.ndim)
        return None if which is None else np.flip(array, which)

    return _numeric(flip)


def _first_slice(array: Array) -> Array | None:
    if array.ndim < 3 or array.shape[-1] < 2:
        return None
    made = array.copy()
    made[..., 1:] = 0
    return made


def _backwards(value: Any) -> Any:
    return value[::-1] if type(value) is list and len(value) > 1 and numbers(value) is None else None


def _each_transposed(value: Any) -> Any:
    if type(value) is not list or not value or len(value) > 50:
        return None
    made = [numbers(item) for item in value]
    return (
        [item.T for item in made if item is not None]
        if all(i is not None and i.ndim == 2 for i in made)
        else None
    )


def _squared(value: Any) -> Any:
    # Not of a whole number: it may be a number of steps, and squared take without end.
    return None if type(value) is int else _numeric(np.square)(value)


def _zero(result: str, argument: str) -> Message:
    return message(
        "Where {result} is wrong, it is what is right if {argument} were 0. Is {argument} used, and is it "
        "used in time?",
        result=result,
        argument=argument,
    )


def _one(result: str, argument: str) -> Message:
    return message(
        "Where {result} is wrong, it is what is right if {argument} were 1. Where is {argument} used?",
        result=result,
        argument=argument,
    )


def _negative(result: str, argument: str) -> Message:
    return message(
        "Where {result} is wrong, it is what is right if {argument} had the opposite sign. Is a minus "
        "missing, or one too many?",
        result=result,
        argument=argument,
    )


def _rest(result: str, argument: str) -> Message:
    return message(
        "Where {result} is wrong, it is what is right if it were given 1 - {argument} instead of "
        "{argument}. Is the one taken for the other?",
        result=result,
        argument=argument,
    )


def _absolute(result: str, argument: str) -> Message:
    return message(
        "Where {result} is wrong, it is what is right if {argument} had no minus signs. Is an absolute "
        "value taken?",
        result=result,
        argument=argument,
    )


def _square(result: str, argument: str) -> Message:
    return message(
        "Where {result} is wrong, it is what is right if it were given the square of {argument}. Is it "
        "multiplied by itself?",
        result=result,
        argument=argument,
    )


def _cut(result: str, argument: str) -> Message:
    return message(
        "Where {result} is wrong, it is what is right if {argument} were cut to whole numbers. Is it "
        "converted to int?",
        result=result,
        argument=argument,
    )


def _turned(result: str, argument: str) -> Message:
    return message(
        "Where {result} is wrong, it is what is right if {argument} were transposed. Are its rows and "
        "columns exchanged?",
        result=result,
        argument=argument,
    )


def _flipped(result: str, argument: str) -> Message:
    return message(
        "Where {result} is wrong, it is what is right if {argument} were back to front. Is it flipped, or "
        "gone through from the other end?",
        result=result,
        argument=argument,
    )


def _slice(result: str, argument: str) -> Message:
    return message(
        "Where {result} is wrong, it is what is right if {argument} had only its first depth slice. Are "
        "all slices used?",
        result=result,
        argument=argument,
    )


def _one_more(result: str, argument: str) -> Message:
    return message(
        "Where {result} is wrong, it is what is right if {argument} were 1 more. Does a loop run once too "
        "often?",
        result=result,
        argument=argument,
    )


def _one_less(result: str, argument: str) -> Message:
    return message(
        "Where {result} is wrong, it is what is right if {argument} were 1 less. Does a loop end one too "
        "early?",
        result=result,
        argument=argument,
    )


def _step(by: int) -> Callable[[Any], Any]:
    return lambda value: value + by if type(value) is int and abs(value) < 10_000 else None


_CHANGES: tuple[tuple[Callable[[Any], Any], Callable[[str, str], Message]], ...] = (
    (_numeric(np.zeros_like), _zero),
    (_numeric(np.trunc), _cut),
    (_numeric(np.ones_like), _one),
    (_numeric(np.negative), _negative),
    (_numeric(np.abs), _absolute),
    (_numeric(lambda array: 1 - array), _rest),
    (_squared, _square),
    (_step(1), _one_more),
    (_step(-1), _one_less),
    (_numeric(lambda array: array.T if array.ndim == 2 else None), _turned),
    (_turn(lambda axes: (0,) if axes >= 1 else None), _flipped),
    (_turn(lambda axes: (0, 1) if axes in (2, 3) else None), _flipped),
    (_turn(lambda axes: (axes - 3, axes - 2) if axes == 4 else None), _flipped),
    (_turn(lambda axes: (1,) if axes == 2 else None), _flipped),
    (_numeric(_first_slice), _slice),
    (_backwards, _flipped),
    (_each_transposed, _turned),
)

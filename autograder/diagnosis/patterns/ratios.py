"""Is the answer a multiple of what is right, and which one?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from autograder.diagnosis.patterns.calls import Column, Pair, Seen
from autograder.diagnosis.patterns.numbers import Array, same
from autograder.diagnosis.patterns.observation import Found, Match
from autograder.diagnosis.patterns.words import short
from autograder.model import Message, message

_RTOL = 1e-5
"""Of a ratio: an ε that keeps a logarithm finite must not hide it."""

_POWERS = (
    (1.0, "{}"),
    (-1.0, "1 / {}"),
    (2.0, "{}**2"),
    (-2.0, "1 / {}**2"),
    (0.5, "np.sqrt({})"),
    (-0.5, "1 / np.sqrt({})"),
)
_WHOLE = 12
"""Unnamed ratios up to it, and one over them, are shown; others are a number that the code could have chosen to tell
something by."""


@dataclass(frozen=True)
class _Candidate:
    """A number of each call that a ratio may be: `base` says which, and `power` of it."""

    code: str
    base: Callable[[Pair], float | None]
    power: float
    label: str = ""
    factor: float = 1.0

    def value(self, pair: Pair) -> float | None:
        number = self.base(pair)
        # 1 would be no ratio, but of a right answer it is what is due.
        if number is None or not math.isfinite(number) or (number <= 0 and self.power % 1) or not number:
            return None
        return float(number**self.power)


def named_ratio(seen: Seen) -> Iterator[Match]:
    """-1, 2, ½; a size, a dimension or a scalar argument; log10, degrees."""
    for column in seen.columns:
        ratio = _ratio(column)
        if ratio is None:
            continue
        fits = column.explains(partial(_times, ratio=ratio), _RTOL)
        if fits or (fits is not None and column.enough(3)):
            yield from _famous(column, ratio, fits)
        for candidate in _candidates(seen, column.telling):
            value = candidate.value(column.telling)
            if value is None:
                continue
            if abs(value - ratio) > _RTOL * abs(ratio):
                yield from _with_another(column, candidate, ratio / value)
                continue
            if not column.enough(1 if candidate.code.endswith(".size") else 2):
                continue
            if all(_is_scaled(pair, candidate) for pair in column.wrong):
                full = all(_is_scaled(pair, candidate) for pair in column.right)
                yield Match(Found("ratio", _told(column, candidate)), full)


def _with_another(column: Column, candidate: _Candidate, rest: float) -> Iterator[Match]:
    """The candidate together with a second factor, as where the sign is turned around too: two mistakes at once."""
    if abs(candidate.power) != 1 or not candidate.code.endswith(".size"):
        return
    for factor, form in _FACTORS:
        if abs(factor - rest) > _RTOL * abs(factor) or not column.enough(2):
            continue
        both = replace(candidate, factor=factor)
        if all(_is_scaled(pair, both) for pair in column.wrong):
            text = _two_factors(column, form.format(candidate.code))
            yield Match(Found("ratio", text), all(_is_scaled(pair, both) for pair in column.right))


_FACTORS = ((-1.0, "-{}"), (0.5, "{} / 2"), (2.0, "2 * {}"), (-0.5, "-{} / 2"), (-2.0, "-2 * {}"))


def _two_factors(column: Column, formula: str) -> Message:
    return message(
        "Where {result} is wrong, yours divided by what is expected is always {formula}. That may be two "
        "mistakes at once: which step brings which factor?",
        result=column.result,
        formula=formula,
    )


def mostly_ratio(seen: Seen) -> Iterator[Match]:
    """The same for most wrong calls: an ε or an end of the range may hide it in a few."""
    for column in seen.columns:
        if column.mute or column.slight or len(column.wrong) < 5 or not column.enough(3):
            continue
        if sum(_of(pair) is not None for pair in column.wrong[:10]) < 3:
            continue
        ratios = [_of(pair) for pair in column.wrong]
        for value, formula in _MOSTLY:
            hits = sum(ratio is not None and abs(ratio - value) <= 1e-4 * abs(value) for ratio in ratios)
            if hits >= 0.6 * len(ratios):
                yield _in_most(column, hits, formula)
        for label in seen.labels:
            for power, form in ((1, "{}.size"), (-1, "1 / {}.size")):
                hits = sum(
                    ratio is not None
                    and (size := _size(pair, label)) is not None
                    and size > 1
                    and abs(ratio - size**power) <= 1e-4 * abs(ratio)
                    for ratio, pair in zip(ratios, column.wrong, strict=True)
                )
                if hits >= 0.6 * len(ratios):
                    yield _in_most(column, hits, form.format(label))


_MOSTLY = (
    (-1.0, "-1"),
    (2.0, "2"),
    (0.5, "1/2"),
    (1 / math.log(10), "1 / ln 10"),
    (1 / math.log(2), "1 / ln 2"),
)


def _in_most(column: Column, hits: int, formula: str) -> Match:
    text = message(
        "In most of the wrong calls, {result} divided by what is expected is {formula}. Is this factor one too many, or is its "
        "opposite missing?",
        result=column.result,
        formula=formula,
    )
    return Match(Found("ratio", text), full=False)


def other_ratio(seen: Seen) -> Iterator[Match]:
    """A constant without a name, or one that changes from call to call."""
    for column in seen.columns:
        ratio = _ratio(column)
        if ratio is None or not column.enough(3):
            continue
        full = column.explains(partial(_times, ratio=ratio), _RTOL)
        if full is not None:
            yield Match(Found("ratio", _unnamed(column, ratio)), full)
        elif column.telling.desired.size >= 3 and column.enough(3):
            full = column.explains(_own_multiple, _RTOL)
            if full is not None and sum(_says_something(pair) for pair in column.wrong) >= 2:
                text = message(
                    "Where {result} is wrong, yours divided by what is expected is one number within a "
                    "call, but another one from call to call. Which factor depends on the arguments?",
                    result=column.result,
                )
                yield Match(Found("ratio", text), full)


def _ratio(column: Column) -> float | None:
    """Yours / expected in the most telling call, where it is the same in all entries; never 1 or 0."""
    if column.mute or column.slight:
        return None
    return _of(column.telling)


def _of(pair: Pair) -> float | None:
    actual, desired = pair.actual, pair.desired
    if actual is None or actual.shape != desired.shape or not desired.size:
        return None
    place = int(np.argmax(np.abs(desired)))
    due, given = float(desired.flat[place]), float(actual.flat[place])
    if not (math.isfinite(due) and math.isfinite(given)) or due == 0 or given == 0:
        return None
    ratio = given / due
    if not math.isfinite(ratio) or abs(ratio - 1) < 1e-4:
        return None
    rtol = max(_RTOL, pair.call.rtol)
    limit = rtol * np.abs(actual) + 1e-3 * rtol * abs(given)
    return ratio if bool((np.abs(actual - ratio * desired) <= limit).all()) else None


def _own_multiple(pair: Pair) -> Array | None:
    if not pair.wrong:
        return pair.desired
    ratio = _of(pair)
    return None if ratio is None else pair.desired * ratio


def _says_something(pair: Pair) -> bool:
    """Whether it takes a coincidence for all entries to have one ratio."""
    return np.unique(np.round(pair.desired[np.nonzero(pair.desired)], 9)).size >= 3


def _times(pair: Pair, ratio: float) -> Array:
    return pair.desired * ratio


def _is_scaled(pair: Pair, candidate: _Candidate) -> bool:
    """Whether yours is the candidate times what is expected; of a division, also where it would be by 0."""
    number, actual = candidate.base(pair), pair.actual
    if number is None or actual is None or (number <= 0 and candidate.power % 1):
        return False
    rtol = max(_RTOL, pair.call.rtol)
    if candidate.power < 0:
        return same(actual * number**-candidate.power, pair.desired * candidate.factor, rtol)
    return same(actual, pair.desired * number**candidate.power * candidate.factor, rtol)


def _candidates(seen: Seen, telling: Pair) -> Iterator[_Candidate]:
    for label in seen.labels:
        value = telling.call.number(label)
        if value is None:
            if type(telling.call.named.get(label)) in (list, tuple):
                yield from _powers(f"len({label})", partial(_length, label=label), label)
        elif value.ndim == 0:
            yield from _powers(label, partial(_scalar, label=label), label)
            yield from _powers(f"(1 - {label})", partial(_rest, label=label), label, plain=True)
        else:
            yield from _powers(f"{label}.size", partial(_size, label=label), label)
            for axis in (0, 1, -1)[: value.ndim] if value.ndim > 1 else ():
                yield from _powers(
                    f"{label}.shape[{axis}]", partial(_side, label=label, axis=axis), label, plain=True
                )
    if telling.desired.ndim:
        yield from _powers("result.size", _due_size, "", plain=True)


def _powers(
    code: str, base: Callable[[Pair], float | None], label: str, plain: bool = False
) -> Iterator[_Candidate]:
    for power, form in _POWERS[: 2 if plain else None]:
        yield _Candidate(form.format(code), base, power, label)


def _scalar(pair: Pair, label: str) -> float | None:
    return pair.call.scalar(label)


def _rest(pair: Pair, label: str) -> float | None:
    value = pair.call.scalar(label)
    return None if value is None else 1 - value


def _size(pair: Pair, label: str) -> float | None:
    value = pair.call.number(label)
    return None if value is None else float(value.size)


def _due_size(pair: Pair) -> float | None:
    return float(pair.desired.size)


def _length(pair: Pair, label: str) -> float | None:
    value: Any = pair.call.named.get(label)
    return float(len(value)) if type(value) in (list, tuple) else None


def _side(pair: Pair, label: str, axis: int) -> float | None:
    value = pair.call.number(label)
    return float(value.shape[axis]) if value is not None and value.ndim > max(axis, 0) else None


def _famous(column: Column, ratio: float, full: bool) -> Iterator[Match]:
    for value, text in (
        (-1.0, _minus(column)),
        (2.0, _double(column)),
        (0.5, _half(column)),
    ):
        if abs(ratio - value) <= _RTOL * abs(value) and column.enough(1):
            yield Match(Found("ratio", text), full)
    if not column.enough(2):
        return
    for value, text in (
        (1 / math.log(10), _decimal(column)),
        (math.log(10), _decimal(column)),
        (1 / math.log(2), _binary(column)),
        (math.log(2), _binary(column)),
        (math.pi / 180, _degrees(column)),
        (180 / math.pi, _degrees(column)),
        (math.e, _euler(column)),
        (1 / math.e, _euler(column)),
    ):
        if abs(ratio - value) <= _RTOL * abs(value):
            yield Match(Found("ratio", text), full)
    for value, formula in ((1 / math.log(10), "-1 / ln 10"), (1 / math.log(2), "-1 / ln 2")):
        if abs(ratio + value) <= _RTOL * value:
            yield Match(Found("ratio", _two_factors(column, formula)), full)


def _minus(column: Column) -> Message:
    return message(
        "Where {result} is wrong, it is −1 times what is expected: the sign is turned around. Is a minus "
        "missing, or is there one too many?",
        result=column.result,
    )


def _double(column: Column) -> Message:
    return message(
        "Where {result} is wrong, it is twice what is expected. Is something counted twice, or is a "
        "division by 2 missing?",
        result=column.result,
    )


def _half(column: Column) -> Message:
    return message(
        "Where {result} is wrong, it is half of what is expected. Is a factor 2 missing, or is there a "
        "division by 2 too many?",
        result=column.result,
    )


def _decimal(column: Column) -> Message:
    return message(
        "Where {result} is wrong, yours and what is expected differ by the factor ln 10 = 2.303. Is it "
        "the logarithm to base 10 (log10) instead of the natural one (log)?",
        result=column.result,
    )


def _binary(column: Column) -> Message:
    return message(
        "Where {result} is wrong, yours and what is expected differ by the factor ln 2 = 0.6931. Is it "
        "the logarithm to base 2 (log2) instead of the natural one (log)?",
        result=column.result,
    )


def _degrees(column: Column) -> Message:
    return message(
        "Where {result} is wrong, yours and what is expected differ by the factor π/180. Are degrees "
        "taken for radians?",
        result=column.result,
    )


def _euler(column: Column) -> Message:
    return message(
        "Where {result} is wrong, yours and what is expected differ by the factor e = 2.718. Is an "
        "exponent off by one?",
        result=column.result,
    )


def _told(column: Column, candidate: _Candidate) -> Message:
    if candidate.code == f"{candidate.label}.size":
        count = candidate.base(_smallest(column))
        return message(
            "Where {result} is wrong, yours divided by what is expected is the number of elements of "
            "{argument}: {count} where it has {count} elements. Is the mean over N missing, or is it a "
            "sum?",
            result=column.result,
            argument=candidate.label,
            count=short(count or 0.0),
        )
    if candidate.code == f"1 / {candidate.label}.size":
        count = candidate.base(_smallest(column))
        return message(
            "Where {result} is wrong, what is expected divided by yours is the number of elements of "
            "{argument}: {count} where it has {count} elements. Is there a mean, or a division by N, too "
            "many?",
            result=column.result,
            argument=candidate.label,
            count=short(count or 0.0),
        )
    if candidate.power > 0:
        return message(
            "Where {result} is wrong, yours divided by what is expected is always {formula}. Is it "
            "multiplied in once too often, or is a division by it missing?",
            result=column.result,
            formula=candidate.code,
        )
    return message(
        "Where {result} is wrong, yours divided by what is expected is always {formula}. Is it divided "
        "out once too often, or is a factor missing?",
        result=column.result,
        formula=candidate.code,
    )


def _smallest(column: Column) -> Pair:
    return min(column.wrong, key=lambda pair: pair.call.size)


def _unnamed(column: Column, ratio: float) -> Message:
    for value in (ratio, 1 / ratio):
        if abs(value) < _WHOLE + 0.5 and abs(value - round(value)) <= 1e-4:
            shown = str(round(value)) if value == ratio else f"1/{round(value)}"
            return message(
                "Where {result} is wrong, yours divided by what is expected is {ratio} everywhere. Where "
                "does this factor come from?",
                result=column.result,
                ratio=shown,
            )
    return message(
        "Where {result} is wrong, yours divided by what is expected is the same number everywhere. Which "
        "factor is missing, or is one too many?",
        result=column.result,
    )

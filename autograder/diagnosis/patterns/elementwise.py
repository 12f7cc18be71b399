"""Is each entry what a simple operation makes of the right one: a sign, a sum, a rounding, a function once too often?"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograder.diagnosis.patterns.calls import Column, Pair, Seen
from autograder.diagnosis.patterns.numbers import Array, same
from autograder.diagnosis.patterns.observation import Found, Match
from autograder.diagnosis.patterns.words import result_name
from autograder.model import message


def sign(seen: Seen) -> Iterator[Match]:
    """The right sizes with wrong signs."""
    for column in seen.columns:
        if column.mute or not column.enough(2):
            continue
        if not same_sizes(column.telling):
            continue
        full = column.explains(lambda pair: np.abs(pair.desired))
        if full is not None:
            text = message(
                "Where {result} is wrong, it has the right size but is never negative. Is an absolute "
                "value taken, or a square root of a square?",
                result=column.result,
            )
            yield Match(Found("sign", text), full)
        full = column.explains(lambda pair: -np.abs(pair.desired))
        if full is not None:
            text = message(
                "Where {result} is wrong, it has the right size but is never positive. Is there a minus "
                "too many?",
                result=column.result,
            )
            yield Match(Found("sign", text), full)


def floor(seen: Seen) -> Iterator[Match]:
    """0 in the place of negative numbers."""
    for column in seen.leaves:
        if column.mute or not column.enough(2):
            continue
        full = column.explains(lambda pair: np.maximum(pair.desired, 0))
        if full is not None:
            text = message(
                "Where {result} is wrong, it has 0 in the place of negative numbers. Does a search for the largest start at 0, "
                "or is a ReLU applied that is not asked for?",
                result=column.result,
            )
            yield Match(Found("sign", text), full)


def some_signs(seen: Seen) -> Iterator[Match]:
    """Signs that differ in some entries only."""
    for column in seen.columns:
        if column.mute or column.slight or not column.enough(3) or not all(map(same_sizes, column.wrong)):
            continue
        if all((pair.desired >= 0).all() for pair in column.wrong):
            text = message(
                "Where {result} is wrong, it has the right size, but some of it is negative; what is "
                "expected never is. Is an absolute value missing?",
                result=column.result,
            )
            yield Match(Found("sign", text))
        else:
            text = message(
                "Where {result} is wrong, it has the right size, but the sign of some entries is turned "
                "around. What decides the sign?",
                result=column.result,
            )
            yield Match(Found("sign", text), full=False)


def same_sizes(pair: Pair) -> bool:
    """Whether both sides agree but for signs."""
    return pair.actual is not None and same(np.abs(pair.actual), np.abs(pair.desired), pair.call.rtol)


def offset(seen: Seen) -> Iterator[Match]:
    """An argument, or 1, added or taken away."""
    for column in seen.columns:
        if column.mute or not column.enough(2):
            continue
        for label in [] if column.row else seen.labels:
            value = column.telling.call.number(label)
            if value is None or not value.any():
                continue
            for plus in (False, True):
                full = column.explains(lambda pair, label=label, plus=plus: _shifted(pair, label, plus))
                if full is None:
                    continue
                if plus:
                    text = message(
                        "Where {result} is wrong, yours is what is expected plus {argument}. Is it added "
                        "once too often?",
                        result=column.result,
                        argument=label,
                    )
                else:
                    text = message(
                        "Where {result} is wrong, yours is what is expected minus {argument}. Is it added "
                        "at all?",
                        result=column.result,
                        argument=label,
                    )
                yield Match(Found("offset", text), full)
        yield from _constant_offset(column)
        for label in [] if column.row or column.slight else seen.labels:
            if column.enough(3) and all(
                _off_by_multiple(pair, label) for pair in (column.telling, *column.wrong)
            ):
                text = message(
                    "Where {result} is wrong, it differs from what is expected by a multiple of {argument}. Is {argument} added "
                    "more than once?",
                    result=column.result,
                    argument=label,
                )
                yield Match(Found("offset", text))


def _off_by_multiple(pair: Pair, label: str) -> bool:
    value = pair.call.number(label)
    if value is None or not value.ndim or pair.actual is None or pair.actual.shape != pair.desired.shape:
        return False
    if value.ndim > pair.desired.ndim or value.shape != pair.desired.shape[-value.ndim :] or not value.any():
        return False
    gap = pair.actual - pair.desired
    times = (gap * value).sum() / (value * np.ones(gap.shape) * value).sum()
    return bool(value.size > 1 and abs(times) > 1e-6 and same(gap, times * value * np.ones(gap.shape), 1e-6))


def _shifted(pair: Pair, label: str, plus: bool) -> Array | None:
    value = pair.call.number(label)
    if value is None:
        return None
    if value.ndim and (value.ndim > pair.desired.ndim or value.shape != pair.desired.shape[-value.ndim :]):
        return None
    return pair.desired + value if plus else pair.desired - value


def _constant_offset(column: Column) -> Iterator[Match]:
    telling = column.telling
    if telling.actual is None or telling.actual.shape != telling.desired.shape or not telling.desired.size:
        return
    amount = float((telling.actual - telling.desired).flat[0])
    if amount in (1.0, -1.0) or abs(abs(amount) - 1) < 1e-9:
        amount = round(amount)
        full = column.explains(lambda pair: pair.desired + amount)
        if full is not None and not column.enough(3) and not all(map(_whole, column.wrong)):
            full = None
        if full is not None:
            text = (
                message(
                    "Where {result} is wrong, yours is 1 more than what is expected. Is something counted "
                    "once too often?",
                    result=column.result,
                )
                if amount > 0
                else message(
                    "Where {result} is wrong, yours is 1 less than what is expected. Does a count or a "
                    "range end too early?",
                    result=column.result,
                )
            )
            yield Match(Found("offset", text), full)
        return
    if not np.isfinite(amount) or not amount or not column.enough(3):
        return
    full = column.explains(lambda pair: pair.desired + amount)
    if full is not None:
        text = message(
            "Where {result} is wrong, yours minus what is expected is the same number everywhere. What is "
            "added, or forgotten, that does not depend on the arguments?",
            result=column.result,
        )
        yield Match(Found("offset", text), full)


def _whole(pair: Pair) -> bool:
    return bool((pair.desired == np.rint(pair.desired)).all())


_FORMS: tuple[tuple[str, Callable[[Array], Array]], ...] = (
    ("{}", lambda x: x),
    ("(1 - {})", lambda x: 1 - x),
    ("{0} * (1 - {0})", lambda x: x * (1 - x)),
    ("{}**2", np.square),
    ("np.abs({})", np.abs),
    ("np.exp({})", np.exp),
    ("np.log({})", np.log),
    ("np.sqrt({})", np.sqrt),
)


def factor(seen: Seen) -> Iterator[Match]:
    """A function of an array argument multiplied in once too often, or not at all."""
    for column in seen.leaves:
        if column.mute or column.slight or not column.enough(3):
            continue
        for label in seen.labels:
            value = column.telling.call.number(label)
            if value is None or value.shape != column.telling.desired.shape or value.size < 2:
                continue
            for form, make in _FORMS:
                pairs = (column.telling, *column.wrong)
                if all(_multiplied(pair, label, make, pair.desired, pair.actual) for pair in pairs):
                    text = message(
                        "Where {result} is wrong, yours is what is expected times {formula}, entry by entry. Is it multiplied in "
                        "once too often, or a division by it missing?",
                        result=column.result,
                        formula=form.format(label),
                    )
                    full = all(
                        _multiplied(pair, label, make, pair.desired, pair.actual) for pair in column.right
                    )
                    yield Match(Found("factor", text), full)
                if all(_multiplied(pair, label, make, pair.actual, pair.desired) for pair in pairs):
                    text = message(
                        "Where {result} is wrong, yours times {formula}, entry by entry, is what is expected. Is this factor "
                        "missing, or divided out?",
                        result=column.result,
                        formula=form.format(label),
                    )
                    full = all(
                        _multiplied(pair, label, make, pair.actual, pair.desired) for pair in column.right
                    )
                    yield Match(Found("factor", text), full)


def _multiplied(
    pair: Pair, label: str, make: Callable[[Array], Array], one: Array | None, other: Array | None
) -> bool:
    value = pair.call.number(label)
    if value is None or one is None or other is None or not one.any() or value.shape not in ((), one.shape):
        return False
    return same(one * make(value), other, pair.call.rtol)


def formula(seen: Seen) -> Iterator[Match]:
    """Something simple made of one or two arguments, or of another part of the right answer."""
    for column in seen.leaves[:4]:
        if column.mute or column.slight or not column.enough(3):
            continue
        operands = _operands(seen, column)
        for text, predict in _formulas(operands):
            full = column.explains(predict)
            if full is not None:
                said = message(
                    "Where {result} is wrong, it is {formula}. Is that the formula that is asked for?",
                    result=column.result,
                    formula=text,
                )
                yield Match(Found("formula", said), full)


_Operand = tuple[str, Callable[[Pair], Array | None]]


def _operands(seen: Seen, column: Column) -> list[_Operand]:
    found: list[_Operand] = []
    for label in seen.labels[:6]:
        if column.telling.call.number(label) is not None:
            found.append((label, partial(_argument, label=label)))
    due = column.telling.call.parts()
    for path, _value, _due in due[:6]:
        if path != column.path:
            found.append((result_name(seen.name, path), partial(_other_part, path=path)))
    return found


def _argument(pair: Pair, label: str) -> Array | None:
    return pair.call.number(label)


def _other_part(pair: Pair, path: tuple[Any, ...]) -> Array | None:
    return pair.call.part(pair.call.observation.desired, path)


_OF_ONE: tuple[tuple[str, Callable[[Array], Array]], ...] = (
    ("{}", lambda x: x),
    ("-{}", np.negative),
    ("1 - {}", lambda x: 1 - x),
    ("1 / {}", lambda x: 1 / x),
    ("{}**2", np.square),
    ("2 * {}", lambda x: 2 * x),
    ("{0} * (1 - {0})", lambda x: x * (1 - x)),
    ("np.abs({})", np.abs),
    ("np.sqrt({})", np.sqrt),
    ("np.exp({})", np.exp),
    ("np.exp(-{})", lambda x: np.exp(-x)),
    ("np.log({})", np.log),
    ("-np.log({})", lambda x: -np.log(x)),
    ("np.sum({})", np.sum),
    ("np.mean({})", np.mean),
    ("np.max({})", np.max),
)

_OF_TWO: tuple[tuple[str, bool, Callable[[Array, Array], Array]], ...] = (
    ("{} + {}", True, np.add),
    ("{} * {}", True, np.multiply),
    ("{} - {}", False, np.subtract),
    ("{} / {}", False, np.divide),
    ("np.maximum({}, {})", True, np.maximum),
    ("np.minimum({}, {})", True, np.minimum),
)


def _formulas(operands: Sequence[_Operand]) -> Iterator[tuple[str, Callable[[Pair], Array | None]]]:
    for name, get in operands:
        for form, one in _OF_ONE:
            yield form.format(name), partial(_made_of_one, get=get, make=one)
    for (name, get), (other, get_other) in itertools.permutations(operands, 2):
        for form, turns, two in _OF_TWO:
            if not turns or name < other:
                yield form.format(name, other), partial(_made_of_two, get=get, other=get_other, make=two)


def _made_of_one(
    pair: Pair, get: Callable[[Pair], Array | None], make: Callable[[Array], Array]
) -> Array | None:
    value = get(pair)
    return None if value is None or not value.size else np.asarray(make(value))


def _made_of_two(
    pair: Pair,
    get: Callable[[Pair], Array | None],
    other: Callable[[Pair], Array | None],
    make: Callable[[Array, Array], Array],
) -> Array | None:
    one, two = get(pair), other(pair)
    if one is None or two is None or pair.desired.shape not in (one.shape, two.shape):
        return None
    if one.shape != two.shape and one.ndim and two.ndim:
        return None
    return np.asarray(make(one, two))


# -- precision -------------------------------------------------------------------------------------------------------


def dtype(seen: Seen) -> Iterator[Match]:
    """Cut or rounded to whole numbers, wrapped around, rounded to single precision, booleans."""
    for column in seen.columns:
        if not column.mute and column.enough(2):
            yield from _whole_numbers(column)
            yield from _wrapped(column)
            yield from _single(column)
    yield from _booleans(seen)


def _whole_numbers(column: Column) -> Iterator[Match]:
    telling = column.telling
    if telling.actual is None or not (telling.actual == np.trunc(telling.actual)).all() or _whole(telling):
        return
    for make in (np.trunc, np.floor):
        full = column.explains(lambda pair, make=make: make(pair.desired))
        if full is not None:
            text = message(
                "Where {result} is wrong, it is what is expected without its decimals. Is it stored in an "
                "array of whole numbers, or divided with //?",
                result=column.result,
            )
            yield Match(Found("dtype", text), full)
            return
    full = column.explains(lambda pair: np.rint(pair.desired))
    if full is not None:
        text = message(
            "Where {result} is wrong, it is what is expected rounded to whole numbers. Where is it rounded?",
            result=column.result,
        )
        yield Match(Found("dtype", text), full)


def _wrapped(column: Column) -> Iterator[Match]:
    telling = column.telling
    if telling.actual is None or telling.actual.shape != telling.desired.shape or not _whole(telling):
        return
    for bits in (8, 16, 32):
        span = 2.0**bits
        if not all(_off_by_turns(pair, span) for pair in column.wrong):
            continue
        text = message(
            "Where {result} is wrong, it is off by a multiple of {span}: a whole number of {bits} bits "
            "ran over. Is the computation done in the dtype of the arguments?",
            result=column.result,
            span=str(int(span)),
            bits=bits,
        )
        yield Match(Found("dtype", text))
        return


def _off_by_turns(pair: Pair, span: float) -> bool:
    if pair.actual is None or pair.actual.shape != pair.desired.shape or not pair.desired.size:
        return False
    turns = (pair.desired - pair.actual) / span
    return bool((turns == np.rint(turns)).all() and (np.abs(pair.actual) < span).all() and turns.any())


def _single(column: Column) -> Iterator[Match]:
    for kind, name in ((np.float16, "float16"), (np.float32, "float32")):
        if not all(_fits_in(pair, kind) for pair in column.wrong):
            continue
        pairs = [pair for pair in (*column.wrong, *column.right) if pair.call.rtol < 1e-4]
        if not all(_fits_in(pair, kind) for pair in pairs):
            continue
        # Of numbers that fit by themselves nothing can be told.
        telling = [pair for pair in pairs if not _is_made_of(pair.desired, kind)]
        if sum(pair.desired.size for pair in telling) < 3:
            continue
        text = message(
            "All numbers of {result} are such as fit into {dtype}, with its few digits. Is something converted to {dtype}?",
            result=column.result,
            dtype=name,
        )
        yield Match(Found("dtype", text))
        return


def _fits_in(pair: Pair, kind: Any) -> bool:
    """Whether the numbers given are of this precision, and near what is right."""
    actual = pair.actual
    return (
        actual is not None
        and actual.shape == pair.desired.shape
        and bool(np.isfinite(actual).all())
        and _is_made_of(actual, kind)
        and (not pair.wrong or not (actual == np.rint(actual)).all() or not actual.any())
    )


def _is_made_of(numbers: Array, kind: Any) -> bool:
    return bool((numbers.astype(kind).astype(np.float64) == numbers).all())


def _booleans(seen: Seen) -> Iterator[Match]:
    wrong = [call for call in seen.answered if call.wrong]
    if not wrong or not all(_is_bool(call.observation.actual) and call.parts() for call in wrong):
        return
    text = message(
        "Where {result} is wrong, it is True and False where numbers are expected. Is a comparison returned?",
        result=seen.result,
    )
    yield Match(Found("dtype", text))


def _is_bool(value: Any) -> bool:
    return type(value) is bool or (isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind == "b")


def nearly(seen: Seen) -> Iterator[Match]:
    """Right but for the last digits."""
    for column in seen.columns:
        if column.mute or not column.enough(2):
            continue
        for digits in (5, 3):
            if all(
                pair.actual is not None and same(pair.actual, pair.desired, 10.0**-digits)
                for pair in column.wrong
            ):
                text = message(
                    "Where {result} is wrong, its first {digits} digits agree with what is expected. Is something only nearly "
                    "right: single precision, a rounded constant, an ε that is too large?",
                    result=column.result,
                    digits=digits,
                )
                yield Match(Found("precision", text))
                break


# -- one step too many or too few ------------------------------------------------------------------------------------


def _share(numbers: Array) -> Array | None:
    return numbers / numbers.sum() if numbers.ndim and numbers.size else None


def _of_largest(numbers: Array) -> Array | None:
    return numbers / np.abs(numbers).max() if numbers.ndim and numbers.size > 1 else None


def _unit(numbers: Array) -> Array | None:
    return numbers / np.sqrt((numbers**2).sum()) if numbers.ndim and numbers.size > 1 else None


def _running(numbers: Array) -> Array | None:
    return np.cumsum(numbers, axis=0) if numbers.ndim and len(numbers) > 1 else None


def _running_product(numbers: Array) -> Array | None:
    return np.cumprod(numbers, axis=0) if numbers.ndim and len(numbers) > 1 else None


def _centred(numbers: Array) -> Array | None:
    return numbers - numbers.mean() if numbers.ndim and numbers.size > 1 else None


_STEPS: tuple[tuple[str, Callable[[Array], Array | None]], ...] = (
    ("r**2", np.square),
    ("np.sqrt(r)", np.sqrt),
    ("np.log(r)", np.log),
    ("-np.log(r)", lambda r: -np.log(r)),
    ("np.exp(r)", np.exp),
    ("np.exp(-r)", lambda r: np.exp(-r)),
    ("1 / r", lambda r: 1 / r),
    ("1 - r", lambda r: 1 - r),
    ("1 + r", lambda r: 1 + r),
    ("r * (1 - r)", lambda r: r * (1 - r)),
    ("r**3", lambda r: r**3),
    ("np.log1p(r)", np.log1p),
    ("np.expm1(r)", np.expm1),
    ("np.tanh(r)", np.tanh),
    ("np.maximum(r, 0)", lambda r: np.maximum(r, 0)),
    ("np.minimum(r, 0)", lambda r: np.minimum(r, 0)),
    ("np.clip(r, 0, 1)", lambda r: np.clip(r, 0, 1)),
    ("r / r.sum()", _share),
    ("r / np.abs(r).max()", _of_largest),
    ("r / np.linalg.norm(r)", _unit),
    ("r - r.mean()", _centred),
    ("np.cumsum(r, axis=0)", _running),
    ("np.cumprod(r, axis=0)", _running_product),
)

_LAST_STEPS: tuple[tuple[str, Callable[[Array], Array | None]], ...] = (
    ("r / r.sum()", _share),
    ("r / np.abs(r).max()", _of_largest),
    ("r / np.linalg.norm(r)", _unit),
    ("r - r.mean()", _centred),
    ("np.cumsum(r, axis=0)", _running),
    ("np.cumprod(r, axis=0)", _running_product),
    ("np.abs(r)", np.abs),
)
"""Steps that cannot be undone: they are looked for from yours to what is expected."""


def steps(seen: Seen) -> Iterator[Match]:
    """A function of the right answer, or one that would make yours right."""
    for column in seen.leaves:
        if column.mute or column.slight or not column.enough(3):
            continue
        for formula, make in _STEPS:
            full = column.explains(lambda pair, make=make: make(pair.desired))
            if full is not None:
                text = message(
                    "Where {result} is wrong, yours is {formula} of the right answer r. Is a step done "
                    "that should not be, or the opposite step left out?",
                    result=column.result,
                    formula=formula,
                )
                yield Match(Found("step", text), full)
        for formula, make in _LAST_STEPS:
            if all(_would_be_right(pair, make) for pair in (column.telling, *column.wrong)):
                text = message(
                    "Where {result} is wrong, {formula} of your result r would be right. Is this last "
                    "step missing?",
                    result=column.result,
                    formula=formula,
                )
                yield Match(Found("step", text), all(_would_be_right(pair, make) for pair in column.right))


def steps_of_one(seen: Seen) -> Iterator[Match]:
    """The same, in calls with one element: there a mean or a sum of many does not hide it."""
    for column in seen.leaves[:4]:
        if column.mute or column.slight:
            continue
        alone = [pair for pair in (*column.wrong, *column.right) if _is_alone(pair)]
        some = Column(column.result, column.path, alone)
        if some.mute or not some.enough(3) or len(some.wrong) == len(column.wrong):
            continue
        for formula, make in _STEPS:
            if some.explains(lambda pair, make=make: make(pair.desired)):
                text = message(
                    "Where there is only one element, {result} is {formula} of the right answer r. Is a step done that "
                    "should not be, or the opposite step left out?",
                    result=column.result,
                    formula=formula,
                )
                yield Match(Found("step", text), full=False)
                break


def _is_alone(pair: Pair) -> bool:
    call = pair.call
    values = [call.number(label) for label in call.named]
    return pair.desired.size == 1 and all(value is None or value.size == 1 for value in values)


def _would_be_right(pair: Pair, make: Callable[[Array], Array | None]) -> bool:
    made = None if pair.actual is None else make(pair.actual)
    return made is not None and same(made, pair.desired, pair.call.rtol)

"""Are the numbers right, but in another order, shape or number?"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograder.diagnosis.patterns.calls import Call, Column, Pair, Seen
from autograder.diagnosis.patterns.numbers import Array, numbers, same
from autograder.diagnosis.patterns.observation import Found, Match
from autograder.diagnosis.patterns.words import code, result_name
from autograder.model import Message, message

_MOST_ITEMS = 2000

_Reduction = Callable[..., Any]
_REDUCTIONS: tuple[tuple[str, _Reduction], ...] = (
    ("mean", np.mean),
    ("sum", np.sum),
    ("max", np.max),
    ("min", np.min),
    ("prod", np.prod),
)


# -- shape -----------------------------------------------------------------------------------------------------------


_FEW = 2
_MANY = 8
"""Axes and rows too many, up to which a shape is told: a submission could choose a larger one freely, and tell hidden
inputs by it. The check itself then says which shape it met in the one call that it shows."""


def shape(seen: Seen) -> Iterator[Match]:
    """An axis of length 1 too many or too few, something summed up that should not be, or the other way round."""
    for column in seen.leaves:
        if column.mute or any(
            pair.actual is not None and pair.actual.shape == pair.desired.shape for pair in column.wrong
        ):
            continue
        yield from _axis_of_one(column)
        yield from _reduced(column)
        yield from _not_reduced(column)
        yield from _outer(column)
        yield from _blocks(column)


def _axis_of_one(column: Column) -> Iterator[Match]:
    if not all(map(_same_numbers, column.wrong)) or not column.evidence[0]:
        return
    telling = column.telling
    assert telling.actual is not None
    actual, desired = telling.actual.shape, telling.desired.shape
    if len(actual) > len(desired) + _FEW:
        return
    fields = {"result": column.result, "actual": str(actual), "desired": str(desired)}
    if all(
        pair.actual is not None and _without_ones(pair.actual) == _without_ones(pair.desired)
        for pair in column.wrong
    ):
        if len(actual) > len(desired):
            text = message(
                "The numbers of {result} are right, but the shape is {actual} where {desired} is "
                "expected: an axis of length 1 is too many. Is keepdims or a reshape the reason?",
                **fields,
            )
        elif len(actual) < len(desired):
            text = message(
                "The numbers of {result} are right, but the shape is {actual} where {desired} is "
                "expected: an axis of length 1 is lost. Does a squeeze, a ravel or a sum without keepdims "
                "drop it?",
                **fields,
            )
        else:
            text = message(
                "The numbers of {result} are right, but the shape is {actual} where {desired} is "
                "expected. Are rows and columns exchanged?",
                **fields,
            )
    else:
        text = message(
            "The numbers of {result} are right and in the right order, but the shape is {actual} where "
            "{desired} is expected. Is a reshape missing, or one too many?",
            **fields,
        )
    yield Match(Found("shape", text))


def _same_numbers(pair: Pair) -> bool:
    return (
        pair.actual is not None
        and pair.actual.size == pair.desired.size
        and same(pair.actual.ravel(), pair.desired.ravel(), pair.call.rtol)
    )


def _without_ones(array: Array) -> list[int]:
    return [side for side in array.shape if side != 1]


def _reduced(column: Column) -> Iterator[Match]:
    """What is given is a sum, mean, … of what is due."""
    if not column.enough(2):
        return
    telling = column.telling
    if telling.actual is None or telling.actual.size >= telling.desired.size:
        return
    for name, reduce in _REDUCTIONS:
        full = column.explains(
            lambda pair, reduce=reduce: np.asarray(reduce(pair.desired)) if pair.desired.size else None
        )
        if full is not None:
            text = message(
                "Where {result} is wrong, it is a single number, r.{reduction}() of the right answer r. "
                "Is something summed up that should stay one number per element?",
                result=column.result,
                reduction=name,
            )
            yield Match(Found("shape", text), full)
            return
        for axis in range(min(telling.desired.ndim, 4)):
            for keep in (False, True):
                full = column.explains(
                    lambda pair, reduce=reduce, axis=axis, keep=keep: _along(pair.desired, reduce, axis, keep)
                )
                if full is not None:
                    text = message(
                        "Where {result} is wrong, it is r.{reduction}(axis={axis}) of the right answer r. "
                        "Is an axis summed up that should stay?",
                        result=column.result,
                        reduction=name,
                        axis=axis,
                    )
                    yield Match(Found("shape", text), full)
                    return


def _along(array: Array, reduce: _Reduction, axis: int, keep: bool) -> Array | None:
    if array.ndim <= axis or not array.size:
        return None
    return np.asarray(reduce(array, axis=axis, keepdims=keep))


def _not_reduced(column: Column) -> Iterator[Match]:
    """What is due is a sum, mean, … of what is given."""
    telling = column.telling
    if telling.actual is None or telling.actual.size <= telling.desired.size or not column.evidence[1]:
        return
    for name, reduce in _REDUCTIONS:
        for axis in (None, *range(min(telling.actual.ndim, 4))):
            if not all(_reduces(pair, reduce, axis) for pair in (telling, *column.wrong)):
                continue
            if len(column.wrong) < 2 and telling.actual.size < 3:
                continue
            if axis is None:
                text = message(
                    "Where {result} is wrong, it has several numbers where a single one is expected; its "
                    "{reduction} is right. Is the {reduction} over them missing?",
                    result=column.result,
                    reduction=name,
                )
            else:
                text = message(
                    "Where {result} is wrong, it has an axis too many; its {reduction} over axis {axis} "
                    "is right. Is the {reduction} over this axis missing?",
                    result=column.result,
                    reduction=name,
                    axis=axis,
                )
            yield Match(Found("shape", text))
            return


def _reduces(pair: Pair, reduce: _Reduction, axis: int | None) -> bool:
    actual = pair.actual
    if actual is None or not actual.size or (axis is not None and actual.ndim <= axis):
        return False
    return same(np.asarray(reduce(actual, axis=axis)), pair.desired, pair.call.rtol)


def _outer(column: Column) -> Iterator[Match]:
    """(n,) against (n, 1) made (n, n)."""
    if not all(
        pair.actual is not None
        and pair.desired.ndim in (1, 2)
        and max(pair.desired.shape, default=0) == pair.desired.size > 0
        and pair.actual.shape == (pair.desired.size, pair.desired.size)
        for pair in column.wrong
    ) or all(pair.desired.size == 1 for pair in column.wrong):
        return
    text = message(
        "Where {result} is wrong, it has every element combined with every other: {actual} instead of "
        "{desired}. Does an array of shape (n,) meet one of shape (n, 1)?",
        result=column.result,
        actual=str(column.telling.actual.shape if column.telling.actual is not None else ()),
        desired=str(column.telling.desired.shape),
    )
    yield Match(Found("shape", text))


def _blocks(column: Column) -> Iterator[Match]:
    """Rows and columns too many or too few, the common ones right."""
    pairs = [(pair.actual, pair.desired, pair.call.rtol) for pair in column.wrong]
    if any(a is None or a.ndim != d.ndim or a.ndim < 1 or 0 in d.shape for a, d, _rtol in pairs):
        return
    if max(0 if a is None else min(a.size, d.size) for a, d, _rtol in pairs) < 3:
        return
    shown = min(column.wrong, key=lambda pair: pair.desired.size)
    if shown.actual is None or any(
        abs(a - d) > _MANY for a, d in zip(shown.actual.shape, shown.desired.shape, strict=True)
    ):
        return
    if all(a is not None and _is_block(d, a, rtol, middle=False) for a, d, rtol in pairs):
        text = message(
            "Where {result} is wrong, what it holds is right, but more is added behind it: its shape is {actual} where {desired} "
            "is expected. Where should it end?",
            **_shapes(column),
        )
        yield Match(Found("shape", text))
    elif all(a is not None and _is_block(d, a, rtol, middle=True) for a, d, rtol in pairs):
        text = message(
            "Where {result} is wrong, its middle is right, but there is a border around it: shape {actual} where {desired} "
            "is expected. Is something added around the input?",
            **_shapes(column),
        )
        yield Match(Found("shape", text))
    elif all(a is not None and _is_block(a, d, rtol, middle=False) for a, d, rtol in pairs):
        text = message(
            "Where {result} is wrong, what it holds is right, but the end is missing: its shape is {actual} where {desired} is "
            "expected. Does a loop end too early?",
            **_shapes(column),
        )
        yield Match(Found("shape", text))


def _is_block(small: Array, large: Array, rtol: float, middle: bool) -> bool:
    gaps = [b - a for a, b in zip(small.shape, large.shape, strict=True)]
    if min(gaps) < 0 or max(gaps) == 0:
        return False
    starts = [gap // 2 if middle else 0 for gap in gaps]
    part = large[tuple(slice(start, start + side) for start, side in zip(starts, small.shape, strict=True))]
    return same(part, small, rtol)


def _shapes(column: Column) -> dict[str, str]:
    pair = min(column.wrong, key=lambda pair: pair.desired.size)
    actual = () if pair.actual is None else pair.actual.shape
    return {"result": column.result, "actual": str(actual), "desired": str(pair.desired.shape)}


def across_an_axis(seen: Seen) -> Iterator[Match]:
    """The right shape, but one number for all of an axis: the largest, mean, … of the right ones."""
    for column in seen.leaves:
        telling = column.telling if column.wrong else None
        if column.mute or telling is None or not column.enough(2) or telling.desired.ndim < 1:
            continue
        if (
            telling.actual is None
            or telling.actual.shape != telling.desired.shape
            or telling.desired.size < 2
        ):
            continue
        for axis in (None, *reversed(range(min(telling.desired.ndim, 4)))):
            actual = telling.actual
            spread = np.ptp(actual) if axis is None else np.ptp(actual, axis=axis).max(initial=0)
            if not spread <= telling.call.rtol * np.abs(actual).max():
                continue
            for name, reduce in _REDUCTIONS:
                full = column.explains(
                    lambda pair, reduce=reduce, axis=axis: _spread(pair.desired, reduce, axis)
                )
                if full is None:
                    continue
                if axis is None:
                    text = message(
                        "Where {result} is wrong, all its entries are r.{reduction}() of the right answer "
                        "r. Is something summed up over too much at once?",
                        result=column.result,
                        reduction=name,
                    )
                else:
                    text = message(
                        "Where {result} is wrong, its entries along axis {axis} are all the same, "
                        "r.{reduction}(axis={axis}) of the right answer r. Should each have a number of "
                        "its own?",
                        result=column.result,
                        reduction=name,
                        axis=axis,
                    )
                yield Match(Found("shape", text), full)


def _spread(array: Array, reduce: _Reduction, axis: int | None) -> Array | None:
    if not array.size or array.ndim <= (axis or 0):
        return None
    return np.broadcast_to(reduce(array, axis=axis, keepdims=True), array.shape)


# -- order -----------------------------------------------------------------------------------------------------------


def order(seen: Seen) -> Iterator[Match]:
    """Transposed, reversed, sorted, shifted, or simply mixed up."""
    for column in seen.leaves:
        if column.mute or column.slight or not column.enough(2):
            continue
        telling = column.telling
        # Only of as many numbers with the same sum: most answers stop here.
        if telling.actual is None or telling.actual.size != telling.desired.size or telling.desired.size < 2:
            continue
        if not _one_sum(telling):
            yield from _shifted(column)
            continue
        yield from _axes(column)
        yield from _laid_out(seen, column)
        yield from _ordered(column)
        yield from _shifted(column)
        if column.enough(3) and all(map(_mixed, column.wrong)):
            text = message(
                "Where {result} is wrong, it has the right numbers in another order. In which order are "
                "the loops, or the axes?",
                result=column.result,
            )
            yield Match(Found("order", text))


def _one_sum(pair: Pair) -> bool:
    assert pair.actual is not None
    one, other = float(pair.actual.sum()), float(pair.desired.sum())
    return abs(one - other) <= 1e-3 * (abs(one) + abs(other)) + 1e-9 * float(np.abs(pair.desired).sum())


def _mixed(pair: Pair) -> bool:
    return pair.actual is not None and same(
        np.sort(pair.actual.ravel()), np.sort(pair.desired.ravel()), pair.call.rtol
    )


def _axes(column: Column) -> Iterator[Match]:
    axes = column.telling.desired.ndim
    if not 1 <= axes <= 4:
        return
    if axes >= 2:
        full = column.explains(lambda pair: pair.desired.T if pair.desired.ndim > 1 else None)
        if full is not None:
            text = message(
                "Where {result} is wrong, it is transposed: yours is r.T of the right answer r. Are rows "
                "and columns exchanged somewhere?",
                result=column.result,
            )
            yield Match(Found("order", text), full)
        for turned in itertools.permutations(range(axes)):
            if list(turned) in (list(range(axes)), list(reversed(range(axes)))):
                continue
            full = column.explains(lambda pair, turned=turned: _transposed(pair.desired, turned))
            if full is not None:
                text = message(
                    "Where {result} is wrong, its axes are exchanged: yours is r.transpose{axes} of the "
                    "right answer r. Which index belongs to which axis?",
                    result=column.result,
                    axes=str(turned),
                )
                yield Match(Found("order", text), full)
    for count in range(1, axes + 1):
        for flipped in itertools.combinations(range(axes), count):
            full = column.explains(lambda pair, flipped=flipped: _flipped(pair.desired, flipped))
            if full is not None:
                yield Match(Found("order", _flip_text(column, flipped, axes)), full)
    if axes == 2:
        for way in (1, 3):
            full = column.explains(
                lambda pair, way=way: np.rot90(pair.desired, way) if pair.desired.ndim == 2 else None
            )
            if full is not None:
                text = message(
                    "Where {result} is wrong, it is turned by a quarter: yours is np.rot90(r, {turns}) of "
                    "the right answer r. Which index goes the wrong way?",
                    result=column.result,
                    turns=way,
                )
                yield Match(Found("order", text), full)


def _transposed(array: Array, axes: tuple[int, ...]) -> Array | None:
    return array.transpose(axes) if array.ndim == len(axes) else None


def _flipped(array: Array, axes: tuple[int, ...]) -> Array | None:
    return np.flip(array, axes) if array.ndim > max(axes) else None


def _flip_text(column: Column, flipped: tuple[int, ...], axes: int) -> Message:
    if axes == 1:
        return message(
            "Where {result} is wrong, it is back to front: yours is r[::-1] of the right answer r. Where "
            "does the order turn around?",
            result=column.result,
        )
    return message(
        "Where {result} is wrong, it is back to front: yours is np.flip(r, {axes}) of the right answer r. "
        "Where does the order turn around?",
        result=column.result,
        axes=str(flipped) if len(flipped) > 1 else str(flipped[0]),
    )


def _laid_out(seen: Seen, column: Column) -> Iterator[Match]:
    """The numbers of an argument in an order that NumPy has by itself."""
    for label in seen.labels:
        value = column.telling.call.number(label)
        if value is None or value.size != column.telling.desired.size or value.ndim < 1:
            continue
        for form in ("C", "F"):
            full = column.explains(
                lambda pair, label=label, form=form: _reshaped(pair.call, label, pair.desired.shape, form)
            )
            if full is None:
                continue
            # "F" is a language of its own: say what it does.
            if form == "C":
                text = message(
                    "Where {result} is wrong, the numbers of {argument} keep the order in which NumPy "
                    "goes through them: as in {argument}.ravel(), the last index changes fastest. Is that "
                    "the order that is asked for?",
                    result=column.result,
                    argument=label,
                )
            else:
                text = message(
                    "Where {result} is wrong, the numbers of {argument} are taken column by column, the "
                    "first index changing fastest. Is that the order that is asked for?",
                    result=column.result,
                    argument=label,
                )
            yield Match(Found("order", text), full)


def _reshaped(call: Call, label: str, due: tuple[int, ...], form: Any) -> Array | None:
    value = call.number(label)
    if value is None or value.size != np.prod(due) or value.shape == due:
        return None
    return np.reshape(value.ravel(form) if form == "F" and value.ndim > 1 else value, due, form)


def _ordered(column: Column) -> Iterator[Match]:
    if column.telling.desired.ndim != 1 or column.telling.desired.size < 3:
        return
    for step in (1, -1):
        full = column.explains(
            lambda pair, step=step: np.sort(pair.desired)[::step] if pair.desired.ndim == 1 else None
        )
        if full is not None:
            text = message(
                "Where {result} is wrong, it has the right numbers, but sorted by size. Is there a sort "
                "or a unique that should not be?",
                result=column.result,
            )
            yield Match(Found("order", text), full)


def _shifted(column: Column) -> Iterator[Match]:
    telling = column.telling
    if telling.desired.ndim < 1 or len(telling.desired) < 3 or not column.enough(3):
        return
    if all(_moved(pair, 1) for pair in (telling, *column.wrong)):
        text = message(
            "Where {result} is wrong, its entries are right but one place too late along the first axis. "
            "Is an index off by one?",
            result=column.result,
        )
        yield Match(Found("order", text))
    elif all(_moved(pair, -1) for pair in (telling, *column.wrong)):
        text = message(
            "Where {result} is wrong, its entries are right but one place too early along the first axis. "
            "Is an index off by one?",
            result=column.result,
        )
        yield Match(Found("order", text))


def _moved(pair: Pair, by: int) -> bool:
    actual, desired = pair.actual, pair.desired
    if actual is None or actual.shape != desired.shape or not desired.ndim or len(desired) < 3:
        return False
    if by > 0:
        return same(actual[1:], desired[:-1], pair.call.rtol)
    return same(actual[:-1], desired[1:], pair.call.rtol)


# -- lists, tuples and dicts -----------------------------------------------------------------------------------------


def items(seen: Seen) -> Iterator[Match]:
    """A list with an item too many or too few, turned around or with parts exchanged."""
    wrong = [call for call in seen.answered if call.wrong]
    if not wrong:
        return
    first = wrong[0].observation.desired
    if type(first) is dict:
        yield from _keys(seen, wrong)
    yield from _lists(seen.result, wrong, ())
    if type(first) in (dict, tuple) and len(first) <= 8:
        for key in first if type(first) is dict else range(len(first)):
            yield from _lists(result_name(seen.name, (key,)), wrong, (key,))


def _lists(result: str, wrong: Sequence[Call], path: tuple[Any, ...]) -> Iterator[Match]:
    rows: list[tuple[Call, Sequence[Array], Sequence[Array]]] = []
    likely = _LISTS
    for call in wrong:
        given, due = _rows(_at(call.observation.actual, path)), _rows(_at(call.observation.desired, path))
        if given is None or not due:
            return
        rows.append((call, given, due))
        likely = tuple((fits, make) for fits, make in likely if fits(given, due, call.rtol))
        if not likely:
            return
    most = max(len(due) for _call, _given, due in rows)
    if most < 2 or (most < 3 and all(_alike(due, rows[0][2], call.rtol) for call, _given, due in rows)):
        return
    rich = most > 2 or len({len(due) for _call, _given, due in rows}) > 1
    for _fits, make in likely:
        if rich or make is _turned:
            yield Match(Found("order" if make is _turned else "length", make(result, most)))
            return


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        if type(value) not in (dict, tuple, list):
            return None
        try:
            value = value[key]
        except LookupError:
            return None
    return value


def _rows(value: Any) -> Sequence[Array] | None:
    """The items of a list, tuple or array as arrays of numbers."""
    if type(value) is np.ndarray:
        whole = numbers(value)
        return (
            list(whole[:_MOST_ITEMS])
            if whole is not None and whole.ndim and len(whole) <= _MOST_ITEMS
            else None
        )
    if type(value) not in (list, tuple) or len(value) > _MOST_ITEMS:
        return None
    found = []
    for item in value:
        number = numbers(item)
        if number is None:
            return None
        found.append(number)
    return found


def _alike(one: Sequence[Array], other: Sequence[Array], rtol: float) -> bool:
    return len(one) == len(other) and all(same(a, b, rtol) for a, b in zip(one, other, strict=True))


def _first_missing(result: str, count: int) -> Message:
    return message(
        "Where {result} is wrong, only its first item is missing; all others are right. Does the start "
        "belong to it?",
        result=result,
    )


def _last_missing(result: str, count: int) -> Message:
    return message(
        "Where {result} is wrong, only its last item is missing; all others are right. Does the loop end "
        "one too early, or is the last result not added?",
        result=result,
    )


def _one_before(result: str, count: int) -> Message:
    return message(
        "Where {result} is wrong, there is one item too many at its beginning; all others are right. "
        "Where does it begin?",
        result=result,
    )


def _one_behind(result: str, count: int) -> Message:
    return message(
        "Where {result} is wrong, there is one item too many at its end; all others are right. Does the "
        "loop run once too often?",
        result=result,
    )


def _turned(result: str, count: int) -> Message:
    if count == 2:
        return message(
            "Where {result} is wrong, its two parts are exchanged. In which order are they asked for?",
            result=result,
        )
    return message(
        "Where {result} is wrong, its items are right but back to front. Are they collected from the "
        "other end?",
        result=result,
    )


def _only_last(result: str, count: int) -> Message:
    return message(
        "Where {result} is wrong, it is only the last item of what is expected. Are the earlier ones kept?",
        result=result,
    )


def _only_first(result: str, count: int) -> Message:
    return message(
        "Where {result} is wrong, it is only the first item of what is expected. Does a return inside the "
        "loop end it?",
        result=result,
    )


def _too_short(result: str, count: int) -> Message:
    return message(
        "Where {result} is wrong, it is right as far as it goes, but it ends too early. What makes it stop?",
        result=result,
    )


def _too_long(result: str, count: int) -> Message:
    return message(
        "Where {result} is wrong, it is right at first, but it goes on where it should end. What should "
        "make it stop?",
        result=result,
    )


def _is_turned(given: Sequence[Array], due: Sequence[Array], rtol: float) -> bool:
    return _alike(given[::-1], due, rtol) and not _alike(given, due, rtol)


_Fits = Callable[[Sequence[Array], Sequence[Array], float], bool]
_LISTS: tuple[tuple[_Fits, Callable[[str, int], Message]], ...] = (
    (_is_turned, _turned),
    (lambda given, due, rtol: len(given) + 1 == len(due) and _alike(given, due[1:], rtol), _first_missing),
    (lambda given, due, rtol: len(given) + 1 == len(due) and _alike(given, due[:-1], rtol), _last_missing),
    (lambda given, due, rtol: len(given) == len(due) + 1 and _alike(given[1:], due, rtol), _one_before),
    (lambda given, due, rtol: len(given) == len(due) + 1 and _alike(given[:-1], due, rtol), _one_behind),
    (
        lambda given, due, rtol: 0 < len(given) < len(due) and _alike(given, due[: len(given)], rtol),
        _too_short,
    ),
    (lambda given, due, rtol: len(given) > len(due) and _alike(given[: len(due)], due, rtol), _too_long),
    (lambda given, due, rtol: _is_item(given, due[-1], rtol), _only_last),
    (lambda given, due, rtol: _is_item(given, due[0], rtol), _only_first),
)


def _is_item(given: Sequence[Array], item: Array, rtol: float) -> bool:
    """Whether what was given, taken apart along its first axis, is this one item."""
    return item.ndim > 0 and len(given) == len(item) and _alike(given, list(item), rtol)


def single_item(seen: Seen) -> Iterator[Match]:
    """A single number or array that is the first or last of the expected ones."""
    wrong = [call for call in seen.answered if call.wrong]
    for place, make in ((-1, _only_last), (0, _only_first)):
        if all(_is_one_of(call, place) for call in wrong) and sum(map(_ends_differ, wrong)) >= 2:
            yield Match(Found("length", make(seen.result, 0)))
            return


def _is_one_of(call: Call, place: int) -> bool:
    given, due = numbers(call.observation.actual), _rows(call.observation.desired)
    return given is not None and due is not None and len(due) > 0 and same(given, due[place], call.rtol)


def _ends_differ(call: Call) -> bool:
    due = _rows(call.observation.desired)
    return due is not None and len(due) > 1 and not same(due[0], due[-1], call.rtol)


def _keys(seen: Seen, wrong: Sequence[Call]) -> Iterator[Match]:
    """Two keys of a dict with each other's values."""
    keys = list(wrong[0].observation.desired)[:12]
    for one, other in itertools.combinations(keys, 2):
        if len(wrong) >= 2 and all(_exchanged(call, one, other) for call in wrong):
            text = message(
                "Where {result} is wrong, what stands at {one} belongs to {other}, and the other way "
                "round. Are they exchanged?",
                result=seen.result,
                one=code(one),
                other=code(other),
            )
            yield Match(Found("order", text))
            return


def _exchanged(call: Call, one: Any, other: Any) -> bool:
    given, due = call.observation.actual, call.observation.desired
    if type(given) is not dict or not {one, other} <= set(given) & set(due):
        return False
    pairs = [(numbers(given[a]), numbers(due[b])) for a, b in ((one, other), (other, one))]
    return all(a is not None and b is not None and same(a, b, call.rtol) for a, b in pairs)

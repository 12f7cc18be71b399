"""Which entries of the answer are wrong: those where an argument is negative, the last row, all from some step on?"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from autograder.diagnosis.patterns.calls import Column, Pair, Seen
from autograder.diagnosis.patterns.numbers import Array, close, constant, numbers, same
from autograder.diagnosis.patterns.observation import Found, Match
from autograder.model import Message, message

_CHANCE = 0.02
"""How probable it may be that the wrong entries lie so by chance."""

_SUBSET_CHANCE = 0.001
_BIG = 30.0
_FEW = 3

_Predicate = Callable[[Pair], Array | None]


@dataclass(frozen=True)
class _Condition:
    """A condition on an entry, and what to say where it is the wrong ones that fulfil it."""

    holds: _Predicate
    text: Message


def where(seen: Seen) -> Iterator[Match]:
    """A condition that the wrong entries fulfil and the right ones do not."""
    for column in seen.leaves:
        masks = _masks(column)
        if masks is None or all(mask.all() or mask.size < 2 for _pair, mask in masks):
            continue
        kind, all_nan = (
            "where",
            all(pair.actual is not None and not np.isfinite(pair.actual[mask]).any() for pair, mask in masks),
        )
        if all_nan:
            kind = "nan"
        conditions = list(_conditions(seen, column, masks))
        for exact in (True, False):
            extremes = _extremes(seen, column, masks) if exact else ()
            for condition in itertools.chain(conditions, extremes):
                if _separates(column, masks, condition.holds, exact):
                    yield Match(Found(kind, condition.text, _what_there(seen, masks, all_nan)))
                    break


def _masks(column: Column) -> list[tuple[Pair, Array]] | None:
    """The wrong entries of each wrong answer; None where some answer has another shape."""
    if column.mute:
        return None
    found = []
    for pair in column.wrong:
        actual = pair.actual
        if actual is None or actual.shape != pair.desired.shape or not pair.desired.size:
            return None
        found.append((pair, ~close(actual, pair.desired, pair.call.rtol)))
    return found


def _separates(column: Column, masks: Sequence[tuple[Pair, Array]], holds: _Predicate, exact: bool) -> bool:
    wrong = fulfilling = entries = 0
    for pair, mask in masks:
        found = holds(pair)
        if found is None or found.shape != mask.shape or (mask & ~found).any():
            return False
        if exact and (found & ~mask).any():
            return False
        wrong += int(mask.sum())
        fulfilling += int(found.sum())
        entries += mask.size
    for pair in column.right:
        found = holds(pair)
        if found is not None and found.shape == pair.desired.shape:
            if exact and found.any():
                return False
            fulfilling += int(found.sum())
            entries += found.size
    if not wrong or wrong == entries:
        return False
    share = fulfilling / entries
    if exact:
        return wrong >= 2 and float(share**wrong * (1 - share) ** (entries - wrong)) <= _CHANCE
    return wrong >= 0.5 * fulfilling and share < 0.8 and float(share**wrong) <= _SUBSET_CHANCE


def _conditions(seen: Seen, column: Column, masks: Sequence[tuple[Pair, Array]]) -> Iterator[_Condition]:
    result = column.result
    sides = [label for label in seen.labels if _fits(masks[0][0], label)]
    for label in sides:
        for test, text in _OF_ARGUMENT:
            yield _Condition(partial(_of_argument, label=label, test=test), text(result, label))
    for one, other in itertools.permutations(sides[:4], 2):
        yield _Condition(
            partial(_greater, one=one, other=other),
            message(
                "{result} is wrong only in entries where {argument} is greater than {other}. What "
                "changes there?",
                result=result,
                argument=one,
                other=other,
            ),
        )
    for predicate, make in _OF_PLACE:
        yield _Condition(predicate, make(result))
    yield _Condition(
        _overlaps,
        message(
            "{result} is wrong only in entries that belong to several windows. What happens where windows "
            "overlap: do their shares add up?",
            result=result,
        ),
    )
    for test, make in _OF_RIGHT:
        yield _Condition(partial(_of_right, test=test), make(result))
    yield _Condition(_has_lost_decimals, _right_not_whole(result))


def _extremes(seen: Seen, column: Column, masks: Sequence[tuple[Pair, Array]]) -> Iterator[_Condition]:
    """The wrong entries are those where an argument is largest, smallest or nearest to 0 or 1, of all calls together."""
    for label in seen.labels:
        if not _fits(masks[0][0], label):
            continue
        for measure, text in _MEASURES:
            limit, largest = math.inf, -math.inf
            for pair, mask in [*masks, *((pair, None) for pair in column.right)]:
                found = _of_argument(pair, label, measure)
                if found is None:
                    break
                if mask is not None:
                    limit = float(found.min(initial=limit, where=mask))
                    largest = float(found.max(initial=largest, where=~mask))
                else:
                    largest = float(found.max(initial=largest))
                if not largest < limit:
                    break
            else:
                if text in _RUNS_OVER and limit < 1:
                    # Nothing runs over there: a class, or a probability, that is not treated as the others.
                    continue
                if text not in _RUNS_OVER and limit < -_NEAR:
                    continue
                yield _Condition(
                    partial(_of_argument, label=label, test=partial(_at_least, measure=measure, limit=limit)),
                    text(column.result, label),
                )


def _at_least(value: Array, measure: Callable[[Array], Array], limit: float) -> Array:
    return np.asarray(measure(value) >= limit)


def _largest(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only in the entries where {argument} is largest. Does something run over, or is it cut off?",
        result=result,
        argument=argument,
    )


def _smallest(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only in the entries where {argument} is smallest. Does something run over, or is it cut off?",
        result=result,
        argument=argument,
    )


def _farthest(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only in the entries where {argument} is farthest from 0. Does something run over, or is it cut off?",
        result=result,
        argument=argument,
    )


def _near_zero(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only in the entries where {argument} is nearest to 0. Is there an ε or a limit that is too large?",
        result=result,
        argument=argument,
    )


def _near_zero_or_one(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only in the entries where {argument} is nearest to 0 or 1. Is an ε or a limit too large?",
        result=result,
        argument=argument,
    )


_NEAR = 0.1
"""What is farther from 0 or 1 is not hidden by an ε."""

_RUNS_OVER = (_largest, _smallest, _farthest)
_MEASURES: tuple[tuple[Callable[[Array], Array], Callable[[str, str], Message]], ...] = (
    (lambda x: x, _largest),
    (np.negative, _smallest),
    (np.abs, _farthest),
    (lambda x: -np.abs(x), _near_zero),
    (lambda x: -np.minimum(np.abs(x), np.abs(1 - x)), _near_zero_or_one),
)


def _fits(pair: Pair, label: str) -> bool:
    value = pair.call.number(label)
    return value is not None and value.shape == pair.desired.shape


def _of_argument(pair: Pair, label: str, test: Callable[[Array], Array]) -> Array | None:
    value = pair.call.number(label)
    return None if value is None or value.shape != pair.desired.shape else test(value)


def _of_right(pair: Pair, test: Callable[[Array], Array]) -> Array:
    return test(pair.desired)


def _greater(pair: Pair, one: str, other: str) -> Array | None:
    a, b = pair.call.number(one), pair.call.number(other)
    if a is None or b is None or a.shape != pair.desired.shape or b.shape != a.shape:
        return None
    return np.asarray(a > b)


def _negative(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only in entries where {argument} is negative. What happens to negative numbers?",
        result=result,
        argument=argument,
    )


def _positive(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only in entries where {argument} is positive. What happens to positive numbers?",
        result=result,
        argument=argument,
    )


def _zero(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only in entries where {argument} is 0. Is there a division, or a logarithm, by "
        "it?",
        result=result,
        argument=argument,
    )


def _one(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only in entries where {argument} is 1. What becomes 0, or infinite, there?",
        result=result,
        argument=argument,
    )


def _zero_or_one(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only in entries where {argument} is 0 or 1. What becomes 0, or infinite, there?",
        result=result,
        argument=argument,
    )


def _big(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only in entries where {argument} is beyond 30 in size. Does something run "
        "over, or get too small?",
        result=result,
        argument=argument,
    )


def _big_negative(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only in entries where {argument} is below −30. Does an exponential run over?",
        result=result,
        argument=argument,
    )


def _big_positive(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only in entries where {argument} is above 30. Does an exponential run over?",
        result=result,
        argument=argument,
    )


def _fraction(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only in entries where {argument} is no whole number. Is something cut to whole "
        "numbers?",
        result=result,
        argument=argument,
    )


def _not_zero(result: str, argument: str) -> Message:
    return message(
        "{result} is right only in entries where {argument} is 0. What happens to all others?",
        result=result,
        argument=argument,
    )


_OF_ARGUMENT: tuple[tuple[Callable[[Array], Array], Callable[[str, str], Message]], ...] = (
    (lambda x: x < 0, _negative),
    (lambda x: x > 0, _positive),
    (lambda x: x == 0, _zero),
    (lambda x: x == 1, _one),
    (lambda x: (x == 0) | (x == 1), _zero_or_one),
    (lambda x: np.abs(x) > _BIG, _big),
    (lambda x: x < -_BIG, _big_negative),
    (lambda x: x > _BIG, _big_positive),
    (lambda x: x != np.rint(x), _fraction),
    (lambda x: x != 0, _not_zero),
)


# -- places ----------------------------------------------------------------------------------------------------------


def _at(axis: int, index: int | slice, axes: tuple[int, ...]) -> _Predicate:
    def holds(pair: Pair) -> Array | None:
        desired = pair.desired
        if desired.ndim not in axes:
            return None
        found = np.zeros(desired.shape, dtype=bool)
        places: list[int | slice] = [slice(None)] * desired.ndim
        places[axis] = index
        found[tuple(places)] = True
        return found

    return holds


def _border(pair: Pair) -> Array | None:
    if pair.desired.ndim not in (2, 3):
        return None
    found = np.ones(pair.desired.shape, dtype=bool)
    found[1:-1, 1:-1] = False
    return found


def _inside(pair: Pair) -> Array | None:
    border = _border(pair)
    return None if border is None else ~border


def _diagonal(pair: Pair) -> Array | None:
    return np.eye(*pair.desired.shape, dtype=bool) if pair.desired.ndim == 2 else None


def _off_diagonal(pair: Pair) -> Array | None:
    diagonal = _diagonal(pair)
    return None if diagonal is None else ~diagonal


def _last_row_or_column(pair: Pair) -> Array | None:
    if pair.desired.ndim not in (2, 3):
        return None
    found = np.zeros(pair.desired.shape, dtype=bool)
    found[-1] = True
    found[:, -1] = True
    return found


def _first_entry_text(result: str) -> Message:
    return message(
        "{result} is wrong exactly in its first entry. What is different at the start?", result=result
    )


def _last_entry_text(result: str) -> Message:
    return message(
        "{result} is wrong exactly in its last entry. Does a loop end one too early?", result=result
    )


def _not_first_text(result: str) -> Message:
    return message(
        "{result} is right only in its first entry. What should change from one entry to the next?",
        result=result,
    )


def _not_last_text(result: str) -> Message:
    return message(
        "{result} is right only in its last entry. Are the earlier ones overwritten?", result=result
    )


def _first_row_text(result: str) -> Message:
    return message("{result} is wrong only in its first row. What is different at the edge?", result=result)


def _last_row_text(result: str) -> Message:
    return message("{result} is wrong only in its last row. Does a loop end one too early?", result=result)


def _first_column_text(result: str) -> Message:
    return message(
        "{result} is wrong only in its first column. What is different at the edge?", result=result
    )


def _last_column_text(result: str) -> Message:
    return message("{result} is wrong only in its last column. Does a loop end one too early?", result=result)


def _last_ones_text(result: str) -> Message:
    return message(
        "{result} is wrong only in its last row and its last column. Do the loops end one too early?",
        result=result,
    )


def _border_text(result: str) -> Message:
    return message("{result} is wrong only at its border. What is beyond the edge?", result=result)


def _inside_text(result: str) -> Message:
    return message("{result} is right only at its border. What happens inside?", result=result)


def _diagonal_text(result: str) -> Message:
    return message(
        "{result} is wrong only on its diagonal. What is different where both indices are equal?",
        result=result,
    )


def _off_diagonal_text(result: str) -> Message:
    return message(
        "{result} is right only on its diagonal. What happens where the two indices differ?", result=result
    )


def _first_slice_text(result: str) -> Message:
    return message("{result} is wrong only in its first depth slice. What is different there?", result=result)


def _last_slice_text(result: str) -> Message:
    return message(
        "{result} is wrong only in its last depth slice. Is the depth gone through to its end?", result=result
    )


def _other_slices_text(result: str) -> Message:
    return message(
        "{result} is right only in its first depth slice. Is each slice handled on its own?", result=result
    )


_OF_PLACE: tuple[tuple[_Predicate, Callable[[str], Message]], ...] = (
    (_at(0, 0, (1,)), _first_entry_text),
    (_at(0, -1, (1,)), _last_entry_text),
    (_at(0, slice(1, None), (1,)), _not_first_text),
    (_at(0, slice(None, -1), (1,)), _not_last_text),
    (_at(0, -1, (2, 3)), _last_row_text),
    (_at(1, -1, (2, 3)), _last_column_text),
    (_at(0, 0, (2, 3)), _first_row_text),
    (_at(1, 0, (2, 3)), _first_column_text),
    (_last_row_or_column, _last_ones_text),
    (_at(2, 0, (3,)), _first_slice_text),
    (_at(2, slice(1, None), (3,)), _other_slices_text),
    (_at(2, -1, (3,)), _last_slice_text),
    (_border, _border_text),
    (_inside, _inside_text),
    (_diagonal, _diagonal_text),
    (_off_diagonal, _off_diagonal_text),
)


def _right_negative(result: str) -> Message:
    return message(
        "{result} is wrong only in entries that should be negative. What happens to negative numbers?",
        result=result,
    )


def _right_zero(result: str) -> Message:
    return message(
        "{result} is wrong only in entries that should be 0. What makes an entry 0?", result=result
    )


def _right_not_zero(result: str) -> Message:
    return message(
        "{result} is right only in entries that should be 0. How are the others filled in?", result=result
    )


def _right_not_whole(result: str) -> Message:
    return message(
        "{result} is right only in entries that should be whole numbers. Are decimals cut off?", result=result
    )


_OF_RIGHT: tuple[tuple[Callable[[Array], Array], Callable[[str], Message]], ...] = (
    (lambda r: r < 0, _right_negative),
    (lambda r: r == 0, _right_zero),
    (lambda r: r != 0, _right_not_zero),
)


def _has_lost_decimals(pair: Pair) -> Array | None:
    """Entries that should have decimals, where what was given there has none."""
    due = pair.desired != np.rint(pair.desired)
    if pair.actual is None or pair.actual.shape != due.shape:
        return None
    return due if bool((pair.actual == np.rint(pair.actual))[due].all()) else None


def _overlaps(pair: Pair) -> Array | None:
    """Entries that lie in several windows, where two arguments are a window's side and a smaller step."""
    desired = pair.desired
    if desired.ndim not in (2, 3):
        return None
    whole = [
        value
        for value in map(pair.call.get, {**pair.call.named, **pair.call.defaults})
        if (type(value) is int or isinstance(value, np.integer)) and 0 < value <= 100
    ]
    if len(whole) != 2 or whole[0] == whole[1]:
        return np.zeros(desired.shape, dtype=bool)
    side, step = max(whole), min(whole)
    rows, columns = (_windows(length, int(side), int(step)) for length in desired.shape[:2])
    found = np.outer(rows, columns) > 1
    return found if desired.ndim == 2 else np.broadcast_to(found[:, :, None], desired.shape)


def _windows(length: int, side: int, step: int) -> Array:
    """How many windows each of `length` places lies in."""
    count = np.zeros(length, dtype=int)
    for start in range(0, length - side + 1, step):
        count[start : start + side] += 1
    return count


# -- what is there instead -------------------------------------------------------------------------------------------


def _what_there(seen: Seen, masks: Sequence[tuple[Pair, Array]], all_nan: bool) -> Message | None:
    """What the wrong entries are, beside the right ones or an argument."""
    if all_nan:
        return message("There it is nan or infinite.")
    given = np.concatenate([pair.actual[mask] for pair, mask in masks if pair.actual is not None])
    due = np.concatenate([pair.desired[mask] for pair, mask in masks])
    if not np.isfinite(given).all() or given.size < _FEW:
        return None
    if not given.any():
        return message("There it is 0.")
    if same(given, -due, 1e-6):
        return message("There it has the wrong sign.")
    if same(given * 2, due, 1e-6):
        return message("There it is half of what is expected.")
    if same(given, due * 2, 1e-6):
        return message("There it is twice what is expected.")
    for label in seen.labels:
        parts = [_of_argument(pair, label, np.asarray) for pair, _mask in masks]
        if any(part is None for part in parts):
            continue
        theirs = np.concatenate(
            [part[mask] for part, (_pair, mask) in zip(parts, masks, strict=True) if part is not None]
        )
        if same(given, theirs, 1e-6):
            return message("There it is {argument}, unchanged.", argument=label)
        if same(given, -theirs, 1e-6):
            return message("There it is {argument} with the opposite sign.", argument=label)
        if theirs.all() and constant(given / theirs, 1e-6) is not None:
            return message("There it is {argument} times one constant number.", argument=label)
    return None


# -- nan -------------------------------------------------------------------------------------------------------------


def nan_everywhere(seen: Seen) -> Iterator[Match]:
    """Nothing but nan or infinity in each wrong answer."""
    for column in seen.columns:
        if column.mute or len(column.wrong) < 2:
            continue
        if all(
            pair.actual is not None
            and pair.actual.size
            and not np.isfinite(pair.actual).any()
            and np.isfinite(pair.desired).all()
            for pair in column.wrong
        ):
            text = message(
                "Where {result} is wrong, all its entries are nan or infinite. Where is something divided "
                "by 0, or a logarithm taken of 0, or an exponential too large?",
                result=column.result,
            )
            yield Match(Found("nan", text), full=False)


# -- from some step on -----------------------------------------------------------------------------------------------


def stored_again(seen: Seen) -> Iterator[Match]:
    """All items of each wrong answer are the same, and there are several."""
    if _is_elementwise(seen):
        return
    wrong = [call for call in seen.answered if call.wrong]
    rows = [(numbers(call.observation.actual), numbers(call.observation.desired)) for call in wrong]
    several = [(given, due) for given, due in rows if due is not None and due.ndim and len(due) > 1]
    if (
        len(several) == len(rows) >= 2
        and any(len(due) > 2 for _given, due in several)
        and all(
            given is not None
            and given.shape == due.shape
            and same(given[1:], np.broadcast_to(given[0], given[1:].shape), 0.0)
            for given, due in several
        )
    ):
        text = message(
            "Where {result} is wrong, all its items are the same. Is one and the same array changed and stored again "
            "and again, or does nothing move?",
            result=seen.result,
        )
        yield Match(Found("history", text))


def history(seen: Seen) -> Iterator[Match]:
    """Right up to some item, then wrong to the end, or the other way round."""
    if _is_elementwise(seen):
        return
    rows = []
    for call in seen.answered:
        if not call.wrong:
            continue
        row = _right_items(call.observation.actual, call.observation.desired, call.rtol)
        if row is None or len(row) < 2:
            return
        rows.append(row)
    if not rows or max(map(len, rows)) < _FEW or all(not any(row) for row in rows):
        return
    # How probable it is that in each, by chance, all up to some item are right and all others wrong.
    if len(rows) < 2 or math.prod((len(row) - 1) / 2.0 ** len(row) for row in rows) > _CHANCE:
        return
    firsts = [row.index(False) if False in row else len(row) for row in rows]
    if all(0 < first < len(row) and not any(row[first:]) for row, first in zip(rows, firsts, strict=True)):
        if set(firsts) == {1}:
            text = message(
                "The first item of {result} is right, and all after it are wrong. What carries over from "
                "one step to the next?",
                result=seen.result,
            )
        elif len(set(firsts)) == 1 and firsts[0] <= _FEW:
            text = message(
                "The first {count} items of {result} are right, and all after them are wrong. What "
                "carries over from one step to the next?",
                result=seen.result,
                count=firsts[0],
            )
        else:
            text = message(
                "{result} begins right and is wrong from some item on. What changes in the course of the "
                "steps?",
                result=seen.result,
            )
        yield Match(Found("history", text))
        return
    lasts = [row[::-1].index(False) if False in row else len(row) for row in rows]
    if all(
        0 < last < len(row) and not any(row[: len(row) - last]) for row, last in zip(rows, lasts, strict=True)
    ):
        text = message(
            "The last item of {result} is right where it is wrong before. What is lost on the way from "
            "the end to the beginning?",
            result=seen.result,
        )
        yield Match(Found("history", text))


def _is_elementwise(seen: Seen) -> bool:
    """Whether the result is an array of the shape of an argument: then its entries are no steps, one after another."""
    return any(
        _fits(column.telling, label)
        and type(_first_item(column.telling.call.observation.desired)) is not np.ndarray
        for column in seen.leaves
        if not column.path
        for label in seen.labels
    )


def _first_item(value: Any) -> Any:
    return value[0] if type(value) is list and value else None


def _right_items(actual: object, desired: object, rtol: float) -> list[bool] | None:
    """Which items of a list, or rows of an array, are right; None where the numbers of items differ."""
    if type(actual) is type(desired) is np.ndarray:
        one, other = numbers(actual), numbers(desired)
        if one is None or other is None or one.shape != other.shape or not 1 <= one.ndim <= 2:
            return None
        right = close(one, other, rtol).reshape(len(one), -1)
        return [bool(row.all()) for row in right]
    given, due = _items(actual), _items(desired)
    if given is None or due is None or len(given) != len(due):
        return None
    return [a is not None and b is not None and same(a, b, rtol) for a, b in zip(given, due, strict=True)]


def _items(value: object) -> list[Array | None] | None:
    if type(value) is np.ndarray:
        whole = numbers(value)
        return None if whole is None or not 1 <= whole.ndim <= 2 or len(whole) > 2000 else list(whole)
    if type(value) is not list or len(value) > 2000:
        return None
    whole = numbers(value)
    if whole is not None:
        return list(whole) if whole.ndim else None
    return [numbers(item) for item in value]


# -- one part ---------------------------------------------------------------------------------------------------------


def one_part(seen: Seen) -> Iterator[Match]:
    """One part of a tuple, list or dict is wrong, and the others are right."""
    leaves = seen.leaves
    if len(leaves) != 1 or not leaves[0].path:
        return
    parts = {path for call in seen.answered for path, _value, _due in call.parts()}
    if len(parts) < 2 or len(leaves[0].wrong) < 2:
        return
    text = message(
        "Only {result} is wrong; the other parts of the result are right. What sets this one apart?",
        result=leaves[0].result,
    )
    yield Match(Found("part", text))

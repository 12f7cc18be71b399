"""Which calls go wrong: those with a list, with one element, where an optional argument is given?"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from autograder.diagnosis.patterns.calls import Call, Seen
from autograder.diagnosis.patterns.observation import Found, Match
from autograder.diagnosis.patterns.words import code
from autograder.model import Message, message

_BIG = 30.0
_Test = Callable[[Call], bool]


@dataclass(frozen=True)
class _Condition:
    """A condition on a call; what to say where exactly the wrong calls fulfil it, and where exactly the right ones do.

    plain  whether few calls are evidence enough
    sure   whether right calls that fulfil it are hardly right by accident
    tells  whether a right call says anything about it: one that holds nothing but 0 and 1 is right by accident
    """

    holds: _Test
    wrong: Message
    right: Message | None = None
    plain: bool = True
    sure: bool = True
    tells: _Test | None = None

    def is_told_by(self, right: Sequence[Call]) -> bool:
        """Whether one of the right calls says anything about it."""
        return self.tells is None or any(map(self.tells, right))


def when(seen: Seen) -> Iterator[Match]:
    """One condition on the arguments that all wrong calls fulfil, and no right one, or the other way round."""
    found = _separating(seen, seen.wrong, seen.right)
    if found is not None:
        yield Match(Found("when", found, _what_there(seen)))


def when_right(seen: Seen) -> Iterator[Match]:
    """A condition on the numbers in the arguments that only right calls fulfil: these may be right by accident."""
    found = _separating(seen, seen.wrong, seen.right, accidents=True)
    if found is not None:
        yield Match(Found("when", found, _what_there(seen)))


def raises_when(seen: Seen) -> Message | None:
    """The condition under which it raises rather than answers; None where there is none."""
    return _separating(seen, seen.raised, seen.answered)


_CHANCE = 0.001
"""How probable it may be that all wrong calls fulfil a condition by chance, where some right ones do too."""


def _separating(
    seen: Seen, wrong: Sequence[Call], right: Sequence[Call], accidents: bool = False
) -> Message | None:
    if not wrong or len(right) < 2:
        return None
    ways = math.comb(len(wrong) + len(right), len(wrong))
    conditions = []
    for condition in _conditions(seen):
        if not (condition.plain or (ways >= 20 and len(wrong) >= 2)):
            continue
        conditions.append(condition)
        first = condition.holds(wrong[0])
        if first == condition.holds(right[0]) or not (
            first or (condition.right and condition.sure != accidents)
        ):
            continue
        if all(condition.holds(call) == first for call in wrong) and not any(
            condition.holds(call) == first for call in right
        ):
            if first and not condition.is_told_by(right):
                continue
            return condition.wrong if first else condition.right
    if accidents:
        return None
    return _extreme(seen, wrong, right, ways) or _mostly(conditions, wrong, right, ways)


def _mostly(
    conditions: Sequence[_Condition], wrong: Sequence[Call], right: Sequence[Call], ways: int
) -> Message | None:
    """A condition that all wrong calls fulfil, and few right ones: the one that fewest of these do."""
    most = 0
    while most < len(wrong) and math.comb(len(wrong) + most + 1, len(wrong)) <= _CHANCE * ways:
        most += 1
    best: Message | None = None
    for condition in conditions if most else ():
        first = condition.holds(wrong[0])
        text = condition.wrong if first else condition.right
        if text is None or not (first or condition.sure):
            continue
        if not condition.is_told_by([call for call in right if condition.holds(call) != first]):
            continue
        also = 0
        for call in right:
            also += condition.holds(call) == first
            if also > most:
                break
        else:
            if all(condition.holds(call) == first for call in wrong):
                # The next one has to be fulfilled by fewer.
                best, most = text, also - 1
    return best


_NEAR = 0.1
"""What is farther from 0 or 1 is not hidden by an ε."""


def _extreme(seen: Seen, wrong: Sequence[Call], right: Sequence[Call], ways: int) -> Message | None:
    """The wrong calls are those in which something about an argument is largest."""
    if ways < 15:
        return None
    for label in seen.labels:
        for measure, text in _MEASURES:
            least = measure(wrong[0], label)
            if least is not None and all(_below(measure(call, label), least) for call in right):
                good = max(value for call in right if (value := measure(call, label)) is not None)
                if text in (_largest, _smallest) and good < 1:
                    continue  # nothing runs over there
                if text in (_nearest_zero, _nearest_ends) and any(
                    _below(measure(call, label), -_NEAR) for call in wrong
                ):
                    continue
                if all(_below(good, measure(call, label)) for call in wrong):
                    return text(seen.result, label)
    return None


def _below(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and one < other


def _measured(make: Callable[[Any], Any]) -> Callable[[Call, str], float | None]:
    def measure(call: Call, label: str) -> float | None:
        value = call.number(label)
        if value is None or not value.size:
            return None
        found = float(make(value))
        return found if math.isfinite(found) else None

    return measure


def _most(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} has the most elements. What depends on their number?",
        result=result,
        argument=argument,
    )


def _largest(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where the numbers in {argument} get largest. Does something run over, or is it cut off?",
        result=result,
        argument=argument,
    )


def _smallest(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where the numbers in {argument} get smallest. Does something run over, or is it cut off?",
        result=result,
        argument=argument,
    )


def _nearest_zero(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} comes nearest to 0. Is there an ε or a limit that is too large?",
        result=result,
        argument=argument,
    )


def _nearest_ends(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} comes nearest to 0 or 1. Is there an ε or a limit that is too large?",
        result=result,
        argument=argument,
    )


_MEASURES: tuple[tuple[Callable[[Call, str], float | None], Callable[[str, str], Message]], ...] = (
    (_measured(np.size), _most),
    (_measured(np.max), _largest),
    (_measured(lambda x: -np.min(x)), _smallest),
    (_measured(lambda x: -np.min(np.abs(x))), _nearest_zero),
    (_measured(lambda x: -np.min(np.minimum(np.abs(x), np.abs(1 - x)))), _nearest_ends),
)


def _what_there(seen: Seen) -> Message | None:
    errors = {call.observation.raised for call in seen.wrong}
    if "" not in errors:
        known = errors & _ERRORS
        if len(errors) == 1 and known:
            return message("There it raises {error}.", error=next(iter(known)))
        return message("There it raises an error.")
    if errors == {""} and all(_is_nan(call.observation.actual) for call in seen.wrong):
        return message("There it is nan or infinite.")
    return None


_ERRORS = frozenset(
    kind.__name__
    for kind in (
        TypeError, ValueError, IndexError, KeyError, LookupError, AttributeError, NameError, UnboundLocalError,
        ZeroDivisionError, OverflowError, ArithmeticError, FloatingPointError, RecursionError, RuntimeError,
        AssertionError, StopIteration,
    )
)  # fmt: skip
"""Names of Python's own that are told; another one is text that the student's code may have made up."""


def _is_nan(value: Any) -> bool:
    if type(value) is float:
        return not math.isfinite(value)
    return (
        isinstance(value, (np.ndarray, np.generic))
        and value.dtype.kind == "f"
        and value.size > 0
        and not bool(np.isfinite(value).any())
    )


# -- facts about an argument -----------------------------------------------------------------------------------------


def _shape(call: Call, label: str) -> tuple[int, ...] | None:
    value = call.get(label)
    if isinstance(value, (np.ndarray, np.generic)):
        return value.shape
    if type(value) is list and value and isinstance(value[0], np.ndarray):
        return None  # a list of arrays, whatever their shapes
    found = call.number(label)
    return None if found is None else found.shape


def _is_list(call: Call, label: str) -> bool:
    return type(call.named.get(label)) in (list, tuple)


def _is_whole(call: Call, label: str) -> bool:
    return _holds_ints(call.named.get(label), 4)


def _holds_ints(value: Any, depth: int) -> bool:
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "iu"
    if type(value) in (list, tuple):
        kinds = set(map(type, value[:1000]))
        return len(value) > 0 and (
            kinds == {int}
            or (depth > 0 and not kinds & {int, float, str} and _holds_ints(value[0], depth - 1))
        )
    return type(value) is int


def _is_float32(call: Call, label: str) -> bool:
    value = call.named.get(label)
    return (
        isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind == "f" and value.dtype.itemsize <= 4
    )


def _is_read_only(call: Call, label: str) -> bool:
    value = call.named.get(label)
    return type(value) is np.ndarray and not value.flags.writeable


def _is_strided(call: Call, label: str) -> bool:
    value = call.named.get(label)
    return type(value) is np.ndarray and not value.flags.c_contiguous


def _is_single(call: Call, label: str) -> bool:
    return _shape(call, label) == ()


def _is_one(call: Call, label: str) -> bool:
    shape = _shape(call, label)
    return shape is not None and math.prod(shape) == 1


def _is_empty(call: Call, label: str) -> bool:
    shape = _shape(call, label)
    return shape is not None and math.prod(shape) == 0


def _has_oblong(call: Call, label: str) -> bool:
    value: Any = call.named.get(label)
    return type(value) in (list, tuple) and any(
        isinstance(item, np.ndarray) and item.ndim == 2 and item.shape[0] != item.shape[1]
        for item in value[:100]
    )


def _has_axes(count: int) -> Callable[[Call, str], bool]:
    def holds(call: Call, label: str) -> bool:
        shape = _shape(call, label)
        return shape is not None and len(shape) == count

    return holds


def _is_oblong(call: Call, label: str) -> bool:
    shape = _shape(call, label)
    return shape is not None and len(shape) >= 2 and shape[0] != shape[1]


def _is_odd(call: Call, label: str) -> bool:
    shape = _shape(call, label)
    return shape is not None and len(shape) >= 1 and any(side % 2 for side in shape[:2])


def _is_deep(call: Call, label: str) -> bool:
    shape = _shape(call, label)
    return shape is not None and len(shape) == 3 and shape[2] > 1


def _some(test: Callable[[Any], Any]) -> Callable[[Call, str], bool]:
    def holds(call: Call, label: str) -> bool:
        value = call.number(label)
        return value is not None and bool(test(value).any())

    return holds


def _all(test: Callable[[Any], Any]) -> Callable[[Call, str], bool]:
    def holds(call: Call, label: str) -> bool:
        value = call.number(label)
        return value is not None and value.size > 0 and bool(test(value).all())

    return holds


def _holds_more(call: Call, label: str) -> bool:
    """Whether it holds numbers other than 0 and 1."""
    value = call.number(label)
    return value is not None and bool(((value != 0) & (value != 1)).any())


def _has_ties(call: Call, label: str) -> bool:
    value = call.number(label)
    return value is not None and value.ndim > 0 and len(np.unique(value)) < value.size


def _is_numpy_number(call: Call, label: str) -> bool:
    return isinstance(call.named.get(label), np.generic)


# -- what is said ----------------------------------------------------------------------------------------------------

_Say = Callable[[str, str], Message]


def _list(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} is a list or tuple. Is np.asarray missing?",
        result=result,
        argument=argument,
    )


def _not_list(result: str, argument: str) -> Message:
    return message(
        "{result} is right only where {argument} is a list or tuple. What if it is an array?",
        result=result,
        argument=argument,
    )


def _whole(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} holds whole numbers (int). Is something stored, or "
        "computed, in its dtype?",
        result=result,
        argument=argument,
    )


def _not_whole(result: str, argument: str) -> Message:
    return message(
        "{result} is right only where {argument} holds whole numbers (int). What if it holds decimals?",
        result=result,
        argument=argument,
    )


def _single(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} is float32. Is an ε, or the range, too small for it?",
        result=result,
        argument=argument,
    )


def _not_single(result: str, argument: str) -> Message:
    return message(
        "{result} is right only where {argument} is float32, of which fewer digits are asked. Is it "
        "slightly off?",
        result=result,
        argument=argument,
    )


def _read_only(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} is a read-only array. Is it written to?",
        result=result,
        argument=argument,
    )


def _strided(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} is not contiguous in memory, as a slice or a "
        "transposed array is. Is its memory taken for its order?",
        result=result,
        argument=argument,
    )


def _number(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} is a single number. Is an index or a length needed?",
        result=result,
        argument=argument,
    )


def _not_number(result: str, argument: str) -> Message:
    return message(
        "{result} is right only where {argument} is a single number. What if it is an array?",
        result=result,
        argument=argument,
    )


def _one_element(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} has a single element. What is different there?",
        result=result,
        argument=argument,
    )


def _several(result: str, argument: str) -> Message:
    return message(
        "{result} is right for one element of {argument}, wrong for several. What should happen with all "
        "of them together?",
        result=result,
        argument=argument,
    )


def _empty(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} is empty. What should come out then?",
        result=result,
        argument=argument,
    )


def _axes(result: str, argument: str, count: int) -> Message:
    return message(
        "{result} is wrong only where {argument}.ndim is {count}. Over which axes does it go?",
        result=result,
        argument=argument,
        count=count,
    )


def _only_axes(result: str, argument: str, count: int) -> Message:
    return message(
        "{result} is right only where {argument}.ndim is {count}. What about other shapes?",
        result=result,
        argument=argument,
        count=count,
    )


def _oblong(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} is not square. Are height and width, or rows and "
        "columns, mixed up?",
        result=result,
        argument=argument,
    )


def _oblong_inside(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} holds a matrix that is not square. Are rows and columns mixed up?",
        result=result,
        argument=argument,
    )


def _all_square(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where all matrices of {argument} are square. What tells rows from columns?",
        result=result,
        argument=argument,
    )


def _other_than_one(result: str, argument: str) -> Message:
    return message(
        "{result} is right only where {argument} is 1 everywhere. What about other numbers?",
        result=result,
        argument=argument,
    )


def _all_ones(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} is 1 everywhere. What becomes 0 there?",
        result=result,
        argument=argument,
    )


def _other_than_zero(result: str, argument: str) -> Message:
    return message(
        "{result} is right only where {argument} is 0 everywhere. What is done with other numbers?",
        result=result,
        argument=argument,
    )


def _all_zeros(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} is 0 everywhere. What is divided by it?",
        result=result,
        argument=argument,
    )


def _below_one(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} holds a number below 1. What happens to it?",
        result=result,
        argument=argument,
    )


def _square(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} is square. How does it tell rows from columns?",
        result=result,
        argument=argument,
    )


def _odd(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where a side of {argument} is odd. What happens to what is left over?",
        result=result,
        argument=argument,
    )


def _even(result: str, argument: str) -> Message:
    return message(
        "{result} is right only where a side of {argument} is odd. What is different at an even one?",
        result=result,
        argument=argument,
    )


def _deep(result: str, argument: str) -> Message:
    return message(
        "{result} is right for one depth slice of {argument}, wrong for several. Is each slice handled on "
        "its own?",
        result=result,
        argument=argument,
    )


def _flat(result: str, argument: str) -> Message:
    return message(
        "{result} is right only where {argument} has several depth slices. What if there is one?",
        result=result,
        argument=argument,
    )


def _negative(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} holds a negative number. What happens to it?",
        result=result,
        argument=argument,
    )


def _not_negative(result: str, argument: str) -> Message:
    return message(
        "{result} is right only where {argument} holds a negative number. What if there is none?",
        result=result,
        argument=argument,
    )


def _zero(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} holds a 0. Is there a division by it, a logarithm "
        "of it, or a test such as `if {argument}`?",
        result=result,
        argument=argument,
    )


def _not_zero(result: str, argument: str) -> Message:
    return message(
        "{result} is right only where {argument} holds a 0. What if it does not?",
        result=result,
        argument=argument,
    )


def _a_one(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} holds a 1. What becomes 0, or infinite, there?",
        result=result,
        argument=argument,
    )


def _not_one(result: str, argument: str) -> Message:
    return message(
        "{result} is right only where {argument} holds a 1. What if it does not?",
        result=result,
        argument=argument,
    )


def _zero_or_one(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} holds a 0 or a 1. What becomes 0, or infinite, there?",
        result=result,
        argument=argument,
    )


def _big(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} holds a number beyond 30 in size. Does something run over?",
        result=result,
        argument=argument,
    )


def _positive(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} holds a positive number. What happens to it?",
        result=result,
        argument=argument,
    )


def _ties(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} holds equal numbers. Which of them should count?",
        result=result,
        argument=argument,
    )


def _numpy_number(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} is a NumPy number, such as np.int64(3). Is its type "
        "asked for?",
        result=result,
        argument=argument,
    )


def _fraction(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} holds a number with decimals. What is different about it?",
        result=result,
        argument=argument,
    )


def _above_one(result: str, argument: str) -> Message:
    return message(
        "{result} is wrong only where {argument} holds a number above 1. What happens to it?",
        result=result,
        argument=argument,
    )


def _not_above_one(result: str, argument: str) -> Message:
    return message(
        "{result} is right only where {argument} holds a number above 1. What if it does not?",
        result=result,
        argument=argument,
    )


_ABOUT: tuple[tuple[Callable[..., bool], _Say, _Say | None, bool], ...] = (
    (_is_list, _list, _not_list, True),
    (_is_single, _number, _not_number, True),
    (_is_empty, _empty, None, True),
    (_is_one, _one_element, _several, True),
    (_is_whole, _whole, _not_whole, True),
    (_is_float32, _single, _not_single, True),
    (_is_read_only, _read_only, None, True),
    (_is_strided, _strided, None, True),
    (_has_axes(1), partial(_axes, count=1), partial(_only_axes, count=1), True),
    (_has_axes(2), partial(_axes, count=2), partial(_only_axes, count=2), True),
    (_has_axes(3), partial(_axes, count=3), partial(_only_axes, count=3), True),
    (_is_oblong, _oblong, _square, True),
    (_has_oblong, _oblong_inside, _all_square, True),
    (_is_deep, _deep, _flat, True),
    (_all(lambda x: x == 1), _all_ones, _other_than_one, True),
    (_some(lambda x: x < 0), _negative, _not_negative, True),
    (_some(lambda x: x == 0), _zero, _not_zero, True),
    (_some(lambda x: x == 1), _a_one, _not_one, True),
    (_some(lambda x: (x == 0) | (x == 1)), _zero_or_one, None, True),
    (_all(lambda x: x == 0), _all_zeros, _other_than_zero, True),
    (_some(lambda x: np.abs(x) > _BIG), _big, None, True),
    (_is_numpy_number, _numpy_number, None, True),
    (_is_odd, _odd, _even, False),
    (_has_ties, _ties, None, False),
    (_some(lambda x: x > 0), _positive, None, False),
    (_some(lambda x: x != np.rint(x)), _fraction, None, False),
    (_some(lambda x: x < 1), _below_one, None, False),
    (_some(lambda x: x > 1), _above_one, _not_above_one, False),
)


_SURE = 14
"""So many of them are about the form of an argument; the others are about its numbers."""


def _conditions(seen: Seen) -> Iterator[_Condition]:
    result = seen.result
    for label in seen.labels:
        yield _Condition(
            partial(_is_given, label=label),
            message(
                "{result} is wrong only where {argument} is given. Is the given value used?",
                result=result,
                argument=label,
            ),
            message(
                "{result} is wrong only where {argument} is left out. Is its default value the one "
                "of the task?",
                result=result,
                argument=label,
            ),
        )
    for label in seen.labels:
        yield from _choices(seen, label)
    later = []
    for number, (holds, wrong, right, plain) in enumerate(_ABOUT):
        for label in seen.labels:
            condition = _Condition(
                partial(holds, label=label),
                wrong(result, label),
                right(result, label) if right is not None else None,
                plain,
                sure=number < _SURE,
                tells=None if number < _SURE else partial(_holds_more, label=label),
            )
            if plain:
                yield condition
            else:
                later.append(condition)
    yield from later
    for one, other in itertools.combinations(seen.labels, 2):
        fields = {"result": result, "argument": one, "other": other}
        yield _Condition(
            partial(_differ, one=one, other=other),
            message(
                "{result} is wrong only where {argument} and {other} differ. Is the one taken for the other?",
                **fields,
            ),
            message(
                "{result} is right only where {argument} and {other} differ. What if they are equal?",
                **fields,
            ),
        )
        yield _Condition(
            partial(_exceeds, one=one, other=other),
            message(
                "{result} is wrong only where {argument} is greater than {other}. What is different then?",
                **fields,
            ),
            message(
                "{result} is wrong only where {argument} is not greater than {other}. What is "
                "different then?",
                **fields,
            ),
            plain=False,
        )


def _choices(seen: Seen, label: str) -> Iterator[_Condition]:
    """A text or a truth that is chosen from few, and the numbers 0 and 1."""
    given = [call.get(label) for call in seen.calls]
    values: list[Any] = list(dict.fromkeys(value for value in given if type(value) in (str, bool)))
    if not values and all(
        call.named.get(label) is None or call.scalar(label) is not None for call in seen.calls
    ):
        values = [0, 1]
    for value in values[:6]:
        fields = {"result": seen.result, "argument": label, "value": code(value)}
        yield _Condition(
            partial(_is_value, label=label, value=value),
            message("{result} is wrong only where {argument} is {value}. What should happen then?", **fields),
            message(
                "{result} is right only where {argument} is {value}. What should happen with the others?",
                **fields,
            ),
        )


def _is_given(call: Call, label: str) -> bool:
    return label in call.named


def _is_value(call: Call, label: str, value: Any) -> bool:
    if type(value) is int:
        return call.scalar(label) == value
    given = call.get(label)
    return type(given) is type(value) and given == value


def _differ(call: Call, one: str, other: str) -> bool:
    a, b = call.scalar(one), call.scalar(other)
    return a is not None and b is not None and a != b


def _exceeds(call: Call, one: str, other: str) -> bool:
    a, b = call.scalar(one), call.scalar(other)
    return a is not None and b is not None and a > b

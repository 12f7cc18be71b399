"""Is one value as good as another, and if not, where and by how much?

What is expected decides the structure. Problems are named in this order: kind (None, text, bool, complex, an
object), shape, nan and infinity, the worst entry.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.checks.failure import CheckFailure
from autograder.checks.target import Call
from autograder.cleaning import clean_line
from autograder.errors import SuiteError
from autograder.model import Message, message

RTOL = 1e-6
RTOL_SINGLE = 1e-3
"""Relative tolerances: the default, and the one where an argument was float32."""

ATOL_PER_SCALE = 1e-3
"""The default atol is this much of rtol times the largest expected entry, …"""

ATOL_AT_ZERO = 1e-12
"""… and this where everything expected is 0."""

_INTEGER_SLACK = 0.25
"""Where whole numbers are expected (counts), a default tolerance never reaches as far as the next one."""

_EXACT = 2.0**53
"""Whole numbers below it are exact in float64."""

_TEXT_SHOWN = 80

_ROOM, _ROOM_PER_ENTRY = 10_000, 16
"""Items that nested lists may have; an array has at most 8 dimensions, so no list of the right shape has more."""

Array = NDArray[Any]


def check_close(
    actual: object, desired: object, rtol: Any = RTOL, atol: Any = None, call: Call | None = None
) -> None:
    """Fail unless `actual` equals `desired` within ``|actual - desired| <= atol + rtol * |desired|``.

    desired  number, array, text, bool, or a list, tuple or dict of them. A number also takes a 0-d array; an
             array also takes nested lists of its shape; a list takes a list, tuple or array of its length
    rtol     number, array that broadcasts, or a list, tuple or dict of them in the structure of `desired`
    atol     the same; by default rtol/1000 of the largest entry expected (of numbers side by side in a list,
             tuple or dict: of the largest of them), 1e-12 where that is 0
    call     the record that `actual` came from, so that the report can show it
    Raises   CheckFailure; SuiteError where `desired` or a tolerance makes no sense
    """

    def judge(value: object) -> tuple[Message, ...]:
        return differences(value, desired, rtol, atol)

    raise_for(judge, actual, call)


def check_between(actual: object, low: float, high: float, call: Call | None = None) -> None:
    """Fail unless `actual` is a single finite number with low <= actual <= high; `high` may be infinity."""
    if not low <= high:
        raise SuiteError(f"check_between: low = {low!r} is not at most high = {high!r}")

    def judge(value: object) -> tuple[Message, ...]:
        numbers = _CROWDED if _is_crowded(value, 1) else as_real(value)
        if isinstance(numbers, Message):
            return (numbers, _SINGLE_DUE)
        if numbers.shape != ():
            return (_wrong_shape(numbers.shape, ()),)
        number = float(numbers)
        if not math.isfinite(number):
            return (message("The result is {actual}, not a finite number.", actual=_short(number)),)
        if low <= number <= high:
            return ()
        shown = _short(number)
        if number < low:
            text, bound = "The result is {actual}; at least {bound} is expected.", low
        else:
            text, bound = "The result is {actual}; at most {bound} is expected.", high
        return (message(text, actual=shown, bound=_short(bound)),)

    raise_for(judge, actual, call)


def check_shape(actual: object, shape: tuple[int, ...], call: Call | None = None) -> None:
    """Fail unless `actual` holds numbers and has exactly this shape; () is a single number."""
    raise_for(lambda value: shape_problem(value, shape), actual, call)


def raise_for(judge: Callable[[object], tuple[Message, ...]], actual: object, call: Call | None) -> None:
    """Raise a CheckFailure if `judge` finds something wrong with `actual`.

    Where `actual` is the call's value or a part of it, the failure can judge the same part of another value.
    """
    if not (found := judge(actual)):
        return
    path = locate(call.value, actual) if call is not None else None
    if path is None:
        raise CheckFailure(*found, call=call)

    def again(value: object) -> None:
        for key in path:
            try:
                # A handle answers to [] too, by asking the worker.
                value = _item(value, key)
            except LookupError:
                gone = message("The result has no item {place}.", place=_place(path))
                raise CheckFailure(gone, call=call, again=again) from None
        if problems := judge(value):
            raise CheckFailure(*problems, call=call, again=again)

    raise CheckFailure(*found, call=call, again=again)


def _item(value: object, key: Any) -> object:
    if isinstance(value, (list, tuple, Mapping)):
        return value[key]
    raise LookupError


def locate(whole: object, part: object) -> tuple[Any, ...] | None:
    """The keys and indices that lead from `whole` to the very object `part`; None unless there is one way."""
    found: list[tuple[Any, ...]] = []

    def search(value: object, path: tuple[Any, ...]) -> None:
        if value is part:
            found.append(path)
        elif isinstance(value, (list, tuple)):
            for index, item in enumerate(value):
                search(item, (*path, index))
        elif isinstance(value, Mapping):
            for key, item in value.items():
                search(item, (*path, key))

    search(whole, ())
    return found[0] if len(found) == 1 else None


# -- what is a number? ---------------------------------------------------------------------------------------


def as_real(value: object) -> Array | Message:
    """A value as a float64 array (0-d for a single number), or why it is none.

    Real numbers of any kind, NumPy's too, and nested lists and tuples of them; never bool, complex or text.
    """
    numbers = _as_numbers(value)
    if not isinstance(numbers, Message) and numbers.dtype.kind == "c":
        return message("The result holds complex numbers.")
    return numbers


def shape_problem(value: object, shape: tuple[int, ...]) -> tuple[Message, ...]:
    """Why the value does not consist of real numbers of this shape; nothing where it does."""
    numbers = _CROWDED if _is_crowded(value, math.prod(shape)) else as_real(value)
    if isinstance(numbers, Message):
        return (numbers, _due(shape))
    return () if numbers.shape == shape else (_wrong_shape(numbers.shape, shape),)


def finite_problem(numbers: Array) -> tuple[Message, ...]:
    """Which entries of a float array are nan or infinite; nothing where all are finite."""
    bad = ~np.isfinite(numbers)
    if not bad.any():
        return ()
    if numbers.shape == ():
        return (message("The result is {actual}, not a finite number.", actual=_short(float(numbers))),)
    index = _first(bad)
    return (
        message(
            "{count} of {total} entries are not finite numbers; entry {place} is {actual}.",
            count=int(bad.sum()), total=int(bad.size), place=_index(index), actual=_short(numbers[index]),
        ),
    )  # fmt: skip


def _is_crowded(value: object, size: int) -> bool:
    """Whether nested lists hold many times as many items as an array of so many entries: to make an array of a million
    little lists takes seconds of ours, only to see that its shape is wrong."""
    room = _ROOM_PER_ENTRY * size + _ROOM
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (list, tuple)):
            room -= len(one)
            if room < 0:
                return True
            waiting.extend(one)
    return False


def _as_numbers(value: object) -> Array | Message:
    if isinstance(value, (np.ndarray, np.generic)):
        if isinstance(value, np.ma.MaskedArray):
            return message("The result is a masked array.")
        if value.dtype.kind == "b":
            if value.shape == ():
                return message("The result is {value}, a bool and not a number.", value=str(bool(value)))
            return message("The result holds booleans, not numbers.")
        if value.dtype.kind not in "iufc":
            return message("The result is an array of {kind}, not of numbers.", kind=str(value.dtype.name))
        with np.errstate(all="ignore"):
            return np.asarray(value).astype(np.complex128 if value.dtype.kind == "c" else np.float64)
    if isinstance(value, (list, tuple)):
        return _nested(value)
    if isinstance(value, bool):
        return message("The result is {value}, a bool and not a number.", value=str(value))
    if isinstance(value, (int, float)):
        return np.asarray(_as_float(value))
    if isinstance(value, complex):
        return np.asarray(value)
    return _kind(value)


def _nested(value: Sequence[object]) -> Array | Message:
    if all(type(item) is float or type(item) is int for item in value):
        return np.array([_as_float(item) for item in value], dtype=np.float64)  # type: ignore[arg-type]
    parts: list[Array] = []
    for item in value:
        part = _as_numbers(item)
        if isinstance(part, Message):
            return _IN_A_LIST.get(part.id, part)
        if parts and part.shape != parts[0].shape:
            return message("The result is a list whose items have different shapes, so it is not an array.")
        parts.append(part)
    return np.stack(parts)


def _as_float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:  # an int beyond float64: too far off to be told from infinity
        return math.inf if value > 0 else -math.inf


_NONE = "The result is None. Is a return missing?"
_IN_A_LIST = {_NONE: message("The result is a list with None in it.")}
_CROWDED = message("The result is a list of far too many items.")
_SINGLE_DUE = message("A single number is expected.")


def _kind(value: object) -> Message:
    if value is None:
        return message(_NONE)
    if isinstance(value, (str, bytes)):
        return message("The result is text: {value}", value=_quoted(value))
    if isinstance(value, Mapping):
        return message("The result is a dict.")
    if isinstance(value, bool):
        return message("The result is {value}, a bool and not a number.", value=str(value))
    if isinstance(value, (list, tuple)):
        return message("The result is a list or a tuple.")
    if isinstance(value, (int, float, complex, np.generic)):
        return message("The result is a single number.")
    if isinstance(value, np.ndarray):
        return message("The result is an array of shape {actual}.", actual=str(value.shape))
    if hasattr(type(value), "__getattr__"):  # a handle: its repr names the student's class and asks no worker
        return message("The result is {what}.", what=clean_line(repr(value), _TEXT_SHOWN))
    return message("The result is of type {what}.", what=clean_line(type(value).__name__, _TEXT_SHOWN))


def _due(shape: tuple[int, ...]) -> Message:
    return message("An array of shape {desired} is expected.", desired=str(shape)) if shape else _SINGLE_DUE


def _wrong_shape(actual: tuple[int, ...], desired: tuple[int, ...]) -> Message:
    if desired == ():
        return message("The result has shape {actual}; a single number is expected.", actual=str(actual))
    if actual == ():
        return message(
            "The result is a single number; an array of shape {desired} is expected.", desired=str(desired)
        )
    if 0 in actual:
        return message(
            "The result is empty, with shape {actual}; shape {desired} is expected.",
            actual=str(actual), desired=str(desired),
        )  # fmt: skip
    return message(
        "The result has shape {actual}; shape {desired} is expected.",
        actual=str(actual), desired=str(desired),
    )  # fmt: skip


# -- comparing -----------------------------------------------------------------------------------------------


def differences(actual: object, desired: object, rtol: Any = RTOL, atol: Any = None) -> tuple[Message, ...]:
    """What is wrong with `actual`, in the order to be read; empty where it is close. See `check_close`."""
    return _compare(actual, desired, rtol, atol, None, ())


def _compare(
    actual: object, desired: object, rtol: Any, atol: Any, scale: float | None, path: tuple[Any, ...]
) -> tuple[Message, ...]:
    """`scale`: what the default atol follows where neighbours set it; `path`: where in the result we are."""
    if atol is None and _are_close_floats(actual, desired, RTOL if rtol is None else rtol, scale):
        return ()
    if isinstance(desired, Mapping):
        return _compare_dicts(actual, desired, rtol, atol, path)
    if isinstance(desired, (list, tuple)) and not _is_row(desired):
        return _compare_items(actual, desired, rtol, atol, path)
    if isinstance(desired, (str, bytes)):
        found = _compare_text(actual, desired)
    elif (booleans := _as_booleans(desired)) is not None:
        found = _compare_booleans(actual, booleans)
    else:
        expected = _as_numbers(desired)
        if isinstance(expected, Message):
            raise SuiteError(f"the expected value cannot be compared with: {desired!r:.80}")
        whole = _is_whole(desired)
        found = _compare_numbers(actual, expected, whole, rtol, atol, scale)
        if not found and whole and _is_strict(expected, rtol, atol):
            found = _compare_large_counts(actual, desired, expected)
    return _at(path, *found) if found else ()


def _are_close_floats(actual: object, desired: object, rtol: Any, scale: float | None) -> bool:
    """Whether these are two finite numbers that are close, as `_compare_numbers` finds with arrays: most answers are, and
    arrays of one entry take thirty times as long."""
    if type(actual) not in _FLOATS or type(desired) not in _FLOATS or type(rtol) is not float:
        return False
    given, due = float(actual), float(desired)  # type: ignore[arg-type]
    if not (math.isfinite(given) and math.isfinite(due) and 0.0 <= rtol < math.inf):
        return False
    size = abs(due)
    largest = max(size, scale or 0.0)
    absolute = rtol * ATOL_PER_SCALE * largest if largest > 0 else ATOL_AT_ZERO
    return abs(given - due) <= absolute + rtol * size


_FLOATS = (float, np.float64)


def _is_row(desired: Sequence[object]) -> bool:
    """A list or tuple of nothing but real numbers: compared like a one-dimensional array."""
    return len(desired) > 0 and all(map(_is_number, desired))


def _is_number(value: object) -> bool:
    if isinstance(value, (np.generic, np.ndarray)):
        return value.shape == () and value.dtype.kind in "iuf"
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(desired: object) -> bool:
    """Whether the numbers are of an integer type, as a count is."""
    if isinstance(desired, (np.generic, np.ndarray)):
        return desired.dtype.kind in "iu"
    if isinstance(desired, (list, tuple)):
        return all(map(_is_whole, desired))
    return isinstance(desired, int)


def _compare_text(actual: object, desired: str | bytes) -> tuple[Message, ...]:
    if type(actual) is not type(desired):
        return (_kind(actual), message("The text {desired} is expected.", desired=_quoted(desired)))
    if actual == desired:
        return ()
    return (_instead(_quoted(actual), _quoted(desired)),)


def _compare_booleans(actual: object, desired: Array) -> tuple[Message, ...]:
    given = _as_booleans(actual)
    if given is None:
        if desired.shape == ():
            return (_kind(actual), message("True or False is expected."))
        return (_kind(actual), message("An array of booleans is expected."))
    if given.shape != desired.shape:
        return (_wrong_shape(given.shape, desired.shape),)
    wrong = given != desired
    return _worst(given, desired, wrong, wrong) if wrong.any() else ()


def _as_booleans(value: object) -> Array | None:
    if isinstance(value, (list, tuple)):
        parts = [_as_booleans(item) for item in value]
        arrays = [part for part in parts if part is not None]
        same = len(arrays) == len(parts) > 0 and len({part.shape for part in arrays}) == 1
        return np.stack(arrays) if same else None
    if isinstance(value, np.ma.MaskedArray):
        return None
    if isinstance(value, (bool, np.bool_, np.ndarray)):
        array = np.asarray(value)
        return array if array.dtype.kind == "b" else None
    return None


def _compare_dicts(
    actual: object, desired: Mapping[Any, object], rtol: Any, atol: Any, path: tuple[Any, ...]
) -> tuple[Message, ...]:
    keys = ", ".join(repr(key) for key in desired)
    due = message("A dict with the keys {keys} is expected.", keys=keys)
    if not isinstance(actual, Mapping):
        numbers = message("The result is a single number.") if _is_number(actual) else _kind(actual)
        return _at(path, numbers, due)
    for key in desired:
        if key not in actual:
            return _at(path, message("The key {key} is missing.", key=_quoted(key)), due)
    for key in actual:
        if key not in desired:
            return _at(path, message("The key {key} is not expected.", key=_quoted(key)), due)
    scale = _scale_of_numbers(list(desired.values()))
    for key, expected in desired.items():
        r, a = (_part(tolerance, key, desired) for tolerance in (rtol, atol))
        if found := _compare(actual[key], expected, r, a, scale, (*path, key)):
            return found
    return ()


def _compare_items(
    actual: object, desired: Sequence[object], rtol: Any, atol: Any, path: tuple[Any, ...]
) -> tuple[Message, ...]:
    due = message("{count} values are expected, as a tuple or a list.", count=len(desired))
    if isinstance(actual, np.ma.MaskedArray):
        return _at(path, message("The result is a masked array."), due)
    if isinstance(actual, np.ndarray) and actual.ndim > 0 and actual.dtype.kind in "biufc":
        items: Sequence[object] = list(actual)
    elif isinstance(actual, (list, tuple)):
        items = actual
    else:
        return _at(path, _kind(actual), due)
    if len(items) != len(desired):
        return _at(path, message("The result has {count} items.", count=len(items)), due)
    scale = _scale_of_numbers(desired)
    for index, (item, expected) in enumerate(zip(items, desired, strict=True)):
        r, a = (_part(tolerance, index, desired) for tolerance in (rtol, atol))
        if found := _compare(item, expected, r, a, scale, (*path, index)):
            return found
    return ()


def _at(path: tuple[Any, ...], *found: Message) -> tuple[Message, ...]:
    return (message("In item {place} of the result:", place=_place(path)), *found) if path else found


def _part(tolerance: Any, key: Any, desired: Mapping[Any, object] | Sequence[object]) -> Any:
    """The part of a structured tolerance that belongs to one item."""
    if not isinstance(tolerance, Mapping if isinstance(desired, Mapping) else (list, tuple)):
        return tolerance
    if len(tolerance) != len(desired):
        raise SuiteError(f"a tolerance has {len(tolerance)} items where {len(desired)} values are expected")
    try:
        return tolerance[key]
    except LookupError:
        raise SuiteError(f"a tolerance has no item {key!r}") from None


def _scale_of_numbers(desired: Sequence[object]) -> float | None:
    """The largest single number of a container: round-off in one is of the size of its neighbours."""
    sizes = [abs(_as_float(value)) for value in desired if _is_number(value)]  # type: ignore[arg-type]
    return max((size for size in sizes if math.isfinite(size)), default=None)


def _compare_numbers(
    actual: object, desired: Array, whole: bool, rtol: Any, atol: Any, scale: float | None
) -> tuple[Message, ...]:
    given = _CROWDED if _is_crowded(actual, desired.size) else _as_numbers(actual)
    if not isinstance(given, Message) and given.dtype.kind == "c" and desired.dtype.kind != "c":
        given = message("The result holds complex numbers.")
    if isinstance(given, Message):
        return (given, _due(desired.shape))
    if given.shape != desired.shape:
        return (_wrong_shape(given.shape, desired.shape),)
    allowed = _allowed(desired, whole, rtol, atol, scale)
    with np.errstate(all="ignore"):
        equal = (given == desired) | (np.isnan(given) & np.isnan(desired))
        off = np.abs(given - desired)
        # Not `off > allowed`: that is false of nan, and nan would pass. Infinity minus infinity is nan too,
        # and an infinite expected value would allow everything; there only the same value will do.
        wrong = ~(np.isfinite(desired) & (off <= allowed)) & ~equal
        unasked = wrong & ~np.isfinite(given) & np.isfinite(desired)
        excess = np.where(np.isfinite(off), off / np.maximum(allowed, np.finfo(np.float64).tiny), np.inf)
    if unasked.any():
        return _not_finite(given, desired, unasked)
    return _worst(given, desired, wrong, excess) if wrong.any() else ()


def _allowed(desired: Array, whole: bool, rtol: Any, atol: Any, scale: float | None) -> Array:
    """The tolerance of each entry: atol + rtol * |desired|."""
    relative = _tolerance("rtol", RTOL if rtol is None else rtol, desired.shape)
    with np.errstate(all="ignore"):
        sizes = np.where(np.isfinite(desired), np.abs(desired), 0.0)
        if atol is None:
            largest = max(sizes.max(initial=0.0), scale or 0.0)
            absolute = relative * ATOL_PER_SCALE * largest if largest > 0 else np.float64(ATOL_AT_ZERO)
        else:
            absolute = _tolerance("atol", atol, desired.shape)
        allowed = np.asarray(absolute + relative * sizes)
    return np.minimum(allowed, _INTEGER_SLACK) if whole and _is_strict(desired, rtol, atol) else allowed


def _is_strict(desired: Array, rtol: Any, atol: Any) -> bool:
    """Whether the tolerance is a default one, so that whole numbers are counts."""
    relative = _tolerance("rtol", RTOL if rtol is None else rtol, desired.shape)
    return atol is None and bool(relative.max(initial=0.0) <= RTOL_SINGLE)


def _compare_large_counts(actual: object, desired: object, expected: Array) -> tuple[Message, ...]:
    """Where both sides are whole numbers beyond what float64 tells apart: digit by digit."""
    if np.abs(expected).max(initial=0.0) < _EXACT:
        return ()
    given, due = _integers(actual), _integers(desired)
    if given is None or due is None:
        return ()
    wrong = given != due
    if not wrong.any():
        return ()
    index = _first(wrong)
    shown = clean_line(str(given[index]), _TEXT_SHOWN), clean_line(str(due[index]), _TEXT_SHOWN)
    return (_instead(*shown, index if index else None),)


def _integers(value: object) -> Array | None:
    """Whole numbers as Python's own, in an array; None where one of them is none, or has too many digits to show."""
    if isinstance(value, (list, tuple)):
        parts = [_integers(item) for item in value]
        found = [part for part in parts if part is not None]
        return np.stack(found) if 0 < len(found) == len(parts) else None
    if isinstance(value, (np.ndarray, np.generic)):
        return np.asarray(value).astype(object) if value.dtype.kind in "iu" else None
    if type(value) is int and value.bit_length() < 2**10:
        return np.array(value, dtype=object)
    return None


def _tolerance(name: str, value: Any, shape: tuple[int, ...]) -> Array:
    if type(value) is float and 0.0 <= value < math.inf:
        # Nearly all are plain numbers, and broadcasting one takes longer than comparing with it.
        return np.asarray(value)
    try:
        raw = np.asarray(value)
        if raw.dtype.kind not in "iuf":
            raise TypeError
        array = np.broadcast_to(raw.astype(np.float64), shape)
    except (TypeError, ValueError):
        raise SuiteError(f"{name} = {value!r:.80} does not fit the expected shape {shape}") from None
    if not np.all(np.isfinite(array) & (array >= 0)):
        raise SuiteError(f"{name} must be finite and not negative: {value!r:.80}")
    return array


def _not_finite(given: Array, desired: Array, bad: Array) -> tuple[Message, ...]:
    index = _first(bad)
    shown = _short(given[index])
    if desired.shape == ():
        return (_instead(shown, _short(desired[index])),)
    return (
        _instead(shown, _short(desired[index]), index),
        message("{count} of {total} entries are nan or infinite.", count=int(bad.sum()), total=int(bad.size)),
    )


def _worst(given: Array, desired: Array, wrong: Array, excess: Array) -> tuple[Message, ...]:
    index = tuple(map(int, np.unravel_index(np.argmax(np.where(wrong, excess, -1.0)), wrong.shape)))
    actual, expected = tell_apart(given[index], desired[index])
    if desired.shape == ():
        return (_instead(actual, expected),)
    return (
        _instead(actual, expected, index),
        message("{count} of {total} entries differ.", count=int(wrong.sum()), total=int(wrong.size)),
    )


def _instead(actual: str, desired: str, index: tuple[int, ...] | None = None) -> Message:
    if index is None:
        return message("The result is {actual}, but {desired} is expected.", actual=actual, desired=desired)
    return message(
        "Entry {place} is {actual}, but {desired} is expected.",
        place=_index(index), actual=actual, desired=desired,
    )  # fmt: skip


def tell_apart(one: Any, other: Any) -> tuple[str, str]:
    """Two numbers in as few digits as show the difference, at least six."""
    for digits in (6, 9, 12, 17):
        texts = _short(one, digits), _short(other, digits)
        if texts[0] != texts[1]:
            break
    return texts


def _short(number: Any, digits: int = 6) -> str:
    value = np.asarray(number).item()
    if isinstance(value, bool):
        return str(value)
    return f"{value:z.{digits}g}"  # z: no sign for a zero, which only makes one wonder


def _first(mask: Array) -> tuple[int, ...]:
    return tuple(map(int, np.unravel_index(np.argmax(mask), mask.shape)))


def _index(index: tuple[int, ...]) -> str:
    return str(list(index))


def _place(path: tuple[Any, ...]) -> str:
    return "".join(f"[{key!r}]" for key in path)


def _quoted(value: object) -> str:
    return clean_line(repr(value), _TEXT_SHOWN)

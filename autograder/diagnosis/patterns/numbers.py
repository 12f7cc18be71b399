"""Which numbers does a value hold, and are two arrays of them the same?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

MOST_ENTRIES = 10_000
"""Of one value; what is larger is not looked at."""

RTOL, RTOL_SINGLE = 1e-6, 1e-3
"""How close the same numbers are: by default, and where an argument was of single or half precision."""

_DEEPEST = 8
_PLAIN = {int, float}
_NESTED = {list, tuple, np.ndarray}


def is_small(value: Any) -> bool:
    """Whether a value has at most MOST_ENTRIES entries and items in all, nested eight deep or less."""
    room = MOST_ENTRIES
    level = [value]
    for _depth in range(_DEEPEST + 1):
        further: list[Any] = []
        for one in level:
            kind = type(one)
            if kind is list or kind is tuple:
                room -= len(one)
                if room >= 0 and not set(map(type, one)) <= _PLAIN:
                    further.extend(one)
            elif kind is dict:
                room -= len(one)
                if room >= 0:
                    further.extend(one.values())
            elif kind is np.ndarray:
                room -= one.size
            elif kind is str or kind is bytes:
                room -= len(one) // 10
            if room < 0:
                return False
        if not further:
            return True
        level = further
    return False


def numbers(value: Any) -> Array | None:
    """A value as a float64 array (0-d for a single number); None where it is none, or has too many entries.

    Real numbers, arrays of them and nested lists of one shape; no bool, complex, text or object. The array may be
    the value itself, so leave it unchanged.
    """
    kind = type(value)
    if kind is np.ndarray or isinstance(value, np.generic):
        if value.dtype.kind not in "iuf" or value.size > MOST_ENTRIES:
            return None
        return value if value.dtype == np.float64 and kind is np.ndarray else np.asarray(value, np.float64)
    if kind in _PLAIN:
        return _number(value)
    if kind is list or kind is tuple:
        return _grid(value, [MOST_ENTRIES], _DEEPEST)
    return None


def _number(value: int | float) -> Array | None:
    try:
        return np.array(float(value))
    except OverflowError:
        return None


def _grid(value: Any, room: list[int], depth: int) -> Array | None:
    """Nested lists as an array; `room` holds how many more entries there may be."""
    room[0] -= len(value)
    if room[0] < 0 or depth == 0:
        return None
    kinds = set(map(type, value))
    if kinds <= _PLAIN:
        try:
            return np.array(value, dtype=np.float64)
        except OverflowError:
            return None
    parts: list[Array] = []
    for item in value:
        part = _grid(item, room, depth - 1) if type(item) is list or type(item) is tuple else numbers(item)
        if part is None or (parts and part.shape != parts[0].shape):
            return None
        room[0] -= part.size if type(item) is np.ndarray else 0
        if room[0] < 0:
            return None
        parts.append(part)
    return np.stack(parts)


def same(actual: Array, desired: Array, rtol: float) -> bool:
    """Whether two float arrays agree in shape and, within `rtol` of each and a thousandth of it of the largest,
    in all entries; nan equals nan."""
    if actual.shape != desired.shape:
        return False
    if actual.ndim == 0:
        one, other = float(actual), float(desired)
        if one == other or (math.isnan(one) and math.isnan(other)):
            return True
        return math.isfinite(other) and abs(one - other) <= (rtol * abs(other) or 1e-12)
    if actual.size == 0:
        return True
    sizes = np.abs(desired)
    largest = float(sizes.max())
    if largest < math.inf:
        gaps = np.abs(actual - desired)
        return bool((gaps <= sizes * rtol + (rtol * 1e-3 * largest or 1e-12)).all())
    return bool(close(actual, desired, rtol).all())


def close(actual: Array, desired: Array, rtol: float) -> Array:
    """Entry by entry, as `same`, for arrays of one shape."""
    sizes = np.abs(desired)
    finite = np.isfinite(sizes)
    largest = float(sizes.max(initial=0.0, where=finite))
    limits = sizes * rtol + (rtol * 1e-3 * largest or 1e-12)
    near = (np.abs(actual - desired) <= limits) & finite
    alike: Array = near if near.all() else near | (actual == desired) | (np.isnan(actual) & np.isnan(desired))
    return alike


def is_single(value: Any) -> bool:
    """Whether a value is, or a list or tuple holds directly, an array or number of single or half precision."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind == "f" and value.dtype.itemsize <= 4
    return type(value) in (list, tuple) and len(value) < 100 and any(
        isinstance(item, (np.ndarray, np.generic)) and item.dtype.kind == "f" and item.dtype.itemsize <= 4
        for item in value
    )  # fmt: skip


def constant(values: Array, rtol: float) -> float | None:
    """The one finite number that all entries of a non-empty array are, or None."""
    if not values.size:
        return None
    first = float(values.flat[0])
    if not math.isfinite(first):
        return None
    return first if bool((np.abs(values - first) <= (rtol * abs(first) or 1e-12)).all()) else None

"""What do inputs of a course in numerical computing look like? Strategies for Hypothesis, simplest values first.

All of them shrink towards few elements and round numbers. An array is one choice of bytes, one byte for each entry, that
picks from a table of at most 256 numbers: drawing it costs the same for one entry and for a hundred.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from autograder.checks.case import Case, as_arguments, call_with
from autograder.checks.forms import changes
from autograder.errors import SuiteError

__all__ = [
    "alike",
    "arguments",
    "arrays",
    "elements_from",
    "forms_of",
    "images",
    "one_hots",
    "probabilities",
    "reals",
    "shapes",
    "sizes",
    "truths",
    "wholes",
]

_Value = TypeVar("_Value")
Shape = int | tuple[Any, ...] | SearchStrategy[Any]
"""A length, a tuple of lengths of which any may be a strategy, or a strategy of one of these."""

_MOST = 256
_SIMPLE = (
    "0 1 -1 2 -2 0.5 -0.5 3 -3 0.25 -0.25 4 -4 5 -5 1.5 -1.5 0.75 -0.75 10 -10 2.5 -2.5 6 -6 7 -7 8 -8 9 -9 "
    "0.1 -0.1 0.2 -0.2 0.3 -0.3 0.4 -0.4 0.6 -0.6 0.7 -0.7 0.8 -0.8 0.9 -0.9 1.25 -1.25 3.5 -3.5 0.01 -0.01 "
    "0.001 -0.001 20 -20 50 -50 100 -100 1000 -1000"
)
_LIKELY = "0.5 0.25 0.75 0.1 0.9 0.2 0.8 0.3 0.7 0.4 0.6 0.05 0.95"
_SHARES = [k / 10 for k in range(11)]
_SHARES += [k / 20 for k in range(1, 20, 2)]
_SHARES += [k * 61 % 100 / 100 for k in range(1, 100)]
_SHARES += [k * 387 % 1000 / 1000 for k in range(1, 1000)]
"""Decimals from 0 to 1, coarse ones first: the first so many of them cover all of it."""

_GOLDEN = (math.sqrt(5) - 1) / 2

_tables: WeakKeyDictionary[SearchStrategy[Any], np.ndarray[Any, Any]] = WeakKeyDictionary()


# -- sizes and shapes ---------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=256)
def sizes(low: int = 1, high: int = 8) -> SearchStrategy[int]:
    """Whole numbers from low to high; the least is the simplest."""
    return st.integers(low, high)


def shapes(
    dims: int | tuple[int, int] = (0, 3), size: SearchStrategy[int] | None = None
) -> SearchStrategy[tuple[int, ...]]:
    """Shapes of arrays.

    dims  how many dimensions, or (the least, the most); one dimension is the simplest, then none, two, three
    size  of each dimension; from 1 to 5 by default
    """
    least, most = (dims, dims) if isinstance(dims, int) else dims
    numbers = sorted(range(least, most + 1), key=lambda number: (number != 1, number))
    return _shapes(st.sampled_from(numbers), sizes(1, 5) if size is None else size)


@st.composite
def _shapes(draw: st.DrawFn, dims: SearchStrategy[int], size: SearchStrategy[int]) -> tuple[int, ...]:
    return tuple(draw(size) for _ in range(draw(dims)))


# -- numbers ------------------------------------------------------------------------------------------------------


def elements_from(values: Iterable[float]) -> SearchStrategy[Any]:
    """One of these numbers, at most 256; the first is the simplest. As elements of an array: in the values' dtype."""
    listed = list(values)
    if not 1 <= len(listed) <= _MOST:
        raise SuiteError(f"elements_from: there are {len(listed)} values; there may be 1 to {_MOST}")
    strategy = st.sampled_from(listed)
    _tables[strategy] = np.array(listed)
    return strategy


@functools.lru_cache(maxsize=256)
def reals(low: float = -10.0, high: float = 10.0, zero: bool = True) -> SearchStrategy[float]:
    """Floats from low to high: simple ones, both ends, decimals, and as many with all their digits.

    zero  whether 0 is one of them
    """
    low, high = float(low), float(high)
    if not low < high or not math.isfinite(high - low):
        raise SuiteError(f"reals: there are no numbers from {low} to {high}")
    span = high - low
    decimals = [_rounded(low + span * share, span) for share in _SHARES]
    plain = _within([*map(float, _SIMPLE.split()), low, high, *decimals], low, high, zero)

    def near(value: float, share: float) -> float:
        return value + (share if value < (low + high) / 2 else -share) * span / 25

    return _with_twins(plain, near)


@functools.lru_cache(maxsize=256)
def probabilities(low: float = 1e-6) -> SearchStrategy[float]:
    """Floats from low to 1 - low, often near the ends, where low is at least 1e-15 and below 1/2."""
    if not 1e-15 <= low < 0.5:
        raise SuiteError(f"probabilities: low is {low}; it must be from 1e-15 up and below 1/2")
    tenths = [float(f"1e-{k}") for k in range(2, 16)]
    ends = [value for tenth in (low, *tenths) for value in (tenth, 1 - tenth)]
    plain = _within([*map(float, _LIKELY.split()), *ends, *_SHARES], low, 1 - low, False)

    def near(value: float, share: float) -> float:
        # Towards the middle, in units of the distance to the nearer end.
        return value * (1 + share / 2) if value < 0.5 else 1 - (1 - value) * (1 + share / 2)

    return _with_twins(plain, near)


def _with_twins(plain: Sequence[float], near: Callable[[float, float], float]) -> SearchStrategy[float]:
    """The plain numbers, and for each of them one with all its digits nearby: near(value, share from 0 to 1).

    Twins are half the table apart. Among the first things that Hypothesis tries is to drop the highest bit of a
    number, and so it finds the plain twin, which mostly fails where the other does.
    """
    values = dict.fromkeys(plain[: _MOST // 2])
    for number, value in enumerate(list(values), 1):
        share = number * _GOLDEN % 1
        while (twin := near(value, 0.1 + 0.9 * share)) in values:
            share = (share + _GOLDEN) % 1
        values[twin] = None
    return elements_from(values)


@functools.cache
def truths() -> SearchStrategy[float]:
    """0.0 or 1.0."""
    return elements_from([0.0, 1.0])


@functools.lru_cache(maxsize=256)
def wholes(low: int = -9, high: int = 9) -> SearchStrategy[int]:
    """Whole numbers from low to high, those near 0 first; an array of them is int64."""
    if high - low < _MOST:
        values = sorted(range(low, high + 1), key=lambda value: (abs(value), value < 0))
    else:
        near = [value for k in range(50) for value in (k, -k) if low <= value <= high]
        spread = [low + (high - low) * k // 150 for k in range(151)]
        values = list(dict.fromkeys([*near, low, high, *spread]))[:_MOST]
    return elements_from(values)


def _rounded(value: float, span: float) -> float:
    """To a thousandth of the span's order of magnitude, in short decimals."""
    return float(f"{round(value, 3 - math.floor(math.log10(span))):.12g}")


def _within(values: Iterable[float], low: float, high: float, zero: bool) -> list[float]:
    """Those that are allowed, each once; -0.0 as 0.0."""
    return list(dict.fromkeys(v + 0.0 for v in values if low <= v <= high and (zero or v != 0)))


# -- arrays -------------------------------------------------------------------------------------------------------


def arrays(
    shape: Shape, elements: SearchStrategy[Any] | None = None, *, distinct: bool = False
) -> SearchStrategy[np.ndarray[Any, Any]]:
    """Arrays in C order that may be written to.

    shape     see `Shape`
    elements  `reals()` by default. The strategies of this module are quick; others are drawn entry by entry
    distinct  no two entries are equal; at most as many entries as there are different elements
    """
    return _alike(shape, (reals() if elements is None else elements,), distinct).map(_only)


def alike(shape: Shape, *elements: SearchStrategy[Any]) -> SearchStrategy[tuple[np.ndarray[Any, Any], ...]]:
    """Several arrays of one shape, one for each of `elements`: a case by itself."""
    return _alike(shape, elements, False)


def images(
    height: int | SearchStrategy[int] | None = None,
    width: int | SearchStrategy[int] | None = None,
    depth: int | SearchStrategy[int] | None = None,
    elements: SearchStrategy[Any] | None = None,
    *,
    distinct: bool = False,
) -> SearchStrategy[np.ndarray[Any, Any]]:
    """Arrays (height, width, depth), square or not: up to 7 × 7 × 3 by default."""
    side, depth = sizes(1, 7), sizes(1, 3) if depth is None else depth
    shape = (side if height is None else height, side if width is None else width, depth)
    return arrays(shape, elements, distinct=distinct)


@st.composite
def one_hots(draw: st.DrawFn, n: int | SearchStrategy[int]) -> np.ndarray[Any, Any]:
    """Arrays of n zeros and one 1.0 among them."""
    length = _drawn(draw, n)
    hot = np.zeros(length)
    hot[draw(st.integers(0, length - 1))] = 1.0
    return hot


def _only(arrays: tuple[_Value, ...]) -> _Value:
    return arrays[0]


@st.composite
def _alike(
    draw: st.DrawFn,
    shape: Shape,
    elements: Sequence[SearchStrategy[Any]],
    distinct: bool,
) -> tuple[np.ndarray[Any, Any], ...]:
    given = _drawn(draw, shape)
    resolved = (given,) if isinstance(given, int) else tuple(_drawn(draw, part) for part in given)
    count = math.prod(resolved)
    tables = [_tables.get(element) for element in elements]
    quick = [table for table in tables if table is not None]
    # Entries that belong together are neighbours: where the shape shrinks, both lose the same entries.
    number = len(quick)
    choices = draw(st.binary(min_size=count * number, max_size=count * number)) if number else b""
    picks = np.frombuffer(choices, np.uint8).reshape(count, number).astype(int)
    columns = iter(picks.T)
    result = []
    for element, table in zip(elements, tables, strict=True):
        if table is None:
            listed = draw(st.lists(element, min_size=count, max_size=count, unique=distinct))
            result.append(np.array(listed).reshape(resolved))
            continue
        indices = next(columns) * len(table) >> 8
        if distinct:
            indices = _all_different(indices, len(table))
        result.append(table[indices].reshape(resolved))
    return tuple(result)


def _drawn(draw: st.DrawFn, value: Any) -> Any:
    return draw(value) if isinstance(value, SearchStrategy) else value


def _all_different(indices: Iterable[int], number: int) -> list[int]:
    """Each index, or the next one that is free."""
    used: dict[int, None] = {}
    for index in indices:
        if len(used) == number:
            raise SuiteError(f"arrays: distinct=True allows at most {number} entries of these elements")
        chosen = int(index)
        while chosen in used:
            chosen = (chosen + 1) % number
        used[chosen] = None
    return list(used)


# -- cases --------------------------------------------------------------------------------------------------------


def arguments(*positional: Any, **named: Any) -> SearchStrategy[Case]:
    """Cases of one strategy for each argument; what is not a strategy stands for itself."""
    places = [_strategy(value) for value in positional]
    if not named:
        return st.tuples(*places)
    return st.builds(call_with, *places, **{name: _strategy(value) for name, value in named.items()})


def _strategy(value: Any) -> SearchStrategy[Any]:
    return value if isinstance(value, SearchStrategy) else st.just(value)


@st.composite
def forms_of(
    draw: st.DrawFn,
    cases: SearchStrategy[Case],
    *,
    float32: bool = True,
    integers: bool = False,
) -> Case:
    """Each case in one of its `forms`: as it is, lists, read-only, strided, in Fortran order, float32, 0-d …

    float32, integers  as for `forms`
    """
    case = draw(cases)
    change = draw(st.sampled_from([None, *changes(float32=float32, integers=integers)]))
    if change is None:
        return case
    changed = change(as_arguments(case))
    return changed if changed.kwargs else changed.args

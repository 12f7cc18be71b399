"""Which inputs does a hidden check meet? Cases drawn from a Hypothesis strategy: the fixture `drawn`.

They depend on the suite's version, the input set, the check and the place of the call in it, and on nothing else. They
are drawn once for each of the eight input sets and kept for all submissions that a process grades.
"""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.checks.case import Arguments, Case, as_arguments, size
from autograder.checks.origin import Draw, marked
from autograder.errors import SuiteError

_MOST_ELEMENTS = 2_000_000
"""How many elements the kept cases of a process may have in all: about 16 MB of float64."""

_MOST_CASES = 1_000


class Kept:
    """The cases drawn so far, the least recently used first; the oldest go where there are too many elements."""

    def __init__(self, most: int = _MOST_ELEMENTS) -> None:
        self._most = most
        self._elements = 0
        self._cases: OrderedDict[tuple[str, int], tuple[Draw, list[Arguments], int]] = OrderedDict()

    def get(self, key: tuple[str, int], make: Callable[[], Draw]) -> tuple[Draw, list[Arguments]]:
        """The cases under `key`: those kept, or those of the draw that `make` describes."""
        found = self._cases.get(key)
        if found is None:
            draw = make()
            cases = draw_cases(draw)
            found = draw, cases, sum(map(size, cases))
            self._cases[key] = found
            self._elements += found[2]
            while self._elements > self._most and len(self._cases) > 1:
                _key, (_draw, _dropped, elements) = self._cases.popitem(last=False)
                self._elements -= elements
        else:
            self._cases.move_to_end(key)
        return found[:2]


class Drawn:
    """The fixture: `drawn(strategy, n)` gives n cases.

    name  what the cases depend on: suite version and input set, file and check
    """

    def __init__(self, kept: Kept, name: str) -> None:
        self._kept = kept
        self._name = name
        self._uses = 0

    def __call__(self, strategy: Any, n: int = 12) -> list[Case]:
        """n distinct cases, the simplest first; all there are where there are fewer.

        strategy  of tuples of positional arguments, or of `call_with(...)`; it must not depend on an answer
        Returns   a list of new cases, each of which remembers where it came from
        Raises    SuiteError where the strategy gives something else, or nothing
        """
        if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= _MOST_CASES:
            raise SuiteError(f"drawn: n is {n!r}; it must be a whole number from 1 to {_MOST_CASES}")
        self._uses += 1
        name = f"{self._name}:{self._uses}"
        draw, cases = self._kept.get(
            (name, n), lambda: Draw(strategy, int.from_bytes(_digest(name), "big"), n)
        )
        return [marked(Arguments(copied(case.args), copied(case.kwargs)), draw) for case in cases]


def _digest(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:8]


def draw_cases(draw: Draw) -> list[Arguments]:
    """The cases of a draw, made by Hypothesis."""
    from hypothesis.strategies import SearchStrategy

    from autograder.checks.generation import Enough, first_examples, search

    if not isinstance(draw.strategy, SearchStrategy):
        raise SuiteError(f"drawn: {draw.strategy!r} is not a Hypothesis strategy")
    found: dict[Any, Any] = {}
    patience = 3 * draw.n + 10
    in_vain = 0

    def keep(case: Any) -> bool:
        nonlocal in_vain
        mark = fingerprint(case)
        in_vain = in_vain + 1 if mark in found else 0
        found.setdefault(mark, case)
        if len(found) == draw.n or in_vain > patience:
            raise Enough
        return False

    try:
        try:
            first_examples(draw.strategy, draw.seed, 10 * patience, keep)
        except (TypeError, ImportError, AttributeError):
            found.clear()
            search(draw.strategy, draw.seed, 10 * patience, keep)
    except Exception as error:
        raise SuiteError(f"drawn: the strategy fails: {type(error).__name__}: {error}") from error
    if not found:
        raise SuiteError("drawn: the strategy gives nothing; does a filter refuse all that it draws?")
    return [as_arguments(case) for case in found.values()]


def fingerprint(value: Any) -> Any:
    """What tells two values apart: types, numbers to the last bit, shapes and layouts. Hashable."""
    if isinstance(value, np.ndarray):
        flags = value.flags
        layout = (flags.c_contiguous, flags.f_contiguous, flags.writeable)
        return "array", value.dtype.str, value.shape, layout, value.tobytes()
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        return kind, tuple(map(fingerprint, value))
    if isinstance(value, Arguments):
        return fingerprint(value.args), fingerprint(dict(value.kwargs))
    if isinstance(value, Mapping):
        return tuple((fingerprint(key), fingerprint(item)) for key, item in value.items())
    if isinstance(value, float):
        # -0.0 equals 0.0, and nan does not equal itself.
        return type(value).__name__, value.hex() if math.isfinite(value) else repr(value)
    if value is None or isinstance(value, (bool, int, str, bytes, np.generic)):
        return type(value).__name__, value
    return "object", id(value)


def copied(value: Any) -> Any:
    """A copy that nobody else can change, in the same form. What is read-only, and functions, are shared."""
    if isinstance(value, np.ndarray):
        return _copied_array(value)
    if isinstance(value, list):
        return [copied(item) if isinstance(item, (np.ndarray, list, tuple, dict)) else item for item in value]
    if isinstance(value, tuple):
        return tuple(map(copied, value))
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return value


def _copied_array(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    flags = array.flags
    if not flags.writeable:
        return array
    if flags.c_contiguous or flags.f_contiguous:
        return array.copy(order="C" if flags.c_contiguous else "F")
    # Every second entry, or the like: the same entries of a copy of all of them.
    whole = array.base
    if not isinstance(whole, np.ndarray) or not whole.flags.c_contiguous or whole.dtype != array.dtype:
        raise SuiteError("drawn: a strided array has to be a view of a whole array")
    offset = array.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    return np.ndarray(array.shape, array.dtype, whole.copy(), offset, array.strides)

"""What is one call given, and how would a student type it?"""

from __future__ import annotations

import functools
import math
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.errors import SuiteError

LONGEST = 200
"""Characters of a shown call."""

_STAGES = ((40, 17), (24, 6), (8, 6), (3, 4), (1, 3))
"""How much of each array is shown, tried until it fits: the most entries and the significant digits."""

_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    functools.partial,
    np.ufunc,
    type,
)


@dataclass(frozen=True)
class Arguments:
    """The arguments of one call: a case of a hidden suite.

    args    the positional ones, in order
    kwargs  the ones given by name
    """

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


Case = tuple[Any, ...] | Arguments
"""What an author writes: a tuple of positional arguments, or `call_with(...)`."""


def as_arguments(case: object) -> Arguments:
    """A case as `Arguments`.

    Raises  SuiteError where `case` is neither a tuple nor `Arguments`: an author's slip such as ``([1.0])``
    """
    if isinstance(case, Arguments):
        return case
    if isinstance(case, tuple):
        return Arguments(case)
    raise SuiteError(
        f"a case is a tuple of arguments or call_with(...), not a {type(case).__name__}; "
        "for a single argument write (x,) with the comma"
    )


def show_call(name: str, arguments: Arguments) -> str:
    """The call as the student would type it, in at most about 200 characters: ``relu([-1.0, 2.0])``.

    Long arrays are shortened and end with their shape. What the values do not show (a read-only array, a
    strided one, numbers that were rounded) follows in a comment.
    """
    text = ""
    for entries, digits in _STAGES:
        writer = _Writer(entries, digits)
        parts = [writer.write(value) for value in arguments.args]
        parts += [f"{key}={writer.write(value)}" for key, value in arguments.kwargs.items()]
        text = f"{name}({', '.join(parts)})"
        comment = f"  # {', '.join(writer.notes)}" if writer.notes else ""
        if len(text) + len(comment) <= LONGEST:
            return text + comment
    return text[: LONGEST - 5] + " ...)"


def show_value(value: Any) -> str:
    """One value as the student would type it, shortened like the arguments of `show_call`."""
    text = ""
    for entries, digits in _STAGES:
        text = _Writer(entries, digits).write(value)
        if len(text) <= LONGEST:
            return text
    return text[: LONGEST - 4] + " ..."


class _Writer:
    """Writes values with at most so many entries an array and so many digits a number; collects notes."""

    def __init__(self, entries: int, digits: int) -> None:
        self._entries = entries
        self._digits = digits
        self._notes: dict[str, None] = {}

    @property
    def notes(self) -> list[str]:
        return list(self._notes)

    def write(self, value: Any, depth: int = 0) -> str:
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic):
            return self._numpy_scalar(value)
        if isinstance(value, int) and abs(value) >= 10**40:
            return f"<an int of {value.bit_length()} bits>"  # repr refuses more than 4300 digits
        if value is None or isinstance(value, int):
            return repr(value)
        if isinstance(value, float):
            return self._float(value)
        if isinstance(value, complex):
            return repr(value)
        if isinstance(value, (str, bytes)):
            return repr(value) if len(value) <= 40 else f"{value[:37]!r}..."
        if depth > 8:
            return "..."
        if isinstance(value, list):
            return f"[{self._items(value, depth)}]"
        if isinstance(value, tuple):
            return f"({self._items(value, depth)}{',' if len(value) == 1 else ''})"
        if isinstance(value, Mapping):
            shown = list(value.items())[: self._entries]
            inside = [f"{self.write(key, depth + 1)}: {self.write(item, depth + 1)}" for key, item in shown]
            return "{" + ", ".join(inside + ["..."] * (len(value) > len(shown))) + "}"
        if isinstance(value, _FUNCTIONS):
            return "<function>"
        # Only the type may be asked: attributes of a handle would be fetched from the worker.
        kind = type(value)
        if hasattr(kind, "__getattr__"):
            return "<object>"
        return "<function>" if callable(value) else f"<{kind.__name__}>"

    def _items(self, values: Sequence[Any], depth: int) -> str:
        shown = [self.write(value, depth + 1) for value in values[: self._entries]]
        return ", ".join(shown + ["..."] * (len(values) > len(shown)))

    def _float(self, value: float, prefix: str = "np.") -> str:
        value = float(value)
        if not math.isfinite(value):
            name = "nan" if math.isnan(value) else "inf"
            return f"{'-' if value < 0 else ''}{prefix}{name}"
        if self._digits >= 17:
            return repr(value)
        rounded = float(f"{value:.{self._digits}g}")
        if rounded != value:
            self._notes["numbers rounded"] = None
        return repr(rounded)

    def _single(self, value: np.generic) -> str:
        """One entry of an array, in the shortest digits of its own type."""
        if isinstance(value, np.floating):
            if self._digits >= 17 and np.isfinite(value):
                return repr(float(str(value)))
            return self._float(float(value))
        return repr(value.item())

    def _numpy_scalar(self, value: np.generic) -> str:
        return f"np.{value.dtype.name}({self._single(value)})"

    def _array(self, array: np.ndarray[Any, Any]) -> str:
        dtype = "" if array.dtype.name in ("float64", "int64", "bool", "complex128") else array.dtype.name
        if not array.dtype.isnative:
            dtype = repr(array.dtype.str)
        elif dtype:
            dtype = f"np.{dtype}"
        self._layout(array)
        typed = f", dtype={dtype}" if dtype else ""
        if array.size == 0 and array.ndim != 1:
            return f"np.zeros({array.shape}{typed})"
        if array.size == 0:
            return f"np.array([]{typed})"
        if array.size > self._entries:
            first = [self._single(value) for value in array.flat[: self._entries]]
            inside = "[" * array.ndim + ", ".join([*first, "..."]) + "]" * array.ndim
            return f"np.array({inside}{typed}, shape={array.shape})"
        return f"np.array({self._nested(array)}{typed})"

    def _nested(self, array: np.ndarray[Any, Any]) -> str:
        if array.ndim == 0:
            return self._single(array.dtype.type(array[()]))
        return f"[{', '.join(self._nested(np.asarray(part)) for part in array)}]"

    def _layout(self, array: np.ndarray[Any, Any]) -> None:
        if not array.flags.writeable:
            self._notes["read-only"] = None
        if array.ndim > 1 and array.flags.f_contiguous and not array.flags.c_contiguous:
            self._notes["Fortran order"] = None
        elif not array.flags.c_contiguous:
            self._notes["strided"] = None

"""What is a case, how large is it, and which of several is the one to show?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import numpy as np

from autograder.checks.target import Call
from autograder.sandbox.arguments import Arguments, Case, as_arguments

__all__ = ["Arguments", "Case", "as_arguments", "call_with", "has_single_precision", "size", "smallest"]

_Item = TypeVar("_Item")


def call_with(*args: Any, **kwargs: Any) -> Arguments:
    """A case with keywords: ``call_with(x, size=2)``."""
    return Arguments(args, kwargs)


def size(value: Any) -> int:
    """Number of elements: an array's entries, 1 for a number or a text, the sum for a container."""
    if isinstance(value, np.ndarray):
        return int(value.size)
    if isinstance(value, Arguments):
        return size(value.args) + size(dict(value.kwargs))
    if isinstance(value, Mapping):
        return sum(map(size, value.values()))
    if isinstance(value, (list, tuple)):
        return sum(map(size, value))
    return 1


def smallest(failing: Iterable[tuple[Call, _Item]]) -> tuple[Call, _Item] | None:
    """The one with the fewest elements in its arguments; the earlier of two equal ones; None of none."""
    return min(failing, key=lambda pair: size(pair[0].args) + size(dict(pair[0].kwargs)), default=None)


def has_single_precision(value: Any) -> bool:
    """Whether some array or scalar in there is float32 or float16 (or their complex kind)."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "fc" and value.dtype.itemsize <= 4 * (1 + (value.dtype.kind == "c"))
    if isinstance(value, Mapping):
        return any(map(has_single_precision, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(has_single_precision, value))
    return False

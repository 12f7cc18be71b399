"""Is this plain data what a picture may hold? Read part by part, or refused; and numbers made fit for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

MOST_VALUES = 4000
"""Texts and numbers of one picture; a report takes a few more."""

MOST_LETTERS = 300
LARGEST = 1e300
SMALLEST = 1e-300
"""What is nearer to 0 counts as 0: there floats lose their digits, and whoever divides by a power of ten their wits."""

T = TypeVar("T")


class NotAPicture(ValueError):
    """The data are not those of a picture. The text says which part is wrong, never what it held."""


def number(value: Any, what: str) -> float | None:
    """A finite number of at most 1e300, or None where there is none to show."""
    if value is None:
        return None
    if type(value) not in (int, float) or not -LARGEST <= value <= LARGEST:
        raise NotAPicture(f"{what} is no finite number")
    return float(value) if abs(value) >= SMALLEST else 0.0


def text(value: Any, what: str) -> str:
    """A text of at most 300 characters."""
    if type(value) is not str or len(value) > MOST_LETTERS:
        raise NotAPicture(f"{what} is no text, or too long")
    return value


def one_of(value: Any, allowed: Sequence[str], what: str) -> str:
    """One of a few words."""
    if type(value) is not str or value not in allowed:
        raise NotAPicture(f"{what} is none of {', '.join(map(repr, allowed))}")
    return value


def items(value: Any, most: int, what: str) -> list[Any]:
    """A list of at most `most` items."""
    if type(value) is not list or len(value) > most:
        raise NotAPicture(f"{what} is no list, or too long")
    return value


def table(value: Any, keys: Sequence[str], what: str) -> dict[str, Any]:
    """A dict with exactly these keys."""
    if type(value) is not dict or value.keys() != set(keys):
        raise NotAPicture(f"{what} has not the parts that it should have")
    return value


def row(value: Any, what: str) -> tuple[float | None, ...]:
    """A list of numbers and gaps."""
    return tuple(number(one, what) for one in items(value, MOST_VALUES, what))


def each(value: Any, most: int, what: str, read: Callable[[Any], T]) -> tuple[T, ...]:
    """A list, read item by item."""
    return tuple(read(one) for one in items(value, most, what))


def rounded(value: Any) -> float | None:
    """A number as a picture keeps it: six digits, which is more than an eye can tell; None for what cannot be shown."""
    try:
        exact = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if not math.isfinite(exact) or abs(exact) > LARGEST:
        return None
    return float(f"{exact:.6g}") if abs(exact) >= SMALLEST else 0.0


def all_rounded(values: Any) -> tuple[float | None, ...]:
    """Numbers as a picture keeps them."""
    return tuple(map(rounded, values))


def close(one: float | None, other: float | None, scale: float = 0.0) -> bool:
    """Whether an eye sees no difference: to 1 in 1000, of the number or of the largest one around (`scale`)."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 1e-3 * abs(other) + 1e-6 * scale

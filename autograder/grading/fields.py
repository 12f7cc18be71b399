"""Plain data from a lane, read field by field: of the type and within the bounds that are due, or refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """What a lane said is not believed. The text says why, in words of ours alone."""


def mapping(data: Any, keys: frozenset[str], what: str) -> Mapping[str, Any]:
    """A dict with exactly these keys."""
    if type(data) is not dict or data.keys() != keys:
        raise Refused(f"{what} has not the parts that it should have")
    return data


def items(data: Any, most: int, what: str) -> list[Any]:
    """A list of at most `most` items."""
    if type(data) is not list or len(data) > most:
        raise Refused(f"{what} is no list, or too long")
    return data


def row(data: Any, length: int, what: str) -> list[Any]:
    """A list of exactly `length` items."""
    if len(items(data, length, what)) != length:
        raise Refused(f"{what} is too short")
    return data  # type: ignore[no-any-return]


def text(data: Any, most: int, what: str) -> str:
    """A text of at most `most` characters."""
    if type(data) is not str or len(data) > most:
        raise Refused(f"{what} is no text, or too long")
    return data


def whole(data: Any, low: int, high: int, what: str) -> int:
    """A whole number from `low` to `high`."""
    if type(data) is not int or not low <= data <= high:
        raise Refused(f"{what} is no whole number from {low} to {high}")
    return data


def number(data: Any, low: float, high: float, what: str) -> float:
    """A finite number from `low` to `high`; not nan, which no bound catches."""
    if type(data) not in (int, float) or not math.isfinite(data) or not low <= data <= high:
        raise Refused(f"{what} is no number from {low:g} to {high:g}")
    return float(data)


def truth(data: Any, what: str) -> bool:
    """True or False."""
    if type(data) is not bool:
        raise Refused(f"{what} is neither true nor false")
    return data

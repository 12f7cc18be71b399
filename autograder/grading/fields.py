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


def plain(data: Any, most: int, longest: int, what: str) -> None:
    """Nested lists and dicts of texts, finite numbers, truths and None: at most `most` of them in all, eight deep."""
    level, left = [data], most
    for _depth in range(8):
        further: list[Any] = []
        for one in level:
            if type(one) is dict:
                for key in one:
                    text(key, longest, what)
                further += one.values()
            elif type(one) is list:
                further += one
            elif type(one) is str:
                text(one, longest, what)
            elif one is not None and type(one) is not bool:
                number(one, -1e300, 1e300, what)
        left -= len(further)
        if left < 0:
            raise Refused(f"{what} is too much")
        if not further:
            return
        level = further
    raise Refused(f"{what} is nested too deeply")

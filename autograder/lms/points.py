"""How do marks stand in a platform's file, and how do ours get there? Decimal comma or point, and another maximum."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from autograder.model import points

_WITH_COMMA = re.compile(r"[-+]?\d+,\d+%?")
_WITH_POINT = re.compile(r"[-+]?\d+\.\d+%?")
_NUMBER = re.compile(r"[-+]?\d{1,12}(?:[.,]\d{0,12})?")


def parsed(text: str) -> Fraction | None:
    """The number that a cell says, exactly; a decimal comma is one. None for anything else."""
    bare = text.strip()
    return Fraction(bare.replace(",", ".")) if _NUMBER.fullmatch(bare) else None


def decimal_of(cells: Iterable[str]) -> set[str]:
    """Which of "," and "." these cells have before decimals."""
    found = set()
    for cell in cells:
        bare = cell.strip()
        if _WITH_COMMA.fullmatch(bare):
            found.add(",")
        elif _WITH_POINT.fullmatch(bare):
            found.add(".")
    return found


def cents(number: Fraction) -> int:
    """Points as cents, a half up."""
    return int((number * 200 + 1) // 2)


def scaled(score: int, max_score: int, possible: Fraction) -> int:
    """`score` of `max_score` cents as cents of `possible` points, to the cent, a half up."""
    return cents(Fraction(score, max_score) * possible) if max_score else 0


def written(score: int, decimal: str) -> str:
    """Cents as a platform reads them: 1250 → "12.5", or "12,5"."""
    return points(score).replace(".", decimal)

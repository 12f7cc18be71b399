"""How are numbers, arguments and parts of a result written in a sentence?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from autograder.cleaning import clean_line

_LONGEST_NAME = 40


def short(number: float) -> str:
    """A number with four significant digits: 0.4343, 4, -1."""
    return f"{float(number):z.4g}" if math.isfinite(number) else str(float(number))


def code(value: Any) -> str:
    """A name, key or small value as Python writes it, in at most 40 harmless characters."""
    try:
        text = (
            repr(value) if type(value) in (str, bytes, int, float, bool, type(None)) else type(value).__name__
        )
    except ValueError:  # an int of more digits than Python writes
        text = "int"
    return clean_line(text, _LONGEST_NAME)


def result_name(name: str, path: tuple[Any, ...] = ()) -> str:
    """The result, or a part of it, as an expression that reads the same in every language: ``f(…)[1]["x"]``."""
    return f"{clean_line(name, _LONGEST_NAME)}(…)" + "".join(f"[{code(key)}]" for key in path[:4])


def named(args: Sequence[Any], kwargs: Mapping[str, Any], parameters: Sequence[str]) -> dict[str, Any]:
    """The arguments of a call by what people call them: the parameter's name, else "argument 1"."""
    found: dict[str, Any] = {}
    for number, value in enumerate(args):
        found[label_of(number, parameters)] = value
    for key, value in kwargs.items():
        found[_clean(str(key))] = value
    return found


@lru_cache(1000)
def _clean(name: str) -> str:
    return clean_line(name, _LONGEST_NAME)


def label_of(number: int, parameters: Sequence[str]) -> str:
    """What people call the positional argument `number`, counted from 0."""
    if number < len(parameters):
        return _clean(str(parameters[number]))
    return f"argument {number + 1}"

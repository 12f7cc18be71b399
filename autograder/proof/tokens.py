"""What is left of a line when the way it was written does not matter? Its words, numbers and operators.

White space, line breaks, indentation, brackets, commas, quotes and backslashes are gone; names keep their case.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Generic, TypeVar

_Value = TypeVar("_Value")

_TOKEN = re.compile(r"""\d\w*(?:\.\d\w*)*|\w+|[^\w\s()\[\]{},;:"'`\\#“”‘’«»…│┃║|╎╏▏▕]""")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_ALIKE = (("−", "-"), ("–", "-"), ("×", "*"))
_TELLING = re.compile(r"\w[\w.]*|[-+*/%@<>&^~]")
_KEYWORDS = frozenset(keyword.kwlist)

_START = 4


def plain(text: str) -> str:
    """The text in one form of Unicode, without characters that nobody sees."""
    if text.isascii():
        return text
    for one, other in _ALIKE:
        text = text.replace(one, other)
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))


def words(text: str) -> list[str]:
    """The tokens of a text, in order."""
    return _TOKEN.findall(plain(text))


def line_of(text: str, index: int) -> int:
    """The line, from 1, that a text's token with this index stands in."""
    text = plain(text)
    found = next(islice(_TOKEN.finditer(text), index, None))
    return text.count("\n", 0, found.start()) + 1


def telling(line: Iterable[str]) -> int:
    """How much a line says: its names, numbers and arithmetic, without Python's keywords, "." and "="."""
    return sum(1 for token in line if token not in _KEYWORDS and _TELLING.fullmatch(token))


class Needles(Generic[_Value]):
    """Many short runs of tokens, to be found in long texts in one pass over each."""

    def __init__(self, needles: Iterable[tuple[tuple[str, ...], _Value]]) -> None:
        """needles: tokens, at least four, and what they stand for"""
        self._by_start: dict[tuple[str, ...], list[tuple[tuple[str, ...], _Value]]] = {}
        self._first: set[str] = set()
        for needle, value in needles:
            self._by_start.setdefault(needle[:_START], []).append((needle, value))
            self._first.add(needle[0])

    def within(self, hay: list[str]) -> Iterator[tuple[int, tuple[str, ...], _Value]]:
        """(index of its first token, needle, value) of each that occurs."""
        first, by_start = self._first, self._by_start
        for index, word in enumerate(hay):
            if word not in first:
                continue
            for needle, value in by_start.get(tuple(hay[index : index + _START]), ()):
                if tuple(hay[index : index + len(needle)]) == needle:
                    yield index, needle, value

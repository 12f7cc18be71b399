"""What stands where in a JSON text? Its values are stepped over at the speed of a search, and only some are looked into.

A notebook's outputs may come to a hundred megabytes, of which nothing is kept: so nothing is made of them either, and
whatever is wrong inside them costs nobody anything. The brackets and strings of a value that is stepped over must close.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

MOST_DEPTH = 10_000
_LONGEST_KEY = 200
_SPACE = re.compile(rb"[ \t\n\r]*+")
# Nothing in here can be matched in two ways, and the possessive "+" says so: no memory is kept for second thoughts.
_STRING_TEXT = rb'"(?:[^"\\]++|\\.)*+"'
_STRING = re.compile(_STRING_TEXT, re.DOTALL)
_SHALLOW_TEXT = rb'(?:[^\[\]{}"]++|' + _STRING_TEXT + rb")*+"
for _level in range(3):
    _SHALLOW_TEXT = rb'(?:[^\[\]{}"]++|%b|\[%b\]|\{%b\})*+' % (_STRING_TEXT, _SHALLOW_TEXT, _SHALLOW_TEXT)
_SHALLOW = re.compile(_SHALLOW_TEXT, re.DOTALL)
"""What closes within three levels. Deeper brackets are counted one by one, which takes longer."""

_SCALAR = re.compile(rb"true|false|null|NaN|-?(?:Infinity|\d[-+.\w]*+)")
_CLOSING = {ord("["): ord("]"), ord("{"): ord("}")}


class NotJson(Exception):
    """The text breaks off, or goes on with something else than JSON does. position: in bytes."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class TooDeep(Exception):
    """Lists within lists, without end."""


class Skimmer:
    """Goes through a JSON text from front to back.

    Each of `members` and `items` stands at one value after the other, which the caller reads or steps over before it asks
    for the next.

    data   the text in UTF-8; a byte order mark is stepped over
    """

    def __init__(self, data: bytes | bytearray) -> None:
        self._data = data
        self._at = 3 if data[:3] == b"\xef\xbb\xbf" else 0

    def begins(self, bracket: bytes) -> bool:
        """Whether the value here is an object ("{"), a list ("[") or a text ('"')."""
        self._space()
        return self._data[self._at : self._at + 1] == bracket

    def members(self) -> Iterator[str]:
        """The keys of the object here, each once the value before it was read. One longer than any that counts is ""."""
        self._take(b"{")
        if self._found(b"}"):
            return
        while True:
            key = self._key()
            self._take(b":")
            self._space()
            yield key
            if self._found(b"}"):
                return
            self._take(b",")

    def items(self) -> Iterator[int]:
        """The positions, from 0, in the list here."""
        self._take(b"[")
        if self._found(b"]"):
            return
        number = 0
        while True:
            self._space()
            yield number
            number += 1
            if self._found(b"]"):
                return
            self._take(b",")

    def skip(self) -> slice:
        """Step over the value here. Returns where it stood."""
        self._space()
        begin = self._at
        if self._data[begin : begin + 1] in (b"[", b"{"):
            self._skip_nested()
        else:
            self._skip_one(_STRING if self.begins(b'"') else _SCALAR)
        return slice(begin, self._at)

    def end(self) -> None:
        """Raises NotJson where anything is left."""
        self._space()
        if self._at < len(self._data):
            raise NotJson(self._at)

    def value(self, place: slice) -> Any:
        """What stands at a place that was stepped over.

        Raises  NotJson, and UnicodeDecodeError, whose position counts from the place's beginning
        """
        text = bytes(self._data[place]).decode("utf-8")
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise NotJson(place.start + len(text[: error.pos].encode())) from None
        except (ValueError, RecursionError):  # a number of too many digits; lists within lists
            raise NotJson(place.start) from None

    # -- steps --------------------------------------------------------------------------------------------

    def _space(self) -> None:
        found = _SPACE.match(self._data, self._at)
        assert found is not None
        self._at = found.end()

    def _found(self, token: bytes) -> bool:
        if not self.begins(token):
            return False
        self._at += 1
        return True

    def _take(self, token: bytes) -> None:
        if not self._found(token):
            raise NotJson(self._at)

    def _key(self) -> str:
        self._space()
        begin = self._at
        self._skip_one(_STRING)
        if self._at - begin > _LONGEST_KEY:
            return ""
        key = bytes(self._data[begin + 1 : self._at - 1])
        if b"\\" not in key:
            return key.decode("utf-8", "replace")
        try:
            return str(self.value(slice(begin, self._at)))
        except UnicodeDecodeError:
            return ""

    def _skip_one(self, pattern: re.Pattern[bytes]) -> None:
        found = pattern.match(self._data, self._at)
        if found is None:
            raise NotJson(self._at)
        self._at = found.end()

    def _skip_nested(self) -> None:
        data, at = self._data, self._at
        closing: list[int] = []
        while True:
            if at >= len(data):
                raise NotJson(len(data))
            byte = data[at]
            if byte in _CLOSING:
                closing.append(_CLOSING[byte])
                if len(closing) > MOST_DEPTH:
                    raise TooDeep
            elif not closing or byte != closing.pop():
                # A quote too: what is a whole string was stepped over below.
                raise NotJson(at)
            at += 1
            if not closing:
                self._at = at
                return
            found = _SHALLOW.match(data, at)
            assert found is not None
            at = found.end()

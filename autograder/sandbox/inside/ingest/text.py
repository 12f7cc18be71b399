"""What does a submitted file say? Bytes to text, or a sentence that tells how to save it again."""

from __future__ import annotations

import codecs
import re

from . import said
from .said import Notices, Unreadable

_COOKIE = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
# Names are looked up here and not in `codecs`, which would import a module that the file names.
_ENCODINGS = {
    **dict.fromkeys(["latin-1", "latin1", "iso-8859-1", "iso8859-1", "8859", "l1"], "latin-1"),
    **dict.fromkeys(["cp1252", "windows-1252", "1252"], "cp1252"),
    **dict.fromkeys(["cp1258", "windows-1258", "1258"], "cp1258"),
}
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")

for _name in (*_ENCODINGS.values(), "utf-8-sig", "cp437"):
    codecs.lookup(_name)  # each is a module, which must be there before paths are out of reach


def decode(name: str, data: bytes) -> str:
    """The text of a source file: UTF-8 (with a mark or without), else the encoding that it declares.

    Returns  the text with newlines as "\\n"
    Raises   Unreadable, which says where it cannot be read
    """
    if b"\0" in data:
        utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        raise Unreadable(said.UTF16 if utf16 else said.NOT_TEXT, file=name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The mark, where there is one, is not counted in the error's position.
        start = error.start + len(codecs.BOM_UTF8) * data.startswith(codecs.BOM_UTF8)
        declared = _declared(data)
        if declared is None:
            raise not_utf8(name, data, start) from None
        try:
            text = data.decode(declared)
        except UnicodeDecodeError as second:
            raise Unreadable(
                said.NOT_AS_DECLARED,
                file=name,
                line=_line(data, second.start),
                byte=f"{data[second.start]:02x}",
                encoding=declared,
            ) from None
    return with_newlines(text)


def not_utf8(name: str, data: bytes | bytearray, position: int) -> Unreadable:
    """What to raise where the byte at `position` is no UTF-8."""
    return Unreadable(said.NOT_UTF8, file=name, line=_line(data, position), byte=f"{data[position]:02x}")


def with_newlines(text: str) -> str:
    """`text` with every line ended by "\\n" alone."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def look_for_turns(name: str, text: str, notices: Notices) -> None:
    """Say where a text first shows people something else than it is."""
    if found := _TURNS.search(text):
        notices.add(
            said.HIDDEN_ORDER,
            file=name,
            line=text.count("\n", 0, found.start()) + 1,
            character=f"U+{ord(found[0]):04X}",
        )


def _line(data: bytes | bytearray, position: int) -> int:
    # "\r" ends a line by itself too, as it does for Python.
    ends = [data.count(end, 0, position) for end in (b"\n", b"\r", b"\r\n")]
    return ends[0] + ends[1] - ends[2] + 1


def _declared(data: bytes) -> str | None:
    """The encoding in a PEP 263 comment of the first two lines, where it is one of the few that we read."""
    for line in data[:2000].splitlines()[:2]:
        if found := _COOKIE.match(line):
            return _ENCODINGS.get(found[1].decode("ascii", "replace").lower().replace("_", "-"))
    return None

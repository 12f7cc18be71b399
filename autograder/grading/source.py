"""What does a submitted file say? Bytes to text, or a sentence that tells how to save it again."""

from __future__ import annotations

import codecs
import re

from autograder.model import Message, message

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_ALLOWED = {"iso8859-1": "latin-1", "cp1252": "cp1252", "cp1258": "cp1258"}


def decode(name: str, data: bytes) -> str | Message:
    """The text of a source file: UTF-8 (with a mark or without), else the encoding that it declares.

    Returns  the text with newlines as "\\n", or a Message that says where it cannot be read
    """
    if b"\0" in data:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return message(
                "{file} is saved as UTF-16. Save it again as UTF-8 (in Notepad: Save as, Encoding, UTF-8).",
                file=name,
            )
        return message(
            "{file} is not a text file: it holds zero bytes. Submit the source, not a compiled file.",
            file=name,
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        declared = _declared(data)
        if declared is None:
            line = data.count(b"\n", 0, error.start) + 1
            return message(
                "{file}, line {line}: the byte 0x{byte} is not UTF-8. Save the file again as UTF-8 "
                "(in VS Code: click the encoding in the status bar, Save with Encoding, UTF-8).",
                file=name,
                line=line,
                byte=f"{data[error.start]:02x}",
            )
        try:
            text = data.decode(declared)
        except UnicodeDecodeError as second:
            return message(
                "{file}, line {line}: it declares the encoding {encoding}, but the byte 0x{byte} is not in it. "
                "Save the file again as UTF-8.",
                file=name,
                line=data.count(b"\n", 0, second.start) + 1,
                byte=f"{data[second.start]:02x}",
                encoding=declared,
            )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _declared(data: bytes) -> str | None:
    """The encoding in a PEP 263 comment of the first two lines, where it is one of the few that we read."""
    for line in data.split(b"\n", 2)[:2]:
        if found := _COOKIE.match(line):
            try:
                return _ALLOWED.get(codecs.lookup(found[1].decode("ascii", "replace")).name)
            except LookupError:
                return None
    return None

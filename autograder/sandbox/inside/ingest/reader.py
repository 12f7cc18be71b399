"""Answers one question about the files of a submission: which sources are they?

    ["part", seq, name, bytes]                      → nothing: the beginning of a file too large for one message
    ["read", seq, [[name, bytes], …], main, names]  → ["done", seq, 0, answer]

An answer is ["read", [[name, text or list of cells], …], notices] or ["unreadable", sentence, notices]; a
sentence is [one of `said`, [[field, value], …]]. The same code runs in a worker and, for files that are one's own, in memory.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias

from .. import wire
from . import archive, notebook, said, text
from .names import MAX_FILES, notebook_of
from .said import Notices, Said, Unreadable

Bytes: TypeAlias = bytes | bytearray
Source: TypeAlias = str | list[str]
"""A file's text, or the code cells of a notebook."""


class Reader:
    """Answers in a worker with the role "ingest"."""

    def __init__(self) -> None:
        self._parts: dict[str, bytearray] = {}

    def handle(self, message: Any) -> Iterator[list[Any]]:
        """The replies to one request."""
        kind, seq, *rest = message
        if kind == "part":
            name, data = rest
            self._parts.setdefault(name, bytearray()).extend(data)
            return
        if kind != "read":
            raise wire.ProtocolError("an unknown request")
        files, main, names = rest
        parts, self._parts = self._parts, {}
        whole = {name: _joined(parts.pop(name, None), data) for name, data in files}
        yield ["done", seq, 0, answer(whole, main, names)]


def _joined(begun: bytearray | None, end: bytes) -> Bytes:
    if begun is None:
        return end
    begun.extend(end)
    return begun


def answer(files: Mapping[str, Bytes], main: str, names: Collection[str] = ()) -> list[Any]:
    """The answer for these files, of which one is `main`, its notebook or, by itself, an archive.

    names  what is to be graded in it
    """
    notices = Notices()
    try:
        found = sources(files, main, notices, names)
    except Unreadable as error:
        problem = error.said
    except MemoryError:
        problem = said.said(said.TOO_MUCH_MEMORY, file=largest(files))
    else:
        return ["read", [[name, source] for name, source in found.items()], _plain(notices)]
    return ["unreadable", _sentence(problem), _plain(notices)]


def sources(
    files: Mapping[str, Bytes], main: str, notices: Notices, names: Collection[str] = ()
) -> dict[str, Source]:
    """Name → source; `main` is among them, also where a notebook or an archive took its place.

    Raises  Unreadable, and MemoryError where the files want more than there is
    """
    if main not in files and notebook_of(main) not in files:
        ((name, data),) = files.items()
        files = archive.unpack(name, bytes(data), main, notices)
    found: dict[str, Source] = {}
    for name, data in files.items():
        if name == notebook_of(main):
            beside = [other for other in files if other != name]
            made = notebook.read(name, data, main, notices, beside=beside, names=names)
            found[main] = made.cells
            room = MAX_FILES - len(files)
            found |= {module: made.written[module] for module in list(made.written)[:room]}
        else:
            found[name] = decoded = text.decode(name, bytes(data))
            text.look_for_turns(name, decoded, notices)
    return found


def largest(files: Mapping[str, Bytes]) -> str:
    """The file that is most likely at fault where reading takes too much."""
    return max(files, key=lambda name: len(files[name]), default="?")


def _plain(notices: Notices) -> list[Any]:
    return [_sentence(notice) for notice in notices.said]


def _sentence(told: Said) -> list[Any]:
    sentence, fields = told
    return [sentence, [[name, value] for name, value in fields.items()]]

"""Answers one question about the files of a submission: which sources are they?

    ["read", seq, [[name, bytes], …], main]  → ["done", seq, 0, answer]

An answer is ["read", [[name, text or list of cells], …], notices] or ["unreadable", sentence, notices]; a
sentence is [one of `said`, [[field, value], …]]. The same code runs in a worker and, for files that are one's own, in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from .. import wire
from . import archive, notebook, said, text
from .names import notebook_of
from .said import Notices, Said, Unreadable

Source: TypeAlias = str | list[str]
"""A file's text, or the code cells of a notebook."""


def handle(message: Any) -> Iterator[list[Any]]:
    """The reply to one request, in a worker with the role "ingest"."""
    kind, seq, files, main = message
    if kind != "read":
        raise wire.ProtocolError("an unknown request")
    yield ["done", seq, 0, answer(dict(files), main)]


def answer(files: Mapping[str, bytes], main: str) -> list[Any]:
    """The answer for these files, of which one is `main`, its notebook or, by itself, an archive."""
    notices = Notices()
    try:
        found = sources(files, main, notices)
    except Unreadable as error:
        problem = error.said
    except MemoryError:
        problem = said.said(said.TOO_MUCH_MEMORY, file=largest(files))
    else:
        return ["read", [[name, source] for name, source in found.items()], _plain(notices)]
    return ["unreadable", _sentence(problem), _plain(notices)]


def sources(files: Mapping[str, bytes], main: str, notices: Notices) -> dict[str, Source]:
    """Name → source; `main` is among them, also where a notebook or an archive took its place.

    Raises  Unreadable, and MemoryError where the files want more than there is
    """
    if main not in files and notebook_of(main) not in files:
        ((name, data),) = files.items()
        files = archive.unpack(name, data, main, notices)
    found: dict[str, Source] = {}
    for name, data in files.items():
        if name == notebook_of(main):
            found[main] = notebook.cells(name, data, notices)
        else:
            found[name] = decoded = text.decode(name, data)
            text.look_for_turns(name, decoded, notices)
    return found


def largest(files: Mapping[str, bytes]) -> str:
    """The file that is most likely at fault where reading takes too much."""
    return max(files, key=lambda name: len(files[name]), default="?")


def _plain(notices: Notices) -> list[Any]:
    return [_sentence(notice) for notice in notices.said]


def _sentence(told: Said) -> list[Any]:
    sentence, fields = told
    return [sentence, [[name, value] for name, value in fields.items()]]

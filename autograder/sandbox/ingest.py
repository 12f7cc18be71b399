"""The trusted end of reading a submission: hands its bytes to a worker of their own, and doubts what comes back.

Nothing on this side unpacks, parses or decodes what a student handed in. One worker reads one submission: what a
file does to it ends with it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.cleaning import clean_line
from autograder.course.manifest import Limits
from autograder.model import Message, message
from autograder.sandbox.channel import ChannelClosed, DeadlinePassed
from autograder.sandbox.inside import wire
from autograder.sandbox.inside.ingest import reader, said
from autograder.sandbox.inside.ingest.names import MAX_FILES, notebook_of
from autograder.sandbox.inside.ingest.notebook import MAX_CELLS
from autograder.sandbox.inside.worker import OUT_OF_MEMORY
from autograder.sandbox.launch import Launcher, Process
from autograder.sandbox.starved import cpu_time, is_starved

LIMITS = Limits(call_seconds=10, submission_seconds=10, memory_mib=512)
ROLE = "ingest"
MAX_TEXT_BYTES = 48 * 2**20
"""All sources of a submission together, as they come back: latin-1 takes twice its bytes in UTF-8."""

_PART_BYTES = 8 * 2**20
_PATIENCE = 3
_LONGEST_FIELD = 300
_FIELD = re.compile(r"\{(\w+)\}")

Source = str | tuple[str, ...]
"""A file's text, or the code cells of a notebook."""


@dataclass(frozen=True)
class Ingested:
    """What was handed in, read.

    sources  name → source; the file to be graded is among them. Empty where there is a problem
    notices  what was left out, and what should be known
    problem  why it cannot be graded, else None
    """

    sources: Mapping[str, Source] = field(default_factory=dict)
    notices: tuple[Message, ...] = ()
    problem: Message | None = None


def ingest(
    launcher: Launcher,
    files: Mapping[str, bytes],
    main: str,
    limits: Limits = LIMITS,
    *,
    names: Iterable[str] = (),
) -> Ingested:
    """Read a submission's files in a worker that is ended afterwards.

    files   name → bytes: `main` or its notebook with sibling modules, or one archive
    limits  of the worker; `submission_seconds` is how long it may take
    names   the functions that are to be graded in it
    Raises  SystemFault where no worker can be started. Whatever the files do to it is a `problem`
    """
    process = launcher.start(limits, role=ROLE)
    suspect = clean_line(reader.largest(files), _LONGEST_FIELD)
    ended = False
    try:
        deadline = time.monotonic() + limits.submission_seconds
        for request in _requests(files, main, names):
            process.channel.send(wire.frame(request), deadline)
        reply = wire.unpack(_receive(process, deadline, limits.submission_seconds))
        if type(reply) is not list or len(reply) != 4 or reply[:3] != ["done", 1, 0]:
            raise wire.ProtocolError("a reply that was not asked for")
        return checked(reply[3], files, main)
    except DeadlinePassed:
        seconds = f"{limits.submission_seconds:g}"
        return Ingested(problem=message(said.TOO_SLOW, file=suspect, seconds=seconds))
    except ChannelClosed:
        ended = True
    except wire.ProtocolError:
        return Ingested(problem=message(said.ENDED, file=suspect))
    finally:
        ending = process.end(ended)
        process.channel.close()
    # Memory may run out wherever it likes: while the files arrive, in reading them, or for the reply.
    exhausted = ending.status == OUT_OF_MEMORY << 8
    return Ingested(problem=message(said.TOO_MUCH_MEMORY if exhausted else said.ENDED, file=suspect))


def _requests(files: Mapping[str, bytes], main: str, names: Iterable[str]) -> Iterator[list[Any]]:
    """The messages to the worker. A large file goes in parts, so that no second copy of it is ever made here."""
    rest: list[list[Any]] = []
    for name, data in files.items():
        last = max(len(data) - 1, 0) // _PART_BYTES * _PART_BYTES
        for begin in range(0, last, _PART_BYTES):
            yield ["part", 1, name, data[begin : begin + _PART_BYTES]]
        rest.append([name, data[last:] if last else data])
    yield ["read", 1, rest, main, list(names)]


def ingest_here(files: Mapping[str, bytes], main: str, *, names: Iterable[str] = ()) -> Ingested:
    """The same in this process: for a person's own files, on their own machine."""
    return checked(wire.unpack(wire.pack(reader.answer(files, main, list(names)))), files, main)


def _receive(process: Process, deadline: float, seconds: float) -> bytes:
    """The reply's body. A worker that the machine gives too little time may take longer."""
    cpu_before, last = cpu_time(process.pid), deadline + (_PATIENCE - 1) * seconds
    while True:
        try:
            return process.channel.receive(deadline)
        except DeadlinePassed:
            if deadline >= last or not is_starved(process.pid, cpu_before, seconds):
                raise
            deadline = min(deadline + seconds / 4, last)


def checked(answer: Any, files: Mapping[str, bytes], main: str) -> Ingested:
    """An answer of `reader`, every part of it checked: it may have been written by what was being read.

    Raises  ProtocolError where it is none, or one to another question
    """
    if type(answer) is not list or len(answer) != 3 or type(answer[2]) is not list:
        raise wire.ProtocolError("an answer that is not one")
    kind, content, notices = answer
    told = tuple(_message(notice) for notice in notices[: said.MOST_NOTICES])
    if kind == "unreadable":
        return Ingested(notices=told, problem=_message(content))
    if kind != "read" or type(content) is not list or len(content) > MAX_FILES:
        raise wire.ProtocolError("an answer that is not one")
    sources = dict(_source(pair) for pair in content)
    if main not in sources or len(sources) != len(content):
        raise wire.ProtocolError("an answer without the file that was asked for")
    if main in files or notebook_of(main) in files:
        expected = {main if name == notebook_of(main) else name for name in files}
        # A notebook may hold modules too, in cells that write them.
        if set(sources) != expected and not (main not in files and expected < set(sources)):
            raise wire.ProtocolError("files that were not sent")
    if sum(_size(source) for source in sources.values()) > MAX_TEXT_BYTES:
        raise wire.ProtocolError("more text than was sent")
    return Ingested(sources, told)


def _source(pair: Any) -> tuple[str, Source]:
    if type(pair) is not list or len(pair) != 2 or type(pair[0]) is not str:
        raise wire.ProtocolError("a source that is not one")
    name, source = pair
    if not name.endswith(".py") or not name.removesuffix(".py").isidentifier() or len(name) > 255:
        raise wire.ProtocolError("a source whose name is none of a module")
    if type(source) is list and len(source) <= MAX_CELLS and all(type(cell) is str for cell in source):
        return name, tuple(source)
    if type(source) is not str:
        raise wire.ProtocolError("a source that is not one")
    return name, source


def _size(source: Source) -> int:
    # What came through msgpack is valid UTF-8.
    return sum(len(part.encode()) for part in ((source,) if isinstance(source, str) else source))


def _message(value: Any) -> Message:
    """A sentence that is one of ours, with exactly its fields, each a short line or a number."""
    if type(value) is not list or [type(part) for part in value] != [str, list]:
        raise wire.ProtocolError("a sentence that is not one")
    sentence, pairs = value
    due = set(_FIELD.findall(sentence)) if sentence in said.SENTENCES else set()
    # Counted first: each field is cleaned, and there could be a million of them.
    if sentence not in said.SENTENCES or len(pairs) != len(due):
        raise wire.ProtocolError("a sentence that is not ours")
    fields = {_field(name): _field(part) for name, part in map(_pair, pairs)}
    if fields.keys() != due:
        raise wire.ProtocolError("a sentence that is not ours")
    return message(sentence, **{str(name): part for name, part in fields.items()})


def _pair(value: Any) -> list[Any]:
    if type(value) is not list or len(value) != 2:
        raise wire.ProtocolError("a field that is none")
    return value


def _field(value: Any) -> str | int:
    if type(value) is str:
        return clean_line(value, _LONGEST_FIELD)
    if type(value) is int and abs(value) < 2**53:
        return value
    raise wire.ProtocolError("a field that is none")

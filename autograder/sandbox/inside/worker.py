"""The worker's main loop: read a request, do it, write the reply. Student code runs in here."""

from __future__ import annotations

import linecache
import os
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from . import wire
from .executor import Executor

OUT_OF_MEMORY = 71
"""The exit status of a worker whose memory did not do for a request or a reply, and so not for saying so either."""

_CHUNK = 2**16
"""Bytes of one read: as many as a pipe holds. A larger buffer takes longer to get than all else in a small call."""


_REHEARSED = """
import numpy as np
def mean(x, axis=None):
    x = np.asarray(x, dtype=np.float64)
    return x.sum(axis=axis) / x.size
value = mean(np.ones((2, 3)))
"""


class Link:
    """The worker's ends of the two pipes; a zygote makes one before it is known which (`attach`)."""

    def __init__(self, requests: int = -1, replies: int = -1, role: str = "student") -> None:
        self.attach(requests, replies)
        self._buffer = b""
        self._executor = Executor(self._call_back, _flush, install=True)
        self._handle: Callable[[Any], Iterator[list[Any]]] = self._executor.handle
        if role == "ingest":
            from .ingest import reader

            self._handle = reader.Reader().handle

    def attach(self, requests: int, replies: int) -> None:
        """Take these descriptors as the ends of the pipes."""
        self._requests = requests
        self._replies = replies

    def announce(self) -> None:
        """Say that NumPy is imported and everything is ready."""
        self._write(wire.frame(["ready"]))

    def serve(self) -> None:
        """Answer requests until the trusted side closes its end."""
        while True:
            message = self._read()
            if message is None:
                return
            self._answer(message)

    def _answer(self, message: Any) -> None:
        for reply in self._handle(message):
            try:
                data = wire.frame(reply)
            except wire.NotPlain as error:
                data = wire.frame([*reply[:3], ["odd", str(error), [], []]])
            self._write(data)

    def _call_back(self, question: list[Any]) -> Any:
        """Ask the trusted side; while it thinks it may send requests of its own, which are answered first."""
        _flush()
        self._write(wire.frame(["ask", question]))
        while True:
            message = self._read()
            if message is None:
                os._exit(0)
            if message[0] == "answer":
                return message[1]
            if message[0] == "raise":
                kind = getattr(__import__("builtins"), message[1], Exception)
                raise kind(message[2])
            self._answer(message)

    def _read(self) -> Any:
        """The next message; None once the trusted side has closed its end."""
        begin = wire.HEADER.size
        if not self._fill(begin):
            return None
        end = begin + wire.body_length(self._buffer)
        if not self._fill(end):
            return None
        body = self._buffer[begin:end]
        self._buffer = self._buffer[end:]
        return wire.unpack(body)

    def _fill(self, size: int) -> bool:
        """Read until the buffer has so many bytes; False where there are no more."""
        missing = size - len(self._buffer)
        if missing <= 0:
            return True
        parts = [self._buffer]
        while missing > 0:
            part = os.read(self._requests, _CHUNK)
            if not part:
                return False
            parts.append(part)
            missing -= len(part)
        self._buffer = b"".join(parts)
        return True

    def _write(self, data: bytes) -> None:
        written = os.write(self._replies, data)
        if written < len(data):
            view = memoryview(data)[written:]
            while view:
                view = view[os.write(self._replies, view) :]


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105 — this is run at each call, and suppress() takes longer than a flush
            stream.flush()
        except Exception:
            pass


_ready: dict[str, Link] = {}
"""By role, what the zygote has made for its workers: each takes its own copy when it is forked."""


def prepare() -> None:
    """Do in the zygote, once, what does not depend on the worker: a page that a worker need not write is not copied."""
    for role in ("student", "ingest"):
        _ready[role] = Link(role=role)
    _open_streams_of_pipes()
    _rehearse()
    _same_start()


def _rehearse() -> None:
    """Do once what every worker does first: where methods are found, and which functions of the C library are meant, is
    written down at first use, and each worker would write it into pages of its own."""
    message = wire.frame(["load", 1, [["work.py", _REHEARSED]], "work.py", [], [], 1.0])
    read_end, write_end = os.pipe()
    try:
        link = Link(read_end, write_end)
        # One that changes nothing of the process, as on the trusted side.
        link._handle = Executor(link._call_back).handle
        os.write(write_end, message)
        link._answer(link._read())
    finally:
        os.close(read_end)
        os.close(write_end)
        linecache.cache.pop("work.py", None)


def _same_start() -> None:
    # Every fork inherits NumPy's global generator in one state, and the same bytes must give the same report.
    random.seed(0)
    np.random.seed(0)


def _open_streams() -> None:
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115


def _open_streams_of_pipes() -> None:
    """Python's streams on 0, 1 and 2, which for the moment are pipes, as they will be in every worker."""
    kept = [os.dup(standard) for standard in range(3)]
    ends = os.pipe()
    try:
        for standard in range(3):
            os.dup2(ends[standard > 0], standard)
        _open_streams()
    finally:
        for standard, descriptor in enumerate(kept):
            os.dup2(descriptor, standard)
        for descriptor in (*kept, *ends):
            os.close(descriptor)


def run(
    requests: int, replies: int, output: int, confine: Callable[[tuple[int, ...]], None], role: str
) -> None:
    """Become the worker: take the three descriptors, confine this process, serve until the end.

    confine  called with the descriptors that stay open, when everything else is ready
    role     "student", or "ingest" for reading submissions (`ingest`)
    """
    # The worker's own pipe: even the flags of a shared /dev/null would be a channel between workers.
    nothing, other_end = os.pipe()
    os.close(other_end)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    if role not in _ready:  # no zygote has prepared anything
        _open_streams()
        sys.argv[:], sys.orig_argv[:] = [""], []
        _same_start()
        _ready[role] = Link(role=role)
    link = _ready[role]
    link.attach(requests, replies)
    confine((requests, replies))
    # The trusted side waits for this before it sends anything of a student's.
    link.announce()
    try:
        link.serve()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def main(options: dict[str, Any]) -> None:
    """A worker of its own, where processes cannot be forked: requests on stdin, replies on stdout, output on stderr."""
    from . import data
    from .confine import Confinement

    data.show(options["data"])
    if os.name == "nt":
        import msvcrt

        for descriptor in (0, 1):
            msvcrt.setmode(descriptor, os.O_BINARY)  # type: ignore[attr-defined,unused-ignore]
    requests, replies, output = os.dup(0), os.dup(1), os.dup(2)
    confinement = Confinement(frozenset(options["layers"]), options["files"])

    def confine(keep: tuple[int, ...]) -> None:
        confinement.apply(options["memory_mib"], options["cpu_seconds"], keep)

    run(requests, replies, output, confine, options["role"])

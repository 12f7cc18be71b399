"""The worker's main loop: read a request, do it, write the reply. Student code runs in here."""

from __future__ import annotations

import contextlib
import json
import os
import random
import sys
from typing import Any

import numpy as np

from . import confine, wire
from .executor import Executor


class Link:
    """The worker's ends of the two pipes."""

    def __init__(self, requests: int, replies: int) -> None:
        self._requests = requests
        self._replies = replies
        self._executor = Executor(self._call_back, _flush, install=True)

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
        for reply in self._executor.handle(message):
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
        header = self._exactly(wire.HEADER.size)
        if header is None:
            return None
        body = self._exactly(wire.body_length(header))
        return None if body is None else wire.unpack(body)

    def _exactly(self, size: int) -> bytes | None:
        parts = []
        while size:
            part = os.read(self._requests, min(size, 2**20))
            if not part:
                return None
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._replies, view) :]


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def run(
    requests: int, replies: int, output: int, memory_mib: int, cpu_seconds: int, *, announce: bool = False
) -> None:
    """Become the worker: take the three descriptors, confine this process, serve until the end."""
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    confine.confine(memory_mib, cpu_seconds, keep=(requests, replies))
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.argv[:], sys.orig_argv[:] = [""], []
    # Every fork inherits NumPy's global generator in one state, and the same bytes must give the same report.
    random.seed(0)
    np.random.seed(0)
    link = Link(requests, replies)
    if announce:
        link.announce()
    link.serve()


def main(arguments: str) -> None:
    """A worker of its own, where processes cannot be forked: requests on stdin, replies on stdout, output on stderr."""
    options = json.loads(arguments)
    if os.name == "nt":
        import msvcrt

        for descriptor in (0, 1):
            msvcrt.setmode(descriptor, os.O_BINARY)  # type: ignore[attr-defined,unused-ignore]
    requests, replies, output = os.dup(0), os.dup(1), os.dup(2)
    run(requests, replies, output, options["memory_mib"], options["cpu_seconds"], announce=True)

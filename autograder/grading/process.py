"""One lane process, seen from outside: what goes in and out never blocks and is bounded, and it ends for sure.

Nothing that a lane writes, and nothing that it fails to read, can stop or fill the process that hands out submissions.
The keys of the selector hold what is to be called when their pipe is ready.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from autograder.cleaning import clean
from autograder.grading import frames

MOST_SAID = 16 * 2**20
"""Bytes that a lane may write to its standard error; it has nothing to say there."""

UNKNOWN_YET = "?"
"""In place of the layers of a lane that is told them in its first message."""

_KEPT = 2000


class LaneProcess:
    """A started lane.

    problem  why it cannot be used any more, in words of ours, or ""
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        selector: selectors.BaseSelector,
    ) -> None:
        self.problem = ""
        self._selector = selector
        self._process = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # For whoever debugs the grader it goes to the terminal as it is.
            stderr=None if os.environ.get("AUTOGRADE_DEBUG") else subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._jobs, self._reports = self._process.stdin, self._process.stdout
        self._outgoing = memoryview(b"")
        self._incoming = bytearray()
        self._said = b""
        self._said_bytes = 0
        os.set_blocking(self._jobs.fileno(), False)
        self._listen_to(self._reports, self._read)
        if self._process.stderr is not None:
            self._listen_to(self._process.stderr, self._hear_errors)

    @property
    def said(self) -> str:
        """The end of what it wrote to its standard error, for the one who runs the grader."""
        return clean(self._said, _KEPT).strip()

    @property
    def in_step(self) -> bool:
        """Whether it has read all that it was given, and sent nothing after the last whole message."""
        return not self._outgoing and not self._incoming

    def give(self, tree: Any) -> None:
        """Send a message: as much as fits now, the rest as the lane reads."""
        # A view: a submission may be large, and its rest must not be copied at each write.
        self._outgoing = memoryview(frames.frame(tree))
        self._selector.register(self._jobs, selectors.EVENT_WRITE, self._write)
        self._write()

    def take(self) -> Any:
        """The next whole message, or None where there is none. What is no message becomes a `problem`."""
        try:
            tree, length = frames.take(self._incoming)
        except frames.Malformed as error:
            self.problem = f"it sent {error}"
            return None
        del self._incoming[:length]
        if length and tree is None:
            self.problem = "it sent nothing"
        return tree

    def end_input(self) -> None:
        """Let it know that there will be no more."""
        self._forget(self._jobs)

    def end(self, patience: float) -> None:
        """End it, and everything in its session; with `patience`, in seconds, it may do so by itself."""
        for pipe in (self._jobs, self._reports, self._process.stderr):
            if pipe is not None:
                self._forget(pipe)
        try:
            self._process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            # The session with everything in it: the zygote goes with its lane.
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _listen_to(self, pipe: IO[bytes], ready: Callable[[], None]) -> None:
        os.set_blocking(pipe.fileno(), False)
        self._selector.register(pipe, selectors.EVENT_READ, ready)

    def _forget(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(pipe)
        with contextlib.suppress(OSError):
            pipe.close()

    # -- called when a pipe is ready -----------------------------------------------------

    def _write(self) -> None:
        try:
            written = os.write(self._jobs.fileno(), self._outgoing)
        except BlockingIOError:
            return
        except OSError:  # it ended; that is noticed where its reports are read
            written = len(self._outgoing)
        self._outgoing = self._outgoing[written:] if written < len(self._outgoing) else memoryview(b"")
        if not self._outgoing:
            self._selector.unregister(self._jobs)

    def _read(self) -> None:
        data = _available(self._reports, 2**20)
        if data is None:
            return
        self._incoming += data
        if not data:
            self._selector.unregister(self._reports)
            self.problem = self.problem or "it ended"
        elif len(self._incoming) > frames.HEADER.size + frames.MOST_BYTES:
            self.problem = "it sent more than a report"

    def _hear_errors(self) -> None:
        pipe = self._process.stderr
        assert pipe is not None
        data = _available(pipe, 2**16)
        if data is None:
            return
        if not data:
            self._selector.unregister(pipe)
        self._said = (self._said + data)[-2 * _KEPT :]
        self._said_bytes += len(data)
        if self._said_bytes > MOST_SAID:
            self.problem = "it wrote errors without end"


def _available(pipe: IO[bytes], most: int) -> bytes | None:
    try:
        return os.read(pipe.fileno(), most)
    except BlockingIOError:
        return None

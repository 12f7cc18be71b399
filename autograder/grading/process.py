"""One lane process, seen from outside: what goes in and out never blocks and is bounded, and it ends for sure.

Nothing that a lane writes, and nothing that it fails to read, can stop or fill the process that hands out submissions.
The keys of the selector hold what is to be called when their pipe is ready.
"""

from __future__ import annotations

import contextlib
import os
import select
import selectors
import signal
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

from autograder.cleaning import clean
from autograder.grading import frames

MOST_SAID = 16 * 2**20
"""Bytes that a lane may write to its standard error; it has nothing to say there."""

UNKNOWN_YET = "?"
"""In place of the layers of a lane that is told them in its first message."""

_KEPT = 2000


class _Process(Protocol):
    """What can be ended. pid: also the number of its session; 0 while that is not known."""

    @property
    def pid(self) -> int: ...

    def wait(self, timeout: float | None = None) -> object:
        """Raises subprocess.TimeoutExpired."""


class _Forked:
    """A process that another lane has forked, of which only that lane hears how it ended."""

    def __init__(self) -> None:
        self._number = 0
        self._descriptor = -1

    def told(self, pid: int) -> None:
        """Know which it is. Raises OSError where it has ended already."""
        self._descriptor = os.pidfd_open(pid)
        self._number = pid

    @property
    def pid(self) -> int:
        """0 once nobody keeps its number from being given to another process."""
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self._descriptor, 0)
                return self._number
        return 0

    def wait(self, timeout: float | None = None) -> None:
        if self._descriptor < 0:
            return  # it ends by itself, having nobody to hear from
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        if not poll.poll(None if timeout is None else 1000 * timeout):
            raise subprocess.TimeoutExpired("lane", timeout or 0.0)
        os.close(self._descriptor)
        self._descriptor = -1


def can_be_forked() -> bool:
    """Whether a process that is not our child can be watched and ended without mistaking another for it."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


def started(
    command: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    selector: selectors.BaseSelector,
    lanes: int = 1,
) -> list[LaneProcess]:
    """A lane, and further ones which that one forks when it has collected its suite.

    command  of the lane; the descriptors of the others are appended, "jobs,reports,errors" each
    """
    errors = 0 if os.environ.get("AUTOGRADE_DEBUG") else 1
    theirs: list[tuple[int, ...]] = []
    forked: list[LaneProcess] = []
    try:
        for _number in range(1, lanes):
            pipes = [os.pipe() for _ in range(2 + errors)]
            (jobs, give), (hear, reports), *rest = pipes
            theirs.append((jobs, reports, rest[0][1] if rest else 2))
            ends = [
                os.fdopen(give, "wb", 0),
                os.fdopen(hear, "rb", 0),
                *(os.fdopen(one, "rb", 0) for one, _other in rest),
            ]
            forked.append(LaneProcess(_Forked(), ends[0], ends[1], ends[2] if rest else None, selector))
        process = subprocess.Popen(
            [*command, *(",".join(map(str, ends)) for ends in theirs)],
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # For whoever debugs the grader it goes to the terminal as it is.
            stderr=subprocess.PIPE if errors else None,
            start_new_session=True,
            pass_fds=_own(theirs),
        )
    finally:
        for descriptor in _own(theirs):
            os.close(descriptor)
    assert process.stdin is not None
    assert process.stdout is not None
    first = LaneProcess(process, process.stdin, process.stdout, process.stderr, selector)
    for one in forked:
        one.forked_by = first
    return [first, *forked]


def _own(ends: Iterable[Sequence[int]]) -> list[int]:
    return [descriptor for some in ends for descriptor in some if descriptor > 2]


class LaneProcess:
    """A started lane.

    problem    why it cannot be used any more, in words of ours, or ""
    forked_by  the lane that forks it, None for one that was started from here
    """

    def __init__(
        self,
        process: _Process,
        jobs: IO[bytes],
        reports: IO[bytes],
        errors: IO[bytes] | None,
        selector: selectors.BaseSelector,
    ) -> None:
        self.problem = ""
        self.forked_by: LaneProcess | None = None
        self._selector = selector
        self._process = process
        self._jobs, self._reports, self._errors = jobs, reports, errors
        self._outgoing = memoryview(b"")
        self._incoming = bytearray()
        self._said = b""
        self._said_bytes = 0
        os.set_blocking(self._jobs.fileno(), False)
        self._listen_to(self._reports, self._read)
        if self._errors is not None:
            self._listen_to(self._errors, self._hear_errors)

    @property
    def said(self) -> str:
        """The end of what it wrote to its standard error, for the one who runs the grader."""
        return clean(self._said, _KEPT).strip()

    def is_process(self, pid: Any) -> bool:
        """Know which process it is, where another lane forked it; False where there is no such one."""
        if not isinstance(self._process, _Forked):
            return False
        try:
            self._process.told(pid)
        except (OSError, TypeError, OverflowError):
            return False
        return True

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
        for pipe in (self._jobs, self._reports, self._errors):
            if pipe is not None:
                self._forget(pipe)
        try:
            self._process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            # The session with everything in it: the zygote goes with its lane.
            if number := self._process.pid:
                with contextlib.suppress(OSError):
                    os.killpg(number, signal.SIGKILL)
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
        pipe = self._errors
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

"""How are reports written while others are still graded? By a process beside, so that nobody who grades waits for it.

`Writing` is our end, `python -m autograder.reports.beside` the other one. Both are of one program and one machine: what
goes over the pipe is marshalled, which keeps any text, and believed. Where our end is gone, the other one ends too and
leaves nothing half written.
"""

from __future__ import annotations

import marshal
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import autograder
from autograder.cleaning import clean_line
from autograder.errors import AutogradeError, SystemFault, UsageError
from autograder.grading.record import plain, report_of
from autograder.model import ClassResults, GradeReport, Message, message
from autograder.reports.alike import packed

_HEADER = struct.Struct("<Q")
_PIPE_BYTES = 2**20
"""Some fifty reports: as many as may wait while a large one is drawn."""

_END = "end"
_PACKED = ("functions", "public")
_SET_PIPE_SIZE = 1031
_END_SECONDS = 5.0


class Writing:
    """A `ClassWriter` in a process of its own, with the same arguments; a context manager.

    Raises  as `ClassWriter` does, at one of the next calls; SystemFault where the process was killed
    """

    def __init__(
        self,
        students: Sequence[str],
        about: ClassResults,
        directory: Path,
        language: str,
        *,
        texts: Mapping[str, Mapping[str, str]],
        pages: bool = True,
    ) -> None:
        root = str(Path(autograder.__file__).parent.parent)
        further = os.environ.get("PYTHONPATH", "")
        path = os.pathsep.join([root, *(os.path.abspath(name) for name in further.split(os.pathsep) if name)])
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "autograder.reports.beside"],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # For whoever debugs the grader it goes to the terminal as it is.
            stderr=None if os.environ.get("AUTOGRADE_DEBUG") else subprocess.DEVNULL,
            # Ctrl-C is ours: the reports of what was graded are written all the same.
            start_new_session=True,
        )
        assert self._process.stdin is not None
        self._pipe = self._process.stdin.fileno()
        if sys.platform == "linux":
            import fcntl

            with suppress(OSError):
                fcntl.fcntl(self._pipe, _SET_PIPE_SIZE, _PIPE_BYTES)
        self._left = memoryview(b"")
        self._give(
            {
                "students": list(students),
                "about": [about.assignment, about.title, about.course_version, about.suite_version],
                "isolation": dict(about.isolation),
                "directory": str(directory.absolute()),
                "language": language,
                "texts": {language: dict(told) for language, told in texts.items()},
                "pages": pages,
            }
        )

    def __enter__(self) -> Writing:
        return self

    def __exit__(self, *error: object) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def add(self, report: GradeReport) -> None:
        """As `ClassWriter.add`, but it does not wait for it."""
        tree = plain(report)
        # Packed one by one: those that the other end has met it need not unpack.
        for part in _PACKED:
            tree[part] = list(map(packed, tree[part]))
        self._give(tree)

    def finish(self) -> None:
        """As `ClassWriter.finish`: all is written when it returns."""
        self._give(_END)
        self._hear()

    def _give(self, tree: Any) -> None:
        data = marshal.dumps(tree)
        try:
            # An interruption may have left the end of the message before.
            self._write()
            self._left = memoryview(_HEADER.pack(len(data)) + data)
            self._write()
        except OSError:
            self._hear()

    def _write(self) -> None:
        while self._left:
            self._left = self._left[os.write(self._pipe, self._left) :]

    def _hear(self) -> None:
        """Wait for its last words. Raises what it says that went wrong."""
        assert self._process.stdout is not None
        said = _read(self._process.stdout)
        if said is None:
            raise SystemFault(
                message(
                    "The process that writes the reports has ended ({status}). What was graded is kept: run the same "
                    "command again.",
                    status=self._process.wait(),
                )
            )
        if said:
            kind, sentences = said
            raise (UsageError if kind == UsageError.exit_code else SystemFault)(
                *(Message(id, fields) for id, fields in sentences)
            )


def _read(stream: IO[bytes]) -> Any:
    """The next message; None at the end, or where it breaks off."""
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    length = _HEADER.unpack(header)[0]
    data = stream.read(length)
    return marshal.loads(data) if len(data) == length else None


def _work(jobs: IO[bytes]) -> bool:
    """Write what comes; whether it came to its end."""
    from autograder import language
    from autograder.reports.write import ClassWriter

    order = _read(jobs)
    if order is None:
        return False
    language.use(order["language"])
    language.learn(order["texts"])
    assignment, title, course_version, suite_version = order["about"]
    about = ClassResults(assignment, title, course_version, suite_version, order["isolation"], ())
    writer = ClassWriter(
        order["students"],
        about,
        Path(order["directory"]),
        order["language"],
        texts=order["texts"],
        pages=order["pages"],
    )
    with writer:
        while (tree := _read(jobs)) is not None:
            if tree == _END:
                writer.finish()
                return True
            functions, public = (tuple(map(writer.alike.function, tree[part])) for part in _PACKED)
            report = report_of({**tree, "functions": (), "public": ()})
            writer.add(replace(report, functions=functions, public=public))
    return False


def main() -> int:
    """The other end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nothing else may write between our words.
    out = os.dup(1)
    os.dup2(2, 1)
    said: Any
    try:
        if not _work(sys.stdin.buffer):
            return 1
        said = []
    except AutogradeError as error:
        said = [error.exit_code, [[part.id, dict(part.fields)] for part in error.parts]]
    except Exception as error:
        if os.environ.get("AUTOGRADE_DEBUG"):
            raise
        told = message(
            "The reports could not be written ({error}). What was graded is kept. This is our fault, not yours.",
            error=clean_line(f"{type(error).__name__}: {error}", 300),
        )
        said = [SystemFault.exit_code, [[told.id, dict(told.fields)]]]
    data = marshal.dumps(said)
    with open(out, "wb") as stream:
        stream.write(_HEADER.pack(len(data)) + data)
    return 0


if __name__ == "__main__":
    sys.exit(main())

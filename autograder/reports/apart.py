"""Where is what students wrote parsed for a class report? In a process of its own, which may die of it.

The parent sends bytes and gets digests, counts and normal forms back. The child decodes, unpacks and parses as text; it
compiles nothing, imports nothing of a submission and runs nothing. It starts with an empty environment but for a fixed seed
of Python's hashes (copydetect picks its fingerprints by them: the same files, the same pairs), in an empty folder, with
limits of memory and time. A file that ends it is one that could not be read; the next one meets a new child.
"""

from __future__ import annotations

import os
import select
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import msgpack

from autograder.errors import SystemFault
from autograder.model import message
from autograder.reports.normalise import Unit

START_SECONDS = 120.0
READ_SECONDS = 10.0
COMPARE_SECONDS = 120.0
MEMORY_MIB = 1024
MOST_SOURCE_BYTES = 512 * 1024
"""Of one submission's sources; what is larger is not read: no person writes that."""

NOISE, GUARANTEE = 20, 25
"""copydetect: matches of fewer characters of tokens are noise; one of so many is always found."""

_ENDED = (OSError, ValueError, EOFError)
_LENGTH = struct.Struct(">I")
_MOST_BYTES = 64 * 2**20
_ROOT = Path(__file__).resolve().parent.parent.parent


class Apart:
    """The child, started when it is needed, and again after it died.

    main   the file that is graded
    names  functions of the contract
    own    sources that are the course's: the stub, the reference, right solutions
    """

    def __init__(self, main: str, names: Sequence[str], own: Sequence[str]) -> None:
        self._main, self._names, self._own = main, list(names), list(own)
        self._child: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Apart:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def units(self, files: Mapping[str, bytes], wanted: Collection[str]) -> dict[str, Unit] | None:
        """name → unit, for those `wanted` functions that a submission defines; None where it cannot be read."""
        if sum(map(len, files.values())) > 16 * MOST_SOURCE_BYTES:
            return None
        answer = self._asked(["units", [list(pair) for pair in files.items()], list(wanted)], READ_SECONDS)
        return None if answer is None else {name: Unit(*unit) for name, *unit in answer}

    def units_of(self, source: str) -> dict[str, Unit]:
        """The same of a whole file that is the course's own."""
        return self.units({self._main: source.encode()}, self._names) or {}

    def compare(
        self, texts: Sequence[str], nobodys: Sequence[str]
    ) -> list[tuple[int, int, float, float]] | None:
        """Pairs of texts that are nearly the same; see `similar.Compare`. None where it took too long or failed."""
        answer = self._asked(["compare", list(texts), list(nobodys)], COMPARE_SECONDS)
        return None if answer is None else [(one, other, a, b) for one, other, a, b in answer]

    def _asked(self, request: list[Any], seconds: float) -> Any:
        if self._child is None:
            try:
                self._start()
                self._exchange(["about", self._main, self._names, self._own], START_SECONDS)
            except _ENDED as error:
                self._end()
                raise SystemFault(
                    message(
                        "The process that reads sources cannot be started ({error}). Run it again, or with --no-sources.",
                        error=type(error).__name__,
                    )
                ) from error
        try:
            return self._exchange(request, seconds)
        except _ENDED:
            self._end()
            return None

    def _exchange(self, request: list[Any], seconds: float) -> Any:
        assert self._child is not None
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        body = msgpack.packb(request, unicode_errors="surrogatepass")
        self._child.stdin.write(_LENGTH.pack(len(body)) + body)
        self._child.stdin.flush()
        deadline = time.monotonic() + seconds
        (length,) = _LENGTH.unpack(_exactly(self._child.stdout, _LENGTH.size, deadline))
        if length > _MOST_BYTES:
            raise ValueError("an answer that is too large")
        return msgpack.unpackb(_exactly(self._child.stdout, length, deadline), unicode_errors="surrogatepass")

    def _start(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="autograde-similar-")
        environment = {
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": os.pathsep.join([str(_ROOT), *(part for part in sys.path if part)]),
            "MPLCONFIGDIR": self._folder.name,
            "MPLBACKEND": "Agg",
            "HOME": self._folder.name,
            "TMPDIR": self._folder.name,
            "PATH": "",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        self._child = subprocess.Popen(
            [sys.executable, "-s", "-P", "-m", "autograder.reports.apart"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env=environment,
            start_new_session=True,
        )

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def _exactly(stream: BinaryIO | Any, count: int, deadline: float) -> bytes:
    found = bytearray()
    while len(found) < count:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([stream], [], [], left)[0]:
            raise TimeoutError
        part = os.read(stream.fileno(), count - len(found))
        if not part:
            raise EOFError
        found += part
    return bytes(found)


# -- the child ------------------------------------------------------------------------------------------------


def serve() -> None:
    """Answer requests until there are none."""
    _limit()
    # What a library prints must not get between the answers.
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    about = _About()
    while head := incoming.read(_LENGTH.size):
        (length,) = _LENGTH.unpack(head)
        kind, *rest = msgpack.unpackb(incoming.read(length), unicode_errors="surrogatepass")
        body = msgpack.packb(getattr(about, kind)(*rest), unicode_errors="surrogatepass")
        outgoing.write(_LENGTH.pack(len(body)) + body)
        outgoing.flush()


class _About:
    """What the requests are about. Each public method is one request."""

    def about(self, main: str, names: list[str], own: list[str]) -> None:
        from autograder.reports.normalise import known_statements

        self._main, self._names = main, names
        self._known = known_statements(own, names)

    def units(self, files: list[tuple[str, bytes]], wanted: list[str]) -> list[Any] | None:
        """[name, digest, own, statements, text] of each function; None where the files cannot be read."""
        from autograder.reports.normalise import units
        from autograder.sandbox.inside.ingest import reader

        try:
            kind, content, _notices = reader.answer(dict(files), self._main, self._names)
        except ValueError:
            # Several files, and none of them is the one to be graded.
            return None
        if kind != "read":
            return None
        sources = dict(content)
        main = sources.pop(self._main)
        if sum(len(part) for source in (main, *sources.values()) for part in source) > MOST_SOURCE_BYTES:
            return None
        try:
            found = units([main, *sources.values()], self._names, self._known, wanted)
        except (RecursionError, MemoryError):
            return None
        return [[name, unit.digest, unit.own, unit.statements, unit.text] for name, unit in found.items()]

    def compare(self, texts: list[str], nobodys: list[str]) -> list[Any]:
        """[one, other, share, share] of each pair of texts that are alike."""
        from copydetect import CopyDetector

        from autograder.reports.similar import ALIKE

        with tempfile.TemporaryDirectory() as folder:
            handed, own = Path(folder, "handed"), Path(folder, "own")
            for place, parts in ((handed, texts), (own, nobodys)):
                place.mkdir()
                for number, text in enumerate(parts):
                    (place / f"{number:05d}.py").write_text(text, "utf-8", "surrogateescape")
            detector = CopyDetector(
                test_dirs=[str(handed)],
                ref_dirs=[str(handed)],
                boilerplate_dirs=[str(own)] if nobodys else [],
                extensions=["py"],
                noise_t=NOISE,
                guarantee_t=GUARANTEE,
                display_t=ALIKE,
                silent=True,
                autoopen=False,
            )
            detector.run()
            numbers = [int(Path(name).stem) for name in detector.test_files]
            others = [int(Path(name).stem) for name in detector.ref_files]
            matrix = detector.similarity_matrix
            return sorted(
                [one, other, round(float(matrix[i, j, 0]), 3), round(float(matrix[i, j, 1]), 3)]
                for i, one in enumerate(numbers)
                for j, other in enumerate(others)
                if one < other and all(share >= ALIKE for share in matrix[i, j])
            )


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has none
        return
    size = MEMORY_MIB * 2**20
    for which, most in (
        (resource.RLIMIT_AS, size),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 64 * 2**20),
    ):
        _soft, hard = resource.getrlimit(which)
        resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    serve()

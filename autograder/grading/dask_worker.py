"""What does a Dask worker do for us? It says what it has, and grades leases on warm lanes of its own: one a thread.

Everything comes and goes as bytes of msgpack: nothing that a student wrote is ever pickled, and no error of ours travels
as an object. The lane, the zygote and the confined worker below a Dask worker are those of `many`. No secret of the
course travels: every machine has the course itself, and proves that it is the same one.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import platform
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgpack

from autograder.course.find import find_course
from autograder.course.manifest import Assignment, Course, Limits
from autograder.errors import AutogradeError, SystemFault
from autograder.grading import frames
from autograder.grading.expected import Expected, versions
from autograder.grading.many import WarmGrader
from autograder.grading.record import job_of, plain
from autograder.model import Message
from autograder.sandbox.isolation import isolation

TOKEN = uuid.uuid4().hex
"""Of this process: one that was started again at the same address has another."""

IDLE_SECONDS = 60.0
"""After which a lane that is not used ends: whoever used it may be gone without a word."""


def examined(asked: bytes) -> bytes:
    """What this worker has of what a run needs. asked, and the answer: msgpack, see `dask_engine`."""
    return _answered(lambda: _examined(msgpack.unpackb(asked)))


def graded(asked: bytes) -> bytes:
    """The reports on a lease, each as a frame of its own: as a lane sends it."""
    return _answered(lambda: _graded(msgpack.unpackb(asked, strict_map_key=False)))


async def left() -> None:
    """End the lanes that are not in use."""
    threading.Thread(target=_KEPT.close, args=(0.0,), daemon=True).start()


def fingerprint(course: Course, assignment: Assignment, salt: bytes) -> str:
    """A hash of all that decides a report, under the course's secret: equal where courses and secrets are equal.

    salt    drawn anew for each run, so that nothing can be learned from it about the files
    Raises  OSError
    """
    try:
        secret = course.secret_key_path.read_bytes().strip()
    except OSError:
        secret = b""
    public, hidden = assignment.public_dir, assignment.reference_path.parent
    paths = {path for path in hidden.rglob("*") if not _is_by_product(path, hidden)}
    paths |= {*public.glob("*.toml"), *public.glob("*.py")} - {public / name for name in assignment.files}
    if assignment.data_dir is not None:
        paths |= set(assignment.data_dir.rglob("*"))
    digest = hmac.new(secret + salt, digestmod="sha256")
    root = course.root.resolve()
    for path in sorted(path.resolve() for path in paths if path.is_file()):
        name = os.path.relpath(path, root).encode("utf-8", "surrogateescape")
        with open(path, "rb") as file:
            digest.update(b"%d %s\n" % (len(name), name) + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def in_words(error: AutogradeError) -> dict[str, Any]:
    """An error as plain data: its sentences with their fields."""
    return {"error": [[part.id, dict(part.fields)] for part in error.parts], "exit_code": error.exit_code}


def _is_by_product(path: Path, root: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(root).parts)


def _answered(work: Callable[[], dict[str, Any]]) -> bytes:
    try:
        told = work()
    except AutogradeError as error:
        told = in_words(error)
    except Exception as error:
        # As an object it would be unpickled by whoever asked.
        told = in_words(SystemFault(f"{type(error).__name__}: {error}"[:1000]))
    packed: bytes = msgpack.packb({"token": TOKEN, **told}, unicode_errors="surrogatepass")
    return packed


def _course(folder: str) -> Course:
    """AUTOGRADE_COURSE of this machine, else the folder of whoever asks where it is here too, else as anywhere."""
    shared = not os.environ.get("AUTOGRADE_COURSE") and Path(folder, "assignments", "course.toml").is_file()
    return find_course(Path(folder) if shared else None)


def _assignment(asked: dict[str, Any]) -> tuple[Course, Assignment]:
    course = _course(asked["course"])
    limits = Limits(*asked["limits"])
    return course, replace(course.assignment(asked["assignment"]), limits=limits)


def _examined(asked: dict[str, Any]) -> dict[str, Any]:
    course, assignment = _assignment(asked)
    found = isolation(assignment)
    level = found.level
    return {
        "machine": platform.node(),
        "versions": versions(assignment),
        "fingerprint": fingerprint(course, assignment, asked["salt"]),
        "record": found.record(allowed=asked["allow_weak"]),
        "remedies": [_plain(remedy) for remedy in level.remedies],
        "missing": list(level.missing),
    }


def _plain(message: Message) -> list[Any]:
    return [message.id, dict(message.fields)]


def _graded(asked: dict[str, Any]) -> dict[str, Any]:
    if asked["token"] != TOKEN:
        # Dask gives a task again to whoever has the address of a worker that was lost.
        return {"stranger": True}
    began = time.monotonic()
    ready: Expected | None = None
    reports = []
    grader = None if asked["fresh"] else _KEPT.take(asked["setup"])
    try:
        for each in asked["jobs"]:
            grader = grader or _warm(asked)
            try:
                report = grader.unstamped(job_of(each))
                told = plain(report) | {"student": os.fsencode(report.student)}
                reports.append(frames.frame({"report": told}))
                ready = grader.expected
            except AutogradeError:
                raise
            except Exception:
                # One report that cannot be told is not the fault of the others; it is tried again elsewhere.
                reports.append(b"")
                grader.close()
                grader = None
    except BaseException:
        if grader is not None:
            grader.close()
        raise
    if grader is not None and asked["fresh"]:
        grader.close()
    elif grader is not None:
        _KEPT.give_back(asked["setup"], grader)
    return {
        "ready": b"" if ready is None else frames.frame(announcement(ready)),
        "reports": reports,
        "seconds": time.monotonic() - began,
    }


def _warm(asked: dict[str, Any]) -> WarmGrader:
    course, assignment = _assignment(asked)
    return WarmGrader(course, assignment, {"layers": asked["layers"]}, within=_folder())


def announcement(expected: Expected) -> dict[str, Any]:
    """What a lane has collected, as plain data, as the lane announced it."""

    def rows(checks: Any) -> list[list[Any]]:
        return [[check.name, check.label, check.function, check.weight, check.hint] for check in checks]

    return {
        "versions": dict(expected.versions),
        "hidden": rows(expected.hidden),
        "public": rows(expected.public),
    }


def _folder() -> Path | None:
    """The Dask worker's own folder: what lies there is cleared away even after it was killed."""
    from distributed import get_worker

    try:
        return Path(get_worker().local_directory)
    except (ValueError, AttributeError):
        return None


class _Kept:
    """Lanes that are not in use at the moment, by the run that they belong to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[float, str, WarmGrader]] = []

    def take(self, setup: str) -> WarmGrader | None:
        """A warm lane of this run; those of other runs end."""
        with self._lock:
            others = [entry for entry in self._idle if entry[1] != setup]
            own = [entry for entry in self._idle if entry[1] == setup]
            found = own.pop()[2] if own else None
            self._idle = own
        for entry in others:
            _close(entry[2])
        return found

    def give_back(self, setup: str, grader: WarmGrader) -> None:
        """It may be used again, for a while."""
        with self._lock:
            self._idle.append((time.monotonic(), setup, grader))
        timer = threading.Timer(IDLE_SECONDS + 0.1, self.close, args=(IDLE_SECONDS,))
        timer.daemon = True
        timer.start()

    def close(self, after: float) -> None:
        """End those that have been idle for so many seconds."""
        now = time.monotonic()
        with self._lock:
            old = [entry for entry in self._idle if now - entry[0] >= after]
            self._idle = [entry for entry in self._idle if now - entry[0] < after]
        for entry in old:
            _close(entry[2])


def _close(grader: WarmGrader) -> None:
    with contextlib.suppress(Exception):
        grader.close()


_KEPT = _Kept()

__all__ = ["IDLE_SECONDS", "TOKEN", "announcement", "examined", "fingerprint", "graded", "in_words", "left"]

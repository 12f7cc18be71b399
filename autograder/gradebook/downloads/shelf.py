"""Where do collected submissions lie, and what happens to those that lay there? The folder that `grade` is given.

    DIR/<student>/                          what counts: its files, .student.json
    DIR/<student>/.history/<time>-<digest>/ what counted before, each whole
    DIR/<student>/.history/…-replaced/      what came with the files but does not count
    DIR/<student>/.history/.collected.json  what was collected last

A student who is new is written beside and renamed into place. `.collected.json` says "unfinished" until all files are in
their place and on the disk; what is found then and is not what it says goes to the history, so that a crash at any moment
loses nothing, and the next run makes it whole. Waiting for the disk is done for many students together: it takes longer
than all else. Nothing in here ever deletes or overwrites what a student handed in.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.gradebook.downloads.container import Damaged, Entry
from autograder.gradebook.downloads.handed import Handed
from autograder.gradebook.downloads.state import HISTORY, STATE, State, state_of
from autograder.gradebook.receipt import stamp
from autograder.model import Message, message
from autograder.names import RECEIPT_FILE, STUDENT_FILE, folder_name

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_BESIDE = ".collect-"
_UNFINISHED = ".new-"
_TOGETHER = 1_000
"""Students whose files are waited for together."""


class Fate(StrEnum):
    """What became of one person's files."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    OLDER = "older"
    BY_HAND = "by hand"
    REFUSED = "refused"


@dataclass(frozen=True)
class Source:
    """What is being collected: our assignment, and where its submissions come from (see `Download`)."""

    assignment: str
    layout: str
    origin: str
    now: datetime


@dataclass
class Shelf:
    """A folder of submissions that is written by this process alone. Open one with `opened`."""

    root: Path
    states: dict[str, State] = field(default_factory=dict)
    _written: list[tuple[Path, State]] = field(default_factory=list)

    def put(
        self, student: str, handed: Handed, source: Source, *, older: bool = False
    ) -> tuple[Fate, Message | None]:
        """Bring one student's files to where they count; returns what became of them, and why where they did not.

        older   take what is older than what lies there, too
        Raises  OSError where it cannot be written
        """
        top = self.root / folder_name(student)
        if top.is_symlink() or (top.exists() and not top.is_dir()):
            return Fate.REFUSED, message("{folder} is no folder, or a link to one.", folder=str(top))
        try:
            hashes = {path: _hashed(entry) for path, entry in handed.files.items()}
            aside = {path: _hashed(entry) for path, entry in handed.earlier.items()}
        except Damaged as error:
            return Fate.REFUSED, error.problem
        before = self.states.get(top.name)
        state = State(
            student,
            source.assignment,
            source.layout,
            source.origin,
            _digest(hashes, aside),
            hashes,
            () if before is None else tuple(dict.fromkeys((*before.earlier, before.digest))),
            handed.handed_in,
            handed.order,
        )
        if not top.exists():
            self._put_new(top, handed, state, source)
            return Fate.NEW, None
        if before is None and (top / RECEIPT_FILE).exists():
            return Fate.REFUSED, message(
                "{folder} holds what was handed in with `autograde submit`. Collect into another folder.",
                folder=str(top),
            )
        if before is not None and before.unfinished and before.digest == state.digest:
            if _visible(top) == hashes and not list((top / HISTORY).glob(f"{_UNFINISHED}*")):
                # All files are there; only the last words on them may be missing.
                _replace(top / STUDENT_FILE, _about(before, source))
                self._finish(top, before)
                return Fate.SAME, None
        elif before is not None and not before.unfinished:
            if before.digest == state.digest:
                return self._same(top, before, state, source)
            if handed.problem is not None:
                # What counted before is better than what nobody can tell apart.
                return Fate.REFUSED, message("What was collected before is left as it is.")
            if not older and (why := _is_older(before, state)) is not None:
                return Fate.OLDER, why
        self._put_again(top, handed, before, state, source)
        return Fate.CHANGED, None

    # -- steps --------------------------------------------------------------------------------------------------

    def _same(self, top: Path, before: State, state: State, source: Source) -> tuple[Fate, Message | None]:
        if _visible(top) != dict(before.files):
            return Fate.BY_HAND, message(
                "{folder} was changed by hand since it was collected, and is left as it is.", folder=str(top)
            )
        times = [time for time in (before.handed_in, state.handed_in) if time is not None]
        # The same bytes count as handed in when they were for the first time.
        first = min(times, default=None)
        if first != before.handed_in or (before.order or 0) < (state.order or 0):
            order = max(
                (number for number in (before.order, state.order) if number is not None), default=None
            )
            kept = State(**{**vars(before), "handed_in": first, "order": order})
            _replace(top / STUDENT_FILE, _about(kept, source))
            _replace(top / HISTORY / STATE, _json(kept))
        return Fate.SAME, None

    def _put_new(self, top: Path, handed: Handed, state: State, source: Source) -> None:
        beside = self.root / f"{_BESIDE}{secrets.token_hex(8)}"
        beside.mkdir()
        try:
            _write_all(beside, handed.files, state.files)
            (beside / HISTORY).mkdir()
            if handed.earlier:
                _write_all(beside / HISTORY / _aside_name(state, source), handed.earlier, None)
            _write(beside / HISTORY / STATE, _json(_unfinished(state)))
            _write(beside / STUDENT_FILE, _about(state, source))
            beside.rename(top)
            self._finish(top, state)
        except BaseException:
            # All of it is still in the download.
            shutil.rmtree(beside, ignore_errors=True)
            raise

    def _put_again(
        self, top: Path, handed: Handed, before: State | None, state: State, source: Source
    ) -> None:
        history = top / HISTORY
        history.mkdir(exist_ok=True)
        for left in sorted(history.iterdir()):
            if left.name.startswith(_UNFINISHED):
                _move_to(left, history, f"{stamp(source.now)}-unfinished")
        written = history / f"{_UNFINISHED}{secrets.token_hex(8)}"
        written.mkdir()
        _write_all(written / "files", handed.files, state.files)
        if handed.earlier:
            _write_all(written / "replaced", handed.earlier, None)
        _replace(history / STATE, _json(_unfinished(state)))
        old = "unknown" if before is None or before.unfinished else before.digest[:12]
        strays = [entry for entry in sorted(top.iterdir()) if not _is_ours(entry.name)]
        if strays:
            kept = _made(history, f"{stamp(source.now)}-{old}")
            if (top / STUDENT_FILE).is_file():
                shutil.copyfile(top / STUDENT_FILE, kept / STUDENT_FILE)
            for entry in strays:
                entry.rename(kept / entry.name)
        if handed.earlier:
            _move_to(written / "replaced", history, _aside_name(state, source))
        for entry in sorted((written / "files").iterdir()):
            entry.rename(top / entry.name)
        (written / "files").rmdir()
        written.rmdir()
        _replace(top / STUDENT_FILE, _about(state, source))
        self._finish(top, state)

    def _finish(self, top: Path, state: State) -> None:
        self._written.append((top, State(**{**vars(state), "unfinished": False})))
        if len(self._written) >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Wait until all that was written is on the disk, and only then say that it is finished."""
        if self._written and hasattr(os, "sync"):
            os.sync()
        for top, state in self._written:
            _replace(top / HISTORY / STATE, _json(state))
        self._written.clear()


@contextlib.contextmanager
def opened(root: Path) -> Iterator[Shelf]:
    """The folder for collected submissions, made where it is missing, locked against a second `collect`.

    Raises  UsageError where it cannot be used
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        with _locked(root):
            for entry in os.scandir(root):
                # What a crash has left of a student who was new: all of it is still in the download.
                if entry.name.startswith(_BESIDE) and entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
            shelf = Shelf(root, dict(_states(root)))
            yield shelf
            shelf.flush()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE):
            raise UsageError(
                message(
                    "{path} cannot be written: {reason}. What was written is whole; make room, and the same command goes on.",
                    path=str(root),
                    reason=str(error.strerror),
                )
            ) from None
        raise UsageError(
            message(
                "{path} cannot be used: {reason}. Name another folder with --into.",
                path=str(root),
                reason=str(error.strerror or type(error).__name__),
            )
        ) from None


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[None]:
    if fcntl is None:
        yield
        return
    descriptor = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                message(
                    "Another `autograde collect` is writing to {path}. Wait until it has ended.",
                    path=str(root),
                )
            ) from None
        except OSError:
            pass  # a share that knows no locks
        yield
    finally:
        os.close(descriptor)


# -- what is there --------------------------------------------------------------------------------------------


def _states(root: Path) -> Iterator[tuple[str, State]]:
    for entry in os.scandir(root):
        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(_BESIDE):
            state = state_of(Path(entry.path))
            if state is not None:
                yield entry.name, state


def _is_ours(name: str) -> bool:
    """Whether it is ours or the system's, at the top of a student's folder. Two dots are in front of students' names, too."""
    return name.startswith(".") and not name.startswith("..")


def _visible(top: Path) -> dict[str, str]:
    """path → SHA-256 of everything below the top that was handed in; "" for what is no regular file."""
    found: dict[str, str] = {}
    waiting = [(top, "")]
    while waiting:
        folder, before = waiting.pop()
        for entry in os.scandir(folder):
            if not before and _is_ours(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), f"{before}{entry.name}/"))
            elif entry.is_file(follow_symlinks=False):
                with open(entry.path, "rb") as file:
                    found[before + entry.name] = hashlib.file_digest(file, "sha256").hexdigest()
            else:
                found[before + entry.name] = ""
    return found


def _is_older(before: State, new: State) -> Message | None:
    """Why what lies there is newer than what is to be written; None where it is not."""
    if before.handed_in is not None and new.handed_in is not None:
        if new.handed_in < before.handed_in:
            return message(
                "It was handed in {when}, before what was collected already ({known}).",
                when=_shown(new.handed_in),
                known=_shown(before.handed_in),
            )
    elif before.order is not None and new.order is not None and before.layout == new.layout:
        if new.order < before.order:
            return message("It was handed in before what was collected already.")
    elif new.digest in before.earlier:
        return message(
            "It was collected before, and something else after it, so this download may be an older one."
        )
    return None


def _shown(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


# -- writing --------------------------------------------------------------------------------------------------


def _hashed(entry: Entry) -> str:
    digest = hashlib.sha256()
    for piece in entry.pieces():
        digest.update(piece)
    return digest.hexdigest()


def _digest(hashes: Mapping[str, str], aside: Mapping[str, str]) -> str:
    listed = [sorted(hashes.items()), sorted(aside.items())]
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()


def _write_all(folder: Path, files: Mapping[str, Entry], hashes: Mapping[str, str] | None) -> None:
    """Write files below a folder, and see that they are those that were looked at. No file is there yet."""
    folders = {folder}
    folder.mkdir(exist_ok=True, parents=True)
    for path, entry in files.items():
        target = folder.joinpath(*path.split("/"))
        if target.parent not in folders:
            target.parent.mkdir(parents=True, exist_ok=True)
            folders.add(target.parent)
        digest = hashlib.sha256()
        with target.open("xb") as file:
            for piece in entry.pieces():
                digest.update(piece)
                file.write(piece)
        if hashes is not None and digest.hexdigest() != hashes[path]:
            raise UsageError(
                message("{file} changed while it was collected. Run it again.", file=clean_line(entry.path))
            )


def _unfinished(state: State) -> State:
    return State(**{**vars(state), "unfinished": True})


def _json(state: State) -> bytes:
    plain = {**vars(state), "files": dict(state.files), "earlier": list(state.earlier)}
    plain["handed_in"] = None if state.handed_in is None else state.handed_in.isoformat()
    return json.dumps(plain, sort_keys=True).encode()


def _about(state: State, source: Source) -> bytes:
    """What `names.student_id` and the grader read."""
    about: dict[str, str] = {
        "student": state.student,
        "assignment": state.assignment,
        "source": state.layout,
        "collected_utc": _utc(source.now),
    }
    if state.handed_in is not None:
        about["handed_in_utc"] = _utc(state.handed_in)
    return json.dumps(about, sort_keys=True).encode()


def _utc(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)


def _replace(path: Path, data: bytes) -> None:
    # One name, so that what a crash has left is used up by the next run.
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        file.write(data)
    os.replace(beside, path)


def _aside_name(state: State, source: Source) -> str:
    return f"{stamp(source.now)}-{state.digest[:12]}-replaced"


def _made(history: Path, name: str) -> Path:
    for path in _free(history, name):
        with contextlib.suppress(FileExistsError):
            path.mkdir()
            return path
    raise FileExistsError(name)


def _move_to(path: Path, history: Path, name: str) -> None:
    free = next(target for target in _free(history, name) if not os.path.lexists(target))
    path.rename(free)


def _free(history: Path, name: str) -> Iterator[Path]:
    yield history / name
    for number in range(2, 1000):
        yield history / f"{name}-{number}"

"""Where do submissions lie? The exchange: a folder that students can write to and the instructor reads.

    EXCHANGE/<assignment>/<student>/                    the latest submission: its files, .student.json, .receipt.json
    EXCHANGE/<assignment>/<student>/.history/<time>-<id>/   every submission, the latest too, each whole

<student> is `folder_name` of the student's id, <time> is UTC, <id> the beginning of the receipt's.

A submission is written whole into a folder whose name begins with a dot, flushed to disk, and renamed into the history.
From then on nothing can lose it. Only then are its files brought to the top, each by a rename, the receipt last. The top
is nothing but a copy of the newest one in the history, so whatever a crash leaves there, the next `store` makes whole; and
since a submission waits in the outbox until `store` has returned, there is a next one.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder import __version__
from autograder.course import Assignment
from autograder.errors import AutogradeError, UsageError
from autograder.gradebook.receipt import (
    FileLine,
    Receipt,
    file_lines,
    from_json,
    receipt_for,
    stamp,
    to_json,
)
from autograder.language import later
from autograder.model import message
from autograder.names import RECEIPT_FILE, STUDENT_FILE, folder_name

HISTORY = ".history"
_ATTEMPTS = 20
_TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.EACCES)
"""What renaming onto a folder gives: ENOTEMPTY or EEXIST, and EACCES on Windows."""


class ExchangeUnavailable(AutogradeError):
    """The exchange cannot be written now: not mounted, no permission, disk full. The submission can wait."""

    def __init__(self, exchange: Path, why: str) -> None:
        super().__init__(
            message("The exchange {exchange} cannot be used now: {why}.", exchange=str(exchange), why=why)
        )
        self.exchange = exchange
        self.why = why


@dataclass(frozen=True)
class Stored:
    """One submission in the exchange.

    folder     where it lies in the history
    is_latest  whether it is the one at the top, which counts
    """

    receipt: Receipt
    folder: Path
    is_latest: bool


def submit(
    exchange: Path, assignment: Assignment, student: str, files: Mapping[str, bytes], now: datetime
) -> Receipt:
    """Store a submission and give its receipt.

    exchange  an existing folder; it is not made here, since one that is missing is likely not mounted
    files     name → bytes; only names that the assignment's manifest lists
    now       aware
    Raises    UsageError for other names or no files, ExchangeUnavailable where it cannot be written
    """
    if not files:
        raise UsageError(
            message(
                "There is nothing to submit: none of {files} is there.", files=", ".join(assignment.files)
            )
        )
    for name in files:
        if name not in assignment.files:
            takes = ", ".join(assignment.files)
            raise UsageError(
                message(
                    '"{name}" is not part of {assignment}: it takes {files}.',
                    name=name,
                    assignment=assignment.id,
                    files=takes,
                )
            )
    receipt = receipt_for(assignment, student, files, now, __version__)
    store(exchange, receipt, files)
    return receipt


def store(exchange: Path, receipt: Receipt, files: Mapping[str, bytes]) -> Path:
    """Put a submission with this receipt into the exchange; returns its folder in the history.

    The newest of all goes to the top, which need not be this one: it may have waited for the exchange. Storing the same
    receipt again changes nothing but a top that is not whole. Submissions of one student at the same moment are all kept.
    """
    if file_lines(files) != receipt.files:
        raise ValueError("the files are not those of the receipt")
    if not exchange.is_dir():
        raise ExchangeUnavailable(exchange, later("there is no such folder"))
    top = exchange / receipt.assignment / folder_name(receipt.student)
    try:
        kept = _keep(top / HISTORY, receipt, files)
        _refresh(top)
        return kept
    except OSError as error:
        raise ExchangeUnavailable(exchange, error.strerror or type(error).__name__) from None


def submissions(exchange: Path, assignment: str, student: str) -> list[Stored]:
    """What a student handed in, the latest first. Folders without a readable receipt are left out."""
    top = exchange / assignment / folder_name(student)
    counts = _receipt_in(top)
    found = []
    for folder, receipt in _kept(top / HISTORY):
        if receipt.student == student:
            found.append(Stored(receipt, folder, counts is not None and _same(receipt, counts)))
    return sorted(found, key=lambda stored: (stored.is_latest, stored.receipt.time), reverse=True)


def _keep(history: Path, receipt: Receipt, files: Mapping[str, bytes]) -> Path:
    """Write the submission into the history, whole or not at all."""
    history.mkdir(parents=True, exist_ok=True)
    about = {
        "student": receipt.student,
        "received_utc": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    extra = {STUDENT_FILE: json.dumps(about).encode(), RECEIPT_FILE: to_json(receipt).encode()}
    written = _write(history, {**files, **extra})
    try:
        return _rename_into_history(written, history, receipt)
    finally:
        shutil.rmtree(written, ignore_errors=True)


def _write(history: Path, contents: Mapping[str, bytes]) -> Path:
    """A new folder that nobody reads, with these files, on disk."""
    folder = history / f".{secrets.token_hex(8)}"
    folder.mkdir()
    try:
        for name, content in contents.items():
            with (folder / name).open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        _flush_folder(folder)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _rename_into_history(written: Path, history: Path, receipt: Receipt) -> Path:
    for target in _names(history, f"{stamp(receipt.time)}-{receipt.id[:12]}"):
        if not target.exists():
            try:
                written.rename(target)
            except OSError as error:
                if not target.exists() or error.errno not in _TAKEN:
                    raise
            else:
                _flush_folder(history)
                return target
        there = _receipt_in(target)
        if there is not None and _same(there, receipt):
            return target
    raise OSError(errno.EEXIST, f"{target.name} is there a thousand times")


def _refresh(top: Path) -> None:
    """Make the top a copy of the newest submission in the history.

    Others may do the same at the same time, with an older one. Whoever writes last looks again afterwards, so the top is
    right once all have returned.
    """
    for _ in range(_ATTEMPTS):
        entries = _visible(top)
        kept = sorted(_kept(top / HISTORY), key=lambda one: (one[1].time, one[1].id), reverse=True)
        newest = next(
            (contents for folder, receipt in kept if (contents := _contents(folder, receipt))), None
        )
        if newest is None or _is_whole(top, newest, entries):
            return
        known = {line for _folder, receipt in kept for line in receipt.files}
        _bring_to_top(top, newest, entries, known)
    raise OSError(errno.EBUSY, f"{top.name} keeps changing")


def _bring_to_top(
    top: Path, contents: Mapping[str, bytes], entries: Mapping[str, FileLine | None], known: set[FileLine]
) -> None:
    strays = [name for name, line in entries.items() if line not in known]
    if strays:
        # Put there by hand. Nothing else has a copy of it.
        aside = _make(top / HISTORY, f"{stamp(datetime.now(UTC))}-unknown")
        for name in strays:
            with suppress(FileNotFoundError):
                (top / name).rename(aside / name)
    written = _write(top / HISTORY, contents)
    try:
        for name in entries.keys() - contents.keys() - set(strays):
            (top / name).unlink(missing_ok=True)
        for name in contents:  # the receipt is the last of them
            os.replace(written / name, top / name)
        _flush_folder(top)
    finally:
        shutil.rmtree(written, ignore_errors=True)


def _is_whole(top: Path, contents: Mapping[str, bytes], entries: Mapping[str, FileLine | None]) -> bool:
    files = {name: content for name, content in contents.items() if not name.startswith(".")}
    if entries != {line.name: line for line in file_lines(files)}:
        return False
    return all(_read(top / name) == contents[name] for name in contents.keys() - files.keys())


def _visible(top: Path) -> dict[str, FileLine | None]:
    """What lies at the top: name → its line, None for what is not a regular file."""
    found: dict[str, FileLine | None] = {}
    for entry in os.scandir(top):
        if entry.name.startswith("."):
            continue
        found[entry.name] = None
        if entry.is_file(follow_symlinks=False) and (data := _read(Path(entry.path))) is not None:
            found[entry.name] = FileLine(entry.name, len(data), hashlib.sha256(data).hexdigest())
    return found


def _kept(history: Path) -> list[tuple[Path, Receipt]]:
    """The submissions in a history, in no particular order."""
    found = []
    with suppress(OSError):
        for folder in history.iterdir():
            if folder.name.startswith("."):
                continue
            receipt = _receipt_in(folder)
            if receipt is not None and folder_name(receipt.student) == history.parent.name:
                found.append((folder, receipt))
    return found


def _contents(folder: Path, receipt: Receipt) -> dict[str, bytes] | None:
    """All files of a stored submission, the receipt last; None where one is not what the receipt says."""
    files: dict[str, bytes] = {}
    for name in (*(line.name for line in receipt.files), STUDENT_FILE, RECEIPT_FILE):
        data = _read(folder / name)
        if data is None:
            return None
        files[name] = data
    submitted = {line.name: files[line.name] for line in receipt.files}
    return files if file_lines(submitted) == receipt.files else None


def _receipt_in(folder: Path) -> Receipt | None:
    try:
        receipt, _ = from_json((folder / RECEIPT_FILE).read_text(encoding="utf-8"), str(folder))
    except (OSError, ValueError, UsageError):
        return None
    return receipt


def _same(one: Receipt, other: Receipt) -> bool:
    return (one.id, one.time) == (other.id, other.time)


def _names(history: Path, base: str) -> list[Path]:
    return [history / base, *(history / f"{base}-{number}" for number in range(2, 1000))]


def _make(history: Path, base: str) -> Path:
    for folder in _names(history, base):
        with suppress(FileExistsError):
            folder.mkdir()
            return folder
    raise OSError(errno.EEXIST, f"{base} is there a thousand times")


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _flush_folder(folder: Path) -> None:
    # Windows cannot open folders; its renames are journalled.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

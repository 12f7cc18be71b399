"""Where do submissions lie? The exchange: a folder that students can write to and the instructor reads.

    EXCHANGE/<assignment>/<student>/          the latest submission: its files, .student.json, .receipt.json
    EXCHANGE/<assignment>/.history/<student>/ the earlier ones, <time>-<receipt id> each
    EXCHANGE/<assignment>/.incoming/          half-written ones; nobody reads here

A submission is written whole into .incoming, flushed to disk, and renamed into its place, so that a reader
never sees a mixture of an old and a new one. <student> is `folder_name` of the student's id.
"""

from __future__ import annotations

import errno
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
from autograder.gradebook.receipt import Receipt, file_lines, from_json, receipt_for, stamp, to_json
from autograder.names import STUDENT_FILE, folder_name

RECEIPT_FILE = ".receipt.json"
_ATTEMPTS = 20


class ExchangeUnavailable(AutogradeError):
    """The exchange cannot be written now: not mounted, no permission, disk full. The submission can wait."""

    def __init__(self, exchange: Path, why: str) -> None:
        super().__init__(f"The exchange {exchange} cannot be used now: {why}.")
        self.exchange = exchange
        self.why = why


@dataclass(frozen=True)
class Stored:
    """One submission in the exchange."""

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
        raise UsageError(f"There is nothing to submit: none of {', '.join(assignment.files)} is there.")
    for name in files:
        if name not in assignment.files:
            takes = ", ".join(assignment.files)
            raise UsageError(f'"{name}" is not part of {assignment.id}: it takes {takes}.')
    receipt = receipt_for(assignment, student, files, now, __version__)
    store(exchange, receipt, files)
    return receipt


def store(exchange: Path, receipt: Receipt, files: Mapping[str, bytes]) -> Path:
    """Put a submission with this receipt into the exchange; returns its folder.

    Goes to the top unless a later one lies there already (it may have waited for the exchange), then into the
    history. Submissions of one student at the same moment both end up stored.
    """
    if file_lines(files) != receipt.files:
        raise ValueError("the files are not those of the receipt")
    if not exchange.is_dir():
        raise ExchangeUnavailable(exchange, "there is no such folder")
    shelf = exchange / receipt.assignment
    student = folder_name(receipt.student)
    try:
        written = _write(shelf / ".incoming", receipt, files)
        try:
            return _place(written, shelf / student, shelf / ".history" / student, receipt)
        finally:
            shutil.rmtree(written, ignore_errors=True)
    except OSError as error:
        raise ExchangeUnavailable(exchange, error.strerror or type(error).__name__) from None


def submissions(exchange: Path, assignment: str, student: str) -> list[Stored]:
    """What a student handed in, the latest first. Folders without a readable receipt are left out."""
    shelf, name = exchange / assignment, folder_name(student)
    found = []
    history = shelf / ".history" / name
    with suppress(OSError):
        earlier = list(history.iterdir()) if history.is_dir() else []
        for folder in (shelf / name, *earlier):
            receipt = _receipt_in(folder)
            if receipt is not None and receipt.student == student:
                found.append(Stored(receipt, folder, is_latest=folder.parent == shelf))
    return sorted(found, key=lambda stored: (stored.is_latest, stored.receipt.time), reverse=True)


def _write(incoming: Path, receipt: Receipt, files: Mapping[str, bytes]) -> Path:
    incoming.mkdir(parents=True, exist_ok=True)
    folder = incoming / secrets.token_hex(8)
    folder.mkdir()
    about = {
        "student": receipt.student,
        "received_utc": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    extra = {RECEIPT_FILE: to_json(receipt).encode(), STUDENT_FILE: json.dumps(about).encode()}
    try:
        for name, content in {**files, **extra}.items():
            with (folder / name).open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        _flush_folder(folder)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _place(written: Path, top: Path, history: Path, receipt: Receipt) -> Path:
    history.mkdir(parents=True, exist_ok=True)
    for _ in range(_ATTEMPTS):
        latest = _receipt_in(top)
        if latest is not None and latest.time > receipt.time:
            return _rename_into(written, history, receipt)
        try:
            written.rename(top)
        except OSError as error:
            # On Windows an existing target is EEXIST or EACCES, elsewhere ENOTEMPTY.
            if not top.exists() or error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.EACCES):
                raise
        else:
            _flush_folder(top.parent)
            return top
        # Another process may move it first; then there is nothing left to move.
        with suppress(FileNotFoundError):
            _rename_into(top, history, latest)
    raise OSError(errno.EBUSY, f"{top.name} keeps changing")


def _rename_into(folder: Path, history: Path, receipt: Receipt | None) -> Path:
    when = receipt.time if receipt else datetime.now(UTC)
    base = f"{stamp(when)}-{receipt.id[:12] if receipt else 'unknown'}"
    for number in range(1, 1000):
        target = history / (base if number == 1 else f"{base}-{number}")
        if target.exists():
            continue
        folder.rename(target)
        _flush_folder(history)
        return target
    raise OSError(errno.EEXIST, f"{base} is there a thousand times")


def _receipt_in(folder: Path) -> Receipt | None:
    try:
        receipt, _ = from_json((folder / RECEIPT_FILE).read_text(encoding="utf-8"), str(folder))
    except (OSError, ValueError, UsageError):
        return None
    return receipt


def _flush_folder(folder: Path) -> None:
    # Windows cannot open folders; its renames are journalled.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

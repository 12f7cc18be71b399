"""When was it handed in, and where does it come from? What lies beside a submission, as far as it can be believed.

A receipt is that of the exchange. It counts where it is this student's, for this assignment and for exactly these bytes:
one that was left beside other files says nothing about them.
"""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

from autograder.errors import UsageError
from autograder.gradebook.downloads.state import handed_in as collected
from autograder.gradebook.receipt import file_lines, from_json
from autograder.grading.submission import Submission
from autograder.names import RECEIPT_FILE

FOLDER = "folder"
EXCHANGE = "exchange"

_MOST_BYTES = 256 * 1024


def handed_in(submission: Submission, path: Path, assignment: str) -> tuple[datetime | None, str]:
    """When a submission was handed in, aware, None where nothing tells; and where it comes from.

    path  where it was read: the student's folder, or a file
    """
    text = _text(path / RECEIPT_FILE)
    if text is None:
        return collected(path, submission.student, assignment, submission.hashes.values()) or (None, FOLDER)
    try:
        receipt, claimed = from_json(text, "")
    except (UsageError, RecursionError):
        return None, FOLDER
    time = receipt.time
    ours = (receipt.student, receipt.assignment) == (submission.student, assignment)
    if (
        not ours
        or claimed != receipt.id
        or receipt.files != file_lines(submission.files)
        or time.tzinfo is None
    ):
        return None, FOLDER
    try:
        return time.astimezone(UTC), EXCHANGE
    except (OverflowError, ValueError):
        return None, FOLDER


def _text(path: Path) -> str | None:
    """A small regular file; no link is followed, and no pipe waited for."""
    flags = os.O_RDONLY
    for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"):
        flags |= getattr(os, flag, 0)
    try:
        descriptor = os.open(path, flags)
    except OSError:
        return None
    try:
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            data = file.read(_MOST_BYTES + 1)
        return data.decode("utf-8") if len(data) <= _MOST_BYTES else None
    except (OSError, UnicodeDecodeError):
        return None

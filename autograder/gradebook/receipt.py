"""What proves that something was handed in? A receipt: what, by whom, when, against which deadline.

Its id is the SHA-256 of the canonical manifest (assignment, student, names, sizes and hashes of the files).
The time is no part of it: the same bytes handed in again have the same id, and anyone with the files can
compute it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from autograder.course import Assignment, course_version
from autograder.errors import UsageError
from autograder.model import message

SCHEMA = "autograde/receipt/1"


@dataclass(frozen=True)
class FileLine:
    """One file of a submission: its name, size in bytes, and SHA-256 in hex."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Receipt:
    """Everything a receipt says.

    time            when it was handed in, aware, in the student's zone
    deadline        the deadline at that moment, or None
    course_version  what the student had
    engine_version  version of this program
    """

    student: str
    assignment: str
    files: tuple[FileLine, ...]
    time: datetime
    deadline: datetime | None
    course_version: str
    engine_version: str

    @property
    def id(self) -> str:
        """64 hex digits, a function of assignment, student and files alone."""
        manifest = {
            "assignment": self.assignment,
            "student": self.student,
            "files": [[line.name, line.size, line.sha256] for line in sorted(self.files, key=_name)],
        }
        # ASCII escapes keep the bytes the same for surrogates and for every normal form.
        canonical = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(canonical.encode("ascii")).hexdigest()

    @property
    def late_by(self) -> timedelta | None:
        """How long after the deadline, None where it was on time or there is no deadline."""
        if self.deadline is None or self.time <= self.deadline:
            return None
        return self.time - self.deadline


@dataclass(frozen=True)
class Verdict:
    """Whether files are those of a receipt: what differs, by name."""

    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    id_is_right: bool = True

    @property
    def matches(self) -> bool:
        return self.id_is_right and not (self.changed or self.missing or self.added)


def file_lines(files: Mapping[str, bytes]) -> tuple[FileLine, ...]:
    """Name, size and hash of each file, by name."""
    return tuple(
        FileLine(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in sorted(files.items())
    )


def receipt_for(
    assignment: Assignment, student: str, files: Mapping[str, bytes], now: datetime, engine_version: str
) -> Receipt:
    """The receipt for handing `files` in at `now` (aware)."""
    if now.tzinfo is None:
        raise ValueError("a receipt needs a time with a zone")
    return Receipt(
        student=student,
        assignment=assignment.id,
        files=file_lines(files),
        time=now,
        deadline=assignment.deadline,
        course_version=course_version(assignment),
        engine_version=engine_version,
    )


def to_json(receipt: Receipt) -> str:
    """The receipt as it is stored and printed with `--json`."""
    late_by = receipt.late_by
    content = {
        "schema": SCHEMA,
        "id": receipt.id,
        "assignment": receipt.assignment,
        "student": receipt.student,
        "time_utc": _utc(receipt.time),
        "time_local": receipt.time.isoformat(),
        "zone": receipt.time.tzname(),
        "deadline": receipt.deadline.isoformat() if receipt.deadline else None,
        "deadline_state": "none" if receipt.deadline is None else "late" if late_by else "on time",
        "late_by_seconds": late_by.total_seconds() if late_by else 0,
        "files": [{"name": line.name, "size": line.size, "sha256": line.sha256} for line in receipt.files],
        "course_version": receipt.course_version,
        "engine_version": receipt.engine_version,
    }
    return json.dumps(content, indent=2, ensure_ascii=True) + "\n"


def from_json(text: str, origin: str) -> tuple[Receipt, str]:
    """The receipt that `text` holds, and the id that it claims.

    Raises UsageError, naming `origin`, where the text is no receipt of a known schema.
    """
    try:
        content: dict[str, Any] = json.loads(text)
        if content["schema"] != SCHEMA:
            raise UsageError(
                message(
                    '{path} is a "{schema}", and this version reads "{ours}".',
                    path=origin,
                    schema=str(content["schema"]),
                    ours=SCHEMA,
                )
            )
        deadline = content["deadline"]
        receipt = Receipt(
            student=str(content["student"]),
            assignment=str(content["assignment"]),
            files=tuple(
                FileLine(str(line["name"]), int(line["size"]), str(line["sha256"]))
                for line in content["files"]
            ),
            time=datetime.fromisoformat(content["time_local"]),
            deadline=datetime.fromisoformat(deadline) if deadline else None,
            course_version=str(content["course_version"]),
            engine_version=str(content["engine_version"]),
        )
        return receipt, str(content["id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _no_receipt(origin) from None


def read_receipt(path: Path) -> Receipt:
    """The receipt stored at `path`. Raises UsageError where there is none."""
    return _read(path)[0]


def verify(path: Path, files: Mapping[str, bytes]) -> Verdict:
    """Whether `files` are those that the receipt at `path` was given for.

    files   name → bytes
    Raises  UsageError where `path` is no receipt
    """
    receipt, claimed = _read(path)
    promised = {line.name: line for line in receipt.files}
    found = {line.name: line for line in file_lines(files)}
    return Verdict(
        changed=tuple(name for name in promised if name in found and found[name] != promised[name]),
        missing=tuple(name for name in promised if name not in found),
        added=tuple(name for name in found if name not in promised),
        id_is_right=claimed == receipt.id,
    )


def file_name(receipt: Receipt) -> str:
    """Name of the receipt's file; sorts by time."""
    return f"{stamp(receipt.time)}-{receipt.id[:12]}.json"


def stamp(time: datetime) -> str:
    """A time in UTC as it stands in file names: sorts by time, legal on every system."""
    return _utc(time).replace("-", "").replace(":", "").replace(".", "-").removesuffix("Z")


def _read(path: Path) -> tuple[Receipt, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            message(
                "The receipt {path} cannot be read: {reason}.", path=str(path), reason=str(error.strerror)
            )
        ) from None
    except UnicodeDecodeError:
        raise _no_receipt(str(path)) from None
    return from_json(text, str(path))


def _no_receipt(origin: str) -> UsageError:
    return UsageError(message("{path} is not a receipt of `autograde submit`.", path=origin))


def _utc(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _name(line: FileLine) -> str:
    return line.name

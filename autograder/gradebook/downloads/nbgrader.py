"""How does nbgrader keep what was handed in? submitted/STUDENT/ASSIGNMENT/FILES, with the time in timestamp.txt."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from autograder.gradebook.downloads.container import Container, Damaged, Entry
from autograder.gradebook.downloads.handed import Download, Handed
from autograder.gradebook.downloads.placing import Found, placed
from autograder.model import Message, message

LAYOUT = "nbgrader"
TIMESTAMP = "timestamp.txt"
_STEP = "submitted"
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,6})?[0-9]*\s*(\S{0,40})\s*"
)
_OFFSET = re.compile(r"[+-][0-9]{2}(?::?[0-9]{2})?")
_LONGEST_TIMESTAMP = 200


def recognised(container: Container) -> bool:
    """Whether it is a course of nbgrader's, or its folder submitted/."""
    return _students(container) is not None


def _students(container: Container) -> Container | None:
    """The same, beginning with the folders of students."""
    if any(entry.parts[0] == _STEP and len(entry.parts) > 3 for entry in container.entries):
        return container.inside((_STEP,))
    stamped = any(len(entry.parts) == 3 and entry.parts[2] == TIMESTAMP for entry in container.entries)
    if container.name.removesuffix(".zip") == _STEP or stamped:
        return container if any(len(entry.parts) > 2 for entry in container.entries) else None
    return None


def read(container: Container, assignment: str, main: str) -> Download:
    """What it says of nbgrader's assignment of that name. main: the file to be graded, ours."""
    ignored: list[tuple[str, Message]] = []
    found: dict[str, list[Entry]] = {}
    others: dict[str, int] = {}
    for entry in (_students(container) or container).entries:
        if len(entry.parts) < 3:
            ignored.append((entry.path, message("it lies in no folder of a student and an assignment")))
        elif entry.parts[1] == assignment:
            found.setdefault(entry.parts[0], []).append(entry)
        else:
            others[entry.parts[1]] = others.get(entry.parts[1], 0) + 1
    handed = tuple(_handed(student, entries, main) for student, entries in sorted(found.items()))
    called = "" if handed else ", ".join(sorted(others)[:20])
    return Download(LAYOUT, handed, called=called, ignored=ignored)


def _handed(student: str, entries: list[Entry], main: str) -> Handed:
    notes: list[Message] = []
    files: list[Found] = []
    when = None
    for entry in entries:
        if entry.parts[2:] == (TIMESTAMP,):
            when = _time(entry)
            if when is None:
                notes.append(message("{file} holds no time that can be read.", file=TIMESTAMP))
        else:
            files.append((entry.parts[2:], entry))
    place = placed(files, main)
    return Handed(
        key=student,
        ids={},
        id=student,
        files=place.files,
        earlier=place.aside,
        problem=place.problem,
        notes=(*notes, *place.notes),
        handed_in=when,
    )


def _time(entry: Entry) -> datetime | None:
    if entry.size > _LONGEST_TIMESTAMP:
        return None
    try:
        text = b"".join(entry.pieces()).decode("ascii")
    except (Damaged, UnicodeDecodeError):
        return None
    return time_of(text.strip())


def time_of(text: str) -> datetime | None:
    """A time as nbgrader writes it, such as "2026-11-21 10:00:00.123 UTC"; None where its zone is not known.

    Without a zone it is UTC, as nbgrader takes it.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    date, clock, fraction, name = found.groups()
    zone = _zone(name)
    if zone is None:
        return None
    try:
        plain = datetime.fromisoformat(f"{date}T{clock}{(fraction or '.0').ljust(7, '0')}")
        return plain.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(name: str) -> tzinfo | None:
    if name in ("", "UTC", "Z", "GMT"):
        return UTC
    try:
        if _OFFSET.fullmatch(name):
            # "+07" is what a zone without letters of its own is called.
            return datetime.strptime(name if len(name) > 3 else f"{name}00", "%z").tzinfo
        # Only names such as Europe/Berlin: "EST" means other hours in other countries.
        return ZoneInfo(name) if re.fullmatch(r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+){1,2}", name) else None
    except (KeyError, ValueError, OSError):
        return None

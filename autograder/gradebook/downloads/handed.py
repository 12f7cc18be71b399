"""What does a download say? Who handed in which files, and when: the values that each layout's reader makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from autograder.gradebook.downloads.container import Entry
from autograder.model import Message


@dataclass(frozen=True)
class Handed:
    """One person's files in a download.

    key        whose they are in this download, e.g. "4711": compared, never shown alone
    ids        system → id there, as `values.ID_SYSTEMS` names them
    id         what to call a student that the gradebook does not know yet
    name       the full name where the platform gives it as it is, else ""
    email      "" where unknown
    files      path → entry: where it is to lie, and its bytes
    earlier    the same of files that were replaced by one of `files`
    problem    why none of them can count, else None
    notes      what should be known besides
    handed_in  when, aware; None where the download does not tell
    order      a number that grows with what the platform was given later, else None
    late       whether the platform marks it as late
    """

    key: str
    ids: Mapping[str, str]
    id: str
    files: Mapping[str, Entry]
    name: str = ""
    email: str = ""
    earlier: Mapping[str, Entry] = field(default_factory=dict)
    problem: Message | None = None
    notes: tuple[Message, ...] = ()
    handed_in: datetime | None = None
    order: int | None = None
    late: bool = False


@dataclass(frozen=True)
class Download:
    """What a layout's reader makes of a download.

    layout   its name, e.g. "moodle"
    handed   in order of key
    origin   what tells this assignment from others of the platform: text, "" where nothing does
    called   what the platform calls the assignment, "" where it does not say
    ignored  path → why it belongs to nobody
    """

    layout: str
    handed: tuple[Handed, ...]
    origin: str = ""
    called: str = ""
    ignored: Sequence[tuple[str, Message]] = ()


def participant_system(assignment: str) -> str:
    """The name, among a student's ids, of their number in this assignment on Moodle: it has another one in each."""
    return f"moodle_participant:{assignment}"


def anonymous_system(assignment: str) -> str:
    """The same for the sign that Canvas gives a student in an assignment that is graded anonymously."""
    return f"canvas_anonymous:{assignment}"

"""What does a gradebook know? The frozen values that its store hands out."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from autograder.grading.record import report_of
from autograder.model import GradeReport, Status

ID_SYSTEMS = (
    "canvas_id",
    "canvas_sis_id",
    "canvas_login",
    "moodle_id",
    "moodle_idnumber",
    "moodle_username",
    "gradescope_sid",
    "github",
    "email",
)
"""The systems that know students by ids of their own."""

ID_SYSTEMS_OF_AN_ASSIGNMENT = ("moodle_participant", "canvas_anonymous")
"""Those that give a student another id in each assignment, e.g. "moodle_participant:hw1"."""

STATES = ("current", "superseded", "proposed", "failed")
"""What a result may be: the one that counts; one that counted before; one that a regrade proposes; and a fault of ours
where an older result goes on to count. At most one a submission is current, proposed, failed."""


@dataclass(frozen=True)
class Student:
    """A student. id: ours, opaque and hostile; ids: system (see `ID_SYSTEMS`) → the id there; "" where unknown."""

    id: str
    name: str = ""
    email: str = ""
    section: str = ""
    language: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """A submission as it is kept.

    id         grows with every submission of the whole gradebook, whatever the clock says: the order of handing in
    number     which of the student's attempts on this assignment it is, from 1; 0 for one that cannot be graded and
               so is no attempt
    handed_in  when it was handed in, UTC; None where nobody told
    received   when the gradebook got it, UTC, by this machine's clock
    digest     SHA-256 of its files' names and digests
    source     where it came from: "folder", "exchange", "nbgrader", "moodle", …
    files      name → SHA-256
    """

    id: int
    assignment: str
    student: str
    number: int
    handed_in: datetime | None
    received: datetime
    digest: str
    source: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Recorded:
    """A result as it is kept. Scores in cents; score None: a fault of ours, no mark and no zero.

    key  what it depends on, see `grading.journal.key`
    """

    id: int
    submission: Kept
    state: str
    key: str
    status: Status
    score: int | None
    max_score: int
    course_version: str
    suite_version: str
    engine_version: str
    input_set: int | None
    isolation: Mapping[str, Any]
    graded_at: datetime
    _packed: Callable[[], bytes] = field(repr=False, compare=False)

    def report(self) -> GradeReport:
        """The whole report, unpacked at each call."""
        return unpacked(self._packed())


@dataclass(frozen=True)
class Audit:
    """One line of the audit trail. before, after: plain data, None where it does not apply."""

    id: int
    at: datetime
    author: str
    action: str
    assignment: str
    student: str
    before: Any
    after: Any
    reason: str


def unpacked(data: bytes) -> GradeReport:
    """The report that was packed as zlib-compressed JSON. Raises ValueError, LookupError, TypeError for anything else."""
    try:
        return report_of(json.loads(zlib.decompress(data)))
    except zlib.error as error:
        raise ValueError(str(error)) from None

"""What are the final marks, as a table of our own? `csv` for spreadsheets, and the one that nbgrader exports.

As in marks.csv: UTF-8, CRLF, every text in quotation marks and none a formula, every number without, no number where there is
no mark.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from autograder.lms.given import Given
from autograder.reports.marks_csv import number_cell, text_cell

_COLUMNS = (
    "student",
    "name",
    "email",
    "section",
    "status",
    "score",
    "max",
    "raw",
    "late_penalty",
    "adjusted",
    "excused",
    "attempt",
    "handed_in",
    "late_seconds",
)
NBGRADER = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


def render(students: Iterable[Given]) -> str:
    """The final marks, a row a student, those without a mark too. Times are UTC, in ISO 8601."""
    return _table(_COLUMNS, map(_row, students))


def _row(given: Given) -> list[str]:
    return [
        *map(text_cell, (given.student, given.name, given.email, given.section, given.status)),
        number_cell(given.score),
        number_cell(given.max_score),
        number_cell(given.raw),
        number_cell(given.late_penalty if given.score is not None else None),
        number_cell(given.adjusted if given.score is not None else None),
        text_cell("yes" if given.excused else "no"),
        "" if given.attempt is None else str(given.attempt),
        text_cell("" if given.handed_in is None else _utc(given.handed_in).isoformat(timespec="seconds")),
        str(given.late_seconds),
    ]


def nbgrader(students: Iterable[Given], assignment: str, due: datetime | None) -> str:
    """The table that `nbgrader export` writes, with its columns and its form of times.

    A name is kept in one piece, as last_name: where it parts is not known. Without a mark the scores are empty, not 0.0.
    """
    return _table(NBGRADER, (_nbgrader_row(given, assignment, due) for given in students))


def _nbgrader_row(given: Given, assignment: str, due: datetime | None) -> list[str]:
    return [
        text_cell(assignment),
        text_cell(_naive(due)),
        text_cell(_naive(given.handed_in)),
        *map(text_cell, (given.student, given.name, "", given.email)),
        number_cell(given.raw if given.score is not None else None),
        number_cell(given.late_penalty if given.score is not None else None),
        number_cell(given.score),
        number_cell(given.max_score),
    ]


def _table(head: Iterable[str], rows: Iterable[list[str]]) -> str:
    lines = [",".join(map(text_cell, head)), *map(",".join, rows)]
    return "".join(f"{line}\r\n" for line in lines)


def _utc(time: datetime) -> datetime:
    return time.astimezone(UTC)


def _naive(time: datetime | None) -> str:
    return "" if time is None else _utc(time).replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")

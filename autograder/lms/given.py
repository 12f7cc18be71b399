"""Whose mark is it, and how did it come about? What an export is given, from the gradebook or from a folder of results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import UsageError
from autograder.model import GradeReport, message
from autograder.reports import results_json
from autograder.reports.write import RESULTS

if TYPE_CHECKING:
    from autograder.course.manifest import Assignment
    from autograder.gradebook.store import Store
    from autograder.gradebook.values import Recorded


@dataclass(frozen=True)
class Given:
    """The final mark of one student, in cents.

    score       None: no mark, which is no zero
    raw         before penalty and adjustment; None where nothing was graded
    status      "graded", "ungradable", "system_error", "missing", … as the gradebook says
    ids         system → the student's id there
    """

    student: str
    score: int | None
    max_score: int
    status: str
    raw: int | None = None
    late_penalty: int = 0
    adjusted: int = 0
    attempt: int | None = None
    handed_in: datetime | None = None
    late_seconds: int = 0
    excused: bool = False
    name: str = ""
    email: str = ""
    section: str = ""
    language: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    report: GradeReport | None = None

    @property
    def counts(self) -> bool:
        """Whether there is something to write: a mark, or that none is asked for."""
        return self.score is not None or self.excused


@dataclass(frozen=True)
class Source:
    """Where the marks of one assignment come from. read: whether reports are wanted → the marks, by code point of the student."""

    assignment: str
    title: str
    read: Callable[[bool], Iterator[Given]]
    course_version: str = ""
    suite_version: str = ""
    isolation: Mapping[str, str | int | float] = field(default_factory=dict)


def from_results(directory: Path, assignment: str) -> Source:
    """The marks in the results.json of a folder that `grade` made.

    Raises  UsageError where it is none, or another assignment's
    """
    path = directory / RESULTS if directory.is_dir() else directory
    try:
        results = results_json.load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(
            message("{path} cannot be read: {reason}.", path=str(path), reason=str(reason))
        ) from None
    if results.assignment != assignment:
        raise UsageError(
            message(
                "{path} holds the results of {other}, not of {assignment}.",
                path=str(path),
                other=results.assignment,
                assignment=assignment,
            )
        )

    def read(reports: bool) -> Iterator[Given]:
        for report in results.reports:
            yield Given(
                student=report.student,
                score=report.score,
                raw=report.score,
                max_score=report.max_score,
                status=report.status.value,
                report=report if reports else None,
            )

    return Source(
        assignment=assignment,
        title=results.title,
        read=read,
        course_version=results.course_version,
        suite_version=results.suite_version,
        isolation=results.isolation,
    )


def from_gradebook(store: Store, assignment: Assignment, title: str, now: datetime) -> Source:
    """The final marks in the gradebook: attempts, deadlines, penalties and adjustments are all in them."""
    from autograder.gradebook.marks import FULL, marks

    def read(reports: bool) -> Iterator[Given]:
        kept = _Reports(store, assignment.id) if reports else None
        for mark in marks(store, assignment, now):
            student = mark.student
            yield Given(
                student=student.id,
                score=mark.score,
                raw=mark.raw,
                max_score=mark.max_score or FULL,
                status=str(mark.status),
                late_penalty=mark.late_penalty or 0,
                adjusted=mark.adjusted or 0,
                attempt=mark.attempt,
                handed_in=mark.handed_in,
                late_seconds=mark.late_seconds or 0,
                excused=mark.excused,
                name=student.name,
                email=student.email,
                section=student.section,
                language=student.language,
                ids=student.ids,
                report=kept.of(student.id, mark.recorded_id) if kept else None,
            )

    return Source(assignment=assignment.id, title=title, read=read)


class _Reports:
    """The reports behind the marks. Both come in the order of students, so neither is ever held as a whole."""

    def __init__(self, store: Store, assignment: str) -> None:
        self._coming = iter(store.results(assignment))
        self._next: Recorded | None = next(self._coming, None)

    def of(self, student: str, recorded: int | None) -> GradeReport | None:
        found = None
        while self._next is not None and self._next.submission.student <= student:
            if recorded is not None and self._next.id == recorded:
                found = self._next.report()
            self._next = next(self._coming, None)
        return found

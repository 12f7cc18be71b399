"""What did each student of a class hand in, and what did it get? One student after the other, for the class report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from autograder.course.manifest import Assignment
from autograder.gradebook.marks import Attempt as Tried
from autograder.gradebook.marks import Mark, Rules
from autograder.gradebook.store import Store
from autograder.gradebook.values import Recorded
from autograder.model import Status
from autograder.reports.class_report.data import Attempt, Handed


class Work(NamedTuple):
    """A student's work, and the result that counts, where there is one, with the submission it is of."""

    handed: Handed
    counted: Recorded | None


def class_work(store: Store, assignment: Assignment, now: datetime | None = None) -> Iterator[Work]:
    """All students of the gradebook, in the order of their ids by code point, in one pass over marks and results.

    The report of a student is that of the attempt which counts, also where it came too late to count, else of the latest.
    """
    rules = Rules.of(store, assignment, now)
    results = _of_students(store.results(assignment.id))
    following = next(results, None)
    for student, tried in rules.students(store):
        # Both streams have one order; who has a result has a submission, so nobody of the results is passed over.
        while following is not None and following[0] < student.id:
            following = next(results, None)
        found = following[1] if following is not None and following[0] == student.id else []
        mark = rules.mark(student, tried)
        counted = _counted(mark, found)
        has_deadline = rules.deadlines.due(student.id) is not None
        yield Work(
            Handed(
                student=student.id,
                mark=mark.score,
                report=None if counted is None else counted.report(),
                attempts=tuple(map(_attempt, tried)),
                late_seconds=None if mark.handed_in is None else mark.late_seconds,
                has_deadline=has_deadline,
                late_penalty=mark.late_penalty,
                slip_days=mark.slip_days,
                adjusted=mark.adjusted != 0,
                excused=mark.excused,
                suite_version="" if counted is None else counted.suite_version,
            ),
            counted,
        )


def _of_students(results: Iterator[Recorded]) -> Iterator[tuple[str, list[Recorded]]]:
    """The results of each student; their reports are not unpacked before they are asked for."""
    student, found = "", list[Recorded]()
    for one in results:
        if found and one.submission.student != student:
            yield student, found
            found = []
        student = one.submission.student
        found.append(one)
    if found:
        yield student, found


def _counted(mark: Mark, found: list[Recorded]) -> Recorded | None:
    for one in found:
        if one.id == mark.recorded_id:
            return one
    # An ungradable file is no attempt: it says something only where there is nothing else.
    graded = [one for one in found if one.status is not Status.UNGRADABLE]
    chosen = graded or found
    return chosen[-1] if chosen else None


def _attempt(tried: Tried) -> Attempt:
    got = tried.got
    graded = got is not None and got.status == Status.GRADED
    return Attempt(costs=tried.gradable, score=got.score if got is not None and graded else None)

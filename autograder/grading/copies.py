"""Has this very file been graded here already? A stub that was handed in as it was given out, or the same file twice.

A report follows from the bytes that were handed in: the input set is drawn from them, and no check knows whose they are.
So copies get one report, each under its own name, and a class of unfinished stubs is graded once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace

from autograder.grading.submission import Submission
from autograder.model import GradeReport, Outcome, Status

_MOST_KEPT = 100
_LONGEST = 256 * 2**10
"""Characters of a report, about; a longer one is not kept."""

_LASTING = {Outcome.PASSED, Outcome.SKIPPED, Outcome.FAILED, Outcome.NOT_WRITTEN}
"""Outcomes that come again whatever the machine is doing meanwhile. What was too slow, too large or ended is tried anew."""


class Copies:
    """The reports of one grader on the latest different files, by what they depend on."""

    def __init__(self) -> None:
        self._reports: OrderedDict[Hashable, GradeReport] = OrderedDict()

    def graded(self, submission: Submission, grade: Callable[[Submission], GradeReport]) -> GradeReport:
        """The report on this submission: `grade`'s, or the one on a copy of it."""
        key = _key(submission)
        known = self._reports.get(key)
        if known is not None:
            self._reports.move_to_end(key)
            return replace(known, student=submission.student, seconds=0.0)
        report = grade(submission)
        if _lasts(report):
            self._reports[key] = report
            if len(self._reports) > _MOST_KEPT:
                self._reports.popitem(last=False)
        return report


def _key(submission: Submission) -> Hashable:
    told = tuple((notice.id, tuple(notice.fields.items())) for notice in submission.notices)
    problem = submission.problem and (submission.problem.id, tuple(submission.problem.fields.items()))
    return tuple(submission.hashes.items()), told, problem, submission.input_set, submission.brief


def _lasts(report: GradeReport) -> bool:
    """Whether it would be the same again, and is small enough to be kept."""
    checks = [check for function in (*report.functions, *report.public) for check in function.checks]
    return (
        report.status is Status.GRADED
        and report.message is None
        and all(check.outcome in _LASTING for check in checks)
        and len(repr(report)) <= _LONGEST
    )

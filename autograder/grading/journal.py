"""What has been graded already? What a run asks of the one who remembers, see `gradebook.recorder`.

A report counts when its student, the bytes that were handed in, the suite, the course, the engine and the isolation are
the same as now: so a run that was interrupted, at whatever moment, continues.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Protocol

from autograder.grading.submission import Submission
from autograder.model import GradeReport

_DECISIVE = {"level", "policy", "profile", "missing"}
"""What of the isolation tells one kind of grading from another; a new kernel does not."""


def key(
    submission: Submission,
    versions: Mapping[str, str],
    isolation: Mapping[str, str | int | float] | None = None,
) -> str:
    """What a report depends on, as one hash.

    isolation  under which confinement it is made: one made under a weak one may not be taken for another
    """
    problem = None if submission.problem is None else [submission.problem.id, dict(submission.problem.fields)]
    told = {
        "student": submission.student,
        "files": submission.hashes,
        "problem": problem,
        "notices": [[notice.id, dict(notice.fields)] for notice in submission.notices],
        "isolation": {name: value for name, value in (isolation or {}).items() if name in _DECISIVE},
        **versions,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


class Remembers(Protocol):
    """What a run asks of whatever keeps its reports."""

    def report(self, key: str) -> GradeReport | None:
        """The report under `key`, where there is a valid one."""

    def add(
        self, key: str, report: GradeReport, isolation: Mapping[str, str | int | float] | None = None
    ) -> None:
        """Keep a report, and under which isolation it was made. Raises SystemFault where it cannot be kept."""

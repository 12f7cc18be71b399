"""Made-up submissions and reports, for tests of the gradebook: no lane is started for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Any

from autograder.gradebook.recorder import Recorder
from autograder.gradebook.store import Handed, Store
from autograder.grading.journal import key
from autograder.grading.submission import Submission
from autograder.model import CheckResult, FunctionResult, GradeReport, Outcome, Status, message

VERSIONS = {"engine": "1", "course": "c1", "suite": "s1"}
ISOLATION: Mapping[str, str | int | float] = {"level": "A"}


def submission(student: str, text: str = "x = 1\n", **more: Any) -> Submission:
    """A submission of one file with that text."""
    return Submission(student, {"hw.py": text.encode()}, **more)


def report_on(one: Submission, score: int = 5000, status: Status = Status.GRADED) -> GradeReport:
    """A report that gives `score` cents of 10,000 for two checks."""
    halves = (score // 2, score - score // 2)
    checks = tuple(CheckResult(f"check {n}", Outcome.PASSED, half, 5000) for n, half in enumerate(halves))
    return GradeReport(
        one.student,
        "hw",
        status,
        (FunctionResult("f", checks),) if status is Status.GRADED else (),
        message=one.problem or (None if status is Status.GRADED else message("Not graded.")),
        max_score=10_000,
        input_set=3,
        files=one.hashes,
    )


def grade(
    store: Store,
    submissions: Iterable[Submission],
    score: int = 5000,
    status: Status = Status.GRADED,
    *,
    versions: Mapping[str, str] = VERSIONS,
    again: bool = False,
    state: str = "current",
) -> list[str]:
    """Hand in, and grade as `grade_many` does with a journal; the students who were graded now."""
    graded = []
    with closing(Recorder(store, "course", "hw", versions, ISOLATION, state=state)) as recorder:
        for one in recorder.ahead(map(Handed, submissions)):
            identity = key(one, versions, ISOLATION)
            if again or recorder.report(identity) is None:
                recorder.add(identity, report_on(one, score, status), ISOLATION)
                graded.append(one.student)
    return graded


def marks(store: Store, state: str = "current") -> list[tuple[str, int, str, int | None]]:
    """(student, attempt, status, score) of all results in one state, in the order in which the store streams them."""
    return [
        (result.submission.student, result.submission.number, result.status.value, result.score)
        for result in store.results("hw", state=state)
    ]

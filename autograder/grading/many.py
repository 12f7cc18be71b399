"""Many submissions → many reports: hands them to lanes, under an outside deadline, and forgets nothing.

A lane that overruns its deadline or dies is replaced, and the submission that it held is tried once more on a fresh
one; if that fails too, the report is a system_error for a person to look at, never a zero.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import autograder
from autograder.course.manifest import Assignment, Course
from autograder.course.version import course_version, suite_version
from autograder.errors import CourseError, SystemFault
from autograder.grading import frames
from autograder.grading.journal import Journal, key
from autograder.grading.record import job, report_of
from autograder.grading.submission import Submission
from autograder.model import GradeReport, Status, message

_START_SECONDS = 60.0
_SPARE_SECONDS = 120.0


def versions(assignment: Assignment) -> dict[str, str]:
    """What reports of this assignment depend on besides the submission."""
    return {
        "engine": autograder.__version__,
        "course": course_version(assignment),
        "suite": suite_version(assignment),
    }


def default_jobs() -> int:
    """As many lanes as there are processors to run on."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def grade_many(
    course: Course,
    assignment: Assignment,
    submissions: Iterable[Submission],
    *,
    jobs: int = 0,
    journal: Journal | None = None,
    again: bool = False,
) -> Generator[GradeReport, None, None]:
    """Reports as they are finished, in no particular order.

    jobs     lanes side by side; 0 for as many as processors
    journal  reports found there are not made again; new ones are added before they are given out
    again    make all reports again, also those in the journal
    Raises   CourseError where the suite cannot be collected, SystemFault where no lane can be started
    """
    versions_now = versions(assignment)
    waiting: deque[tuple[str, Submission, int]] = deque()
    for submission in submissions:
        identity = key(submission, versions_now)
        known = journal.report(identity) if journal is not None and not again else None
        if known is not None:
            yield known
        else:
            waiting.append((identity, submission, 1))
    if not waiting:
        return
    pool = _Pool(course, assignment, min(jobs or default_jobs(), len(waiting)))
    try:
        for identity, report in pool.run(waiting):
            if journal is not None:
                journal.add(identity, report)
            yield report
    finally:
        pool.close()


@dataclass
class _Lane:
    """One lane process, and what it is doing."""

    process: subprocess.Popen[bytes]
    ready: bool = False
    busy: tuple[str, Submission, int] | None = None
    deadline: float = 0.0
    buffer: bytes = b""


class _Pool:
    """The lanes."""

    def __init__(self, course: Course, assignment: Assignment, size: int) -> None:
        self._course = course
        self._assignment = assignment
        self._selector = selectors.DefaultSelector()
        self._lanes = [self._start() for _ in range(size)]
        # Hidden checks, explanations with follow-through, and public checks have each their own allowance.
        self._seconds = 3 * assignment.limits.submission_seconds + _SPARE_SECONDS
        self._failed_starts = 0

    def _start(self) -> _Lane:
        process = subprocess.Popen(
            [sys.executable, "-m", "autograder.grading.lane", str(self._course.root), self._assignment.id],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            start_new_session=True,
        )
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        new = _Lane(process, deadline=time.monotonic() + _START_SECONDS)
        self._selector.register(process.stdout, selectors.EVENT_READ, new)
        return new

    def run(self, waiting: deque[tuple[str, Submission, int]]) -> Iterator[tuple[str, GradeReport]]:
        """Work the queue off."""
        while waiting or any(one.busy for one in self._lanes):
            for one in self._lanes:
                if one.ready and one.busy is None and waiting:
                    self._give(one, waiting.popleft())
            first = min((one.deadline for one in self._lanes if one.busy or not one.ready), default=0.0)
            for chosen, _events in self._selector.select(max(first - time.monotonic(), 0.0)):
                yield from self._read(chosen.data, waiting)
            now = time.monotonic()
            for one in [one for one in self._lanes if (one.busy or not one.ready) and one.deadline <= now]:
                yield from self._replace(one, waiting, "it did not end in time")

    def _give(self, one: _Lane, task: tuple[str, Submission, int]) -> None:
        one.busy = task
        one.deadline = time.monotonic() + self._seconds
        assert one.process.stdin is not None
        # A lane that died meanwhile is noticed when reading from it.
        with contextlib.suppress(OSError):
            one.process.stdin.write(frames.frame(job(task[1])))
            one.process.stdin.flush()

    def _read(
        self, one: _Lane, waiting: deque[tuple[str, Submission, int]]
    ) -> Iterator[tuple[str, GradeReport]]:
        assert one.process.stdout is not None
        try:
            data = os.read(one.process.stdout.fileno(), 2**20)
        except BlockingIOError:
            return
        if not data:
            yield from self._replace(one, waiting, "it ended")
            return
        one.buffer += data
        while (tree := self._frame(one)) is not None:
            if "error" in tree:
                kind = CourseError if tree["exit_code"] == CourseError.exit_code else SystemFault
                raise kind(tree["error"])
            if "ready" in tree:
                one.ready = True
                self._failed_starts = 0
            elif one.busy is not None:
                tree["report"]["student"] = os.fsdecode(tree["report"]["student"])
                report = report_of(tree["report"])
                identity, _submission, attempt = one.busy
                broken = report.status is Status.SYSTEM_ERROR
                if not (broken and attempt == 1):
                    one.busy = None
                    yield identity, report
                if broken:
                    # Whatever broke may be broken for the next one too: everything fresh, and this one once more.
                    yield from self._replace(one, waiting, "the grader failed")
                    return

    @staticmethod
    def _frame(one: _Lane) -> Any:
        tree, one.buffer = frames.take(one.buffer)
        return tree

    def _replace(
        self, one: _Lane, waiting: deque[tuple[str, Submission, int]], why: str
    ) -> Iterator[tuple[str, GradeReport]]:
        self._end(one)
        self._lanes.remove(one)
        if not one.ready:
            self._failed_starts += 1
            if self._failed_starts >= 3:
                raise SystemFault(f"A grading process cannot be started: {why}. Run 'autograde doctor'.")
        if one.busy is not None:
            identity, submission, attempt = one.busy
            if attempt == 1:
                waiting.appendleft((identity, submission, 2))
            else:
                yield identity, _given_up(self._assignment, submission, why)
        if waiting:
            self._lanes.append(self._start())

    def _end(self, one: _Lane) -> None:
        assert one.process.stdout is not None
        assert one.process.stdin is not None
        self._selector.unregister(one.process.stdout)
        with contextlib.suppress(OSError):
            one.process.stdin.close()
        try:
            one.process.wait(timeout=0.0 if one.busy or not one.ready else 5.0)
        except subprocess.TimeoutExpired:
            # The session with everything in it: the zygote goes with its lane.
            with contextlib.suppress(OSError):
                os.killpg(one.process.pid, signal.SIGKILL)
            one.process.wait()
        one.process.stdout.close()

    def close(self) -> None:
        """End all lanes; those in the middle of a submission at once."""
        for one in self._lanes:
            self._end(one)
        self._selector.close()


def _environment() -> dict[str, str]:
    """One thread each for linear algebra: lanes share the processors, and a second thread only gets in the way."""
    one = dict.fromkeys(
        ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
    )
    root = str(Path(autograder.__file__).parent.parent)
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, **one, "PYTHONPATH": path}


def _given_up(assignment: Assignment, submission: Submission, why: str) -> GradeReport:
    return GradeReport(
        submission.student,
        assignment.id,
        Status.SYSTEM_ERROR,
        message=message(
            "The grading process failed twice on this submission: {reason}. Please look at it.", reason=why
        ),
        max_score=10_000,
        notices=submission.notices,
        files=submission.hashes,
    )

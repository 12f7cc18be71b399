"""Many submissions → many reports: hands them to lanes, under an outside deadline, and forgets nothing.

A lane is believed as long as it does what is expected, to the letter. One that overruns its deadline, ends, says what
it was not asked, or sends a report that is no verdict (see `verdict`) is replaced, and the submission that it held is
tried once more on a fresh lane, which has met no other; if that fails too, the report is a system_error for a person
to look at: no points, and no zero.

That a hidden check fails its own reference costs no points, so a lane is not believed that either: the reference is
graded by a fresh lane on that set of inputs, and only what is at fault there is the suite's fault.
"""

from __future__ import annotations

import os
import selectors
import shutil
import sys
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import astuple, dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import autograder
from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError, SystemFault
from autograder.grading.capacity import default_jobs
from autograder.grading.engine import Engine, Made
from autograder.grading.expected import Expected, expected_of, versions
from autograder.grading.journal import Remembers, key
from autograder.grading.process import UNKNOWN_YET, LaneProcess, can_be_forked, started
from autograder.grading.record import job
from autograder.grading.submission import Submission
from autograder.grading.verdict import Refused, suite_errors, verdict
from autograder.language import later
from autograder.model import GradeReport, Message, Status, message
from autograder.sandbox.isolation import Isolation, isolation, isolation_of
from autograder.sandbox.launch import temporary_folder

_START_SECONDS = 60.0
_SPARE_SECONDS = 120.0
_END_SECONDS = 5.0
_MOST_FAILED_STARTS = 3


def grade_many(
    course: Course,
    assignment: Assignment,
    submissions: Iterable[Submission],
    *,
    jobs: int = 0,
    journal: Remembers | None = None,
    again: bool = False,
    isolation: Mapping[str, str | int | float] | None = None,
    engine: Engine | None = None,
    lanes: EarlyLanes | None = None,
) -> Generator[GradeReport, None, None]:
    """Reports as they are finished, in no particular order.

    jobs       lanes side by side; 0 for as many as there are processors and memory for
    journal    reports found there are not made again; new ones are added before they are given out
    again      make all reports again, also those in the journal
    isolation  under which confinement this run grades, as `Isolation.record` tells; a report made under another one is
               not found in the journal, and workers that would be held back by less are not started
    engine     who grades instead of lanes of this process; the record of its machines goes into the journal
    lanes      some that are warming up already
    Raises     CourseError where the suite cannot be collected, SystemFault where no lane can be started or the course
               changes meanwhile
    """
    versions_now = versions(assignment)
    tasks = _tasks(submissions, versions_now, journal if not again else None, isolation)
    for first in tasks:
        if isinstance(first, _Task):
            break
        yield first
    else:
        return
    todo = chain([first], tasks)
    with closing(
        _on_lanes(course, assignment, versions_now, jobs, isolation, todo, lanes)
        if engine is None
        else engine.run(todo, versions_now)
    ) as done:
        for identity, made, record in done:
            if identity is None:
                yield made
                continue
            report = _stamped(made, record)
            if journal is not None:
                journal.add(identity, report, record)
            yield report


def _on_lanes(
    course: Course,
    assignment: Assignment,
    versions_now: Mapping[str, str],
    jobs: int,
    isolation: Mapping[str, str | int | float] | None,
    tasks: Iterator[_Task | GradeReport],
    early: EarlyLanes | None,
) -> Generator[Made, None, None]:
    layers = str((isolation or {}).get("layers", ""))
    if early is None:
        pool = _Pool(course, assignment, versions_now, jobs or default_jobs(assignment), layers)
    else:
        pool = early.settled(layers)
    try:
        for identity, made in pool.run(tasks):
            yield identity, made, isolation
    finally:
        pool.close()


class EarlyLanes:
    """Lanes that warm up while it is still being found out what has to hold their workers back. One is started; it tries
    the walls, collects the suite, and forks the others.

    students  how many will be graded at most
    """

    def __init__(self, course: Course, assignment: Assignment, jobs: int, students: int) -> None:
        size = jobs or default_jobs(assignment)
        self._assignment = assignment
        self._pool = _Pool(course, assignment, versions(assignment), size, UNKNOWN_YET)
        self._pool.warm_up(min(size, students))

    def isolation(self) -> Isolation:
        """What holds workers back here, found out by the first lane before it meets a submission. Raises SystemFault."""
        return self._pool.walls() or isolation(self._assignment)

    def settled(self, layers: str) -> _Pool:
        """The lanes, which know now."""
        self._pool.settle(layers)
        return self._pool

    def close(self) -> None:
        """End them, if nobody else has."""
        self._pool.close()


class WarmGrader:
    """Grades one submission after another on one lane that stays warm in between: for a caller who gets them singly.

    within  a folder for the lane's own empty one; default: where the system has temporary ones
    Raises  as `grade_many` does
    """

    def __init__(
        self,
        course: Course,
        assignment: Assignment,
        isolation: Mapping[str, str | int | float] | None = None,
        within: Path | None = None,
    ) -> None:
        self._isolation = isolation
        layers = str((isolation or {}).get("layers", ""))
        self._pool = _Pool(course, assignment, versions(assignment), 1, layers, within)

    @property
    def expected(self) -> Expected | None:
        """What the lane has collected; None before the first submission."""
        return self._pool.expected

    def grade(self, submission: Submission) -> GradeReport:
        """Its report."""
        return _stamped(self.unstamped(submission), self._isolation)

    def unstamped(self, submission: Submission) -> GradeReport:
        """Its report, which does not say under which isolation it was made."""
        [(_identity, report)] = self._pool.run(iter([_Task(submission)]))
        return report

    def close(self) -> None:
        """End the lane."""
        self._pool.close()


@dataclass(frozen=True)
class _Task:
    """A submission to grade.

    identity  under which its report is kept
    attempt   1, or 2 on a fresh lane
    refused   why the report of the first attempt was no verdict, or ""
    proof     it is the reference, and the question is which checks fail it
    """

    submission: Submission
    identity: str = ""
    attempt: int = 1
    refused: str = ""
    proof: bool = False


@dataclass(eq=False)
class _Lane:
    """One lane process, and what it is doing. served: how many submissions it has met."""

    process: LaneProcess
    deadline: float
    ready: bool = False
    served: int = 0
    task: _Task | None = None

    @property
    def due(self) -> bool:
        """Whether it has something to do, so that it has a deadline."""
        return self.task is not None or not self.ready


_Reports = Iterator[tuple[str | None, GradeReport]]
"""Reports, each with the identity of its task; with None where it was known before."""


def _tasks(
    submissions: Iterable[Submission],
    versions: Mapping[str, str],
    journal: Remembers | None,
    isolation: Mapping[str, str | int | float] | None,
) -> Iterator[_Task | GradeReport]:
    """What is to be done, or the report where the journal has it. Read one by one: a class need not fit into memory."""
    for submission in submissions:
        identity = key(submission, versions, isolation)
        known = journal.report(identity) if journal is not None else None
        yield known if known is not None else _Task(submission, identity)


class _Pool:
    """The lanes.

    careful   what only a fresh lane may grade: second attempts and proofs
    doubtful  reports that blame the suite, by set of inputs, until it is known whether they are right
    proven    set of inputs → names of the checks that fail their reference
    """

    def __init__(
        self,
        course: Course,
        assignment: Assignment,
        versions: Mapping[str, str],
        size: int,
        layers: str = "",
        within: Path | None = None,
    ) -> None:
        self._layers = layers
        self._course = course
        self._assignment = assignment
        self._versions = versions
        self._size = size
        # Hidden checks, following through and public checks have each their own allowance, explanations half of one.
        self._seconds = 3.5 * assignment.limits.submission_seconds + _SPARE_SECONDS
        self._expected: Expected | None = None
        self._failed_starts = 0
        self._walls: Isolation | None = None
        self._careful: deque[_Task] = deque()
        self._doubtful: dict[int, list[tuple[_Task, GradeReport]]] = {}
        self._proven: dict[int, frozenset[str]] = {}
        self._lanes: list[_Lane] = []
        self._selector = selectors.DefaultSelector()
        # Nothing lies there that Python or pytest could take for a part of the suite.
        self._folder = Path(temporary_folder(within))

    @property
    def expected(self) -> Expected | None:
        """What the lanes have collected; None before the first of them is ready."""
        return self._expected

    def run(self, tasks: Iterator[_Task | GradeReport]) -> _Reports:
        """Do all tasks; a report among them is passed on."""
        waiting: deque[_Task] = deque()
        more = True
        while True:
            while more and len(waiting) < self._size:
                one_more = next(tasks, None)
                if one_more is None:
                    more = False
                elif isinstance(one_more, _Task):
                    waiting.append(one_more)
                else:
                    yield None, one_more
            if not (waiting or self._careful or any(one.task for one in self._lanes)):
                return
            self._hand_out(waiting)
            first = min(one.deadline for one in self._lanes if one.due)
            for chosen, _events in self._selector.select(max(first - time.monotonic(), 0.0)):
                chosen.data()
            for one in list(self._lanes):
                yield from self._attend(one)

    def _hand_out(self, waiting: deque[_Task]) -> None:
        starting = sum(not one.ready for one in self._lanes)
        for one in sorted(self._lanes, key=lambda one: one.served):
            if one.due:
                continue
            if self._careful and not one.served:
                self._give(one, self._careful.popleft())
            elif len(self._careful) > starting:
                self._end(one)
                starting += 1
            elif waiting:
                self._give(one, waiting.popleft())
        working = sum(one.task is not None for one in self._lanes)
        wanted = min(self._size, working + len(self._careful) + len(waiting))
        while len(self._lanes) < wanted:
            self._lanes += self._start()

    def warm_up(self, lanes: int) -> None:
        """Start so many lanes: one, which forks the others."""
        if lanes and not can_be_forked():
            lanes = 1
        if lanes:
            self._lanes += self._start(lanes)

    def walls(self) -> Isolation | None:
        """What the first lane found out about the walls around its workers; None where none was started."""
        while self._lanes and self._walls is None:
            wanted = len(self._lanes)
            for chosen, _events in self._selector.select(
                max(self._lanes[0].deadline - time.monotonic(), 0.0)
            ):
                chosen.data()
            for one in list(self._lanes):
                for _nothing in self._attend(one):
                    raise AssertionError("nobody was graded yet")
            if not self._lanes:
                self.warm_up(wanted)
        return self._walls

    def settle(self, layers: str) -> None:
        """Tell lanes that were started without knowing it what has to hold their workers back."""
        self._layers = layers
        for one in self._lanes:
            one.deadline = time.monotonic() + _START_SECONDS
            if one.process.forked_by is None:
                one.process.give({"layers": layers})

    def _start(self, lanes: int = 1) -> list[_Lane]:
        processes = started(
            lane_command(self._course, self._assignment, self._layers),
            lane_environment(),
            self._folder,
            self._selector,
            lanes,
        )
        return [_Lane(process, deadline=time.monotonic() + _START_SECONDS) for process in processes]

    def _give(self, one: _Lane, task: _Task) -> None:
        one.task = task
        one.served += 1
        one.deadline = time.monotonic() + self._seconds
        one.process.give(job(task.submission))

    # -- what a lane says ---------------------------------------------------------------------------------------

    def _attend(self, one: _Lane) -> _Reports:
        """Hear what a lane has sent, and replace it where it cannot go on."""
        while one in self._lanes and (tree := one.process.take()) is not None:
            try:
                yield from self._heard(one, tree)
            except Refused as refused:
                yield from self._replace(one, str(refused), refused=str(refused))
        if one not in self._lanes:
            return
        if one.process.problem:
            yield from self._replace(one, one.process.problem)
        elif one.due and one.deadline <= time.monotonic():
            yield from self._replace(one, later("it did not end in time"))

    def _heard(self, one: _Lane, tree: Any) -> _Reports:
        if not one.ready:
            self._began(one, tree)
        elif one.task is None:
            yield from self._replace(one, later("it spoke without being asked"))
        else:
            assert self._expected is not None
            report = verdict(tree, self._expected, one.task.submission)
            if not one.process.in_step:
                raise Refused(later("it came too early, or there was more than one"))
            yield from self._answered(one, one.task, report)

    def _began(self, one: _Lane, tree: Any) -> None:
        """A lane's first words, before it has met any submission: only now are its faults the course's or ours."""
        if type(tree) is dict and tree.keys() == {"error", "exit_code"}:
            kind = CourseError if tree["exit_code"] == CourseError.exit_code else SystemFault
            raise kind(*_sentences(tree["error"]))
        if self._layers == UNKNOWN_YET and type(tree) is dict and tree.keys() == {"isolation"}:
            self._tried(tree["isolation"])
            return
        forked = one.process.forked_by is not None
        if type(tree) is not dict or tree.keys() != ({"ready", "pid"} if forked else {"ready"}):
            raise Refused("it did not say what it collected")
        if forked and not one.process.is_process(tree["pid"]):
            raise Refused("it ended")
        expected = expected_of(tree["ready"], self._assignment)
        if expected.versions != self._versions or self._expected not in (None, expected):
            raise SystemFault(
                message(
                    "The course has changed while it was being graded. Run the same command again; what was finished "
                    "before the change is kept where it still counts."
                )
            )
        self._expected = expected
        one.ready = True
        self._failed_starts = 0

    def _tried(self, told: Any) -> None:
        """What the first lane found out about the walls, before anything else."""
        try:
            self._walls = isolation_of(told, files=self._assignment.profile == "files")
        except (KeyError, TypeError, ValueError):
            raise Refused("it did not say what holds its workers back") from None

    def _answered(self, one: _Lane, task: _Task, report: GradeReport) -> _Reports:
        blamed, inputs = suite_errors(report), report.input_set
        if report.status is Status.SYSTEM_ERROR:
            # Whatever broke may be broken for the next one too: everything fresh, and this one once more.
            yield from self._replace(one, later("the grader failed"), report)
        elif task.proof:
            one.task = None
            yield from self._prove(task, blamed)
        elif not blamed or blamed <= self._proven.get(inputs or 0, frozenset()):
            one.task = None
            yield task.identity, _with_notice(report, task)
        else:
            # A lane that is confused blames the suite as well: it may not go on.
            self._end(one)
            yield from self._doubt(inputs or 0, task, report)

    # -- whose fault is it? -------------------------------------------------------------------------------------

    def _doubt(self, inputs: int, task: _Task, report: GradeReport) -> _Reports:
        if inputs in self._proven:
            why = later("it blames checks that the reference passes")
            yield from self._once_more(task, why, refused=why)
            return
        if inputs not in self._doubtful:
            source = self._assignment.reference_path.read_bytes()
            reference = Submission("", {self._assignment.files[0]: source}, input_set=inputs, brief=True)
            self._careful.append(_Task(reference, proof=True))
        self._doubtful.setdefault(inputs, []).append((task, report))

    def _prove(self, proof: _Task, blamed: frozenset[str]) -> _Reports:
        inputs = proof.submission.input_set or 0
        self._proven[inputs] = blamed
        for task, report in self._doubtful.pop(inputs, []):
            if suite_errors(report) <= blamed:
                yield task.identity, _with_notice(report, task)
            else:
                yield from self._doubt(inputs, task, report)

    def _replace(
        self, one: _Lane, why: str, report: GradeReport | None = None, *, refused: str = ""
    ) -> _Reports:
        self._end(one)
        if not one.ready:
            # Those that it would have forked will never begin.
            for other in [other for other in self._lanes if other.process.forked_by is one.process]:
                if not other.ready:
                    self._end(other)
            # One that ends before it was forked ends with the lane that was to fork it, and that one counts.
            self._failed_starts += not self._to_be_forked(one)
            if self._failed_starts >= _MOST_FAILED_STARTS:
                said = one.process.said
                raise SystemFault(
                    message("A grading process cannot be started: {why}. Run 'autograde doctor'.", why=why),
                    message("It said: {text}", text=said) if said else None,
                )
        if one.task is not None:
            yield from self._once_more(one.task, why, report, refused=refused)

    def _to_be_forked(self, one: _Lane) -> bool:
        return any(other.process is one.process.forked_by and not other.ready for other in self._lanes)

    def _once_more(
        self, task: _Task, why: str, report: GradeReport | None = None, *, refused: str = ""
    ) -> _Reports:
        """Try again on a fresh lane, or give up: with the lane's own words in `report` where it has some."""
        if task.attempt == 1:
            self._careful.append(replace(task, attempt=2, refused=refused))
        elif task.proof:
            yield from self._prove(task, frozenset())
        else:
            yield task.identity, report or _given_up(self._assignment, task.submission, why)

    # -- the end ------------------------------------------------------------------------------------------------

    def _end(self, one: _Lane) -> None:
        """End a lane: one in the middle of something at once."""
        self._lanes.remove(one)
        one.process.end(0.0 if one.due or one.process.problem else _END_SECONDS)

    def close(self) -> None:
        """End all lanes."""
        for one in self._lanes:
            one.process.end_input()
        # Those that were forked first: who forked them waits for them.
        for one in sorted(self._lanes, key=lambda one: one.process.forked_by is None):
            self._end(one)
        self._selector.close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _sentences(told: Any) -> list[Message]:
    """What a lane says of an error before it has met a submission. Raises Refused where it is not that."""
    try:
        return [Message(str(id), dict(fields)) for id, fields in told]
    except (TypeError, ValueError):
        raise Refused("it did not say what went wrong") from None


def _stamped(report: GradeReport, isolation: Mapping[str, str | int | float] | None) -> GradeReport:
    """The report with the level that it was made under; with a notice where that is a weak one."""
    if isolation is None:
        return report
    level = str(isolation["level"])
    if "weak" not in isolation:
        return replace(report, isolation=level)
    weak = message(
        "Graded under weak isolation (level {level}): the kernel did not hold submissions back.", level=level
    )
    return replace(report, isolation=level, notices=(weak, *report.notices))


def lane_command(course: Course, assignment: Assignment, layers: str = "") -> list[str]:
    """What starts a lane. -P keeps the current folder off the path.

    layers  those that must hold its workers back, as found out before; "" for as many as hold; `UNKNOWN_YET`

    The limits are those of `assignment`, which a proof may have made shorter than the manifest's.
    """
    root = str(course.root.resolve())
    limits = [str(limit) for limit in astuple(assignment.limits)]
    return [sys.executable, "-P", "-m", "autograder.grading.lane", root, assignment.id, layers, *limits]


_KEPT = {"PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "PYTHONNOUSERSITE", "PYTHONUTF8"} | {
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPYCACHEPREFIX",
}


def lane_environment() -> dict[str, str]:
    """Ours, without what would change how Python or pytest runs a suite: PYTHONOPTIMIZE takes the assertions out of
    it, PYTEST_ADDOPTS deselects checks, PYTEST_PLUGINS loads anything at all.

    One thread each for linear algebra: lanes share the processors, and a second thread only gets in the way.
    """
    one = dict.fromkeys(
        ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
    )
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or not name.startswith(("PYTHON", "PYTEST"))
    }
    root = str(Path(autograder.__file__).parent.parent)
    # Made absolute: a lane runs in an empty folder.
    folders = [os.path.abspath(name) for name in kept.get("PYTHONPATH", "").split(os.pathsep) if name]
    return {**kept, **one, "PYTHONPATH": os.pathsep.join([root, *folders])}


def _with_notice(report: GradeReport, task: _Task) -> GradeReport:
    if not task.refused:
        return report
    noticed = message(
        "Graded twice: the first report was not a valid one ({reason}), and was thrown away.",
        reason=task.refused,
    )
    return replace(report, notices=(*report.notices, noticed))


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


__all__ = [
    "EarlyLanes",
    "WarmGrader",
    "default_jobs",
    "grade_many",
    "lane_command",
    "lane_environment",
    "versions",
]

"""Which check notices which mutant? Every mutant graded like a submission, on every set of inputs.

Students meet different sets, so a mutant is killed only if it loses points on each of them; one that loses them on some sets
only would be luck. What is argued to be equivalent is graded too: a suite that takes points from it contradicts the argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from autograder.course.manifest import Assignment, Course
from autograder.course.stub import without_markers
from autograder.course.version import INPUT_SETS
from autograder.errors import CourseError
from autograder.grading.many import grade_many
from autograder.grading.submission import Submission
from autograder.language import say
from autograder.model import GradeReport, Outcome, Status, message
from autograder.proof.mutants.equivalent import equivalents
from autograder.proof.mutants.make import Mutant, mutants

_SHORTEST_CALL = 1.0
_REFERENCE = "reference"
_AGAIN = 2  # on how many sets a mutant is met that does not end

Progress = Callable[[int, int], None]


class Fate(StrEnum):
    """What became of a mutant.

    killed      loses points on every set of inputs
    equivalent  argued to be no different, and loses no points
    sometimes   loses points on some sets only
    survived    loses no points
    elsewhere   the function that was changed has points of its own and keeps them; another one pays for it
    refuted     argued to be equivalent, but it loses points: the argument is wrong, or the suite
    fault       the grader failed: nothing is known
    """

    KILLED = "killed"
    EQUIVALENT = "equivalent"
    SOMETIMES = "sometimes"
    SURVIVED = "survived"
    ELSEWHERE = "elsewhere"
    REFUTED = "refuted"
    FAULT = "fault"

    @property
    def good(self) -> bool:
        return self in (Fate.KILLED, Fate.EQUIVALENT)


@dataclass
class Judged:
    """A mutant and what was seen of it.

    met        the sets of inputs on which it was graded; `survived` those on which it lost nothing
    checks     names of the hidden checks that failed on at least one of them
    blamed     functions that lost points on at least one of them
    displaced  the sets on which others lost points, and the function that was changed did not
    argument   why it is equivalent, or ""
    fault      what went wrong with the grading itself, or ""
    endless    a call of it was stopped
    """

    mutant: Mutant
    argument: str = ""
    met: set[int] = field(default_factory=set)
    survived: set[int] = field(default_factory=set)
    checks: set[str] = field(default_factory=set)
    blamed: set[str] = field(default_factory=set)
    displaced: set[int] = field(default_factory=set)
    fault: str = ""
    endless: bool = False

    @property
    def fate(self) -> Fate:
        if self.fault or not self.met:
            return Fate.FAULT
        if self.argument:
            return Fate.EQUIVALENT if self.survived == self.met else Fate.REFUTED
        if not self.survived:
            return Fate.ELSEWHERE if self.displaced else Fate.KILLED
        return Fate.SURVIVED if self.survived == self.met else Fate.SOMETIMES


@dataclass(frozen=True)
class CheckRow:
    """A hidden check. kills: mutants that fail it; alone: those of them that fail no other."""

    name: str
    function: str
    label: str
    kills: int
    alone: int


@dataclass(frozen=True)
class Matrix:
    """All mutants of one assignment, and all checks.

    judged  in the order of their places in the reference
    checks  in the order of the suite
    """

    assignment: str
    judged: tuple[Judged, ...]
    checks: tuple[CheckRow, ...]

    @property
    def true(self) -> bool:
        """Whether every mutant is killed on every set of inputs, or argued away."""
        return all(one.fate.good for one in self.judged)

    def counts(self) -> dict[str, dict[Fate, int]]:
        """Function → how many of its mutants have which fate, in the order of the reference."""
        table: dict[str, dict[Fate, int]] = {}
        for one in self.judged:
            row = table.setdefault(one.mutant.function, dict.fromkeys(Fate, 0))
            row[one.fate] += 1
        return table

    def of(self, fate: Fate) -> list[Judged]:
        return [one for one in self.judged if one.fate is fate]


def kill_matrix(
    course: Course,
    assignment: Assignment,
    *,
    jobs: int = 0,
    input_sets: int = INPUT_SETS,
    progress: Progress = lambda done, total: None,
) -> Matrix:
    """Grade every mutant of the assignment's reference.

    progress  called with how many gradings are done, and how many there are so far as is known
    Raises    CourseError where a mutant is argued away that does not exist, and where the reference itself loses points
    """
    source = without_markers(assignment.reference_source())
    made = mutants(source)
    argued = equivalents(assignment, made)
    reference = _reference(course, assignment, source)
    checks = [check for function in reference.functions for check in function.checks]
    # A call of a mutant may take as long as all the work on the reference, twice. What loops costs no more.
    limits = assignment.limits
    seconds = min(limits.call_seconds, max(_SHORTEST_CALL, 2 * reference.seconds))
    hurried = replace(assignment, limits=replace(limits, call_seconds=seconds))

    judged = [Judged(mutant, argued.get(mutant.id, "")) for mutant in made]
    done, total = 0, len(judged) * input_sets

    def grade(work: Iterable[tuple[int, int]]) -> None:
        nonlocal done
        submissions = _submissions(assignment, [one.mutant for one in judged], work)
        for report in grade_many(course, hurried, submissions, jobs=jobs):
            done += 1
            _note(judged[int(report.student.partition(":")[0])], report)
            progress(done, total)

    progress(0, total)
    grade((index, 0) for index in range(len(judged)))
    rest = [
        (index, inputs)
        for index, one in enumerate(judged)
        # Whether it ends seldom depends on the inputs. Twice, because a busy machine may be slow once.
        for inputs in range(1, min(input_sets, _AGAIN) if one.endless and not one.survived else input_sets)
    ]
    total = done + len(rest)
    grade(rest)
    return Matrix(assignment.id, tuple(judged), tuple(_check_rows(judged, reference, len(checks))))


def _reference(course: Course, assignment: Assignment, source: str) -> GradeReport:
    submission = Submission(_REFERENCE, {assignment.files[0]: source.encode()}, input_set=0, brief=True)
    (report,) = grade_many(course, assignment, [submission], jobs=1)
    # A fault of the suite costs no points.
    passed = all(function.outcome is Outcome.PASSED for function in report.functions)
    if report.status is not Status.GRADED or not passed:
        raise CourseError(
            message(
                "The reference of {assignment} does not pass its own suite. Run `autograde verify {assignment}` first.",
                assignment=assignment.id,
            ),
            report.message,
        )
    return report


def _submissions(
    assignment: Assignment, made: Sequence[Mutant], work: Iterable[tuple[int, int]]
) -> Iterator[Submission]:
    for index, inputs in work:
        files = {assignment.files[0]: made[index].source.encode()}
        yield Submission(f"{index}:{inputs}", files, input_set=inputs, brief=True)


def _note(one: Judged, report: GradeReport) -> None:
    """Add what one grading has shown."""
    faults = [
        f"{check.name}: {' '.join(say(text, 'en') for text in check.messages)}"
        for function in report.functions
        for check in function.checks
        if check.outcome in (Outcome.SUITE_ERROR, Outcome.SYSTEM_ERROR)
    ]
    if report.status is Status.SYSTEM_ERROR:
        faults.append(say(report.message, "en") if report.message is not None else "system error")
    if faults:
        one.fault = one.fault or faults[0]
        return
    inputs = report.input_set or 0
    one.met.add(inputs)
    if report.score == report.max_score:
        one.survived.add(inputs)
        return
    lost = {function.name for function in report.functions if function.score < function.max_score}
    one.blamed |= lost
    if one.mutant.function in {function.name for function in report.functions} - lost:
        one.displaced.add(inputs)
    for function in report.functions:
        failed = [check for check in function.checks if check.outcome.costs_points]
        late = [check for check in failed if check.outcome is Outcome.TIMED_OUT]
        one.endless = one.endless or bool(late)
        # What comes after the first time-out was not called.
        one.checks |= {check.name for check in failed if check not in late[1:]}


def _check_rows(judged: Sequence[Judged], reference: GradeReport, count: int) -> Iterator[CheckRow]:
    killed: Mapping[str, list[Judged]] = {
        check.name: [one for one in judged if check.name in one.checks and not one.argument]
        for function in reference.functions
        for check in function.checks
    }
    assert len(killed) == count, "the names of checks are unique"
    for function in reference.functions:
        for check in function.checks:
            kills = killed[check.name]
            alone = [one for one in kills if one.checks == {check.name}]
            yield CheckRow(check.name, function.name, check.label, len(kills), len(alone))

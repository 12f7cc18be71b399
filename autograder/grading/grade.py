"""One submission → its `GradeReport`.

1  load the file in a fresh worker; run every hidden check, function by function, in an order drawn from the input set
2  run each check that failed once more, alone, in a fresh worker: does it remember earlier calls?
3  replay the one smallest failing call alone in a fresh worker: only what that shows is told to the student
4  run what failed once more with the reference standing in for those prerequisites that lost points themselves
5  find out why each function lost points: known mistakes, patterns, the smallest counterexample
6  run the public checks in a worker of their own, for the report only
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from autograder.checks import CheckFailure
from autograder.checks.shrink import may_shrink, shrink_failure
from autograder.cleaning import clean, clean_line
from autograder.course.manifest import Assignment, Course
from autograder.course.version import input_set, suite_version
from autograder.diagnosis.faults import (
    explain,
    explain_cell,
    explain_load,
    explain_syntax,
    outcome_of,
    outcome_of_run,
)
from autograder.diagnosis.observed import Seen, replayable
from autograder.diagnosis.why import SECONDS as EXPLAIN_SECONDS
from autograder.diagnosis.why import Why
from autograder.errors import AutogradeError, NotWritten, StudentFault, SystemFault
from autograder.grading.points import plan
from autograder.grading.public import NOT_CALLED, SHOWN_CHARACTERS, bounded, failing_call, public_results
from autograder.grading.submission import Submission
from autograder.grading.verdict import MOST_TEXT, may_be_shown
from autograder.model import (
    CheckResult,
    Diagnosis,
    FunctionResult,
    GradeReport,
    Message,
    Outcome,
    Picture,
    Status,
    message,
)
from autograder.pictures.draw import pictures_for
from autograder.runner.concluded import Asked, Runs
from autograder.runner.concluded import asked as asked_of
from autograder.runner.suite import Check, Ran, Suite
from autograder.sandbox.bench import Bench
from autograder.sandbox.ingest import ingest, ingest_here
from autograder.sandbox.inside.ingest import said
from autograder.sandbox.inside.ingest.names import notebook_of
from autograder.sandbox.launch import Launcher
from autograder.sandbox.student import Call, local, stand_in
from autograder.sandbox.transcript import Transcripts
from autograder.sandbox.worker import Clock, LocalWorker, Program, StandIn

_OUTPUT_CHARACTERS = 8 * 1024

SHRINK_FUNCTION = 1.0
SHRINK_SUBMISSION = 5.0
"""Seconds for finding smaller calls that fail, of one function and of one submission."""

MOST_TOLD = 3
"""Checks of one function whose failing call is told. That of the others is no news, and takes a fresh worker each."""

_QUICK_SECONDS = 0.5
"""What took longer may have been cut short."""

_MOST_DIAGNOSES = 5_000

MOST_SHRUNK = 2
"""Checks of one function whose calls are made smaller: a student reads the first, seldom the tenth."""


@dataclass
class _Judged:
    """A check of the submission, as it stands so far."""

    check: Check
    worth: int
    outcome: Outcome
    ran: Ran
    seen: Seen
    call: Call | None = None
    messages: tuple[Message, ...] = ()
    shown: str = ""
    follow_through: bool = False
    mended: Seen | None = None
    """How it went with right functions standing in for those that this one needs, where they are wrong."""
    mark: object | None = None
    mended_mark: object | None = None
    ran_mark: object | None = None
    """What `seen`, `mended` and `ran` were concluded from, see `sandbox/transcript`."""
    only: Call | None = None
    """The one call that its run alone consisted of: that was a replay of it already."""

    @property
    def lost(self) -> bool:
        return self.outcome.costs_points

    @property
    def remembers(self) -> bool:
        return self.messages == (_REMEMBERS,)


class Grader:
    """Grades submissions of one assignment within a collected session."""

    def __init__(self, course: Course, assignment: Assignment, suite: Suite, launcher: Launcher) -> None:
        self._course = course
        self._assignment = assignment
        self._suite = suite
        self._launcher = launcher
        self._suite_version = suite_version(assignment)
        self._plan = plan(assignment, suite.under(assignment.hidden_dir))
        self._public = suite.under(assignment.public_checks)
        source = assignment.reference_source()
        # A course without its secret is refused now, not once for every student.
        input_set(course, assignment, {})
        self._reference_worker = LocalWorker(assignment.limits)
        self._reference = local(
            self._reference_worker,
            Program({assignment.files[0]: source}, assignment.files[0], assignment.modules),
        )
        self._reference_passes: dict[tuple[str, int], bool] = {}
        self._transcripts = Transcripts()
        self.runs = Runs(suite, self._reference, self._transcripts)
        self._why = Why(assignment, launcher, self._reference, self.runs)
        self._diagnoses: OrderedDict[Hashable, Diagnosis | None] = OrderedDict()

    def grade(self, submission: Submission) -> GradeReport:
        """The report on one submission. A fault of ours becomes a system_error, never a zero."""
        began = time.monotonic()
        try:
            report = self._graded(submission)
        except (KeyboardInterrupt, SystemExit):
            raise
        except Exception as error:
            _tell_author()
            report = self._report(
                submission,
                Status.SYSTEM_ERROR,
                message=message(
                    "The grader failed, and the fault is not yours: {reason}. It will be graded again.",
                    reason=clean(str(error), MOST_TEXT // 8)
                    if isinstance(error, AutogradeError)
                    # Its text may hold what a hidden check holds, and students read this. AUTOGRADE_DEBUG shows it.
                    else clean_line(type(error).__name__),
                ),
            )
        self._reference_worker.forget()
        return replace(report, seconds=round(time.monotonic() - began, 3))

    # -- the whole ----------------------------------------------------------------------------------------

    def _graded(self, submission: Submission) -> GradeReport:
        if submission.problem is not None:
            return self._ungradable(submission, submission.problem)
        main = self._assignment.files[0]
        names = dict.fromkeys(function.name.partition(".")[0] for function in self._assignment.functions)
        if all(name.endswith(".py") for name in submission.files):
            # Text needs no more than decoding. What has to be taken apart, a notebook or an archive, is not let in here.
            read = ingest_here(submission.files, main, names=names)
        else:
            read = ingest(self._launcher, submission.files, main, names=names)
            if read.problem is not None and read.problem.id == said.ENDED:
                # Perhaps by itself, and then it will again; perhaps the machine was out of memory.
                read = ingest(self._launcher, submission.files, main, names=names)
        submission = replace(submission, notices=(*submission.notices, *read.notices))
        if read.problem is not None:
            return self._ungradable(submission, read.problem)
        program = Program(read.sources, main, self._assignment.modules)
        run = _Run(self, program, submission)
        report = run.report()
        # Who kills a worker need not be the submission. If it is, the same comes of it again.
        return _Run(self, program, submission).report() if run.disturbed else report

    def _ungradable(self, submission: Submission, why: Message) -> GradeReport:
        return self._report(submission, Status.UNGRADABLE, message=why)

    def _report(self, submission: Submission, status: Status, **more: object) -> GradeReport:
        return replace(
            GradeReport(
                submission.student,
                self._assignment.id,
                status,
                max_score=sum(sum(worth.values()) for worth in self._plan.values()),
                notices=submission.notices,
                files=submission.hashes,
            ),
            **more,  # type: ignore[arg-type]
        )

    def reference_passes(self, check: Check, seed: str, inputs: int) -> bool:
        """Whether the reference, in the student's place, passes this check on this input set. Asked once each."""
        key = check.name, inputs
        if key not in self._reference_passes:
            self._reference_passes[key] = self.runs.run(check, self._reference, seed).passed
        return self._reference_passes[key]

    def diagnosis(
        self, key: Hashable | None, find: Callable[..., Diagnosis | None], until: float
    ) -> Diagnosis | None:
        """Why a function lost points, found or remembered.

        key    what the explanation depends on; None where that is not known
        find   finds it, given `until=`
        until  point of time.monotonic() after which it runs no further mistake
        """
        if key is not None:
            # A proof leaves mistakes out of the bank, and then another explanation is due.
            key = key, frozenset(self._why.mistakes.left_out)
        if key is not None and key in self._diagnoses:
            self._diagnoses.move_to_end(key)
            return self._diagnoses[key]
        found = find(until=until)
        if key is not None and time.monotonic() < until:
            self._diagnoses[key] = found
            if len(self._diagnoses) > _MOST_DIAGNOSES:
                self._diagnoses.popitem(last=False)
        return found


class _Run:
    """The grading of one submission."""

    def __init__(self, grader: Grader, program: Program, submission: Submission) -> None:
        self._grader = grader
        self._program = program
        self._submission = submission
        self._assignment = grader._assignment
        self._limits = self._assignment.limits
        forced = submission.input_set
        self._inputs = (
            input_set(grader._course, self._assignment, submission.files) if forced is None else forced
        )
        self._seed = f"{grader._suite_version}:{self._inputs}"
        self._notices: list[Message] = list(submission.notices)
        # What explains a failure must not run out because the hidden checks took long, nor without end; and it may take
        # no time from following through, which decides about points.
        self._first = Clock(self._limits.submission_seconds)
        self._later = Clock(self._limits.submission_seconds / 2)
        self._standing_in = Clock(self._limits.submission_seconds)
        self._in_public = Clock(self._limits.submission_seconds)
        self._names: frozenset[str] = frozenset()
        self._diagnoses: dict[str, Diagnosis] = {}
        self._pictures: dict[str, tuple[Picture, ...]] = {}

    @property
    def disturbed(self) -> bool:
        """Whether one of its workers was killed by somebody else, for all that is known."""
        return any(
            clock.disturbed for clock in (self._first, self._later, self._standing_in, self._in_public)
        )

    def report(self) -> GradeReport:
        """Carry out all six steps."""
        bench = self._bench(self._first)
        try:
            loaded = bench.load()
            if loaded.error is not None:
                return self._not_loaded(loaded.error, loaded.stage, bench.output)
            self._names = frozenset(bench.worker().names)
            self._notices += map(explain_cell, bench.worker().failed_cells)
            judged = self._hidden(bench)
        finally:
            bench.close()
        if not self._submission.brief:
            self._confirm(judged)
        self._follow_through(judged)
        self._mention(judged)
        if not self._submission.brief:
            self._explain(judged)
        public: tuple[FunctionResult, ...] = ()
        printed = ""
        bench = self._bench(self._in_public)
        try:
            with self._spared():  # they carry no points
                public, printed = self._public_checks(bench)
            if not self._submission.brief:
                with self._spared():
                    self._picture(judged, bench)
        finally:
            bench.close()
        main = self._program.main
        if not "".join(self._program.files[main]).strip():
            handed_in = notebook_of(main) if isinstance(self._program.files[main], tuple) else main
            self._notices.append(message("{file} is empty.", file=handed_in))
        return self._report(
            Status.GRADED,
            functions=tuple(self._function(name, checks) for name, checks in judged.items()),
            public=public,
            output=clean(printed, _OUTPUT_CHARACTERS),
        )

    def _report(self, status: Status, **more: object) -> GradeReport:
        report = self._grader._report(self._submission, status, input_set=self._inputs, **more)
        return replace(report, notices=tuple(self._notices))

    @contextmanager
    def _spared(self, mend: Callable[[], None] = lambda: None) -> Iterator[None]:
        """For what explains, once the marks are known: where it fails, whoever provoked that, the mark stays as it is and
        the explanation is lost. AUTOGRADE_DEBUG tells.

        mend  what to do then, so that nothing half said remains
        """
        try:
            yield
        except Exception:
            _tell_author()
            mend()

    def _bench(self, clock: Clock, stand_ins: Sequence[StandIn] = ()) -> Bench:
        return Bench(self._grader._launcher, self._limits, self._program, clock=clock, stand_ins=stand_ins)

    @contextmanager
    def _fresh(self, clock: Clock | None = None, stand_ins: Sequence[StandIn] = ()) -> Iterator[Asked]:
        """The submission in a fresh worker. clock: by default the one of what explains."""
        bench = self._bench(clock or self._later, stand_ins)
        try:
            yield asked_of(bench)
        finally:
            bench.close()

    # -- 0: it does not load --------------------------------------------------------------------------------

    def _not_loaded(self, error: StudentFault, stage: str, output: str) -> GradeReport:
        if stage == "compile":
            return self._report(Status.UNGRADABLE, message=explain_syntax(error))
        why = explain_load(error)
        outcome = outcome_of(error)
        if outcome in (Outcome.FAILED, Outcome.NOT_WRITTEN):
            outcome = Outcome.CRASHED
        functions = tuple(
            FunctionResult(
                name,
                tuple(CheckResult(c.label, outcome, 0, worth, name=c.name) for c, worth in checks.items()),
                Diagnosis("import", None, why),
            )
            for name, checks in self._grader._plan.items()
        )
        return self._report(
            Status.GRADED, functions=functions, message=why, output=clean(output, _OUTPUT_CHARACTERS)
        )

    # -- 1: the hidden checks ---------------------------------------------------------------------------------

    def _hidden(self, bench: Bench) -> dict[str, list[_Judged]]:
        planned = self._grader._plan
        # A submission cannot rely on which function is asked first.
        order = sorted(planned, key=lambda name: hash_text(f"{self._seed}:{name}"))
        asked = asked_of(bench)
        judged = {name: self._function_checks(planned[name], asked) for name in order}
        return {name: judged[name] for name in planned}

    def _mention(self, judged: dict[str, list[_Judged]]) -> None:
        """Say which functions answer with a list where an array is described: of those that it cost nothing."""
        heard = dict.fromkeys(said for checks in judged.values() for one in checks for said in one.ran.heard)
        for name, kind in heard:
            if any(one.lost for one in judged.get(name, ())):
                continue
            text = (
                "{function} returns a list where an array is described. That counts; np.array(...) would make it one."
                if kind == "list"
                else "{function} returns an array where a list is described. That counts."
            )
            self._notices.append(message(text, function=name))

    def _function_checks(self, checks: dict[Check, int], asked: Asked) -> list[_Judged]:
        judged: list[_Judged] = []
        made: list[Call] = []
        hung = False
        for check, worth in checks.items():
            if hung:
                unseen = Seen(check, Outcome.TIMED_OUT, (), ())
                judged.append(_Judged(check, worth, Outcome.TIMED_OUT, Ran(), unseen, messages=(NOT_CALLED,)))
                continue
            one = self._judge(check, worth, asked)
            made += one.seen.calls
            judged.append(one)
            hung = one.outcome is Outcome.TIMED_OUT
        own = next(iter(checks)).function
        answered = [
            call for call in made if call.name in (own, "") and not isinstance(call.error, NotWritten)
        ]
        if answered:
            for one in judged:
                if one.outcome is Outcome.NOT_WRITTEN:
                    one.outcome = Outcome.FAILED
        return judged

    def _judge(self, check: Check, worth: int, asked: Asked) -> _Judged:
        (ran, calls), mark, _answers = self._grader.runs.conclude(check, self._seed, asked)
        if isinstance(ran.error, AutogradeError):
            raise ran.error
        seen = Seen(check, outcome_of_run(ran), calls, ran.compared)
        if ran.passed:
            return _Judged(check, worth, Outcome.PASSED, ran, seen, mark=mark)
        if not self._grader.reference_passes(check, self._seed, self._inputs):
            return _Judged(
                check, worth, Outcome.SUITE_ERROR, ran, seen, messages=(self._suite_at_fault(ran),)
            )
        return _Judged(
            check, worth, seen.outcome, ran, seen, failing_call(ran, calls), mark=mark, ran_mark=mark
        )

    def _suite_at_fault(self, ran: Ran) -> Message:
        """Students read that it is not their fault; the author, who proves the course, reads what went wrong."""
        if not self._submission.brief:
            return _SUITE_AT_FAULT
        what = ran.error or ran.fault or ran.failure
        return message(
            "The suite fails its own reference: {error}", error=f"{type(what).__name__}: {what}"[:500]
        )

    # -- 2 and 3: what may be told ------------------------------------------------------------------------------

    def _confirm(self, judged: dict[str, list[_Judged]]) -> None:
        forgetful: list[str] = []
        until = time.monotonic() + SHRINK_SUBMISSION
        for name, checks in judged.items():
            until_function = min(until, time.monotonic() + SHRINK_FUNCTION)
            shrunk = told = 0
            for one in checks:
                if not one.lost or one.messages:
                    continue
                with self._spared(partial(_say_only_that_it_is_wrong, one)):
                    if one.outcome in (Outcome.NOT_WRITTEN, Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY):
                        self._tell_without_replay(one)
                        continue
                    if told == MOST_TOLD and name not in forgetful:
                        # So many fail alone, too. That the next one does is nothing to start a worker for.
                        _say_only_that_it_is_wrong(one)
                        continue
                    if self._later.left and self._passes_alone(one):
                        one.messages = (_REMEMBERS,)
                        forgetful.append(name)
                        continue
                    if told == MOST_TOLD:
                        _say_only_that_it_is_wrong(one)
                        continue
                    told += 1
                    if self._later.left and shrunk < MOST_SHRUNK:
                        with self._spared():
                            shrunk += self._shrink(one, until_function)
                    if self._later.left:
                        self._replay(one)
                    if not self._later.left:
                        # What it met last may be the end of the time for explaining, which says nothing of the call.
                        _say_only_that_it_is_wrong(one)
        for name in dict.fromkeys(forgetful):
            self._notices.append(
                message(
                    "{function} answers differently when it is called alone: it remembers earlier calls. "
                    "A global variable, a default argument or a changed input may be the reason.",
                    function=name,
                )
            )

    def _tell_without_replay(self, one: _Judged) -> None:
        assert one.ran.fault is not None
        one.messages = (explain(one.ran.fault),)
        if one.call is not None and one.outcome is not Outcome.NOT_WRITTEN:
            one.shown = one.call.show()

    def _passes_alone(self, one: _Judged) -> bool:
        with self._fresh() as asked:
            (ran, calls), mark, answers = self._grader.runs.conclude(one.check, self._seed, asked)
            if not ran.passed and (call := failing_call(ran, calls)) is not None:
                one.ran, one.call, one.ran_mark = ran, call, mark
                one.only = call if answers == 1 else None
            return ran.passed

    def _shrink(self, one: _Judged, until: float) -> bool:
        """Look for a smaller call that fails like the one that was found; whether there was any use in looking."""
        problem = one.ran.failure or one.ran.fault
        if (
            self._assignment.feedback != "call"
            or time.monotonic() >= until
            or problem is None
            or not may_shrink(problem)
        ):
            return False
        with self._fresh() as asked:
            better = self._smaller(one, problem, asked, until - time.monotonic())
        if isinstance(better, CheckFailure):
            one.ran = replace(one.ran, failure=better)
        elif better is not None:
            one.ran = replace(one.ran, fault=better)
        one.call = failing_call(one.ran, ()) or one.call
        return True

    def _smaller(
        self, one: _Judged, problem: CheckFailure | StudentFault, asked: Asked, seconds: float
    ) -> CheckFailure | StudentFault | None:
        began = time.monotonic()

        def work() -> CheckFailure | StudentFault | None:
            return shrink_failure(problem, asked.student, self._grader._reference, seconds)

        if one.ran_mark is None:
            return work()
        return self._grader._transcripts.conclude(
            ("smaller", one.ran_mark),
            asked.bench.worker,
            work,
            lambda _better: time.monotonic() - began < min(seconds, _QUICK_SECONDS),
        ).value

    def _replay(self, one: _Judged) -> None:
        """Make the one failing call once more, alone, and tell what comes of that."""
        call = one.call
        if call is None or not replayable(call):
            one.messages = (_static(one.ran.failure),) if one.ran.failure is not None else (_WRONG,)
            return
        one.shown = call.show()
        if call is one.only:
            one.messages = (
                (explain(call.error),) if call.error is not None else self._compared_again(one, call)
            )
            return
        with self._fresh() as asked:
            try:
                again = asked.student.repeat(call)
            except StudentFault as fault:  # this time not even loading it worked
                one.messages = (explain(fault),)
                return
            except SystemFault:
                raise
            except Exception:  # provoked in a callback of the suite: it may not become a fault of ours
                one.messages = (_WRONG,)
                return
        if again.error is not None:
            one.messages = (explain(again.error),)
            return
        one.messages = self._compared_again(one, again)

    def _compared_again(self, one: _Judged, again: Call) -> tuple[Message, ...]:
        failure = one.ran.failure
        if one.ran.fault is not None:
            return (_REMEMBERS,)
        if failure is None or not failure.can_recheck:
            return (_static(failure),)
        try:
            failure.recheck(again)
        except CheckFailure as second:
            return second.messages
        except StudentFault as fault:
            return (explain(fault),)
        except Exception:  # whatever a value can make a comparison raise, it is not right
            return (_WRONG,)
        return (_REMEMBERS,)

    # -- 4: one bug costs once ------------------------------------------------------------------------------------

    def _follow_through(self, judged: dict[str, list[_Judged]]) -> None:
        for name in self._by_dependency():
            lost = [one for one in judged[name] if one.lost]
            guilty = [n for n in self._assignment.prerequisites(name) if any(one.lost for one in judged[n])]
            if not lost or not guilty or name.partition(".")[0] not in self._names:
                continue
            replaceable = {need.partition(".")[0] for need in guilty} - {name.partition(".")[0]}
            if not replaceable:
                for one in lost:
                    one.outcome = Outcome.SKIPPED
                    # What was seen stays: the reason may be this function's own after all.
                    one.messages = (
                        message(
                            "It cannot be judged by itself until {needs} works.", needs=", ".join(guilty)
                        ),
                        *one.messages,
                    )
                continue
            stand_ins = [stand_in(self._grader._reference, need) for need in sorted(replaceable)]
            self._again_with(stand_ins, lost)
            if not any(one.lost for one in judged[name]) and self._assignment.feedback != "outcome":
                self._diagnoses[name] = _right_given(
                    [n for n in guilty if n.partition(".")[0] in replaceable]
                )

    def _by_dependency(self) -> list[str]:
        """The functions, each after those that it needs."""
        order: list[str] = []

        def visit(name: str) -> None:
            for need in self._assignment.function(name).needs:
                visit(need)
            if name not in order:
                order.append(name)

        for function in self._assignment.functions:
            visit(function.name)
        return order

    def _again_with(self, stand_ins: Sequence[StandIn], lost: Sequence[_Judged]) -> None:
        with self._fresh(self._standing_in, stand_ins) as asked:
            for one in lost:
                (ran, calls), one.mended_mark, _answers = self._grader.runs.conclude(
                    one.check, self._seed, asked
                )
                one.mended = Seen(one.check, outcome_of_run(ran), calls, ran.compared)
                if ran.passed:
                    one.outcome = Outcome.PASSED
                    one.follow_through = True
                    one.messages, one.shown = (), ""
                elif ran.fault is not None and outcome_of(ran.fault) is Outcome.TIMED_OUT:
                    return

    # -- 5: why --------------------------------------------------------------------------------------------------

    def _explain(self, judged: dict[str, list[_Judged]]) -> None:
        """Find out why each function lost points. What it says of answers to hidden inputs was seen in many calls of one
        worker, so it may say nothing that the student's code could have chosen freely: see `diagnosis/patterns`."""
        if self._assignment.feedback == "outcome":
            return
        until = time.monotonic() + EXPLAIN_SECONDS
        lost = [name for name, checks in judged.items() if any(one.lost for one in checks)]
        for name in lost:
            checks = judged[name]
            if name.partition(".")[0] not in self._names or _is_unwritten(checks):
                continue
            failed = [one for one in checks if one.lost]
            with self._spared():
                find: Callable[..., Diagnosis | None] = partial(
                    self._grader._why.diagnosis,
                    name,
                    [one.seen for one in checks],
                    seed=self._seed,
                    lost=lost,
                    told=failed[0].messages,
                    alone=partial(self._alone, checks) if any(one.remembers for one in failed) else None,
                    mended=[one.mended or one.seen for one in checks]
                    if any(one.mended for one in failed)
                    else None,
                    shown=bool(failed[0].shown),
                    waits=failed[0].outcome is Outcome.SKIPPED,
                    values=self._assignment.feedback == "call",
                )
                key = self._explained_by(name, checks, failed[0], lost)
                found = self._grader.diagnosis(key, find, until)
                if found is not None:
                    self._diagnoses[name] = found

    def _explained_by(
        self, name: str, checks: Sequence[_Judged], first: _Judged, lost: Sequence[str]
    ) -> Hashable | None:
        """What the explanation of a function follows from; None where some of it is not known to come again."""
        marks = [(one.mark, one.mended_mark) for one in checks]
        if any(
            one.mark is None or one.remembers or (one.mended is not None and one.mended_mark is None)
            for one in checks
        ):
            return None
        told = tuple((one.id, tuple(one.fields.items())) for one in first.messages)
        return name, self._seed, tuple(marks), tuple(lost), told, bool(first.shown), first.outcome

    def _alone(self, checks: Sequence[_Judged]) -> list[Seen]:
        """A function's checks once more in a worker that was asked nothing else."""
        with self._fresh() as asked:
            found = []
            for one in checks:
                (ran, calls), _mark, _answers = self._grader.runs.conclude(one.check, self._seed, asked)
                found.append(Seen(one.check, outcome_of_run(ran), calls, ran.compared))
            return found

    def _picture(self, judged: dict[str, list[_Judged]], bench: Bench) -> None:
        """Sample what reports draw.

        bench  its worker has met no hidden input, and may have met the public checks
        """
        if self._assignment.feedback != "call":
            return
        # What hung would hang once more.
        hung = (Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.NOT_WRITTEN)
        asked = asked_of(bench)
        for name, checks in judged.items():
            if not any(one.lost for one in checks) or any(one.outcome in hung for one in checks):
                continue
            if name.partition(".")[0] not in self._names:
                continue
            found = self._drawn(name, asked)
            # What would not be believed of a lane must not cost the report that it is in.
            if shown := tuple(filter(may_be_shown, found)):
                self._pictures[name] = shown

    def _drawn(self, name: str, asked: Asked) -> tuple[Picture, ...]:
        began = time.monotonic()

        def work() -> tuple[Picture, ...]:
            return pictures_for(self._assignment, name, asked.student, self._grader._reference)

        return self._grader._transcripts.conclude(
            ("pictures", name),
            asked.bench.worker,
            work,
            lambda _found: time.monotonic() - began < _QUICK_SECONDS,
        ).value

    # -- 6: the public checks ---------------------------------------------------------------------------------------

    def _public_checks(self, bench: Bench) -> tuple[tuple[FunctionResult, ...], str]:
        loaded = bench.load()
        if loaded.error is not None:
            return (), bench.output
        return public_results(
            self._grader._suite, self._grader._public, bench, transcripts=self._grader._transcripts
        )

    # -- the results ------------------------------------------------------------------------------------------------

    def _function(self, name: str, judged: Sequence[_Judged]) -> FunctionResult:
        known = (found := self._diagnoses.get(name)) is not None and found.kind == "mistake"
        checks = tuple(self._check_result(one, known) for one in judged)
        result = FunctionResult(name, checks)
        told = _diagnosis(result, name, self._names) or self._diagnoses.get(name)
        return replace(result, diagnosis=_bounded_diagnosis(told), pictures=self._pictures.get(name, ()))

    def _check_result(self, one: _Judged, known: bool) -> CheckResult:
        """known: whether a known mistake explains the failure; then the check's own hint would be a worse guess."""
        told = self._assignment.feedback
        return CheckResult(
            label=one.check.label,
            outcome=one.outcome,
            score=0 if one.lost else one.worth,
            max_score=one.worth,
            messages=bounded(one.messages) if told == "call" or one.outcome is Outcome.SUITE_ERROR else (),
            call=clean(one.shown, SHOWN_CHARACTERS) if told == "call" else "",
            # A hint about numbers is no help where nothing was computed.
            hint=one.check.hint
            if one.lost and not known and told != "outcome" and NOT_CALLED not in one.messages
            else "",
            follow_through=one.follow_through,
            name=one.check.name,
        )


def _tell_author() -> None:
    """Show the error that is being handled to whoever debugs the grader."""
    if os.environ.get("AUTOGRADE_DEBUG"):
        # The text of an error may be a student's.
        print(clean(traceback.format_exc()), file=sys.__stderr__)


def _say_only_that_it_is_wrong(one: _Judged) -> None:
    one.messages, one.shown = (_WRONG,), ""


_SUITE_AT_FAULT = message("The suite is at fault here, not your work; no points are taken.")
_REMEMBERS = message("Wrong here, but right when called alone: it remembers earlier calls.")
_WRONG = message("The answer is not right.")


def hash_text(text: str) -> bytes:
    """A digest to sort by, the same in every process."""
    import hashlib

    return hashlib.sha256(text.encode()).digest()


def _static(failure: CheckFailure | None) -> Message:
    """What a failure says where it holds nothing that was recorded during the hidden run."""
    if failure is not None and len(failure.messages) >= 1 and not failure.messages[0].fields:
        return failure.messages[0]
    return _WRONG


def _right_given(needs: Sequence[str]) -> Diagnosis:
    if len(needs) == 1:
        text = message("It is right, given your own {function}: mend {function} first.", function=needs[0])
    else:
        text = message(
            "It is right, given your own {functions}: mend those first.", functions=", ".join(needs)
        )
    return Diagnosis("follow_through", None, text)


def _is_unwritten(checks: Sequence[_Judged]) -> bool:
    return all(one.outcome is Outcome.NOT_WRITTEN for one in checks if one.lost)


def _bounded_diagnosis(found: Diagnosis | None) -> Diagnosis | None:
    if found is None:
        return None
    (text,) = bounded((found.text,))
    return replace(found, text=text, hints=bounded(found.hints))


def _diagnosis(result: FunctionResult, name: str, names: frozenset[str]) -> Diagnosis | None:
    """What needs no look at its answers: it is not in the file, or not written."""
    if not any(check.outcome.costs_points for check in result.checks):
        return None
    if name.partition(".")[0] not in names:
        return Diagnosis("not_found", None, message("{function} is not in the file.", function=name))
    if all(check.outcome is Outcome.NOT_WRITTEN for check in result.checks):
        return Diagnosis("not_written", None, message("{function} is not written yet.", function=name))
    return None


__all__ = ["Grader"]

"""Does this function behave exactly like a known mistake?

Each mistake of the bank is graded like a submission, in a confined worker, with the very inputs that the student's
function met. Only a mistake that ends every check as the student's function did, and whose answers are the student's
wherever a check failed, is a match. What a mistake answered is kept: a class meets the same eight sets of inputs.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from autograder.checks.case import size
from autograder.checks.same import Comparison
from autograder.course.bank import Entry, compose, sound_mistakes
from autograder.course.manifest import Assignment, Limits
from autograder.diagnosis.faults import outcome_of_run
from autograder.diagnosis.observed import Seen, behave_alike, judged, near
from autograder.errors import StudentFault
from autograder.model import Outcome
from autograder.runner.concluded import Runs, asked
from autograder.sandbox.bench import Bench
from autograder.sandbox.launch import Launcher
from autograder.sandbox.student import Call, Student
from autograder.sandbox.worker import Clock, Program

_CALL_SECONDS = 2.0
"""A mistake that is an endless loop has to show it sooner than a student."""

_TIME_TO_SHARE = 1.0
"""Seconds after which a worker is not given another mistake."""

_MOST_KEPT = 3_000_000
"""Numbers in the answers that are kept, of all mistakes together."""


@dataclass
class _Replay:
    """A mistake on one function's checks, as far as it was run. size: how many numbers it holds."""

    seen: list[Seen]
    size: int = 0


class _Stage:
    """One worker for the mistakes of one question, each loaded in place of the one before: they are ours and do nothing
    to each other, and a worker each would take longer than what they are asked. What dies takes the worker with it, and
    the next one gets a fresh one."""

    def __init__(self, launcher: Launcher, limits: Limits) -> None:
        self._launcher = launcher
        self._limits = limits
        self._clock = Clock(limits.submission_seconds)
        self._bench: Bench | None = None

    def __enter__(self) -> _Stage:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bench is not None:
            self._bench.close()

    @property
    def disturbed(self) -> bool:
        """Whether the worker was killed by somebody else, for all that is known, since a program was last asked for."""
        return self._clock.disturbed

    def bench(self, program: Program) -> Bench | None:
        """The program, loaded; None where it does not load."""
        clock = self._clock
        if (
            self._bench is not None
            and clock.used < _TIME_TO_SHARE
            and not clock.received
            and not clock.disturbed
        ):
            outcome = self._bench.load_another(program)
        else:
            # Another clock as well: no mistake has less time because those before it took long.
            self.__exit__()
            self._clock = Clock(self._limits.submission_seconds)
            self._bench = Bench(self._launcher, self._limits, program, clock=self._clock)
            outcome = self._bench.load()
        return self._bench if outcome.error is None else None


class KnownMistakes:
    """The bank of one assignment, asked again and again."""

    def __init__(self, assignment: Assignment, launcher: Launcher, reference: Student, runs: Runs) -> None:
        self._assignment = assignment
        self._runs = runs
        self._launcher = launcher
        self._reference = reference
        self._limits = replace(
            assignment.limits, call_seconds=min(_CALL_SECONDS, assignment.limits.call_seconds)
        )
        self._bank = sound_mistakes(assignment)
        self._programs: dict[str, Program] = {}
        self._replays: OrderedDict[tuple[str, str, str], _Replay] = OrderedDict()
        self._kept = 0
        self.left_out: Collection[str] = ()
        """Names of mistakes that are not looked at: a proof leaves each one out in turn."""

    def match(
        self, name: str, seen: Sequence[Seen], seed: str, lost: Collection[str], until: float
    ) -> Entry | None:
        """The mistake that the function `name` behaves like, or None.

        seen   all its checks, in the order in which they were run
        seed   what the checks' inputs were drawn from
        until  no further mistake is run after this point of time.monotonic()
        lost   all functions of the submission that lost points: of several matches, the one that explains most of them
              is the most specific, and one that would cost more than was lost the least
        """
        candidates = sorted(
            (entry for entry in self._bank if name in entry.costs and entry.name not in self.left_out),
            key=lambda entry: (not set(entry.costs) <= set(lost), -len(entry.costs)),
        )
        found = []
        with _Stage(self._launcher, self._limits) as stage:
            for entry in candidates:
                if self._behaves(entry, name, seen, seed, until, stage):
                    if self._warns_alike(entry, name, seen, seed):
                        # None of the others can be more specific.
                        return entry
                    found.append(entry)
        return found[0] if found else None

    def _warns_alike(self, entry: Entry, name: str, seen: Sequence[Seen], seed: str) -> bool:
        """Whether it also warns where the student's function does: that decides only between mistakes that match, and before
        everything else."""
        replay = self._replays[entry.name, name, seed]
        return all(
            bool(mine.warnings) == bool(theirs.warnings)
            for one, done in zip(seen, replay.seen, strict=True)
            if one.outcome.costs_points
            for mine, theirs in zip(one.calls, done.calls, strict=True)
        )

    def _behaves(
        self, entry: Entry, name: str, seen: Sequence[Seen], seed: str, until: float, stage: _Stage
    ) -> bool:
        key = entry.name, name, seed
        replay = self._replays.pop(key, None) or _Replay([])
        self._kept -= replay.size
        try:
            for one, done in zip(seen, replay.seen, strict=False):
                if not self._agree(one, done):
                    return False
            if len(replay.seen) < len(seen):
                return time.monotonic() < until and self._run(entry, seen, seed, replay, stage)
            return True
        finally:
            self._keep(key, replay)

    def _run(self, entry: Entry, seen: Sequence[Seen], seed: str, replay: _Replay, stage: _Stage) -> bool:
        """Run the mistake from the first check on, until it differs from what was seen."""
        replay.seen.clear()
        bench = stage.bench(self._program(entry))
        try:
            if bench is None:
                return False
            mistake = asked(bench)
            for one in seen:
                calls: tuple[Call, ...] = ()
                if replay.seen and replay.seen[-1].outcome is Outcome.TIMED_OUT:
                    # As in grading: what hung once is not called again.
                    outcome = Outcome.TIMED_OUT
                    compared: tuple[Comparison, ...] = ()
                else:
                    # Often it answers as a submission did: then it is known how the check goes.
                    (ran, calls), _mark, _answers = self._runs.conclude(one.check, seed, mistake)
                    outcome, compared = outcome_of_run(ran), ran.compared
                # Answers matter where the check failed; elsewhere they are as right as the student's.
                failed = outcome.costs_points
                done = Seen(one.check, outcome, calls if failed else (), compared if failed else ())
                replay.seen.append(done)
                if not self._agree(one, done):
                    return False
        except StudentFault:
            return False
        finally:
            if stage.disturbed:
                # Somebody killed its worker. That is not how it behaves.
                replay.seen.clear()
        return len(replay.seen) == len(seen)

    def _program(self, entry: Entry) -> Program:
        if entry.name not in self._programs:
            source = compose(self._assignment.reference_source(), entry.source)
            main = self._assignment.files[0]
            self._programs[entry.name] = Program({main: source}, main, self._assignment.modules)
        return self._programs[entry.name]

    def _keep(self, key: tuple[str, str, str], replay: _Replay) -> None:
        self._replays[key] = replay
        replay.size = sum(
            size(call.value) + size(call.args) + len(call.instructions)
            for done in replay.seen
            for call in done.calls
        )
        self._kept += replay.size
        # Never the one that was just asked for.
        while self._kept > _MOST_KEPT and len(self._replays) > 1:
            _key, oldest = self._replays.popitem(last=False)
            self._kept -= oldest.size

    def _agree(self, one: Seen, done: Seen) -> bool:
        if one.outcome is not done.outcome:
            return False
        if not one.outcome.costs_points:
            return True
        if len(one.calls) != len(done.calls):
            return False
        known = {id(comparison.call): comparison for comparison in one.compared}
        return all(
            mine.name == theirs.name
            and (
                mine is theirs
                or behave_alike(mine, theirs)
                or self._forgivable(mine, theirs, known.get(id(mine)))
            )
            for mine, theirs in zip(one.calls, done.calls, strict=True)
        )

    def _forgivable(self, mine: Call, theirs: Call, comparison: Comparison | None) -> bool:
        """Whether two answers differ only where the contract leaves a choice, or by no more than a check forgives."""
        if mine.error is not None or theirs.error is not None:
            return False
        if mine.mutated != theirs.mutated or (like := judged(mine, comparison, self._reference)) is None:
            return False
        if near(mine, theirs, like):
            return True
        other = judged(theirs, Comparison(theirs, like.desired, like.rtol, like.atol), self._reference)
        return not like.wrong and other is not None and not other.wrong

"""Keeps a submission at hand: always a living worker that has it loaded, a fresh one after every death."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.course.manifest import Limits
from autograder.errors import WorkerEnded
from autograder.sandbox.launch import Launcher
from autograder.sandbox.transcript import current_tape
from autograder.sandbox.worker import Clock, Outcome, Program, RemoteWorker, StandIn, Worker


class Bench:
    """One submission on its launcher.

    clock  what is left of its time; shared by all benches of a submission
    """

    def __init__(
        self,
        launcher: Launcher,
        limits: Limits,
        program: Program,
        *,
        clock: Clock | None = None,
        stand_ins: Sequence[StandIn] = (),
    ) -> None:
        self._launcher = launcher
        self._limits = limits
        self._program = program
        self._stand_ins = stand_ins
        self._clock = clock or Clock(limits.submission_seconds)
        self._worker: RemoteWorker | None = None
        self.output = ""

    def load(self) -> Outcome:
        """A fresh worker with the submission loaded; the outcome of loading it."""
        self.close()
        self._worker = RemoteWorker(self._launcher, self._limits, self._clock)
        outcome = self._worker.load(self._program, self._stand_ins)
        self.output = outcome.output
        if outcome.error is not None:
            self.close()
        return outcome

    def load_another(self, program: Program) -> Outcome:
        """Another program in place of the one that is loaded, in the same worker if that is alive; the outcome of loading
        it. For programs of ours only: what one leaves behind in the process, the next one meets."""
        self._program = program
        if self._worker is None or not self._worker.alive:
            return self.load()
        outcome = self._worker.load(program, self._stand_ins)
        self.output = outcome.output
        if outcome.error is not None:
            self.close()
        return outcome

    def worker(self) -> Worker:
        """The living worker, started and loaded if need be. Raises what loading came to where it fails this time."""
        if self._worker is not None and (tape := current_tape()) is not None and tape.knows_more:
            # It has answered already; if that was its end, its last answer is still to be heard.
            return self._worker
        if self._worker is None or not self._worker.alive:
            outcome = self.load()
            if outcome.error is not None:
                raise outcome.error
        if self._worker is None:
            raise WorkerEnded("it could not be started")
        return self._worker

    def close(self) -> None:
        """End the worker, if there is one."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

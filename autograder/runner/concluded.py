"""How did this check go? Run on a submission, or remembered of others that answered it the same."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.errors import SystemFault
from autograder.runner.suite import Check, Ran, Suite
from autograder.sandbox.bench import Bench
from autograder.sandbox.student import Call, Student
from autograder.sandbox.transcript import Concluded, Transcripts


@dataclass(frozen=True)
class Asked:
    """A submission that questions are put to. calls: those made so far are added here."""

    bench: Bench
    student: Student
    calls: list[Call]


def asked(bench: Bench) -> Asked:
    """What is loaded there, and a note of what it is asked."""
    calls: list[Call] = []
    return Asked(bench, Student(bench.worker, calls.append), calls)


class Runs:
    """The checks of one suite beside one reference.

    transcripts  what was concluded from which answers
    """

    def __init__(self, suite: Suite, reference: Student | None, transcripts: Transcripts) -> None:
        self._suite = suite
        self._reference = reference
        self._transcripts = transcripts

    def run(self, check: Check, student: Student, seed: str) -> Ran:
        """Run one check. Raises SystemFault where this process has no memory left for it: whoever filled it, perhaps
        the submission before this one, it says nothing about the answer."""
        ran = self._suite.run(check, student, self._reference, seed)
        if isinstance(ran.error, MemoryError):
            raise SystemFault(f"a check ran out of memory: {check.label}")
        return ran

    def conclude(self, check: Check, seed: str, asked: Asked) -> Concluded[tuple[Ran, tuple[Call, ...]]]:
        """Run one check, or remember how it ended for others that answered the same; how it went, and the calls that were
        made. Raises SystemFault as `run` does."""

        def work() -> tuple[Ran, tuple[Call, ...]]:
            asked.calls.clear()
            ran = self.run(check, asked.student, seed)
            return ran, tuple(asked.calls)

        # What went wrong in a check itself may have had any reason.
        return self._transcripts.conclude(
            (check.name, seed), asked.bench.worker, work, lambda ended: ended[0].error is None
        )

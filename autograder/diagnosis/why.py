"""Why did this function lose points? The first explanation that fits, and where to look next.

In this order: a known mistake that behaves exactly like it; something that it remembers between calls; a pattern in
what was observed; what ended its calls; its prerequisites; the shape of its answers; the smallest call that goes wrong.
A known mistake comes first because it has to agree with everything that was seen, which no other explanation has to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence

from autograder.checks.closeness import as_real
from autograder.checks.facts import ANSWERED
from autograder.course.manifest import Assignment
from autograder.course.texts import Hints, hints
from autograder.diagnosis import patterns, programs
from autograder.diagnosis.mistakes import KnownMistakes
from autograder.diagnosis.observed import Observed, Seen, observed
from autograder.errors import StudentError
from autograder.model import Diagnosis, Message, Outcome, message
from autograder.runner.concluded import Runs
from autograder.sandbox.launch import Launcher
from autograder.sandbox.student import Student

SECONDS = 20.0
"""Of one submission, for running mistakes that were not met before with its inputs. Three are enough on an idle machine; on
a crowded one a student is not to be told less."""

_BY_OUTCOME = {
    Outcome.TIMED_OUT: "timed_out",
    Outcome.OUT_OF_MEMORY: "out_of_memory",
    Outcome.CRASHED: "crashed",
}

REMEMBERS = message(
    "It answers differently when it is called alone: it remembers earlier calls. "
    "A global variable, a default argument or a changed input may be the reason."
)


class Why:
    """Explains the failures of one assignment's submissions."""

    def __init__(self, assignment: Assignment, launcher: Launcher, reference: Student, runs: Runs) -> None:
        self._reference = reference
        self._functions = [function.name for function in assignment.functions]
        self._hints: Mapping[str, Hints] = hints(assignment)
        self.mistakes = KnownMistakes(assignment, launcher, reference, runs)
        self._parameters = _parameters(assignment.reference_source())

    def diagnosis(
        self,
        name: str,
        seen: Sequence[Seen],
        *,
        seed: str,
        lost: Collection[str],
        told: Sequence[Message],
        alone: Callable[[], Sequence[Seen]] | None = None,
        mended: Sequence[Seen] | None = None,
        shown: bool = True,
        waits: bool = False,
        values: bool = True,
        until: float | None = None,
    ) -> Diagnosis | None:
        """Why the function `name` lost points.

        seen       its hidden checks in the order in which they were run, as they went the first time
        seed       what their inputs were drawn from
        lost       all functions of the submission that lost points
        told       what the replay of its first failed check showed
        alone      given where it answers differently when it is called alone: its checks once more, with no other
                   function called in between, as a mistake of the bank is run
        mended     its checks once more, with right functions in place of those that it needs and that are wrong; what
                   still goes wrong there is its own mistake
        shown      whether the call of its first failed check is shown
        waits      whether it cannot be judged before those that it needs are right
        values     whether anything may be told that depends on the hidden inputs
        until      point of time.monotonic() after which no mistake is run that was not run before
        """
        until = time.monotonic() + SECONDS if until is None else until
        entry = self.mistakes.match(name, seen, seed, lost, until)
        if entry is None and mended is not None:
            entry = self.mistakes.match(name, mended, seed, lost, until)
        if entry is None and alone is not None:
            entry = self.mistakes.match(name, alone(), seed, lost, until)
        if entry is not None:
            own = tuple(Message(hint["en"]) for hint in entry.hints if "en" in hint)
            return Diagnosis(
                "mistake", entry.name, Message(entry.explanation["en"]), own or self._rungs(name)
            )
        if alone is not None:
            return Diagnosis("memory", None, REMEMBERS, self._rungs(name))
        seen = seen if mended is None else mended
        found = observed(seen, name, self._reference)
        if values and (pattern := self._pattern(name, found)) is not None:
            own = () if pattern.hint is None else (pattern.hint,)
            return Diagnosis(pattern.kind, None, pattern.text, (*own, *self._rungs(name)))
        if values and (text := programs.explain(programs.programs(seen, self._reference))) is not None:
            return Diagnosis("operation", None, text, self._rungs(name))
        return self._plain(name, seen, found, told if values or waits else (), shown and values, waits)

    def _pattern(self, name: str, found: Sequence[Observed]) -> patterns.Found | None:
        return patterns.find(
            name,
            [_observation(one) for one in found],
            self._ask,
            self._functions,
            self._parameters.get(name, ()),
        )

    def _ask(self, name: str, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        return self._reference.call(name, *args, **kwargs).result()

    def _plain(
        self,
        name: str,
        seen: Sequence[Seen],
        found: Sequence[Observed],
        told: Sequence[Message],
        shown: bool,
        waits: bool,
    ) -> Diagnosis | None:
        """What is left: what ended it, or where it goes wrong."""
        failed = [one for one in seen if one.outcome.costs_points]
        first = failed[0].outcome if failed else Outcome.PASSED
        if waits and told:
            return Diagnosis("prerequisite", None, told[0], self._rungs(name))
        if first in _BY_OUTCOME:
            return Diagnosis(_BY_OUTCOME[first], None, told[0], self._rungs(name)) if told else None
        kind = "counterexample"
        wrong = [one for one in found if one.wrong]
        if wrong and all(isinstance(one.call.error, StudentError) for one in wrong):
            kind = "raised"
        elif wrong and all(one.call.mutated for one in wrong):
            kind = "mutation"
        elif wrong and all(_shapes_differ(one) for one in wrong):
            kind = "shape"
        if kind != "counterexample" and told:
            return Diagnosis(kind, None, told[0], self._rungs(name))
        if found and not wrong and told and told[0].id == ANSWERED:
            text = message(
                "Where {function}(…) has to answer, it is right; it also answers where it should raise {error}. Is every "
                "argument looked at before anything is computed?",
                function=name,
                error=told[0].fields["error"],
            )
            return Diagnosis("no_error", None, text, self._rungs(name))
        if shown and len(found) > 1 and wrong:
            return Diagnosis(kind, None, _how_often(len(found) - len(wrong), len(found)), self._rungs(name))
        return Diagnosis(kind, None, told[0], self._rungs(name)) if told else None

    def _rungs(self, name: str) -> tuple[Message, ...]:
        ladder = self._hints.get(name)
        return () if ladder is None else (Message(ladder.where), Message(ladder.formula))


def _how_often(right: int, total: int) -> Message:
    """How often it is right, roughly: a submission could choose an exact count, and tell hidden inputs by it."""
    if not right:
        return message("It goes wrong in every call. The smallest one is shown.")
    if 2 * right >= total:
        return message("It is right in most calls. The smallest one that goes wrong is shown.")
    return message("It is right in some calls. The smallest one that goes wrong is shown.")


def _observation(one: Observed) -> patterns.Observation:
    call = one.call
    raised = ""
    if call.error is not None:
        raised = call.error.type_name if isinstance(call.error, StudentError) else type(call.error).__name__
    return patterns.Observation(
        call.args, call.kwargs, call.value, one.desired, one.wrong, raised, tuple(call.mutated)
    )


def _shapes_differ(one: Observed) -> bool:
    actual, desired = as_real(one.call.value), as_real(one.desired)
    if isinstance(desired, Message):
        return False
    return isinstance(actual, Message) or actual.shape != desired.shape


def _parameters(source: str) -> dict[str, tuple[str, ...]]:
    """The names of each function's parameters, in order."""
    import ast

    return {
        node.name: tuple(argument.arg for argument in (*node.args.posonlyargs, *node.args.args))
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }

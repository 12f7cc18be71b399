"""What do the public checks say of a submission? What they found is told as it is: their inputs are no secret.

Apart from `grade`, so that a student's `check` starts without what only a hidden suite needs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from autograder.cleaning import clean, clean_line
from autograder.diagnosis.faults import explain, outcome_of
from autograder.grading.verdict import MOST_MESSAGES, MOST_TEXT
from autograder.model import CheckResult, FunctionResult, Message, Outcome, message
from autograder.runner.concluded import Runs, asked
from autograder.runner.suite import Check, Ran, Suite
from autograder.sandbox.bench import Bench
from autograder.sandbox.student import Call
from autograder.sandbox.transcript import Transcripts

SHOWN_CHARACTERS = 8 * 1024
"""Of a call."""

NOT_CALLED = message("Not called: it had timed out in an earlier check.")


def public_results(
    suite: Suite,
    checks: Sequence[Check],
    bench: Bench,
    only: Callable[[str], bool] = lambda name: True,
    *,
    transcripts: Transcripts | None = None,
) -> tuple[tuple[FunctionResult, ...], str]:
    """The public checks of a loaded submission, and all that was printed. What they found is told as it is: their
    inputs are no secret.

    transcripts  what was concluded from the answers of others
    """
    runs = Runs(suite, None, transcripts or Transcripts())
    submission = asked(bench)
    results: dict[str, list[CheckResult]] = {}
    printed = [bench.output]
    hung: set[str] = set()
    for check in checks:
        if not only(check.function):
            continue
        own = results.setdefault(check.function, [])
        if check.function in hung:
            own.append(CheckResult(check.label, Outcome.TIMED_OUT, 0, 0, (NOT_CALLED,), name=check.name))
            continue

        (ran, made), _mark, _answers = runs.conclude(check, "public", submission)
        printed += [call.output for call in made]
        own.append(_public_result(check, ran, failing_call(ran, made)))
        if own[-1].outcome is Outcome.TIMED_OUT:
            hung.add(check.function)
    return tuple(FunctionResult(name, tuple(found)) for name, found in results.items()), "".join(printed)


def _public_result(check: Check, ran: Ran, call: Call | None) -> CheckResult:
    shown = clean(call.show(), SHOWN_CHARACTERS) if call is not None else ""
    if ran.passed:
        return CheckResult(check.label, Outcome.PASSED, 0, 0, name=check.name)
    if ran.failure is not None:
        found, outcome = ran.failure.messages, Outcome.FAILED
    elif ran.fault is not None:
        found, outcome = (explain(ran.fault),), outcome_of(ran.fault)
    else:
        error = ran.error
        text = clean_line(f"{type(error).__name__}: {error}", 300)
        found, outcome = (message("The check itself failed: {text}", text=text),), Outcome.FAILED
    return CheckResult(check.label, outcome, 0, 0, bounded(found), shown, check.hint, name=check.name)


def failing_call(ran: Ran, calls: Sequence[Call]) -> Call | None:
    """The call that a failure is about: the one it names, else the last one made."""
    for source in (ran.failure, ran.fault):
        call = getattr(source, "call", None)
        if isinstance(call, Call):
            return call
    return calls[-1] if calls else None


def bounded(messages: Sequence[Message]) -> tuple[Message, ...]:
    """As much of them as a report may hold: a suite may put into its words whatever a student returned."""

    def harmless(value: str | int | float) -> str | int | float:
        if isinstance(value, str):
            return clean(value, MOST_TEXT // 8)
        if isinstance(value, int) and not isinstance(value, bool):
            return max(min(value, 2**63 - 1), -(2**63))
        return value if isinstance(value, float) and math.isfinite(value) else str(value)

    return tuple(
        Message(clean(one.id, MOST_TEXT // 8), {name: harmless(value) for name, value in one.fields.items()})
        for one in messages[:MOST_MESSAGES]
    )

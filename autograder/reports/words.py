"""In which words and marks is an outcome told?

Colour is never the only sign: each outcome has a mark and a word of its own. Whatever is shown passes
through `sentence` or `line`, which clean it once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.cleaning import clean, clean_line, few_lines
from autograder.language import _, say, translate
from autograder.model import CheckResult, Diagnosis, FunctionResult, GradeReport, Message, Outcome, Status

MARK: dict[Outcome, str] = {
    Outcome.PASSED: "✓",
    Outcome.SKIPPED: "–",
    Outcome.FAILED: "✗",
    Outcome.NOT_WRITTEN: "…",
    Outcome.TIMED_OUT: "◷",
    Outcome.OUT_OF_MEMORY: "◆",
    Outcome.CRASHED: "!",
    Outcome.SUITE_ERROR: "?",
    Outcome.SYSTEM_ERROR: "?",
}
PART = "◐"
MOST_LINES = 100
"""Lines of one text that are shown, so that what stands above it is not scrolled away."""
OURS = (Outcome.SUITE_ERROR, Outcome.SYSTEM_ERROR)


def outcome_word(outcome: Outcome, language: str | None = None) -> str:
    """How a check ended, in a word or two."""
    match outcome:
        case Outcome.PASSED:
            return _("passed", language)
        case Outcome.SKIPPED:
            return _("skipped", language)
        case Outcome.FAILED:
            return _("failed", language)
        case Outcome.NOT_WRITTEN:
            return _("not written yet", language)
        case Outcome.TIMED_OUT:
            return _("timed out", language)
        case Outcome.OUT_OF_MEMORY:
            return _("out of memory", language)
        case Outcome.CRASHED:
            return _("crashed", language)
        case Outcome.SUITE_ERROR:
            return _("fault of the suite, costs nothing", language)
        case Outcome.SYSTEM_ERROR:
            return _("fault of the system, costs nothing", language)


def status_word(status: Status, language: str | None = None) -> str:
    """What became of a submission, in a word or two."""
    match status:
        case Status.GRADED:
            return _("graded", language)
        case Status.UNGRADABLE:
            return _("ungradable", language)
        case Status.SYSTEM_ERROR:
            return _("system error", language)


def status_mark(status: Status) -> str:
    """The mark that goes with `status_word`; none for what is graded."""
    return {Status.GRADED: "", Status.UNGRADABLE: "✗", Status.SYSTEM_ERROR: "?"}[status]


def is_lost(check: CheckResult) -> bool:
    """Whether something is left to do about `check`: it failed by the student's doing and was not counted."""
    return check.outcome.costs_points and not (check.score == check.max_score > 0)


def lost(function: FunctionResult) -> tuple[CheckResult, ...]:
    """The checks of `function` that something is left to do about."""
    return tuple(check for check in function.checks if is_lost(check))


def is_untouched(function: FunctionResult) -> bool:
    """Whether nothing of `function` is written yet: its checks then have nothing to tell but their labels."""
    return bool(function.checks) and all(
        check.outcome is Outcome.NOT_WRITTEN and is_lost(check) for check in function.checks
    )


@dataclass(frozen=True)
class State:
    """How one function fared, as a mark and a word.

    kind  "full", "part", "none", "open" where nothing is written yet, or "ours" where a fault of ours is
          among the checks
    """

    kind: str
    mark: str
    word: str


def state(function: FunctionResult, language: str | None = None) -> State:
    """How `function` fared as a whole."""
    missing = lost(function)
    outcome = function.outcome
    if not missing:
        if any(check.outcome in OURS for check in function.checks):
            return State("ours", MARK[outcome], outcome_word(outcome, language))
        return State("full", MARK[Outcome.PASSED], outcome_word(Outcome.PASSED, language))
    worst_lost = max((check.outcome for check in missing), key=list(Outcome).index)
    if len(missing) == len(function.checks):
        kind = "open" if is_untouched(function) else "none"
        return State(kind, MARK[worst_lost], outcome_word(worst_lost, language))
    if worst_lost is Outcome.FAILED:
        return State("part", PART, _("in part", language))
    return State("part", PART, _("in part, {outcome}", language, outcome=outcome_word(worst_lost, language)))


def sentence(message: Message | None, language: str | None = None) -> str:
    """A message as a clean sentence; "" for none."""
    return few_lines(clean(say(message, language)), MOST_LINES) if message is not None and message.id else ""


def sentences(messages: Iterable[Message], language: str | None = None) -> tuple[str, ...]:
    """Messages as clean sentences, empty ones left out."""
    return tuple(text for text in (sentence(message, language) for message in messages) if text)


def line(text: str) -> str:
    """`text` cleaned to a single line, for labels, names and ids."""
    return clean_line(text)


def label(text: str, language: str | None = None) -> str:
    """A check's label, as the course translates it. Only for what the course wrote: nothing of a student is looked up."""
    return line(translate(text, language))


def hint(text: str, language: str | None = None) -> str:
    """A check's hint, as the course translates it; "" without one."""
    return clean(translate(text, language))


def rungs(diagnosis: Diagnosis | None, language: str | None = None) -> tuple[tuple[str, str], ...]:
    """What a student may ask for after "what is wrong": (question, answer), in order."""
    if diagnosis is None:
        return ()
    asked = [_("Where should I look?", language), _("Which formula?", language)]
    told = sentences(diagnosis.hints, language)
    if diagnosis.mistake is None and len(told) > len(asked):
        # What was seen goes before the function's own two.
        asked.insert(1, _("Anything else?", language))
    asked += [_("Anything else?", language)] * (len(told) - len(asked))
    return tuple(zip(asked, told, strict=False))


def is_follow_through(diagnosis: Diagnosis | None) -> bool:
    """Whether it says that the function is right but for those that it builds on: then no check needs to say it."""
    return diagnosis is not None and diagnosis.kind == "follow_through"


def follow_through_note(language: str | None = None) -> str:
    """Why a check counts although it failed."""
    return _("counted after follow-through: right once the functions that it builds on are", language)


def ours_note(language: str | None = None) -> str:
    """What to know about a check that ended in a fault of ours."""
    return _("This is our fault, not yours: the points are counted, and your instructor sees it.", language)


def encouragement(report: GradeReport, language: str | None = None) -> str:
    """One calm sentence: where the submission stands, what to look at next. "" where nothing is graded."""
    if report.status is not Status.GRADED or not report.functions:
        return ""
    open_ones = [function for function in report.functions if lost(function)]
    if not open_ones:
        return _("Every function is complete. Nothing is left to do here.", language)
    total, done = len(report.functions), len(report.functions) - len(open_ones)
    # The first in the contract's order: later functions often build on it.
    following = open_ones[0]
    fields: dict[str, str | int] = {"done": done, "total": total, "function": line(following.name)}
    if all(check.outcome is Outcome.NOT_WRITTEN for function in open_ones for check in lost(function)):
        if done == 0 and len(open_ones) == total:
            return _("Nothing is written yet. A good place to start: {function}.", language, **fields)
        return _(
            "{done} of {total} functions are complete, the others are not written yet. Next: {function}.",
            language,
            **fields,
        )
    if done == 0:
        return _("No function is complete yet. A good place to start: {function}.", language, **fields)
    return _(
        "{done} of {total} functions are complete. A good one to look at next: {function}.",
        language,
        **fields,
    )

"""How are the results of the checks told below a cell? In the words of `autograde check`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from autograder.cleaning import clean, few_lines
from autograder.course.manifest import Assignment
from autograder.grading.warm import PublicRun
from autograder.language import _, current, say
from autograder.model import CheckResult, FunctionResult, Outcome, Picture
from autograder.notebooks.parts import (
    BAD,
    GOOD,
    OPEN,
    Part,
    answer,
    code,
    folded,
    headed,
    marked,
    picture,
    said,
)
from autograder.reports.words import MARK, hint, label, line, outcome_word, sentence, sentences, state

_MOST_OUTPUT = 2000
_MOST_LINES = 40
"""Of what the notebook printed."""

_MOST_NOTICES = 8


@dataclass(frozen=True)
class Asked:
    """What a cell wants to have checked.

    written    the functions that are there, told from the text alone
    functions  those asked for; () for all
    """

    assignment: Assignment
    written: Collection[str]
    functions: Collection[str] = ()


def checked(asked: Asked, run: PublicRun) -> dict[str, object]:
    """The answer to `%check`: output by MIME type, the functions that fail, and both in one line."""
    failing = [one.name for one in run.functions if one.outcome.costs_points]
    parts = _not_loaded(run) if run.error is not None else _functions(asked, run)
    parts += _around(run)
    if run.error is None:
        if _told(run) is not None:
            parts.append(said(_("For a hint: %hint {function}", function=line(failing[0])), faint=True))
        parts.append(said(_standing(asked, run), faint=True))
    return {
        "shown": [answer(parts, _state(run))],
        "failing": failing,
        "summary": sentence(run.error)
        if run.error is not None
        else _("Not passing yet: {functions}.", functions=", ".join(map(line, failing)))
        if failing
        else "",
    }


def hinted(
    run: PublicRun, function: FunctionResult | None, steps: Sequence[tuple[str, str]]
) -> dict[str, object]:
    """The answer to `%hint`: one output for each rung of the ladder, each with the rungs above it.

    function  the one to say something about; None where all pass
    steps     (heading, text) in order; the last one, without a heading, says that there are no more
    """
    if run.error is not None:
        parts = [*_not_loaded(run), said(_("Hints are about what a function answers. Mend this first."))]
        return {"shown": [answer(parts, BAD)], "failing": []}
    if function is None:
        told = said(_("Every check that you may see passes: there is nothing to hint at."))
        return {"shown": [answer([told], GOOD)], "failing": []}
    name = line(function.name)
    shown = []
    for number in range(1, len(steps) + 1):
        parts = [said(_("A hint for {function}", function=name), strong=True)]
        for heading, text in steps[:number]:
            inner = [said(text)]
            parts += [marked("•", OPEN, heading, inner)] if heading else inner
        if number < len(steps) - 1:
            parts.append(said(_("For the next one: %hint {function}", function=name), faint=True))
        shown.append(answer(parts, OPEN))
    return {"shown": shown, "failing": [function.name]}


def _state(run: PublicRun) -> str:
    outcomes = {one.outcome for one in run.functions if one.outcome.costs_points}
    if run.error is not None or outcomes - {Outcome.NOT_WRITTEN}:
        return BAD
    return OPEN if outcomes or not run.functions else GOOD


def _told(run: PublicRun) -> FunctionResult | None:
    """The function whose first failure is told in full."""
    return next(
        (
            one
            for one in run.functions
            if any(c.outcome.costs_points and c.outcome is not Outcome.NOT_WRITTEN for c in one.checks)
        ),
        None,
    )


# -- functions ------------------------------------------------------------------------------------------------


def _functions(asked: Asked, run: PublicRun) -> list[Part]:
    told = _told(run)
    parts: list[Part] = []
    for function in run.functions:
        parts.append(_head(asked.assignment, function))
        if function.outcome is not Outcome.NOT_WRITTEN or function.name in asked.functions:
            parts += _checks(function, in_full=function is told)
    known = {one.name for one in run.functions}
    for name in asked.functions:
        if name not in known:
            parts += [said(line(name), strong=True), said(_("It has no check that you may see."))]
    return parts


def _head(assignment: Assignment, function: FunctionResult) -> Part:
    points = float(assignment.function(function.name).points)
    worth = _("{name} ({points} points)", name=line(function.name), points=f"{points:g}")
    stands = state(function)
    kind = {"full": GOOD, "ours": OPEN, "open": OPEN}.get(stands.kind, BAD)
    return headed(stands.mark, kind, worth, stands.word)


def _checks(function: FunctionResult, *, in_full: bool) -> list[Part]:
    """A line for each check; the first failure with all there is to say, the others folded."""
    parts: list[Part] = []
    if in_full and function.diagnosis is not None:
        parts.append(said(sentence(function.diagnosis.text)))
    for one in function.checks:
        fails = one.outcome.costs_points and one.outcome is not Outcome.NOT_WRITTEN
        kind = BAD if fails else OPEN if one.outcome.costs_points else GOOD
        inner: list[Part] = []
        if fails:
            inner = _failure(one) if in_full else [folded(_("What went wrong"), _failure(one), in_text=False)]
            in_full = False
        mark = "•" if one.outcome is Outcome.NOT_WRITTEN else MARK[one.outcome]
        parts.append(marked(mark, kind, label(one.label), inner))
    parts += [part for one in function.pictures if (part := _picture(one)) is not None]
    return parts


def _failure(one: CheckResult) -> list[Part]:
    parts: list[Part] = []
    if one.outcome is not Outcome.FAILED:
        parts.append(said(outcome_word(one.outcome)))
    if one.call:
        parts.append(code(one.call, "> "))
    parts += [said(text) for text in sentences(one.messages)]
    if one.hint:
        parts.append(folded(_("A hint"), [said(hint(one.hint))]))
    return parts


def _picture(one: Picture) -> Part | None:
    # Here, since what draws takes longer to import than a check to run.
    from autograder.pictures import NotAPicture
    from autograder.reports.draw import file_of

    try:
        return picture(file_of(one, current()), say(one.text))
    except (NotAPicture, ArithmeticError, ValueError):
        return None  # what was found is still right without it


# -- what goes around -----------------------------------------------------------------------------------------


def _not_loaded(run: PublicRun) -> list[Part]:
    return [
        headed(MARK[Outcome.FAILED], BAD, _("Your notebook could not be loaded"), ""),
        said(sentence(run.error)),
    ]


def _around(run: PublicRun) -> list[Part]:
    """What else there is to know: cells that did not run, what was printed."""
    parts: list[Part] = []
    if run.notices:
        told = [said(sentence(notice)) for notice in run.notices[:_MOST_NOTICES]]
        parts.append(folded(_("Notes on your notebook ({n})", n=len(run.notices)), told))
    if run.output.strip():
        text = few_lines(clean(run.output, _MOST_OUTPUT), _MOST_LINES)
        parts.append(folded(_("Your notebook printed"), [code(text)], in_text=False))
    return parts


def _standing(asked: Asked, run: PublicRun) -> str:
    """Where the student stands, of what was asked for."""
    assignment = asked.assignment
    if len(asked.functions) == 1:
        return _("Hidden checks decide the mark.")
    wanted = [one for one in assignment.functions if not asked.functions or one.name in asked.functions]
    by_checks = {one.name: one.outcome is not Outcome.NOT_WRITTEN for one in run.functions}
    safe = sum(assignment.function(f.name).points for f in run.functions if f.outcome is Outcome.PASSED)
    return _(
        "{k} of {n} functions written; the checks that you may see pass for {safe} of the {stake} points at "
        "stake. Hidden checks decide the mark.",
        k=sum(by_checks.get(one.name, one.name in asked.written) for one in wanted),
        n=len(wanted),
        safe=f"{float(safe):g}",
        stake=f"{float(sum(one.points for one in wanted)):g}",
    )

"""What do a graded notebook's cells show? The points as nbgrader reads them, and why, as plain HTML.

nbgrader's rules: an `execute_result` that is a number is that many points; an error or anything on stderr is none.
nbconvert's sanitizer leaves lists, `div`, `pre` and `code` and takes pictures and styles away, so nothing else is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from autograder.cleaning import clean, few_lines
from autograder.course.manifest import Assignment
from autograder.language import _
from autograder.model import CheckResult, FunctionResult, GradeReport, Status, points
from autograder.notebooks.cells import Role, cell_id
from autograder.reports.words import (
    MARK,
    MOST_LINES,
    OURS,
    follow_through_note,
    hint,
    is_follow_through,
    is_lost,
    is_untouched,
    label,
    line,
    ours_note,
    outcome_word,
    rungs,
    sentence,
    sentences,
    state,
)


def marked(cells: list[dict[str, Any]], report: GradeReport, assignment: Assignment, language: str) -> None:
    """Fill the outputs of the CHECK and MARKS cells among `cells`, found by their grade_id; the others are left alone.

    cells     as in a notebook's JSON; what is put in is plain JSON too (nbgrader wants `nbformat.from_dict` of it)
    language  of the sentences; the course's own texts are in it where the caller has learned them (`language.learn`)
    Raises    ValueError for a system_error, which has no marks
    """
    if report.status is Status.SYSTEM_ERROR:
        raise ValueError("a fault of the grader's has no marks")
    marks = {cell_id(Role.MARKS, function.name): function.name for function in assignment.functions}
    checks: dict[str, set[str]] = {}
    for function in assignment.functions:
        name = function.name.partition(".")[0]
        checks.setdefault(cell_id(Role.CHECK, name), set()).add(function.name)
    graded = {function.name: function for function in report.functions}
    first = True
    for cell in cells:
        id = grade_id(cell)
        if id in marks:
            about = _about(report, language) if first else ""
            first = False
            result = graded.get(marks[id])
            told = about + (_not_graded(report, language) if result is None else _function(result, language))
            cell["outputs"] = [_result(_points(result, cell), told)]
        elif id in checks:
            # A method's public checks may be listed under its class.
            names = checks[id] | {name.partition(".")[0] for name in checks[id]}
            public = [function for function in report.public if function.name in names]
            cell["outputs"] = [_display(public, language)] if public else []
        else:
            continue
        cell["execution_count"] = None


def grade_id(cell: dict[str, Any]) -> str:
    """The name that nbgrader knows a cell by; "" where it has none."""
    about = cell.get("metadata", {}).get("nbgrader", {})
    id = about.get("grade_id") if isinstance(about, dict) else None
    return id if isinstance(id, str) else ""


# -- as nbgrader reads it -------------------------------------------------------------------------------------


def _points(result: FunctionResult | None, cell: dict[str, Any]) -> float:
    """What was earned, in points. nbgrader refuses more than the cell's own, which may be a third of a cent less."""
    earned = 0.0 if result is None else result.score / 100
    return min(earned, float(cell["metadata"]["nbgrader"].get("points", earned)))


def _result(earned: float, told: str) -> dict[str, Any]:
    return {
        "output_type": "execute_result",
        "execution_count": None,
        "metadata": {},
        "data": {"text/plain": repr(earned), "text/html": _page(told)},
    }


def _display(public: Sequence[FunctionResult], language: str) -> dict[str, Any]:
    several = len(public) > 1
    parts = [
        (f"<strong>{_text(line(function.name))}</strong>" if several else "")
        + _checks(function.checks, language)
        for function in public
    ]
    results = [check for function in public for check in function.checks]
    plain = "\n".join(
        f"{MARK[check.outcome]} {label(check.label, language)} ({outcome_word(check.outcome, language)})"
        for check in results
    )
    return {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/plain": plain, "text/html": _page("".join(parts))},
    }


# -- as people read it ----------------------------------------------------------------------------------------


def _page(content: str) -> str:
    # A formula in a student's text is not typeset: it could be made to hold a link.
    return f'<div class="tex2jax_ignore mathjax_ignore">{content}</div>'


def _about(report: GradeReport, language: str) -> str:
    """What is said once, above the first function's marks."""
    notices = sentences(report.notices, language)
    return _list(notices) if notices else ""


def _not_graded(report: GradeReport, language: str) -> str:
    why = sentence(report.message, language) or _("This function was not graded.", language)
    what = _("0 points: the notebook that was handed in cannot be graded.", language)
    return f"<strong>{_text(what)}</strong>{_paragraph(why)}"


def _function(result: FunctionResult, language: str) -> str:
    fared = state(result, language)
    head = _(
        "{function}: {score} of {max_score} points",
        language,
        function=line(result.name),
        score=points(result.score),
        max_score=points(result.max_score),
    )
    parts = [f"<strong>{_text(f'{fared.mark} {head} ({fared.word})')}</strong>"]
    diagnosis = "" if result.diagnosis is None else sentence(result.diagnosis.text, language)
    if is_untouched(result):
        parts.append(_paragraph(_("Not written yet. What it will be checked for:", language)))
        parts.append(_list(label(check.label, language) for check in result.checks))
    else:
        if diagnosis:
            parts.append(_paragraph(diagnosis))
        explained = is_follow_through(result.diagnosis)
        parts.append(_checks(result.checks, language, diagnosis, explained=explained))
    parts += [
        f"<div><strong>{_text(question)}</strong> {_told(answer)}</div>"
        for question, answer in rungs(result.diagnosis, language)
    ]
    return "".join(parts)


def _checks(
    checks: Iterable[CheckResult], language: str, diagnosis: str = "", *, explained: bool = False
) -> str:
    items = "".join(f"<li>{_check(check, language, diagnosis, explained)}</li>" for check in checks)
    return f"<ul>{items}</ul>"


def _check(check: CheckResult, language: str, diagnosis: str, explained: bool) -> str:
    mark, word = MARK[check.outcome], outcome_word(check.outcome, language)
    if check.follow_through and not is_lost(check):
        mark, word = "↪", _("counted", language)
    if check.max_score:
        word += ", " + _(
            "{score} of {max_score} points",
            language,
            score=points(check.score),
            max_score=points(check.max_score),
        )
    parts = [_text(f"{mark} {label(check.label, language)} ({word})")]
    if is_lost(check):
        if check.call:
            parts.append(f"<pre><code>{_text(few_lines(clean(check.call), MOST_LINES))}</code></pre>")
        parts += [_paragraph(text) for text in sentences(check.messages, language) if text != diagnosis]
        if check.hint:
            parts.append(_paragraph(_("Hint: {hint}", language, hint=hint(check.hint, language))))
    elif check.follow_through and not explained:
        parts.append(_paragraph(follow_through_note(language)))
    elif check.outcome in OURS:
        parts.append(_paragraph(ours_note(language)))
    return "".join(parts)


def _list(texts: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{_told(text)}</li>" for text in texts) + "</ul>"


def _paragraph(text: str) -> str:
    return f"<div>{_told(text)}</div>"


def _told(text: str) -> str:
    """A text of several lines keeps them."""
    return f"<pre>{_text(text)}</pre>" if "\n" in text else _text(text)


def _text(text: str) -> str:
    return escape(clean(text))

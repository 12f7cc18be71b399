"""How does a result look in a terminal? Rich renderables; `cli` prints them.

Data is only ever put into `rich.text.Text`, never into a markup string: what a student wrote cannot
become a colour, a link or a title. Marks and words say everything that colours say, so NO_COLOR loses
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.cleaning import clean, few_lines
from autograder.language import _
from autograder.model import (
    CheckResult,
    ClassResults,
    FunctionResult,
    GradeReport,
    Outcome,
    Status,
    points,
)
from autograder.reports.summary import reason
from autograder.reports.words import (
    MARK,
    MOST_LINES,
    OURS,
    PART,
    encouragement,
    follow_through_note,
    hint,
    is_follow_through,
    is_lost,
    is_untouched,
    label,
    line,
    lost,
    ours_note,
    outcome_word,
    rungs,
    sentence,
    sentences,
    state,
    status_mark,
    status_word,
)

_STYLE = {"full": "green", "part": "yellow", "none": "red", "open": "bright_black", "ours": "magenta"}
_GROUP = 5
"""Marks in a row of the class table before a gap, so that the eye can count them."""


def student(
    report: GradeReport, *, all_failures: bool = False, hints: int = 0, language: str | None = None
) -> Group:
    """One report: the score, a row for each function, the first failure in full (or all of them), notices.

    hints  how many rungs of the hint ladder are told with a failure, after what is wrong

    Public checks stand in for the hidden ones where a report has only those, as in `autograde check`.
    """
    shown = report.functions or report.public
    parts: list[RenderableType] = [_heading(report, language)]
    if report.message is not None:
        # Indented, as everything is that may hold a student's lines: none can pass for one of ours.
        parts.append(Padding(Text(sentence(report.message, language)), (0, 0, 0, 2)))
    if shown:
        parts += [Text(), _functions(shown, report, language), Text()]
    told = encouragement(report, language)
    if told:
        parts += [Text(told), Text()]
    parts += _failures(shown, all_failures, hints, language)
    parts += _counted(shown, language)
    if report.functions and report.public:
        parts += _public(report.public, language)
    for notice in report.notices:
        parts.append(_bullet("•", Text(sentence(notice, language))))
    if report.output:
        parts += [
            Text(),
            Text(_("What your file printed:", language), style="bold"),
            Padding(Text(few_lines(clean(report.output), MOST_LINES)), (0, 0, 0, 2)),
        ]
    return Group(*parts)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """What the class's table says of one report: a few words, where the report itself has thousands.

    score  in cents; None for none
    names  of its functions
    marks  of its functions, in the same order
    kinds  of its functions' states, which say their colours
    """

    student: str
    score: int | None
    status: Status
    names: tuple[str, ...]
    marks: tuple[str, ...]
    kinds: tuple[str, ...]
    reason: str


def class_row(report: GradeReport, language: str | None = None) -> ClassRow:
    """The row of one report."""
    states = [state(function, "en") for function in report.functions]
    return ClassRow(
        student=report.student,
        score=report.score,
        status=report.status,
        names=tuple(function.name for function in report.functions),
        marks=tuple(fared.mark for fared in states),
        kinds=tuple(fared.kind for fared in states),
        reason=reason(report, language),
    )


def class_table(results: ClassResults, language: str | None = None) -> Table:
    """The class: student, score, status, a mark for each function, the commonest reason for lost points."""
    rows = [class_row(report, language) for report in results.reports]
    return class_table_of(results.title or results.assignment, rows, language)


def class_table_of(title: str, rows: Sequence[ClassRow], language: str | None = None) -> Table:
    """The same of rows that were made before, in the same language."""
    names = list(dict.fromkeys(name for row in rows for name in row.names))
    table = Table(
        title=Text(label(title, language), style="bold"),
        caption=_legend(rows, names, language),
        caption_justify="left",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
        expand=True,
    )
    table.add_column(Text(_("Student", language)), overflow="fold", min_width=6, max_width=28)
    table.add_column(Text(_("Score", language)), justify="right", no_wrap=True)
    table.add_column(Text(_("Status", language)), no_wrap=True)
    table.add_column(Text(_("Functions", language)), overflow="fold", min_width=len(_("Functions", language)))
    # The only one that may be cut off: it gets what the others leave.
    table.add_column(Text(_("Commonest reason", language)), overflow="ellipsis", no_wrap=True, ratio=1)
    for row in rows:
        table.add_row(
            Text(line(row.student)),
            Text(points(row.score), style="bold"),
            Text(f"{status_mark(row.status)} {status_word(row.status, language)}".strip()),
            _marks(row, names),
            Text(row.reason),
        )
    if not rows:
        table.add_row(Text(_("No submissions.", language)))
    return table


def _heading(report: GradeReport, language: str | None) -> Text:
    heading = Text(line(report.assignment), style="bold")
    if report.status is not Status.GRADED:
        heading.append(f"  {status_mark(report.status)} {status_word(report.status, language)}")
    if report.functions or report.status is not Status.GRADED:
        score = _(
            "{score} of {max_score} points",
            language,
            score=points(report.score),
            max_score=points(report.max_score),
        )
        heading.append(f"  {score}")
    return heading


def _functions(functions: Sequence[FunctionResult], report: GradeReport, language: str | None) -> Table:
    with_points = any(function.max_score for function in functions)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=with_points)
    total = Text(_("Total", language))
    table.add_column(Text(_("Function", language)), footer=total, overflow="fold")
    if with_points:
        footer = Text(f"{points(report.score)} / {points(report.max_score)}")
        table.add_column(Text(_("Points", language)), footer=footer, justify="right", no_wrap=True)
    table.add_column(Text(_("Outcome", language)), overflow="fold")
    for function in functions:
        fared = state(function, language)
        row = [Text(line(function.name))]
        if with_points:
            row.append(Text(f"{points(function.score)} / {points(function.max_score)}"))
        row.append(Text(f"{fared.mark} {fared.word}", style=_STYLE[fared.kind]))
        table.add_row(*row)
    return table


def _failures(
    functions: Sequence[FunctionResult], all_failures: bool, hints: int, language: str | None
) -> list[RenderableType]:
    total = sum(len(lost(function)) for function in functions)
    told = 0
    parts: list[RenderableType] = []
    for function in functions:
        failed = lost(function)
        if not failed or (told and not all_failures):
            continue
        parts.append(Text(line(function.name), style="bold"))
        if is_untouched(function):
            parts += _untouched(function, language)
            told += len(failed)
        else:
            explanation = "" if function.diagnosis is None else sentence(function.diagnosis.text, language)
            if explanation:
                parts.append(Padding(Text(explanation), (0, 0, 0, 2)))
            for check in failed if all_failures else failed[:1]:
                parts += _failure(check, explanation, language)
                told += 1
        parts += _rungs(function, hints, language)
        parts.append(Text())
    if told < total:
        more = _("More failed checks: {count}. The HTML report shows them all.", language, count=total - told)
        parts += [Text(more), Text()]
    return parts


def _untouched(function: FunctionResult, language: str | None) -> list[RenderableType]:
    head = f"{MARK[Outcome.NOT_WRITTEN]} {_('Not written yet. What it will be checked for:', language)}"
    labels = [Text(label(check.label, language)) for check in function.checks]
    return [Text(head), *(Padding(_bullet("•", text), (0, 0, 0, 2)) for text in labels)]


def _failure(check: CheckResult, explanation: str, language: str | None) -> list[RenderableType]:
    head = Text(label(check.label, language), style="bold")
    head.append(f" ({outcome_word(check.outcome, language)}", style="not bold")
    if check.max_score:
        gained = _(
            "{score} of {max_score} points",
            language,
            score=points(check.score),
            max_score=points(check.max_score),
        )
        head.append(f", {gained}", style="not bold")
    head.append(")", style="not bold")
    parts: list[RenderableType] = [_bullet(MARK[check.outcome], head, style="red")]
    if check.call:
        parts.append(Padding(Text(few_lines(clean(check.call), MOST_LINES), style="cyan"), (0, 0, 0, 4)))
    told = (text for text in sentences(check.messages, language) if text != explanation)
    parts += [Padding(Text(text), (0, 0, 0, 2)) for text in told]
    if check.hint:
        told_hint = _("Hint: {hint}", language, hint=hint(check.hint, language))
        parts.append(Padding(Text(told_hint), (0, 0, 0, 2)))
    return parts


def _rungs(function: FunctionResult, hints: int, language: str | None) -> list[RenderableType]:
    """The rungs that were asked for; where there are fewer, that this is all."""
    if not hints:
        return []
    there = rungs(function.diagnosis, language)
    parts: list[RenderableType] = []
    for question, answer in there[:hints]:
        parts += [
            Padding(Text(question, style="bold"), (0, 0, 0, 2)),
            Padding(Text(answer), (0, 0, 0, 4)),
        ]
    if hints > len(there):
        last = (
            _("There is no further hint for {function}.", language, function=line(function.name))
            if there
            else _("There is no hint for {function}.", language, function=line(function.name))
        )
        parts.append(Padding(Text(last), (0, 0, 0, 2)))
    return parts


def _counted(functions: Sequence[FunctionResult], language: str | None) -> list[RenderableType]:
    parts: list[RenderableType] = []
    for function in functions:
        explained = is_follow_through(function.diagnosis)
        if explained and function.diagnosis is not None:
            # One reason for all of its checks: said once.
            head = Text(f"{line(function.name)}: {sentence(function.diagnosis.text, language)}")
            parts.append(_bullet("↪", head))
        for check in function.checks:
            if is_lost(check):
                continue
            if check.follow_through:
                if explained:
                    continue
                note = follow_through_note(language)
            elif check.outcome in OURS:
                note = ours_note(language)
            else:
                continue
            head = Text(f"{line(function.name)}: {label(check.label, language)}")
            parts += [_bullet(_counted_mark(check), head), Padding(Text(note), (0, 0, 0, 2))]
    return parts


def _counted_mark(check: CheckResult) -> str:
    return MARK[check.outcome] if check.outcome in OURS else "↪"


def _public(functions: Sequence[FunctionResult], language: str | None) -> list[RenderableType]:
    checks = [check for function in functions for check in function.checks]
    passed = sum(check.outcome is Outcome.PASSED for check in checks)
    told = _(
        "Public checks passed: {passed} of {total} (no points).", language, passed=passed, total=len(checks)
    )
    return [Text(told)]


def _bullet(mark: str, text: Text, style: str = "") -> Table:
    """`text` beside `mark`, with further lines of it hanging under its first."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark, style=style), text)
    return grid


def _marks(row: ClassRow, names: Sequence[str]) -> Text:
    by_name = dict(zip(row.names, zip(row.marks, row.kinds, strict=True), strict=True))
    marks = Text()
    for index, name in enumerate(names if row.names else ()):
        if index and index % _GROUP == 0:
            marks.append(" ")
        if name in by_name:
            mark, kind = by_name[name]
            marks.append(mark, style=_STYLE[kind])
        else:
            marks.append(" ")
    return marks


def _legend(rows: Sequence[ClassRow], names: Sequence[str], language: str | None) -> Text | None:
    if not names:
        return None
    met = {mark for row in rows for mark in row.marks}
    words = [(MARK[outcome], outcome_word(outcome, language)) for outcome in Outcome if outcome not in OURS]
    words.insert(1, (PART, _("in part", language)))
    words.append((MARK[Outcome.SYSTEM_ERROR], _("a fault of ours, costs nothing", language)))
    legend = "  ".join(f"{mark} {word}" for mark, word in words if mark in met)
    order = _("Functions in this order: {names}.", language, names=", ".join(line(name) for name in names))
    return Text(f"{legend}\n{order}")

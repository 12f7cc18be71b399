"""How strong are the hidden suites? What `autograde verify --mutants` shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from autograder.cleaning import clean
from autograder.language import _

if TYPE_CHECKING:
    from rich.console import Console

    from autograder.course import Assignment, Course
    from autograder.proof.mutants.matrix import Fate, Judged, Matrix


def measure(
    course: Course,
    names: Sequence[str],
    language: str,
    *,
    jobs: int,
    input_sets: int,
    wrong: bool,
    as_json: bool,
) -> int:
    """Make, grade and show the mutants of some assignments. Returns 0 where none survives, else 1.

    wrong  show only the functions with a mutant that is not killed
    """
    from rich.console import Console

    from autograder.reports.escapes import json_text

    console = Console()
    found: list[Matrix] = []
    for name in names:
        assignment = course.assignment(name)
        matrix = _measured(course, assignment, jobs, input_sets, shown=not as_json)
        found.append(matrix)
        if not as_json:
            _show(console, assignment, matrix, f"{name}: {assignment.title_in(language)}", wrong)
    true = all(matrix.true for matrix in found)
    if as_json:
        click.echo(json_text({"true": true, "assignments": [_plain(one) for one in found]}, indent=2))
    elif len(found) > 1:
        _show_total(console, found)
    return 0 if true else 1


def _measured(course: Course, assignment: Assignment, jobs: int, input_sets: int, *, shown: bool) -> Matrix:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from autograder.proof.mutants.matrix import kill_matrix

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # On the error stream: what is printed is the result.
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not shown) as bar:
        task = bar.add_task(_("Grading the mutants of {assignment} …", assignment=assignment.id), total=None)
        return kill_matrix(
            course,
            assignment,
            jobs=jobs,
            input_sets=input_sets,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


# -- for people ------------------------------------------------------------------------------------------------------


def _show(console: Console, assignment: Assignment, matrix: Matrix, title: str, wrong: bool) -> None:
    from rich.text import Text

    rows = {
        function: counts
        for function, counts in matrix.counts().items()
        if not wrong or any(number and not fate.good for fate, number in counts.items())
    }
    if rows:
        console.print(_table(title, _("function"), rows, _sum(matrix.counts().values())))
    for one in matrix.judged:
        if not one.fate.good:
            for line, style in _told(one):
                console.print(Text(clean(line), style=style), highlight=False)
            console.print()
    left = [one for one in matrix.judged if not one.fate.good]
    if not left:
        text = _(
            "{assignment}: all {all} mutants are killed or argued away.",
            assignment=assignment.id,
            all=len(matrix.judged),
        )
    else:
        text = _(
            "{assignment}: {left} of {all} mutants are not killed. Make a check that tells them from the reference, or say in "
            "{file} why no input within the contract does.",
            assignment=assignment.id,
            left=len(left),
            all=len(matrix.judged),
            file=f"solutions/{assignment.id}/equivalent.toml",
        )
    console.print(Text(clean(text)))


def _show_total(console: Console, found: Sequence[Matrix]) -> None:
    rows = {matrix.assignment: _sum(matrix.counts().values()) for matrix in found}
    console.print(_table(_("All assignments"), _("assignment"), rows, _sum(rows.values())))


def _table(title: str, what: str, rows: dict[str, dict[Fate, int]], total: dict[Fate, int]) -> Any:
    from rich.table import Table
    from rich.text import Text

    from autograder.proof.mutants.matrix import Fate

    table = Table(title=Text(clean(title)), title_justify="left", show_footer=True)
    table.add_column(what, overflow="fold", footer=_("all"))
    headings = {
        Fate.KILLED: _("killed"),
        Fate.EQUIVALENT: _("equivalent"),
        Fate.SOMETIMES: _("sometimes"),
        Fate.SURVIVED: _("survived"),
    }
    # These should not be; a column for nothing would only make people ask.
    more = {Fate.ELSEWHERE: _("elsewhere"), Fate.REFUTED: _("refuted"), Fate.FAULT: _("fault of ours")}
    headings |= {fate: text for fate, text in more.items() if total[fate]}
    table.add_column(_("mutants"), justify="right", footer=str(sum(total.values())))
    for fate, heading in headings.items():
        table.add_column(heading, justify="right", footer=str(total[fate]))
    for name, counts in rows.items():
        table.add_row(
            Text(clean(name)), str(sum(counts.values())), *(_number(counts, fate) for fate in headings)
        )
    return table


def _number(counts: dict[Fate, int], fate: Fate) -> Any:
    from rich.text import Text

    number = counts[fate]
    return Text(str(number) if number else "·", style="bold red" if number and not fate.good else "")


def _told(one: Judged) -> list[tuple[str, str]]:
    """The lines that show a mutant, each with its style."""
    from autograder.proof.mutants.matrix import Fate

    where = _(
        "{function}, line {line} ({operator})",
        function=one.mutant.function,
        line=one.mutant.line,
        operator=one.mutant.operator,
    )
    sets = ", ".join(map(str, sorted(one.survived)))
    said = {
        Fate.SURVIVED: _("Survived: {where}", where=where),
        Fate.SOMETIMES: _("Survived on the input sets {sets} only: {where}", sets=sets, where=where),
        Fate.ELSEWHERE: _(
            "{where} keeps its points, though {others} pays for it: its own checks are too weak.",
            where=where,
            others=", ".join(sorted(one.blamed)),
        ),
        Fate.REFUTED: _(
            "Argued to be equivalent, yet it loses points: {where}. Failed: {checks}. The argument was: {argument}",
            where=where,
            checks=", ".join(sorted(one.checks)),
            argument=one.argument,
        ),
        Fate.FAULT: _("It could not be graded: {where}. {reason}", where=where, reason=one.fault),
    }
    lines = [(said[one.fate], "bold")]
    lines += [(f"- {line}", "red") for line in one.mutant.before]
    return lines + [(f"+ {line}", "green") for line in one.mutant.after]


# -- for programs ----------------------------------------------------------------------------------------------------


def _sum(rows: Any) -> dict[Fate, int]:
    from autograder.proof.mutants.matrix import Fate

    rows = list(rows)
    return {fate: sum(row[fate] for row in rows) for fate in Fate}


def _plain(matrix: Matrix) -> dict[str, Any]:
    """The matrix as plain data: totals, functions, mutants that are not simply killed, and the checks.

    A check is redundant where each mutant that fails it fails another one too, and idle where none fails it.
    """

    def counted(counts: dict[Fate, int]) -> dict[str, int]:
        return {"mutants": sum(counts.values()), **{fate.value: number for fate, number in counts.items()}}

    counts = matrix.counts()
    return {
        "assignment": matrix.assignment,
        "true": matrix.true,
        "totals": counted(_sum(counts.values())),
        "functions": [{"function": name, **counted(row)} for name, row in counts.items()],
        "mutants": [_plain_mutant(one) for one in matrix.judged],
        "checks": [
            {
                "check": row.name,
                "function": row.function,
                "label": row.label,
                "kills": row.kills,
                "alone": row.alone,
                "redundant": bool(row.kills) and not row.alone,
                "idle": not row.kills,
            }
            for row in matrix.checks
        ],
    }


def _plain_mutant(one: Judged) -> dict[str, Any]:
    return {
        "id": one.mutant.id,
        "fate": one.fate.value,
        "function": one.mutant.function,
        "operator": one.mutant.operator,
        "change": one.mutant.change,
        "line": one.mutant.line,
        "before": list(one.mutant.before),
        "after": list(one.mutant.after),
        "input_sets": sorted(one.met),
        "survived": sorted(one.survived),
        "checks": sorted(one.checks),
        "loses": sorted(one.blamed),
        "endless": one.endless,
        "argument": one.argument,
        "fault": one.fault,
    }

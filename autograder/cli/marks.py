"""`autograde marks`: the final marks, with lateness and adjustments, and how one comes about."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from autograder.cleaning import clean_line
from autograder.cli.kept import assignment_option, opened
from autograder.cli.options import Session, common_options, gradebook_option, json_option, pass_session
from autograder.cli.shown import echo, time_with_zone
from autograder.language import _, later, say, translate
from autograder.model import points

if TYPE_CHECKING:
    from autograder.gradebook.marks import Mark

STATUSES = {
    "graded": later("graded"),
    "ungradable": later("ungradable"),
    "system_error": later("system error"),
    "missing": later("nothing handed in"),
    "too_late": later("too late to count"),
    "not_graded": later("not graded yet"),
}


@click.command()
@assignment_option
@click.option(
    "--why", "student", metavar="STUDENT", help="How this student's mark comes about, line by line."
)
@gradebook_option
@json_option
@common_options
@pass_session
def marks(
    session: Session, assignment: str, student: str | None, gradebook: str | None, as_json: bool
) -> int:
    """Show the final marks: the score of the attempt that counts, less lateness, then adjusted.

    A student who handed in nothing has no mark, which is not 0.

    \b
    Examples:
      autograde marks -a ASSIGNMENT
      autograde marks -a ASSIGNMENT --why NAME
      autograde marks -a ASSIGNMENT --json
    """
    from autograder.gradebook.marks import mark
    from autograder.gradebook.marks import marks as marks_of

    course = session.course()
    chosen = course.assignment(assignment)
    with opened(course, gradebook, read_only=True) as store:
        if student is not None:
            one = mark(store, chosen, student)
            if as_json:
                click.echo(json.dumps(row(one) | {"why": [say(line) for line in one.why]}, indent=2))
            else:
                _explain(one)
            return 0
        found = marks_of(store, chosen)
        if as_json:
            _print_json(chosen.id, found)
        else:
            _print(found)
    return 0


def row(mark: Mark) -> dict[str, Any]:
    """A mark as JSON: points, not cents."""
    return {
        "student": mark.student.id,
        "status": mark.status,
        "score": _points(mark.score),
        "max_score": _points(mark.max_score),
        "raw": _points(mark.raw),
        "late_penalty": _points(mark.late_penalty),
        "adjusted": _points(mark.adjusted),
        "excused": mark.excused,
        "attempt": mark.attempt,
        "attempts": mark.attempts,
        "handed_in": mark.handed_in.isoformat() if mark.handed_in else None,
        "late_seconds": mark.late_seconds,
        "slip_days": mark.slip_days,
    }


def _points(cents: int | None) -> int | float | None:
    if cents is None:
        return None
    return cents // 100 if cents % 100 == 0 else cents / 100


def _print_json(assignment: str, found: Iterable[Mark]) -> None:
    """One mark a line, so that a class of any size is written as it is read."""
    click.echo(
        f'{{"schema": "autograde/marks/1", "assignment": {json.dumps(assignment)}, "marks": [', nl=False
    )
    between = "\n"
    for mark in found:
        click.echo(between + json.dumps(row(mark)), nl=False)
        between = ",\n"
    click.echo("\n]}")


def _explain(mark: Mark) -> None:
    echo(f"{clean_line(mark.student.id)}, {mark.assignment}")
    for line in mark.why:
        echo(f"  {say(line)}")


def _print(found: Iterator[Mark]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from autograder.gradebook.deadlines import here

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), collapse_padding=True)
    # Never cut: two ids may begin alike.
    table.add_column(_("student"), overflow="fold", min_width=16)
    for heading in (_("mark"), _("raw"), _("late"), _("adjusted"), _("attempt")):
        table.add_column(heading, justify="right")
    table.add_column(_("handed in"))
    table.add_column(_("status"))
    counts: Counter[str] = Counter()
    for mark in found:
        _count(counts, mark)
        attempt = "–" if mark.attempt is None else f"{mark.attempt}/{mark.attempts}"
        status = _("excused") if mark.excused else translate(STATUSES[mark.status])
        table.add_row(
            Text(clean_line(mark.student.id)),
            points(mark.score),
            points(mark.raw),
            _late(mark),
            f"{mark.adjusted / 100:+g}" if mark.adjusted else "",
            attempt,
            time_with_zone(here(mark.handed_in)) if mark.handed_in else "–",
            "" if status == _("graded") else status,
        )
    if not counts["students"]:
        echo(_("The gradebook has no students yet."))
        return
    Console().print(table)
    echo(_("Students: {n}, with a mark: {marked}.", n=counts["students"], marked=counts["marked"]))
    for kind, text in _NOTES.items():
        if counts[kind]:
            echo(translate(text, n=counts[kind]))


def _late(mark: Mark) -> str:
    """What lateness took, and below it how many slip days were spent: no column of their own, which would push others out."""
    taken = [points(-mark.late_penalty)] if mark.late_penalty else []
    spent = [_("{n} slip", n=mark.slip_days)] if mark.slip_days else []
    return "\n".join(taken + spent)


_NOTES = {
    "slipped": later("Students who spent slip days here, in the column of lateness: {n}."),
    "unknown": later("Marks of hand-ins whose time nobody told, which count as in time: {n}."),
    "clock": later(
        "Students with a later attempt that bears an earlier time, since a clock was set back: {n}."
    ),
    "unjudged": later("Students with an attempt that has no result: {n}. Run `autograde grade`."),
}


def _count(counts: Counter[str], mark: Mark) -> None:
    counts["students"] += 1
    counts["marked"] += mark.score is not None
    counts["unknown"] += mark.attempt is not None and mark.handed_in is None
    counts["clock"] += mark.clock
    counts["slipped"] += mark.slip_days > 0
    counts["unjudged"] += mark.unjudged > 0

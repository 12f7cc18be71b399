"""`autograde list`: which assignments are there, and how far am I?"""

from __future__ import annotations

import ast
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cleaning import clean_line
from autograder.cli.options import Session, common_options, json_option, pass_session
from autograder.cli.shown import time_with_zone
from autograder.cli.work import sources_of, work_file, work_folder, written
from autograder.language import _

if TYPE_CHECKING:
    from autograder.course import Assignment


@click.command("list")
@json_option
@common_options
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """Show the assignments and how far you are.

    \b
    Example: autograde list
    """
    course = session.course()
    here = Path.cwd()
    rows = []
    for id in course.assignments:
        assignment = course.assignment(id)
        state, done = _state(assignment, work_folder(assignment, here))
        rows.append(
            {
                "id": id,
                "title": assignment.title_in(session.language),
                "functions": len(assignment.functions),
                "points": int(sum(function.points for function in assignment.functions)),
                "deadline": assignment.deadline.isoformat() if assignment.deadline else None,
                "state": state,
                "written": done,
            }
        )
    if as_json:
        click.echo(json.dumps({"course": course.id, "assignments": rows}, indent=2))
        return
    _print(course.title_in(session.language), rows)


def _print(title: str, rows: list[dict[str, object]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(clean_line(title)),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1),
    )
    table.add_column(_("assignment"), no_wrap=True)
    table.add_column(_("title"))
    for heading in (_("functions"), _("points")):
        table.add_column(heading, justify="right")
    with_deadline = any(row["deadline"] for row in rows)
    if with_deadline:
        table.add_column(_("deadline"))
    table.add_column(_("your copy"))
    for row in rows:
        deadline = "–"
        if row["deadline"]:
            due = datetime.fromisoformat(str(row["deadline"]))
            deadline = time_with_zone(due) + (f" ({_('over')})" if due < datetime.now(UTC) else "")
        states = {
            "not started": _("not started"),
            "unreadable": _("not readable as Python"),
            "started": _("{k} of {n} written", k=_int(row["written"]), n=_int(row["functions"])),
        }
        table.add_row(
            Text(str(row["id"])),
            Text(clean_line(str(row["title"]))),
            str(row["functions"]),
            str(row["points"]),
            *([deadline] if with_deadline else []),
            states[str(row["state"])],
        )
    Console().print(table)
    click.echo(
        _("Start one with: autograde start {assignment}", assignment=str(rows[0]["id"])) if rows else ""
    )


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _state(assignment: Assignment, folder: Path) -> tuple[str, int | None]:
    """("not started" | "started" | "unreadable", functions written), told from the text alone."""
    path = work_file(assignment, folder)
    # The course's own stub is nobody's copy.
    if not path.is_file() or path.resolve() in (
        assignment.stub_path.resolve(),
        *([assignment.reference_path.resolve()] if assignment.secret_dir else []),
    ):
        return "not started", None
    sources = sources_of(path)
    try:
        if path.suffix == ".py":
            ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError, RecursionError, MemoryError):
        return "unreadable", None
    return ("started", len(written(assignment, sources))) if sources else ("unreadable", None)

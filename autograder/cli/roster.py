"""`autograde roster`: who is in the class, from a table of ours or a learning platform's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cleaning import clean_line
from autograder.cli.kept import author as author_of
from autograder.cli.kept import author_option, opened
from autograder.cli.options import Session, common_options, gradebook_option, json_option, pass_session
from autograder.cli.shown import echo
from autograder.language import _, say

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.gradebook.roster import Change, Roster
    from autograder.gradebook.values import Student

_MOST_SHOWN = 20
_SYSTEMS = (
    "canvas_login",
    "canvas_sis_id",
    "canvas_id",
    "moodle_username",
    "moodle_idnumber",
    "moodle_id",
    "gradescope_sid",
    "github",
    "email",
)
_ENCODINGS = ("utf-8", "utf-16", "cp1252", "cp1258")


@click.command()
@click.argument("table", type=click.Path(path_type=Path), metavar="FILE.csv")
@click.option(
    "--assignment",
    "-a",
    metavar="ASSIGNMENT",
    help="Which assignment a grading worksheet of Moodle's is of: its numbers belong to one alone.",
)
@click.option(
    "--id-from",
    type=click.Choice(_SYSTEMS),
    metavar="SYSTEM",
    help="The id that students who are new are called by; default: their login name, else their number, else their email "
    "address.",
)
@click.option(
    "--encoding",
    type=click.Choice(_ENCODINGS),
    metavar="NAME",
    help="The table's encoding, where it cannot be told: utf-8, utf-16, cp1252 or cp1258.",
)
@click.option(
    "--overwrite-names",
    is_flag=True,
    help="Let a learning platform's table replace names that the gradebook has; they are only told otherwise.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@author_option
@gradebook_option
@json_option
@common_options
@pass_session
def roster(
    session: Session,
    table: Path,
    assignment: str | None,
    id_from: str | None,
    encoding: str | None,
    overwrite_names: bool,
    dry_run: bool,
    author: str | None,
    gradebook: str | None,
    as_json: bool,
) -> int:
    """Read students and their ids into the gradebook.

    FILE.csv is a table with a column id and any of name, email, section, language, canvas_id, canvas_login, moodle_id,
    moodle_username, gradescope_sid, github, …, in any order; or Canvas' gradebook export, Moodle's participants or
    grading worksheet, or Gradescope's roster, as they were downloaded. Nobody is ever removed, and no name that the
    gradebook has is replaced by a platform's.

    \b
    Examples:
      autograde roster class.csv --dry-run
      autograde roster Grades-ML101.csv --id-from canvas_sis_id
    """
    from autograder.gradebook.roster import changes, read
    from autograder.gradebook.whose import news

    course = session.course()
    chosen = course.assignment(assignment).id if assignment is not None else None
    found = read(table, chosen, encoding)
    if dry_run:
        rows = changes(table, found, _students(course, gradebook), id_from, overwrite_names=overwrite_names)
    else:
        with opened(course, gradebook) as store, store.begin():
            students = store.students()
            rows = changes(table, found, students, id_from, overwrite_names=overwrite_names)
            store.add_students(news(students, [change.after for change in rows]), author_of(author))
    if as_json:
        click.echo(json.dumps(_plain(found, rows), indent=1))
    else:
        _show(found, rows, dry_run)
    return 0


def _students(course: Course, gradebook: str | None) -> dict[str, Student]:
    """Those that the gradebook knows; nobody where there is none yet, and none is made."""
    from autograder.gradebook.address import address, file_of

    file = file_of(address(course.id, gradebook))
    if file is not None and not file.exists():
        return {}
    with opened(course, gradebook, read_only=True) as store:
        return store.students()


def _plain(roster: Roster, rows: list[Change]) -> dict[str, object]:
    return {
        "kind": roster.kind,
        "encoding": roster.encoding,
        "students": [
            {
                "line": change.line,
                "student": change.after.id,
                "new": change.before is None,
                "changed": list(change.changed) if change.before is not None else [],
                "other_name": change.other_name or None,
            }
            for change in rows
        ],
        "skipped": [{"line": line, "why": say(why)} for line, why in roster.skipped],
        "unused": list(roster.unused),
    }


def _show(roster: Roster, rows: list[Change], dry_run: bool) -> None:
    new = [change for change in rows if change.before is None]
    changed = [change for change in rows if change.before is not None and change.changed]
    fields: dict[str, str | int | float] = {
        "kind": roster.kind,
        "new": len(new),
        "changed": len(changed),
        "same": len(rows) - len(new) - len(changed),
    }
    if dry_run:
        text = _(
            "{kind}: {new} students would be added, {changed} changed; {same} stay as they are.", **fields
        )
    else:
        text = _("{kind}: {new} students added, {changed} changed; {same} stay as they are.", **fields)
    echo(text)
    for change in new[:_MOST_SHOWN] if dry_run else ():
        echo(f"  + {_named(change.after)}")
    for change in changed[:_MOST_SHOWN]:
        echo(f"  ~ {_named(change.after)}: {clean_line('; '.join(_differences(change)))}")
    hidden = max(len(changed) - _MOST_SHOWN, 0) + (max(len(new) - _MOST_SHOWN, 0) if dry_run else 0)
    if hidden:
        echo("  " + _("and {n} more; --json lists them all.", n=hidden))
    other = [change for change in rows if change.other_name]
    if other:
        echo(
            _(
                "Names that are others in this table, and stay as the gradebook has them: {n}. --overwrite-names takes those of "
                "the table.",
                n=len(other),
            )
        )
    for change in other[:_MOST_SHOWN]:
        echo(f"  = {_named(change.after)}: {clean_line(change.other_name, 100)}")
    if len(other) > _MOST_SHOWN:
        echo("  " + _("and {n} more; --json lists them all.", n=len(other) - _MOST_SHOWN))
    for line, why in roster.skipped[:_MOST_SHOWN]:
        echo(_("Line {line} was left out: {why}.", line=line, why=say(why)), err=True)
    if roster.unused and roster.kind == "ours":
        names = clean_line(", ".join(roster.unused), 300)
        echo(_("Columns that were not read: {names}.", names=names), err=True)


def _named(student: Student) -> str:
    id = clean_line(student.id, 100)
    return f"{id} ({clean_line(student.name, 100)})" if student.name and student.name != student.id else id


def _differences(change: Change) -> list[str]:
    """Each field or id with what it was and becomes."""
    assert change.before is not None
    told = []
    for name in change.changed:
        words = name in ("name", "email", "section", "language")
        before = getattr(change.before, name) if words else change.before.ids.get(name, "")
        after = getattr(change.after, name) if words else change.after.ids.get(name, "")
        told.append(f"{name} {before or '–'} → {after}")
    return told

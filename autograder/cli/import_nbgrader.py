"""`autograde import-nbgrader`: a course of ours from an nbgrader source folder, and a word on each of its cells."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cleaning import clean_line
from autograder.cli.options import Session, common_options, pass_session
from autograder.language import _, later, say
from autograder.model import Message, message

if TYPE_CHECKING:
    from autograder.notebooks.imported import Imported
    from autograder.notebooks.importing.draft import Row

_KINDS = (
    later("text"),
    later("code"),
    later("solution"),
    later("tests"),
    later("manual answer"),
    later("task"),
    later("raw"),
)
"""What cells are, in one word."""

_STYLES = {"CARRIED": "green", "CHANGED": "yellow", "LEFT_OUT": "red"}


@click.command("import-nbgrader")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to make the course; default: a new folder here, named after the source.",
)
@click.option(
    "--assignment",
    "-a",
    "chosen",
    multiple=True,
    metavar="ASSIGNMENT",
    help="Only this one; may be given several times. Default: all.",
)
@common_options
@pass_session
def import_nbgrader(session: Session, source: Path, output: Path | None, chosen: tuple[str, ...]) -> int:
    """Make a course from nbgrader's notebooks.

    SOURCE is a course folder (with source/ in it), one assignment's folder, or one .ipynb. Nothing in it is run or
    changed. What cannot be carried is said cell by cell.

    \b
    Examples:
      autograde import-nbgrader nbcourse
      autograde import-nbgrader nbcourse/source/ps1 --output ps1-course
    """
    from autograder.errors import UsageError
    from autograder.notebooks.imported import import_course

    directory = output or Path.cwd() / f"{source.resolve().stem}-autograde"
    try:
        imported = import_course(source, directory, chosen)
    except OSError as error:
        if not isinstance(error.filename, str) or not Path(error.filename).is_relative_to(directory):
            raise
        raise UsageError(
            message(
                'Cannot write "{path}": {reason}. Name another folder, or make room in this one.',
                path=str(directory),
                reason=str(error.strerror),
            )
        ) from error
    _show(imported.rows)
    if all(row.fate.name == "CARRIED" for row in imported.rows):
        click.echo(_("Every cell was carried."))
    for note in imported.notes:
        click.echo(_clean(note))
    if not imported.assignments:
        click.echo(_("Nothing was made: no cell in it is graded by itself."), err=True)
        return 1
    _sum_up(imported)
    return 0


def _show(rows: Iterable[Row]) -> None:
    """A table for each notebook."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    tables: dict[Path, Table] = {}
    for row in rows:
        if row.notebook not in tables:
            title = Text(clean_line("/".join(row.notebook.parts[-2:])), style="bold")
            table = Table(
                title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1)
            )
            table.add_column(_("cell"), justify="right", no_wrap=True)
            table.add_column(_("what it is"), no_wrap=True)
            table.add_column(_("became"), no_wrap=True)
            table.add_column("")
            tables[row.notebook] = table
        tables[row.notebook].add_row(
            str(row.number) if row.number else "–",
            _(row.kind.value) if row.kind is not None else _("notebook"),
            Text(_(row.fate.value), style=_STYLES[row.fate.name]),
            Text("; ".join(map(_clean, row.said))),
        )
    for table in tables.values():
        console.print(table)


def _sum_up(imported: Imported) -> None:
    for one in imported.assignments:
        click.echo(
            _(
                "{assignment}: {functions}. {points} points of nbgrader's are graded by itself and count as 100; "
                "{left} points are left out.",
                assignment=one.id,
                functions=", ".join(one.functions),
                points=f"{float(one.points):g}",
                left=f"{float(one.left_out):g}",
            )
        )
    where = clean_line(str(imported.directory))
    click.echo(_("Made: {path}", path=where))
    click.echo(
        _(
            "Next: look through solutions/, then prove it sound with: autograde verify --course {path}",
            path=where,
        )
    )
    click.echo(
        _("Tests with fixed inputs prove little: add mistakes, variants and drawn inputs (docs/author.md).")
    )


def _clean(message: Message) -> str:
    return clean_line(say(message))

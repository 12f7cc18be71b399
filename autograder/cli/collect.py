"""`autograde collect`: a learning platform's download becomes a folder that `grade` can be given."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cleaning import clean_line
from autograder.cli.kept import assignment_option, author_option, opened
from autograder.cli.kept import author as author_of
from autograder.cli.options import Session, common_options, gradebook_option, json_option, pass_session
from autograder.cli.shown import echo
from autograder.language import _, later, say

if TYPE_CHECKING:
    from autograder.gradebook.downloads.collect import Collected, Line

_MOST_SHOWN = 20
_LAYOUTS = ("moodle", "canvas", "gradescope", "nbgrader")
_ACCEPTED = ("older", "other-assignment", "new-students")
_FATES = (
    later("new"),
    later("changed"),
    later("same"),
    later("older"),
    later("by hand"),
    later("refused"),
)
"""What became of one student's files, in a word."""


@click.command()
@click.argument("download", type=click.Path(path_type=Path))
@assignment_option
@click.option(
    "--into",
    "root",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where the submissions go, a folder for each student; the one to give to `autograde grade`.",
)
@click.option(
    "--layout",
    type=click.Choice(_LAYOUTS),
    metavar="PLATFORM",
    help="Whose download it is, moodle, canvas, gradescope or nbgrader; default: told from the names in it.",
)
@click.option(
    "--called",
    metavar="NAME",
    help="What nbgrader calls the assignment, where that is not its id.",
)
@click.option(
    "--accept",
    multiple=True,
    type=click.Choice(_ACCEPTED),
    metavar="WHAT",
    help="Take what would be refused: older (submissions older than those collected before), other-assignment (a download "
    "of another one) or new-students (a class of which the gradebook knows nobody). May be repeated.",
)
@author_option
@gradebook_option
@json_option
@common_options
@pass_session
def collect(
    session: Session,
    download: Path,
    assignment: str,
    root: Path,
    layout: str | None,
    called: str | None,
    accept: tuple[str, ...],
    author: str | None,
    gradebook: str | None,
    as_json: bool,
) -> int:
    """Sort the submissions that Moodle, Canvas, Gradescope or nbgrader has collected into a folder to grade.

    DOWNLOAD is the zip as it was downloaded, or the folder that it was unpacked to. Students are told by their ids, and
    these go into the gradebook. Nothing that lies in DIR is overwritten: what is replaced goes to the student's .history.
    Run it again with a newer download: only what is new is written.

    \b
    Examples:
      autograde collect COURSE-NAME-4711.zip -a ASSIGNMENT --into submissions
      autograde collect nbcourse -a ASSIGNMENT --into submissions --called ps1
    """
    from autograder.gradebook.downloads.collect import collect as collected_from

    course = session.course()
    chosen = course.assignment(assignment)
    others = [course.assignment(id) for id in course.assignments if id != chosen.id]
    with opened(course, gradebook) as store:
        collected = collected_from(
            download,
            chosen,
            others,
            root,
            store,
            author=author_of(author),
            now=datetime.now(UTC),
            layout=layout,
            called=called,
            accept=accept,
        )
    if as_json:
        click.echo(json.dumps(_plain(collected), ensure_ascii=True, indent=1))
    else:
        _show(collected)
        echo(_("Next: autograde grade {folder} -a {assignment}", folder=str(root), assignment=chosen.id))
    return 1 if any(line.fate == "refused" for line in collected.lines) else 0


def _plain(collected: Collected) -> dict[str, object]:
    return {
        "layout": collected.layout,
        "students": [
            {
                "student": line.student or None,
                "key": line.key,
                "fate": str(line.fate.value),
                "problem": line.is_problem,
                "messages": [say(message) for message in line.messages],
            }
            for line in collected.lines
        ],
        "ignored": [{"path": path, "why": say(why)} for path, why in collected.ignored],
        "added": list(collected.added),
        "absent": collected.absent,
        "late": collected.late,
        "untimed": collected.untimed,
        "warnings": [say(message) for message in collected.warnings],
    }


def _show(collected: Collected) -> None:
    from autograder.gradebook.downloads.shelf import Fate

    counts = ", ".join(
        _("{n} {fate}", n=count, fate=_(fate.value)) for fate in Fate if (count := collected.count(fate))
    )
    echo(
        _(
            "{layout}, {n} submissions: {counts}.",
            layout=collected.layout,
            n=len(collected.lines),
            counts=counts,
        )
    )
    for warning in collected.warnings:
        echo(_("Warning: {text}", text=say(warning)), err=True)
    _list(
        _("Look at these:"),
        (
            _said(line)
            for line in collected.lines
            if line.is_problem or line.fate in (Fate.REFUSED, Fate.OLDER, Fate.BY_HAND)
        ),
    )
    _list(
        _("To know:"),
        (
            _said(line)
            for line in collected.lines
            if line.messages and not line.is_problem and line.fate in (Fate.NEW, Fate.CHANGED)
        ),
    )
    _list(_("Ignored:"), (f"{clean_line(path, 200)}: {say(why)}" for path, why in collected.ignored))
    if collected.added:
        echo(
            _(
                "{n} students are new in the gradebook. A roster gives them names: autograde roster FILE.csv.",
                n=len(collected.added),
            )
        )
    if collected.late:
        echo(_("The platform marks {n} as late, but does not say by how much.", n=collected.late))
    if collected.untimed:
        echo(
            _(
                "The download does not say when {n} of them were handed in; without a time they count as in time.",
                n=collected.untimed,
            )
        )
    if collected.absent:
        echo(
            _(
                "{n} students in the folder are not in this download; theirs is left as it is.",
                n=collected.absent,
            )
        )


def _said(line: Line) -> str:
    return f"{clean_line(line.student or line.key, 100)}: " + " ".join(map(say, line.messages))


def _list(heading: str, lines: Iterable[str]) -> None:
    found = list(lines)
    if not found:
        return
    echo(heading, err=True)
    for text in found[:_MOST_SHOWN]:
        echo(f"  {clean_line(text)}", err=True)
    if len(found) > _MOST_SHOWN:
        echo("  " + _("and {n} more; --json lists them all.", n=len(found) - _MOST_SHOWN), err=True)

"""`autograde deadline`: until when, for everybody and for one student."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from autograder.cleaning import clean_line
from autograder.cli.kept import assignment_option, author_option, opened, reason_option
from autograder.cli.kept import author as author_of
from autograder.cli.kept import reason as reason_of
from autograder.cli.options import Session, common_options, gradebook_option, json_option, pass_session
from autograder.cli.shown import echo, time_with_zone
from autograder.errors import UsageError
from autograder.language import _, say
from autograder.model import message

if TYPE_CHECKING:
    from autograder.gradebook.deadlines import Deadlines


@click.command()
@click.argument("when", required=False)
@assignment_option
@click.option(
    "--student",
    "students",
    multiple=True,
    metavar="NAME",
    help="An extension for this student; may be repeated.",
)
@click.option("--remove", is_flag=True, help="Take the deadline of the gradebook, or the extension, back.")
@reason_option
@author_option
@gradebook_option
@json_option
@common_options
@pass_session
def deadline(
    session: Session,
    when: str | None,
    assignment: str,
    students: tuple[str, ...],
    remove: bool,
    reason: str,
    author: str | None,
    gradebook: str | None,
    as_json: bool,
) -> int:
    """Show the deadline and all extensions, or set the one that WHEN says.

    Students are told what assignment.toml says; what is set here is what the marks go by. An extension is never
    earlier than everybody's deadline, and never lowers a mark.

    \b
    Examples:
      autograde deadline -a ASSIGNMENT
      autograde deadline "2026-12-01 23:59 Europe/Berlin" -a ASSIGNMENT --reason "the lab was closed"
      autograde deadline +3d -a ASSIGNMENT --student NAME --reason "ill"
    """
    from autograder.gradebook.deadlines import deadlines, moment, set_deadline

    course = session.course()
    chosen = course.assignment(assignment)
    if when is not None and remove:
        raise UsageError(message("Give a time or --remove, not both."))
    changes = when is not None or remove
    if students and not changes:
        raise UsageError(message("Until when? Give a time, e.g. +3d, or --remove."))
    with opened(course, gradebook, read_only=not changes) as store:
        if changes:
            who = author_of(author)
            why = reason_of(reason)
            everybody = deadlines(store, chosen.id, chosen.deadline).everybody
            found = None if when is None else moment(when, after=everybody)
            if found is not None and found.told is not None:
                echo(say(found.told), err=True)
            with store.begin():
                for student in students or (None,):
                    set_deadline(
                        store,
                        chosen.id,
                        None if found is None else found.at,
                        author=who,
                        reason=why,
                        student=student,
                        announced=chosen.deadline,
                    )
            if found is not None and not as_json:
                zone = time_with_zone(found.at)
                if not zone.endswith(found.zone):
                    zone = f"{zone} ({found.zone})"
                for student in students:
                    echo(_("{student} may hand in until {when}.", student=clean_line(student), when=zone))
                if not students:
                    echo(_("Set for everybody: {when}.", when=zone))
        now = deadlines(store, chosen.id, chosen.deadline)
    if as_json:
        click.echo(json.dumps(_as_json(chosen.id, now), indent=2))
    else:
        _show(now)
    return 0


def _as_json(assignment: str, now: Deadlines) -> dict[str, object]:
    return {
        "schema": "autograde/deadlines/1",
        "assignment": assignment,
        "everybody": _iso(now.everybody),
        "announced": _iso(now.announced),
        "moved": _iso(now.moved),
        "extensions": [
            {
                "student": student,
                "until": _iso(at),
                "counts": _iso(now.due(student)),
                "reason": now.reasons[student],
            }
            for student, at in now.extensions.items()
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _show(now: Deadlines) -> None:
    everybody = now.everybody
    if everybody is None:
        echo(_("There is no deadline: nobody is late."))
    elif now.moved is None:
        echo(_("Everybody: {when}, as assignment.toml says.", when=time_with_zone(everybody)))
    else:
        echo(_("Everybody: {when}, set in the gradebook.", when=time_with_zone(everybody.astimezone())))
    if now.contradicts:
        echo(
            _(
                "Students are still told {when}: that stands in assignment.toml.",
                when=time_with_zone(now.announced),
            )
            if now.announced is not None
            else _("Students are told of no deadline: none stands in assignment.toml.")
        )
    for student, at in now.extensions.items():
        line = {
            "student": clean_line(student),
            "when": time_with_zone(at.astimezone()),
            "reason": clean_line(now.reasons[student]),
        }
        if everybody is not None and at < everybody:
            echo(
                _(
                    "Extension: {student} until {when} ({reason}); everybody's deadline is later and counts.",
                    **line,
                )
            )
        else:
            echo(_("Extension: {student} until {when} ({reason})", **line))

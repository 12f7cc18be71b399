"""`autograde adjust`: change a student's mark by hand, with a reason, or excuse a student."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from autograder.cleaning import clean_line
from autograder.cli.kept import author as author_of
from autograder.cli.kept import author_option, cents, opened, reason_option
from autograder.cli.kept import reason as reason_of
from autograder.cli.options import Session, common_options, gradebook_option, json_option, pass_session
from autograder.cli.shown import echo, time_with_zone
from autograder.errors import UsageError
from autograder.language import _
from autograder.model import message, points

if TYPE_CHECKING:
    from autograder.gradebook.adjustments import Adjustment
    from autograder.gradebook.marks import Mark


@click.command()
@click.argument("student", required=False)
@click.option("--assignment", "-a", metavar="ASSIGNMENT", help="Which assignment.")
@click.option("--add", metavar="POINTS", help="Add points to the mark, or take some: -5.")
@click.option(
    "--set",
    "set_",
    metavar="POINTS",
    help="Set the mark, whatever grading gives; it stays so when graded again.",
)
@click.option("--excuse", is_flag=True, help="Excuse the student: no mark, which is not 0.")
@click.option(
    "--withdraw", type=int, metavar="ID", help="Let this adjustment hold no longer; it stays on record."
)
@reason_option
@author_option
@gradebook_option
@json_option
@common_options
@pass_session
def adjust(
    session: Session,
    student: str | None,
    assignment: str | None,
    add: str | None,
    set_: str | None,
    excuse: bool,
    withdraw: int | None,
    reason: str,
    author: str | None,
    gradebook: str | None,
    as_json: bool,
) -> int:
    """Change STUDENT's mark by hand, or list what was changed. Adjustments come after the late penalty.

    \b
    Examples:
      autograde adjust NAME -a ASSIGNMENT --add -5 --reason "copied the plot"
      autograde adjust NAME -a ASSIGNMENT --set 80 --reason "oral exam"
      autograde adjust --withdraw 3 --reason "mistaken"
      autograde adjust -a ASSIGNMENT
    """
    from autograder.gradebook import adjustments
    from autograder.gradebook.marks import mark

    kinds = [
        kind
        for kind, given in (("add", add is not None), ("set", set_ is not None), ("excuse", excuse))
        if given
    ]
    if len(kinds) + (withdraw is not None) > 1:
        raise UsageError(message("Give one of --add, --set, --excuse and --withdraw."))
    course = session.course()
    if withdraw is not None:
        with opened(course, gradebook) as store:
            gone = adjustments.withdraw(store, withdraw, author=author_of(author), reason=reason_of(reason))
            known = gone.assignment in course.assignments
            now = mark(store, course.assignment(gone.assignment) if known else gone.assignment, gone.student)
        _say(now, gone.id, as_json=as_json, withdrawn=True)
        return 0
    if assignment is None:
        raise UsageError(message("Which assignment? Name it with -a."))
    chosen = course.assignment(assignment)
    if not kinds:
        with opened(course, gradebook, read_only=True) as store:
            found = list(adjustments.all_adjustments(store, chosen.id, student))
        _list(found, as_json=as_json)
        return 0
    if student is None:
        raise UsageError(message("Whose mark? Name the student first."))
    value = cents(add) if add is not None else cents(set_) if set_ is not None else 0
    with opened(course, gradebook) as store:
        id = adjustments.adjust(
            store, chosen.id, student, kinds[0], value, author=author_of(author), reason=reason_of(reason)
        )
        now = mark(store, chosen, student)
    _say(now, id, as_json=as_json)
    return 0


def _say(now: Mark, id: int, *, as_json: bool, withdrawn: bool = False) -> None:
    if as_json:
        from autograder.cli.marks import row

        click.echo(json.dumps({"adjustment": id, "withdrawn": withdrawn, "mark": row(now)}, indent=2))
        return
    fields: dict[str, str | int | float] = {
        "id": id,
        "student": clean_line(now.student.id),
        "score": points(now.score),
    }
    if withdrawn:
        echo(_("Withdrawn: adjustment {id}. The mark of {student} is now {score}.", **fields))
    elif now.excused:
        echo(_("Adjustment {id}: {student} is excused.", **fields))
    else:
        echo(_("Adjustment {id}: the mark of {student} is now {score}.", **fields))


def _list(found: list[Adjustment], *, as_json: bool) -> None:
    if as_json:
        rows = [
            {
                "id": one.id,
                "student": one.student,
                "kind": one.kind,
                "points": None if one.kind == "excuse" else one.cents / 100,
                "author": one.author,
                "reason": one.reason,
                "at": one.at.isoformat(),
                "withdrawn_at": one.withdrawn_at.isoformat() if one.withdrawn_at else None,
            }
            for one in found
        ]
        click.echo(json.dumps({"schema": "autograde/adjustments/1", "adjustments": rows}, indent=2))
        return
    if not found:
        echo(_("No mark was adjusted."))
    for one in found:
        told = {"add": f"{points(one.cents):>}", "set": f"= {points(one.cents)}", "excuse": _("excused")}[
            one.kind
        ]
        if one.kind == "add" and one.cents >= 0:
            told = f"+{told}"
        parts = [
            str(one.id),
            clean_line(one.student),
            told,
            time_with_zone(one.at.astimezone()),
            clean_line(one.author),
            clean_line(one.reason),
            *([_("withdrawn")] if one.withdrawn_at else []),
        ]
        echo("  ".join(parts))

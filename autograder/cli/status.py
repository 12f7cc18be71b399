"""`autograde status`: what was handed in when, what waits, and is this receipt right?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.cleaning import clean_line
from autograder.cli.options import (
    Session,
    as_option,
    common_options,
    exchange_option,
    json_option,
    optional_assignment,
    pass_session,
)
from autograder.cli.shown import duration, echo, names, time_with_zone
from autograder.language import _

if TYPE_CHECKING:
    from autograder.gradebook.exchange import Stored


@click.command()
@optional_assignment
@click.option(
    "--verify",
    "receipt",
    type=click.Path(path_type=Path),
    metavar="RECEIPT",
    help="Tell whether your files are those of this receipt; ends with 1 when not.",
)
@as_option
@exchange_option
@json_option
@common_options
@pass_session
def status(
    session: Session,
    assignment: str | None,
    receipt: Path | None,
    student: str | None,
    exchange: Path | None,
    as_json: bool,
) -> int:
    """Show what you handed in, send what waits, verify a receipt.

    \b
    Examples:
      autograde status
      autograde status --verify ASSIGNMENT/.autograde/receipts/RECEIPT.json
    """
    from autograder.gradebook import outbox, settings
    from autograder.gradebook.exchange import submissions

    course = session.course()
    if receipt is not None:
        return _verify(session, receipt, as_json)
    ids = (course.assignment(assignment.rstrip("/\\")).id,) if assignment else course.assignments
    name, target = settings.student(student), settings.exchange(exchange)
    sent = outbox.send(settings.outbox())
    found = {id: submissions(target, id, name) for id in ids}
    if as_json:
        content = {
            "student": name,
            "exchange": str(target),
            "assignments": {id: [_row(one) for one in stored] for id, stored in found.items()},
            "sent_now": [entry.receipt.id for entry in sent.arrived],
            "waiting": [
                {"assignment": entry.receipt.assignment, "receipt": entry.receipt.id, "why": why}
                for entry, why in sent.failed
            ],
        }
        click.echo(json.dumps(content, indent=2))
        return 0
    for entry in sent.arrived:
        when = time_with_zone(entry.receipt.time)
        echo(_("Sent now: {id} of {when}", id=clean_line(entry.receipt.assignment), when=when))
    for entry, why in sent.failed:
        when = time_with_zone(entry.receipt.time)
        echo(
            _(
                "NOT DELIVERED YET: {id} of {when} ({why})",
                id=clean_line(entry.receipt.assignment),
                when=when,
                why=why,
            )
        )
    for id, stored in found.items():
        if not stored:
            echo(_("{id}: nothing handed in", id=id))
        for one in stored:
            echo(f"{id}: {_line(one)}")
    return 0


def _line(stored: Stored) -> str:
    receipt = stored.receipt
    late = _("late by {span}", span=duration(receipt.late_by)) if receipt.late_by else _("on time")
    which = _("counts") if stored.is_latest else _("replaced")
    when = time_with_zone(receipt.time)
    parts = [when, *([late] if receipt.deadline else []), which, _("receipt {id}", id=receipt.id[:12])]
    return ", ".join(parts)


def _row(stored: Stored) -> dict[str, Any]:
    from autograder.gradebook.receipt import to_json

    return {"latest": stored.is_latest, "receipt": json.loads(to_json(stored.receipt))}


def _verify(session: Session, path: Path, as_json: bool) -> int:
    """Compare the files that a receipt names with those in the work folder it lies in, else those here."""
    from autograder.cli.work import file_names, work_folder
    from autograder.gradebook.receipt import read_receipt, verify

    receipt = read_receipt(path)
    chosen = session.course().assignment(receipt.assignment)
    inside = path.absolute().parent
    is_saved = inside.name == "receipts" and inside.parent.name == ".autograde"
    folder = inside.parent.parent if is_saved else work_folder(chosen, Path.cwd())
    files = {name: (folder / name).read_bytes() for name in file_names(chosen) if (folder / name).is_file()}
    verdict = verify(path, files)
    if as_json:
        content = {
            "matches": verdict.matches,
            "changed": verdict.changed,
            "missing": verdict.missing,
            "added": verdict.added,
            "id_is_right": verdict.id_is_right,
        }
        click.echo(json.dumps(content, indent=2))
    elif verdict.matches:
        echo(_("The files in {folder} are those of the receipt {id}.", folder=str(folder), id=receipt.id))
    else:
        if not verdict.id_is_right:
            echo(_("The receipt was changed: its id does not fit what it says."))
        for told, found in (
            (_("Changed since: {files}", files=names(verdict.changed)), verdict.changed),
            (_("Missing: {files}", files=names(verdict.missing)), verdict.missing),
            (_("Not on the receipt: {files}", files=names(verdict.added)), verdict.added),
        ):
            if found:
                echo(told)
    return 0 if verdict.matches else 1

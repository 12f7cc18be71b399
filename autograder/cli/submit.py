"""`autograde submit`: hand in, and get a receipt."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cleaning import clean_line
from autograder.cli.options import (
    Session,
    as_option,
    assignment_here,
    common_options,
    exchange_option,
    json_option,
    optional_assignment,
    pass_session,
    yes_option,
)
from autograder.cli.shown import deadline_line, duration, echo, names, size, time_with_zone
from autograder.cli.work import file_names, work_folder
from autograder.errors import UsageError
from autograder.language import _
from autograder.model import message

if TYPE_CHECKING:
    from autograder.course import Assignment
    from autograder.gradebook.receipt import Receipt


@click.command()
@optional_assignment
@yes_option
@as_option
@exchange_option
@click.option("--no-check", is_flag=True, help="Do not run the checks first.")
@click.option(
    "--notebook",
    type=click.Path(path_type=Path),
    hidden=True,
    help="For %submit in Jupyter: the notebook to hand in, whatever it is called.",
)
@json_option
@common_options
@pass_session
def submit(
    session: Session,
    assignment: str | None,
    yes: bool,
    student: str | None,
    exchange: Path | None,
    no_check: bool,
    notebook: Path | None,
    as_json: bool,
) -> int:
    """Hand in, and get a receipt.  Works inside the assignment's folder and beside it.

    Ends with 1 when the exchange could not take it yet: it waits, and the next submit or status sends it.

    \b
    Example: autograde submit ASSIGNMENT
    """
    from autograder import __version__
    from autograder.gradebook import outbox, settings
    from autograder.gradebook.receipt import file_lines, receipt_for, to_json

    course = session.course()
    chosen = assignment_here(course, assignment, Path.cwd())
    folder = work_folder(chosen, Path.cwd()) if notebook is None else notebook.absolute().parent
    files = read_files(chosen, folder, notebook)
    name = settings.student(student)
    target = settings.exchange(exchange)
    notes = not as_json

    if notes:
        echo(
            _(
                "Submitting {id} as {student} to {exchange}",
                id=chosen.id,
                student=clean_line(name),
                exchange=str(target),
            )
        )
        for line in file_lines(files):
            echo(f"  {line.name}  {size(line.size)}  SHA-256 {line.sha256}")
        there = {*files, *(chosen.files[:1] if file_names(chosen)[-1] in files else ())}
        missing = [file for file in chosen.files if file not in there]
        if missing:
            echo(_("Not there, and not sent: {files}", files=", ".join(missing)))
        left = [] if notebook is not None else files_not_sent(chosen, folder)
        if left:
            echo(_("Not sent, since they are not part of it: {files}", files=names(left)))
    if not no_check:
        warn_if_public_checks_fail(chosen, files)
    if notes:
        echo(deadline_line(chosen.deadline, datetime.now().astimezone()))
    if not yes:
        try:
            agreed = click.confirm(_("Hand this in?"), default=True, err=True)
        except click.Abort:
            if sys.stdin.isatty():
                raise
            raise UsageError(
                message("Nothing was submitted: nobody is there to ask. Say --yes to submit from a script.")
            ) from None
        if not agreed:
            echo(_("Nothing was submitted."), err=True)
            return 1

    receipt = receipt_for(chosen, name, files, datetime.now().astimezone(), __version__)
    entry = outbox.put(settings.outbox(), receipt, files, target, folder)
    sent = outbox.send(settings.outbox())
    why = next((reason for failed, reason in sent.failed if failed.folder == entry.folder), None)
    path = None if why else _saved(folder, receipt)
    if as_json:
        state = "queued" if why else "submitted"
        click.echo(
            json.dumps({"state": state, "why": why, "receipt": json.loads(to_json(receipt))}, indent=2)
        )
        return 1 if why else 0
    for arrived in sent.arrived:
        if arrived.folder != entry.folder:
            when = time_with_zone(arrived.receipt.time)
            echo(
                _(
                    "Sent too, since it was waiting: {id} of {when}",
                    id=clean_line(arrived.receipt.assignment),
                    when=when,
                )
            )
    if why:
        echo(
            _(
                "NOT DELIVERED YET: the exchange {exchange} cannot be used now ({why}). "
                "Your files are kept, and the next `autograde submit` or `autograde status` sends them.",
                exchange=str(target),
                why=why,
            ),
            err=True,
        )
        return 1
    print_receipt(receipt)
    if path is not None:
        echo(_("Receipt saved in {path}", path=_relative(path)))
    else:
        echo(_("The receipt could not be saved in {folder}: keep its id.", folder=str(folder)), err=True)
    return 0


def _saved(folder: Path, receipt: Receipt) -> Path | None:
    from autograder.gradebook import outbox

    try:
        return outbox.save_receipt(folder, receipt)
    except OSError:  # it has arrived all the same
        return None


def warn_if_public_checks_fail(assignment: Assignment, files: dict[str, bytes]) -> None:
    """Say on stderr how many public checks fail, or that the file cannot be loaded; never hinder handing in."""
    from autograder.errors import AutogradeError
    from autograder.grading.warm import run_public_checks
    from autograder.language import say

    try:
        run = run_public_checks(assignment, files)
    except AutogradeError as error:
        echo(_("Warning: {reason}", reason=error.said()), err=True)
        return
    except Exception as error:  # our fault, and no reason to keep a student from handing in
        echo(_("The checks could not be run ({error}).", error=type(error).__name__), err=True)
        return
    if run.error is not None:
        echo(_("Warning: {reason}", reason=say(run.error)), err=True)
        return
    checks = [one for result in run.functions for one in result.checks]
    failing = [one for one in checks if one.outcome.costs_points]
    if failing:
        echo(
            _(
                "Warning: {k} of {n} checks that you may see do not pass; `autograde check {id}` shows them.",
                k=len(failing),
                n=len(checks),
                id=assignment.id,
            ),
            err=True,
        )


def read_files(assignment: Assignment, folder: Path, notebook: Path | None = None) -> dict[str, bytes]:
    """The assignment's files in `folder`, name → bytes; the first may be a notebook instead.

    notebook  the one to take in its place, whatever it is called
    Raises    UsageError for none, for both, or for an unfit one
    """
    from autograder.grading.submission import MAX_FILE_BYTES, MAX_NOTEBOOK_BYTES
    from autograder.sandbox.inside.ingest import said

    main, as_notebook = assignment.files[0], file_names(assignment)[-1]
    if notebook is None and (folder / main).is_file() and (folder / as_notebook).is_file():
        raise UsageError(message(said.BOTH, file=main, notebook=as_notebook))
    files: dict[str, bytes] = {}
    for name in file_names(assignment):
        path = folder / name
        if notebook is not None and name in (main, as_notebook):
            if name == main:
                continue
            path = notebook
        most = MAX_NOTEBOOK_BYTES if name == as_notebook else MAX_FILE_BYTES
        if not path.exists() and not path.is_symlink():
            continue
        if path.is_symlink() or not path.is_file():
            raise UsageError(
                message("{path} is not a regular file. Put the file itself there.", path=str(path))
            )
        if path.stat().st_size > most:
            raise UsageError(
                message(
                    "{path} is larger than {size}, which cannot be graded. Is it the right file?",
                    path=str(path),
                    size=size(most),
                )
            )
        try:
            files[name] = path.read_bytes()
        except OSError as error:
            raise UsageError(
                message("{path} cannot be read: {reason}.", path=str(path), reason=str(error.strerror))
            ) from None
    if not files:
        raise UsageError(
            message(
                "There is nothing to submit: none of {files} is in {folder}. Begin with: autograde start {assignment}",
                folder=str(folder),
                files=", ".join(assignment.files),
                assignment=assignment.id,
            )
            if len(assignment.files) > 1
            else message(
                "There is nothing to submit: {folder} holds no {file}. Begin with: autograde start {assignment}",
                folder=str(folder),
                file=assignment.files[0],
                assignment=assignment.id,
            )
        )
    return files


def files_not_sent(assignment: Assignment, folder: Path) -> list[str]:
    """Names of the student's other files in `folder`; what `start` gave is not counted."""
    given = {path.name for path in (*assignment.statements, assignment.public_checks)}
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.is_file()
        and not path.name.startswith(".")
        and path.name not in file_names(assignment)
        and path.name not in given
    )


def print_receipt(receipt: Receipt) -> None:
    """The receipt as people read it."""
    echo(_("Handed in: {id}, {when}", id=receipt.assignment, when=time_with_zone(receipt.time)))
    if receipt.late_by is not None:
        echo(_("Late by {span}.", span=duration(receipt.late_by)))
    elif receipt.deadline is not None:
        echo(_("On time."))
    echo(_("Receipt: {id}", id=receipt.id))
    echo(
        _(
            "Versions: course {course}, autograder {engine}",
            course=receipt.course_version,
            engine=receipt.engine_version,
        )
    )


def _relative(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)

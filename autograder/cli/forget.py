"""`autograde forget`: delete a student from the gradebook."""

from __future__ import annotations

import click

from autograder.cleaning import clean_line
from autograder.cli.options import (
    Session,
    common_options,
    gradebook_option,
    gradebook_url,
    pass_session,
    yes_option,
)
from autograder.language import _
from autograder.names import folder_name


@click.command()
@click.argument("student")
@click.option(
    "--reason", default="", metavar="TEXT", help="Why; it goes on record, without the student's name."
)
@click.option("--as", "author", metavar="NAME", help="Who you are; default: your login name.")
@yes_option
@gradebook_option
@common_options
@pass_session
def forget(
    session: Session, student: str, reason: str, author: str | None, yes: bool, gradebook: str | None
) -> int:
    """Delete a STUDENT from the gradebook: files, results, reports, names, deadlines of their own, adjustments.

    The audit trail keeps, without a name, that somebody was deleted. It cannot be undone; `autograde student-data` writes
    what is known of a student to a file.

    \b
    Example: autograde forget an.nguyen
    """
    from autograder.gradebook import settings
    from autograder.gradebook.forget import forget as delete
    from autograder.gradebook.store import Store

    name = clean_line(student)
    by = settings.student(author)
    with Store.open(gradebook_url(session, gradebook), create=False) as store:
        if student in store.students() and not yes:
            question = _('Delete all of "{student}" from the gradebook? It cannot be undone.', student=name)
            if not click.confirm(question, default=False, err=True):
                click.echo(_("Nothing was changed."))
                return 1
        gone = delete(store, student, author=by, reason=reason)
    click.echo(
        _(
            '"{student}" is forgotten: {submissions} submissions, {results} results and {files} files are deleted, '
            "{lines} lines of the audit trail are without a name.",
            student=name,
            submissions=gone.submissions,
            results=gone.results,
            files=gone.files,
            lines=gone.lines,
        )
    )
    if gone.mentioned:
        numbers = ", ".join(map(str, gone.mentioned))
        click.echo(_("Other lines of the audit trail still name the student: {numbers}.", numbers=numbers))
    if not gone.overwritten:
        click.echo(
            _(
                "Another program has the gradebook open: the deleted bytes leave its files when that one has ended and any "
                "autograde command has run."
            )
        )
    for path in gone.copies:
        click.echo(_("A copy of the gradebook still holds the student: {path}", path=clean_line(str(path))))
    click.echo(
        _(
            "Not touched, look there yourself: the exchange and the folder of submissions ({folder}), reports that were "
            "written, exports, backups, and the learning platform. Grading a folder with this student adds them again.",
            folder=folder_name(student),
        )
    )
    return 0

"""`autograde student-data`: write all that the gradebook holds of one student."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cleaning import clean_line
from autograder.cli.kept import file_option, force_option
from autograder.cli.options import Session, common_options, gradebook_option, gradebook_url, pass_session
from autograder.language import _
from autograder.names import folder_name


@click.command("student-data")
@click.argument("student")
@file_option("STUDENT.zip")
@force_option
@gradebook_option
@common_options
@pass_session
def student_data(
    session: Session, student: str, output: Path | None, force: bool, gradebook: str | None
) -> int:
    """Write all that the gradebook holds of a STUDENT to a zip file: for a student who asks for it.

    \b
    Example: autograde student-data an.nguyen
    """
    from autograder.gradebook.store import Store
    from autograder.gradebook.student_data import write_student_data

    file = output or Path(f"{folder_name(student)}.zip")
    with Store.open(gradebook_url(session, gradebook), create=False) as store:
        told = write_student_data(store, student, file, force=force)
    click.echo(
        _(
            '"{student}": {submissions} submissions and {results} results are in {file}.',
            student=clean_line(student),
            submissions=told["submissions"],
            results=told["results"],
            file=str(file),
        )
    )
    return 0

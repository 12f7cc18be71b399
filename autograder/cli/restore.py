"""`autograde restore`: bring a gradebook back from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.options import Session, common_options, gradebook_option, gradebook_url, pass_session
from autograder.language import _


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--force", is_flag=True, help="Replace a gradebook that is not empty; what is there now is kept."
)
@gradebook_option
@common_options
@pass_session
def restore(session: Session, file: Path, force: bool, gradebook: str | None) -> int:
    """Bring the gradebook back from a backup FILE that `autograde backup` made.

    A gradebook that has anything in it is replaced only with --force, and kept then under another name. Nothing is
    changed unless the whole file is as it was written.

    \b
    Examples:
      autograde restore gradebook-20261201-180000.zip
      autograde restore old.zip --gradebook postgresql://grader@db/course
    """
    from autograder.gradebook.address import shown
    from autograder.gradebook.backup import restore as bring_back

    url = gradebook_url(session, gradebook)
    found, kept = bring_back(file, url, force=force)
    click.echo(
        _(
            "{place} is as it was on {made}: {students} students, {submissions} submissions, {results} results.",
            place=shown(url),
            made=found.made.astimezone().strftime("%Y-%m-%d %H:%M:%S %z"),
            students=found.rows.get("students", 0),
            submissions=found.rows.get("submissions", 0),
            results=found.rows.get("results", 0),
        )
    )
    if kept is not None:
        click.echo(_("What was there before is kept in {path}.", path=str(kept)))
    return 0

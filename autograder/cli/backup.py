"""`autograde backup`: write the whole gradebook to one file."""

from __future__ import annotations

import time
from pathlib import Path

import click

from autograder.cli.kept import file_option, force_option
from autograder.cli.options import Session, common_options, gradebook_option, gradebook_url, pass_session
from autograder.language import _


@click.command()
@file_option("gradebook-DATE-TIME.zip")
@force_option
@gradebook_option
@common_options
@pass_session
def backup(session: Session, output: Path | None, force: bool, gradebook: str | None) -> int:
    """Write the whole gradebook to one file, also while it is being written to.

    The same file is restored into SQLite or PostgreSQL: `autograde restore FILE`. It holds what students handed in and
    their marks; keep it as you keep those.

    \b
    Examples:
      autograde backup
      autograde backup --output /mnt/safe/hw.zip
    """
    from autograder.gradebook.address import shown
    from autograder.gradebook.backup import back_up
    from autograder.gradebook.store import Store

    file = output or Path(time.strftime("gradebook-%Y%m%d-%H%M%S.zip"))
    with Store.open(gradebook_url(session, gradebook), create=False) as store:
        made = back_up(store, file, force=force)
        place = shown(store.url)
    click.echo(
        _(
            "{place}: {students} students, {submissions} submissions, {results} results are kept in {file} ({size} MB).",
            place=place,
            students=made.rows.get("students", 0),
            submissions=made.rows.get("submissions", 0),
            results=made.rows.get("results", 0),
            file=str(file),
            size=f"{file.stat().st_size / 1e6:.1f}",
        )
    )
    return 0

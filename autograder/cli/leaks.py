"""`autograde leaks`: does something hold a line that students must not see?"""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.options import Session, common_options, pass_session
from autograder.language import _, say


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="PATH..."
)
@click.option(
    "--told",
    is_flag=True,
    help="For reports and feedback: allow labels, hints and explanations, but no code.",
)
@click.option(
    "--given",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help="What its reader has anyway, such as their own submission; may be given several times.",
)
@common_options
@pass_session
def leaks(session: Session, paths: tuple[Path, ...], told: bool, given: tuple[Path, ...]) -> int:
    """Look for lines of solutions, hidden checks, mistakes and variants in files and folders.

    Archives, notebooks, pictures and encodings are looked into. Ends with 1 where something leaks.

    \b
    Examples:
      autograde leaks handouts/hw1.zip
      autograde leaks --told reports/hw1
    """
    from autograder.errors import UsageError
    from autograder.model import message
    from autograder.proof.leaks import leaks as find
    from autograder.proof.leaks import secrets

    course = session.course()
    if not course.has_solutions:
        raise UsageError(
            message(
                "This copy of the course has no solutions, so there is nothing to compare with. "
                "Use the author's copy: --course DIR."
            )
        )
    hidden = secrets(course, course.assignments)
    count = 0
    for path in paths:
        found = find(path, hidden, told=told, given=given)
        count += len(found)
        click.echo(
            _("{path}: nothing leaks", path=str(path))
            if not found
            else _("{path}: leaks: {count}", path=str(path), count=len(found))
        )
        for leak in found:
            click.echo(f"  {say(leak.told())}")
    return 1 if count else 0

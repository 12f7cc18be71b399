"""`autograde release`: make what students, nbgrader or Gradescope are given."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.options import Session, common_options, pass_session
from autograder.language import _, say

_FORMATS = ("files", "nbgrader", "gradescope", "wheel")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(_FORMATS),
    required=True,
    help="What to make: a zip for students, an nbgrader course, a Gradescope autograder, or the package with the course.",
)
@click.option(
    "--assignment",
    "-a",
    "chosen",
    multiple=True,
    metavar="ASSIGNMENT",
    help="Only this one; may be given several times. Default: all.",
)
@click.option("--force", is_flag=True, help="Replace what was changed by hand since the last release.")
@common_options
@pass_session
def release(session: Session, directory: Path, form: str, chosen: tuple[str, ...], force: bool) -> int:
    """Make what is handed out, in DIRECTORY.

    Whatever students receive is scanned first: no line of a solution, of a hidden check or of a known mistake may be in it.

    \b
    Examples:
      autograde release --format files handouts
      autograde release --format nbgrader nbcourse --lang vi
      autograde release --format gradescope uploads -a hw1
    """
    from rich.console import Console

    from autograder.release import gradescope, nbgrader, student_files, wheel

    course = session.course()
    assignments = [course.assignment(name) for name in chosen or course.assignments]
    make = {
        "files": student_files.release,
        "nbgrader": nbgrader.release,
        "gradescope": gradescope.release,
        "wheel": wheel.release,
    }[form]
    try:
        # Nothing is shown where nobody watches; the solutions of all assignments are graded and everything is scanned.
        with Console(stderr=True).status(
            _("Making and checking: {names}", names=", ".join(a.id for a in assignments))
        ):
            released = make(course, assignments, directory, language=session.language, force=force)
    except OSError as error:
        if not isinstance(error.filename, str) or not Path(error.filename).is_relative_to(directory):
            raise
        raise student_files.cannot_write(directory, error) from error
    for note in released.notes:
        click.echo(say(note))
    if released.paths:
        click.echo(_("Made:"))
    for path in released.paths:
        click.echo(f"  {path}")
    if released.secret:
        click.secho(_("For instructors only: it holds the solutions."), fg="yellow")
    return 0

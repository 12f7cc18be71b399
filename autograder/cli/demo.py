"""`autograde demo`: a class made of the banks, graded before your eyes."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from autograder.cli.options import Session, common_options, pass_session
from autograder.language import _
from autograder.model import message


@click.command()
@click.option("--assignment", "-a", metavar="ASSIGNMENT", help="Which one; default: the course's first.")
@click.option(
    "--students", type=click.IntRange(1, 100_000), default=30, show_default=True, help="Size of the class."
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    metavar="DIR",
    help="Where the class and its reports go.",
)
@click.option(
    "--jobs", "-j", type=click.IntRange(0), default=0, help="Lanes side by side; default: one a processor."
)
@common_options
@pass_session
def demo(session: Session, assignment: str | None, students: int, output: Path, jobs: int) -> int:
    """Make up a class (right and wrong files, half-finished ones, an endless loop, …), grade it, and show the result.

    \b
    Examples:
      autograde demo
      autograde demo --assignment hw1 --students 100
    """
    from autograder.cli.grade import grade_and_write
    from autograder.errors import UsageError
    from autograder.grading.submission import find
    from autograder.proof.sample_class import write_class

    course = session.course()
    chosen = course.assignment(assignment or course.assignments[0])
    if not course.has_solutions:
        raise UsageError(message("The demo needs the course's solutions/: run it in the author's copy."))
    submissions, reports = output / chosen.id / "submissions", output / chosen.id / "reports"
    marker = output / ".autograde-demo"
    if output.exists() and any(output.iterdir()) and not marker.exists():
        raise UsageError(
            message(
                "{path} is not empty and was not made by the demo. Choose another folder: --output DIR.",
                path=str(output),
            )
        )
    shutil.rmtree(output / chosen.id, ignore_errors=True)
    output.mkdir(parents=True, exist_ok=True)
    marker.touch()
    write_class(chosen, students, submissions)
    click.echo(_("A class of {n} is in {path}.", n=students, path=str(submissions)))
    # Its files are our own, so it may run anywhere.
    return grade_and_write(
        session,
        course,
        chosen,
        find(submissions),
        reports,
        jobs,
        # Made-up students have no business among real ones.
        gradebook=str(output / chosen.id / "gradebook.db"),
        allow_weak=True,
    )

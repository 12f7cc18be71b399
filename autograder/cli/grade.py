"""`autograde grade`: grade a folder of submissions, or one file."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import Session, common_options, pass_session
from autograder.language import _

if TYPE_CHECKING:
    from autograder.course import Assignment, Course
    from autograder.grading.submission import Found, Submission
    from autograder.model import ClassResults, GradeReport


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--assignment", "-a", required=True, metavar="ASSIGNMENT", help="Which assignment they are of.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where results and reports go; default: ./reports/ASSIGNMENT.",
)
@click.option(
    "--jobs", "-j", type=click.IntRange(0), default=0, help="Lanes side by side; default: one a processor."
)
@click.option(
    "--student", metavar="NAME", help="Grade this student only; the others keep the results they have."
)
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON instead of the table.")
@common_options
@pass_session
def grade(
    session: Session,
    path: Path,
    assignment: str,
    output: Path | None,
    jobs: int,
    student: str | None,
    as_json: bool,
) -> int:
    """Grade PATH: a folder with one folder for each student, or one file.

    Interrupt it whenever you like: the results so far are written, and the same command continues.

    \b
    Examples:
      autograde grade submissions --assignment hw1
      autograde grade hw1.py --assignment hw1 --output /tmp/one
    """
    from autograder.grading.submission import find

    course = session.course()
    chosen = course.assignment(assignment)
    found = find(path, student)
    directory = output or Path("reports") / chosen.id
    if not as_json:
        _say_ignored(found)
    return grade_and_write(
        session, course, chosen, found, directory, jobs, keep_others=student is not None, as_json=as_json
    )


def grade_and_write(
    session: Session,
    course: Course,
    assignment: Assignment,
    found: Found,
    directory: Path,
    jobs: int,
    *,
    keep_others: bool = False,
    as_json: bool = False,
) -> int:
    """Grade what was found, write all renderings, show the table; the exit code."""
    from autograder.grading.journal import Journal
    from autograder.grading.submission import read
    from autograder.model import Status
    from autograder.reports import results_json, write

    click.echo(_not_confined(), err=True)
    journal = Journal(directory)
    reports: dict[str, GradeReport] = {}
    began = time.monotonic()
    interrupted = False
    # A second Ctrl-C, while results are being written, must not tear them.
    before = signal.signal(signal.SIGTERM, _terminate)
    try:
        submissions = (read(name, folder, assignment) for name, folder in found.students.items())
        for report in _with_progress(course, assignment, submissions, len(found.students), jobs, journal):
            reports[report.student] = report
    except KeyboardInterrupt:
        interrupted = True
    finally:
        signal.signal(signal.SIGTERM, before)
        journal.close()
    took = time.monotonic() - began
    if keep_others:
        reports = _others(directory, assignment) | reports
    results = class_results(course, assignment, list(reports.values()))
    write.write_all(results, directory, session.language)
    if as_json:
        click.echo(results_json.render(results), nl=False)
    else:
        _show(session, results, directory, took, len(found.students), interrupted)
    if interrupted:
        return 130
    return 3 if any(report.status is Status.SYSTEM_ERROR for report in results.reports) else 0


def class_results(course: Course, assignment: Assignment, reports: list[GradeReport]) -> ClassResults:
    """The reports with what they have in common."""
    from autograder.course.version import course_version, suite_version
    from autograder.model import ClassResults
    from autograder.sandbox.launch import isolation

    return ClassResults(
        assignment=assignment.id,
        title=assignment.title_in("en"),
        course_version=course_version(assignment),
        suite_version=suite_version(assignment),
        isolation=isolation(),
        reports=tuple(sorted(reports, key=lambda report: report.student)),
    )


def _terminate(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _with_progress(
    course: Course,
    assignment: Assignment,
    submissions: Iterator[Submission],
    total: int,
    jobs: int,
    journal: object,
) -> Iterator[GradeReport]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from autograder.grading.journal import Journal
    from autograder.grading.many import grade_many

    assert isinstance(journal, Journal)
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    ) as progress:
        task = progress.add_task(_("Grading {assignment}", assignment=assignment.id), total=total)
        for report in grade_many(course, assignment, submissions, jobs=jobs, journal=journal):
            progress.advance(task)
            yield report


def _others(directory: Path, assignment: Assignment) -> dict[str, GradeReport]:
    """The reports that lie in the folder already."""
    from autograder.reports import results_json, write

    path = directory / write.RESULTS
    if not path.exists():
        return {}
    results = results_json.load(path.read_text("utf-8"))
    if results.assignment != assignment.id:
        return {}
    return {report.student: report for report in results.reports}


def _not_confined() -> str:
    return _(
        "Note: student code runs in a process of its own, but the kernel does not confine it yet; "
        "grade only what you would run yourself."
    )


def _say_ignored(found: Found) -> None:
    from autograder.cleaning import clean_line

    if found.ignored:
        names = ", ".join(clean_line(name, 60) for name in found.ignored[:5])
        more = _(" and {n} more", n=len(found.ignored) - 5) if len(found.ignored) > 5 else ""
        click.echo(_("Ignored, not in a student's folder: {names}{more}.", names=names, more=more), err=True)


def _show(
    session: Session, results: ClassResults, directory: Path, took: float, total: int, interrupted: bool
) -> None:
    from rich.console import Console

    from autograder.reports import text

    console = Console()
    if len(results.reports) == 1:
        console.print(text.student(results.reports[0], language=session.language))
    else:
        console.print(text.class_table(results, session.language))
    if interrupted:
        click.echo(
            _(
                "Interrupted after {done} of {total}; their results are valid. The same command continues.",
                done=len(results.reports),
                total=total,
            ),
            err=True,
        )
    click.echo(
        _(
            "{n} graded in {seconds} s. Reports: {path}",
            n=len(results.reports),
            seconds=f"{took:.1f}",
            path=str(directory / "class.html"),
        )
    )
    sys.stdout.flush()

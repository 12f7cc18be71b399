"""`autograde class-report`: what a class's work says as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import Session, common_options, gradebook_option, json_option, pass_session
from autograder.cli.shown import echo
from autograder.language import _
from autograder.model import message

if TYPE_CHECKING:
    from autograder.course import Assignment, Course
    from autograder.gradebook.store import Store
    from autograder.reports.class_report.data import ClassReport


@click.command("class-report")
@click.option("--assignment", "-a", required=True, metavar="ASSIGNMENT", help="Which assignment.")
@gradebook_option
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where the page, the JSON and the CSV files go; default: ./class-report/ASSIGNMENT.",
)
@click.option(
    "--pseudonyms", is_flag=True, help="An edition to share: no id, no name, no text that a student wrote."
)
@click.option(
    "--pseudonym-key",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="With --pseudonyms: a file with a key, made where there is none, for the same pseudonyms in other editions.",
)
@click.option("--no-sources", is_flag=True, help="Do not look for like wrong answers.")
@json_option
@common_options
@pass_session
def class_report(
    session: Session,
    assignment: str,
    gradebook: str | None,
    output: Path | None,
    pseudonyms: bool,
    pseudonym_key: Path | None,
    no_sources: bool,
    as_json: bool,
) -> int:
    """Write what the gradebook says of a class: marks, functions, checks, mistakes, attempts, lateness, like answers.

    \b
    Examples:
      autograde class-report -a hw1
      autograde class-report -a hw1 --pseudonyms -o to-share
      autograde class-report -a hw1 --json
    """
    from rich.console import Console

    from autograder.errors import UsageError
    from autograder.gradebook.address import address
    from autograder.gradebook.store import Store
    from autograder.reports.class_report import edition, files, json_file

    if pseudonym_key is not None and not pseudonyms:
        raise UsageError(message("--pseudonym-key goes with --pseudonyms."))
    course = session.course()
    chosen = course.assignment(assignment)
    session.learn(chosen)
    folder = output or Path("class-report", chosen.id)
    if not as_json or output is not None:
        files.look_at(folder, shared=pseudonyms)
    key = None
    if pseudonyms:
        key = edition.new_key() if pseudonym_key is None else edition.key_in(pseudonym_key)
    with (
        Store.open(address(course.id, gradebook), create=False, read_only=True) as store,
        Console(stderr=True).status(_("Reading what the class has handed in")),
    ):
        store.belongs_to(course.id)
        report = _report(store, course, chosen, session.language, sources=not no_sources)
        names = {} if pseudonyms else _names(store, report)
    if key is not None:
        report = edition.shared(report, key, session.language)
    if not as_json or output is not None:
        page = files.write(report, folder, session.language, lambda id: names.get(id, id))
    if as_json:
        click.echo(json_file.render(report), nl=False)
        return 0
    echo(
        _(
            "{graded} of {students} students graded. The report: {path}",
            graded=report.graded,
            students=report.students,
            path=str(page),
        )
    )
    if not report.graded:
        echo(_("Nothing is graded yet: `autograde grade PATH -a {assignment}`.", assignment=chosen.id))
    return 0


def _report(
    store: Store, course: Course, assignment: Assignment, language: str, *, sources: bool
) -> ClassReport:
    from dataclasses import replace
    from datetime import UTC, datetime
    from functools import partial

    from autograder.gradebook.class_work import class_work
    from autograder.gradebook.marks import FULL
    from autograder.reports.class_report.data import About, Counting
    from autograder.reports.class_report.sources import WrongAnswers

    now = datetime.now(UTC)
    about = About(
        course=course.title_in(language),
        assignment=assignment.id,
        title=assignment.title_in(language),
        max_score=FULL,
        now=now.astimezone().isoformat(sep=" ", timespec="minutes"),
    )
    counting = Counting(about, language)

    if not sources:
        for work in class_work(store, assignment, now):
            counting.add(work.handed)
        return counting.report()
    with WrongAnswers(assignment) as answers:
        for work in class_work(store, assignment, now):
            counting.add(work.handed)
            if work.handed.report is not None and work.counted is not None:
                kept = work.counted.submission
                answers.add(work.handed.report, kept.digest, partial(store.files, kept.id))
        return replace(counting.report(), similar=answers.similar())


def _names(store: Store, report: ClassReport) -> dict[str, str]:
    """id → id and name, of those whom the report names."""
    similar = report.similar
    if similar is None:
        return {}
    named = {
        id
        for group in (
            *(one.students for one in similar.sources),
            *(one.students for one in similar.values),
            *(one.one + one.other for one in similar.pairs),
        )
        for id in group
    }
    students = store.students()
    return {id: f"{id} ({students[id].name})" for id in named if id in students and students[id].name}

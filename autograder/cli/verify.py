"""`autograde verify`: prove that the course is sound."""

from __future__ import annotations

from dataclasses import asdict

import click

from autograder.cleaning import clean
from autograder.cli.options import Session, common_options, pass_session
from autograder.language import _


@click.command()
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...")
@click.option(
    "--jobs", "-j", type=click.IntRange(0), default=0, help="Lanes side by side; default: one a processor."
)
@click.option(
    "--input-sets",
    type=click.IntRange(1, 8),
    default=8,
    show_default=True,
    help="How many of the eight sets of inputs every file meets; fewer is faster and proves less.",
)
@click.option("--mutants", is_flag=True, help="Measure how strong the suite is instead; takes minutes.")
@click.option("--wrong", is_flag=True, help="Show only the rows that are not true.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
@common_options
@pass_session
def verify(
    session: Session,
    assignments: tuple[str, ...],
    jobs: int,
    input_sets: int,
    mutants: bool,
    wrong: bool,
    as_json: bool,
) -> int:
    """Prove the course sound: the stub gets 0, the reference and all variants 100, each mistake loses what it names.

    \b
    Examples:
      autograde verify
      autograde verify hw1 --input-sets 1
      autograde verify hw1 --mutants
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from autograder.cli import pictures
    from autograder.errors import CourseError
    from autograder.proof.verify import Row
    from autograder.proof.verify import verify as prove
    from autograder.reports.escapes import json_text

    course = session.course()
    if mutants:
        from autograder.cli.strength import measure

        names = assignments or course.assignments
        return measure(
            course, names, session.language, jobs=jobs, input_sets=input_sets, wrong=wrong, as_json=as_json
        )
    console = Console()
    found: list[dict[str, object]] = []
    all_true = True
    for name in assignments or course.assignments:
        assignment = course.assignment(name)
        table = Table(title=Text(f"{name}: {assignment.title_in(session.language)}"), title_justify="left")
        for heading in ("", _("what"), _("which"), _("expected"), _("found")):
            table.add_column(heading, overflow="fold")
        rows: list[Row] = []
        try:
            with console.status(_("Verifying {assignment} …", assignment=name), spinner="line"):
                rows.append(pictures.row(assignment, course.languages))
                for row in prove(course, assignment, jobs=jobs, input_sets=input_sets):
                    rows.append(row)
        except CourseError as error:
            rows.append(Row("suite", name, _("can be collected and run"), str(error), False))
        for row in rows:
            if not (wrong and row.true):
                table.add_row(
                    *(
                        Text(clean(text))
                        for text in ("✓" if row.true else "✗", row.kind, row.name, row.expected, row.got)
                    )
                )
        found += [{"assignment": name, **asdict(row)} for row in rows]
        true = sum(row.true for row in rows)
        all_true = all_true and true == len(rows)
        if not as_json:
            if table.row_count:
                console.print(table)
            console.print(
                Text(
                    _(
                        "{assignment}: {true} of {all} rows are true.",
                        assignment=name,
                        true=true,
                        all=len(rows),
                    )
                )
            )
    if as_json:
        click.echo(json_text({"true": all_true, "rows": found}, indent=2))
    return 0 if all_true else 1

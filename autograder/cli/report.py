"""`autograde report`: show a graded class, and write its pages again."""

from __future__ import annotations

from pathlib import Path

import click

from autograder import language
from autograder.cli.options import Session, common_options, pass_session
from autograder.cli.shown import echo
from autograder.language import _
from autograder.model import message


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--student", metavar="NAME", help="Show this student's report instead of the class.")
@click.option("--all", "all_failures", is_flag=True, help="With --student: every failure in full.")
@click.option(
    "--hint",
    "-H",
    "hints",
    count=True,
    help="With --student: where to look; a second time, the formula too.",
)
@common_options
@pass_session
def report(session: Session, directory: Path, student: str | None, all_failures: bool, hints: int) -> int:
    """Show the results in DIRECTORY and write marks.csv and the pages again from results.json.

    \b
    Examples:
      autograde report reports/hw1
      autograde report reports/hw1 --lang vi
      autograde report reports/hw1 --student nguyenvana
    """
    from rich.console import Console

    from autograder.errors import UsageError
    from autograder.names import meant
    from autograder.reports import results_json, text, write

    path = directory / write.RESULTS
    try:
        results = results_json.load(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(
            message(
                "{path} does not exist. Grade first: autograde grade PATH -a ASSIGNMENT -o {folder}",
                path=str(path),
                folder=str(directory),
            )
        ) from None
    except OSError as error:
        raise UsageError(
            message("{path} cannot be read: {reason}.", path=str(path), reason=str(error.strerror))
        ) from None
    except UnicodeDecodeError as error:
        raise UsageError(
            message("{path} cannot be read: {reason}.", path=str(path), reason=str(error))
        ) from None
    language.learn(results.texts)
    console = Console()
    if student is not None:
        names = [one.student for one in results.reports]
        if student not in names:
            raise UsageError(
                message('{path} has no student "{student}".', path=str(path), student=student),
                meant(student, names),
            )
        chosen = results.reports[names.index(student)]
        console.print(text.student(chosen, all_failures=all_failures, hints=hints))
        return 0
    # Some 10 ms a student.
    with Console(stderr=True).status(_("Writing the pages of {n} students", n=len(results.reports))):
        write.write_all(results, directory, session.language)
    console.print(text.class_table(results))
    echo(_("Written again: {path}", path=str(directory / write.CLASS)))
    return 0

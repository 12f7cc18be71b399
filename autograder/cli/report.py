"""`autograde report`: show a graded class, and write its pages again."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.options import Session, common_options, pass_session
from autograder.cli.shown import echo
from autograder.language import _


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--student", metavar="NAME", help="Show this student's report instead of the class.")
@click.option("--all", "all_failures", is_flag=True, help="With --student: every failure in full.")
@common_options
@pass_session
def report(session: Session, directory: Path, student: str | None, all_failures: bool) -> int:
    """Show the results in DIRECTORY and write marks.csv and the pages again from results.json.

    \b
    Examples:
      autograde report reports/hw1
      autograde report reports/hw1 --lang vi
      autograde report reports/hw1 --student nguyenvana
    """
    from rich.console import Console

    from autograder.errors import UsageError
    from autograder.names import did_you_mean
    from autograder.reports import results_json, text, write

    path = directory / write.RESULTS
    try:
        results = results_json.load(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"{path} does not exist. Grade first: autograde grade PATH -a ASSIGNMENT -o {directory}"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.") from None
    console = Console()
    if student is not None:
        names = [one.student for one in results.reports]
        if student not in names:
            raise UsageError(f'{path} has no student "{student}".{did_you_mean(student, names)}')
        chosen = results.reports[names.index(student)]
        console.print(text.student(chosen, all_failures=all_failures, language=session.language))
        return 0
    write.write_all(results, directory, session.language)
    console.print(text.class_table(results, session.language))
    echo(_("Written again: {path}", path=str(directory / write.CLASS)))
    return 0

"""`autograde pictures`: make the statements' pictures from the references, and tell whether they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from autograder.cli.options import Session, common_options, pass_session
from autograder.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.course import Assignment
    from autograder.proof.verify import Row

FOLDER = "pictures"


@click.command()
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...")
@click.option("--check", is_flag=True, help="Change nothing; end with 1 where a picture differs.")
@common_options
@pass_session
def pictures(session: Session, assignments: tuple[str, ...], check: bool) -> int:
    """Make the pictures of the statements, of all assignments or of those named.

    The functions of an assignment's pictures.py draw them from the reference, in each language of the course.

    \b
    Examples:
      autograde pictures
      autograde pictures hw1
      autograde pictures --check
    """
    course = session.course()
    differs = 0
    for name in assignments or course.assignments:
        assignment = course.assignment(name)
        for file, content in generated(assignment, course.languages).items():
            path = assignment.public_dir / FOLDER / file
            shown = f"{assignment.id}/{FOLDER}/{file}"
            if path.is_file() and path.read_bytes() == content:
                click.echo(_("{file}: as generated", file=shown))
            elif check:
                differs += 1
                click.echo(_("{file}: differs from what pictures.py and the reference give", file=shown))
            else:
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(content)
                click.echo(_("{file}: written", file=shown))
    if differs:
        click.echo(_("Make them again with: autograde pictures"), err=True)
    return 1 if differs else 0


def generated(assignment: Assignment, languages: Sequence[str]) -> dict[str, bytes]:
    """file name → content: <name>.svg in English, <name>.<language>.svg in each other language of the course, and
    <name>.json with the numbers, which a student's `%check` draws theirs over.

    Raises CourseError where pictures.py fails
    """
    from autograder.pictures.draw import statement_pictures
    from autograder.pictures.public import kept
    from autograder.reports.draw import file_of

    _learn(assignment)
    found = {}
    for name, picture in statement_pictures(assignment):
        for language in dict.fromkeys(("en", *languages)):
            suffix = "" if language == "en" else f".{language}"
            found[f"{name}{suffix}.svg"] = file_of(picture, language).encode()
        found[f"{name}.json"] = kept(picture)
    return found


def _learn(assignment: Assignment) -> None:
    from autograder.course.texts import texts
    from autograder.language import learn

    learn(texts(assignment))


def row(assignment: Assignment, languages: Sequence[str]) -> Row:
    """For `autograde verify`: what the statement shows is what pictures.py and the reference give.

    Raises CourseError where the rest of the course cannot be read
    """
    from autograder.errors import CourseError
    from autograder.proof.verify import Row

    words = "the statement's pictures are the generated ones"
    _learn(assignment)  # a fault of other files is not one of the pictures
    try:
        wanted = generated(assignment, languages)
    except CourseError as error:
        return Row("files", FOLDER, words, str(error), False)
    folder = assignment.public_dir / FOLDER
    there = {path.name: path.read_bytes() for path in folder.glob("*.*") if path.suffix in (".svg", ".json")}
    wrong = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
    if not wrong:
        return Row("files", FOLDER, words, "they are" if wanted else "there are none", True)
    return Row("files", FOLDER, words, f"not: {', '.join(wrong[:5])}; run `autograde pictures`", False)

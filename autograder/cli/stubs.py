"""`autograde stubs`: are the stubs what the references generate? Make them so."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import click

from autograder.cli.options import Session, common_options, pass_session
from autograder.language import _
from autograder.model import message

if TYPE_CHECKING:
    from autograder.course import Assignment


@click.command()
@click.argument("assignments", nargs=-1, metavar="[ASSIGNMENT]...")
@click.option("--check", is_flag=True, help="Change nothing; end with 1 and a diff when a stub differs.")
@common_options
@pass_session
def stubs(session: Session, assignments: tuple[str, ...], check: bool) -> int:
    """Generate the stubs from the references, of all assignments or of those named.

    \b
    Examples:
      autograde stubs
      autograde stubs --check
    """
    course = session.course()
    chosen = [course.assignment(id) for id in assignments or course.assignments]
    differs = 0
    for assignment in chosen:
        for name in assignment.files:
            generated = _generated(assignment, name)
            path = assignment.public_dir / name
            there = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
            if generated == there:
                click.echo(_("{file}: as generated", file=f"{assignment.id}/{name}"))
            elif check:
                differs += 1
                click.echo(
                    _("{file}: differs from what the reference generates", file=f"{assignment.id}/{name}")
                )
                diff = difflib.unified_diff(
                    there.splitlines(), generated.splitlines(), "there", "generated", "", "", 2, ""
                )
                click.echo("\n".join(diff))
            else:
                path.write_bytes(generated.encode("utf-8"))
                click.echo(_("{file}: written", file=f"{assignment.id}/{name}"))
    if differs:
        click.echo(_("Regenerate them with: autograde stubs"), err=True)
    return 1 if differs else 0


def _generated(assignment: Assignment, name: str) -> str:
    from autograder.course import cut
    from autograder.errors import CourseError

    path = assignment.reference_path.with_name(name)
    try:
        return cut(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise CourseError(
            message(
                "{path} does not exist. It is the reference that {file} is generated from.",
                path=str(path),
                file=name,
            )
        ) from None
    except UnicodeDecodeError as error:
        raise CourseError(
            message("{path} is not UTF-8 (byte {byte}). Save it as UTF-8.", path=str(path), byte=error.start)
        ) from None
    except CourseError as error:
        raise CourseError(f"{path}:", *error.parts) from None

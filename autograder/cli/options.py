"""Which options do several commands share? The session, the course, the language, who submits, where to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from autograder import language
from autograder.cli import speech
from autograder.model import message

if TYPE_CHECKING:
    from autograder.course import Assignment, Course

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Session:
    """What holds for one run of the program.

    explicit_course  what `--course` named, before or after the command's name
    language         the one to write in, e.g. "en"; the terminal may know English only
    """

    explicit_course: Path | None = None
    language: str = "en"

    def speak(self, requested: str | None) -> None:
        """Choose the language for the whole process."""
        self.language = language.choose(requested)
        speech.speak(self.language)

    def course(self) -> Course:
        """The course to work with. Raises UsageError, CourseError."""
        from autograder.course import find_course

        return find_course(self.explicit_course)

    def learn(self, assignment: Assignment) -> None:
        """Make the course's own translations known where they are needed. Raises CourseError."""
        if self.language != "en":
            from autograder.course.texts import texts

            language.learn(texts(assignment))


pass_session = click.make_pass_decorator(Session, ensure=True)


def _course(ctx: click.Context, parameter: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(Session).explicit_course = value


def _lang(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(Session).speak(value)


def common_options(command: F) -> F:
    """`--course` and `--lang` after the command's name too, where most people type them."""
    command = click.option(
        "--lang",
        type=speech.Language(),
        callback=_lang,
        expose_value=False,
        help="The language to speak.",
    )(command)
    return click.option(
        "--course",
        type=click.Path(path_type=Path),
        metavar="DIR",
        callback=_course,
        expose_value=False,
        help="The folder with assignments/.",
    )(command)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
yes_option = click.option("--yes", "-y", is_flag=True, help="Do not ask.")
as_option = click.option("--as", "student", metavar="NAME", help="Who you are; default: your login name.")
exchange_option = click.option(
    "--exchange",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder that submissions go to; default: AUTOGRADE_EXCHANGE, the configuration file, your own.",
)
gradebook_option = click.option(
    "--gradebook",
    metavar="URL|FILE",
    help="The gradebook; default: AUTOGRADE_GRADEBOOK, the configuration file, one of the course's own.",
)
assignment_argument = click.argument("assignment")
optional_assignment = click.argument("assignment", required=False)


def gradebook_url(session: Session, requested: str | None) -> str:
    """The address of the gradebook; a course is looked for only where nobody named one."""
    from autograder.gradebook.address import address, named

    return named(requested) or address(session.course().id)


def assignment_here(course: Course, name: str | None, here: Path) -> Assignment:
    """The assignment that was named, else the one whose folder `here` is, else the only one inside `here`.

    Raises UsageError where it cannot be told.
    """
    from autograder.errors import UsageError

    if name is not None:
        return course.assignment(name.rstrip("/\\"))
    if here.name in course.assignments:
        return course.assignment(here.name)
    inside = [id for id in course.assignments if (here / id).is_dir()]
    if len(inside) == 1:
        return course.assignment(inside[0])
    beside = [id for id in course.assignments if any((here / file).is_file() for file in _files(course, id))]
    if len(beside) == 1:
        return course.assignment(beside[0])
    raise UsageError(
        message(
            "Which assignment? Name one ({names}), or run this inside its folder. "
            "The course is {course} in {root}; --course DIR names another.",
            names=", ".join(course.assignments),
            course=course.id,
            root=str(course.root),
        )
    )


def _files(course: Course, id: str) -> tuple[str, ...]:
    from autograder.cli.work import file_names

    return file_names(course.assignment(id))

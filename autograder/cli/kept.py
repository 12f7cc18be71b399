"""How do commands open the gradebook, who is asking, and why? What the commands about marks have in common."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.model import message

if TYPE_CHECKING:
    from autograder.course import Course
    from autograder.gradebook.store import Store

F = TypeVar("F", bound=Callable[..., Any])

LONGEST_REASON = 1000
_POINTS = re.compile(r"([+-]?)(\d{1,5})(?:\.(\d{1,2}))?", re.ASCII)

assignment_option = click.option(
    "--assignment", "-a", required=True, metavar="ASSIGNMENT", help="Which assignment."
)
author_option = click.option(
    "--as",
    "author",
    metavar="NAME",
    help="Who does this, for the audit trail; default: your login name.",
)
force_option = click.option("--force", is_flag=True, help="Replace FILE where it is there already.")
reason_option = click.option("--reason", default="", metavar="TEXT", help="Why, for the audit trail.")


def file_option(default: str) -> Callable[[F], F]:
    """`--output FILE` of a command that writes one file. default: what it is called without it, with where that is."""
    return click.option(
        "--output",
        "-o",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=f"Where it goes; default: {default}, here.",
    )


def opened(course: Course, requested: str | None, *, read_only: bool = False) -> Store:
    """The course's gradebook; made where there is none, unless it is only read. Raises UsageError, SystemFault."""
    from autograder.gradebook.address import address
    from autograder.gradebook.store import Store

    store = Store.open(address(course.id, requested), create=not read_only)
    try:
        store.belongs_to(course.id)
    except BaseException:
        store.close()
        raise
    return store


def author(requested: str | None) -> str:
    """Who does this: `--as`, else the login name. Raises UsageError without any."""
    if requested:
        return requested
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise UsageError(
            message("Your login name is not known here. Say who you are with --as NAME.")
        ) from None


def reason(text: str) -> str:
    """A reason as it is kept. Raises UsageError for one that is too long."""
    if len(text) > LONGEST_REASON:
        raise UsageError(
            message(
                "The reason has {n} characters; at most {most} are kept.", n=len(text), most=LONGEST_REASON
            )
        )
    return text


def cents(text: str) -> int:
    """Points as they are typed, "80", "-5" or "7.25", in cents. Raises UsageError."""
    found = _POINTS.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            message(
                '"{text}" is no number of points: write e.g. 80, -5 or 7.25, with at most two decimals.',
                text=clean_line(text, 60),
            )
        )
    value = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return -value if found[1] == "-" else value

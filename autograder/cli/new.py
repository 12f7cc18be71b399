"""`autograde new`: the skeleton of an assignment, complete and sound, to be changed into the real one."""

from __future__ import annotations

import keyword
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.cli.options import Session, assignment_argument, common_options, pass_session
from autograder.errors import CourseError, UsageError
from autograder.language import _
from autograder.model import message

if TYPE_CHECKING:
    from autograder.course import Course

_NAME = re.compile(r"[a-z][a-z0-9_]*")

_COURSE = """\
[course]
id = "my-course"
title = { en = "My course" }
languages = ["en"]
assignments = ["ASSIGNMENT"]

[defaults.limits]
call_seconds = 5
submission_seconds = 60
memory_mib = 1024
"""

_FILES = {
    "assignments/ASSIGNMENT/assignment.toml": """\
[assignment]
id = "ASSIGNMENT"
version = "1"
feedback = "call"
files = ["ASSIGNMENT.py"]
[assignment.title]
en = "The title of ASSIGNMENT"

[[function]]
name = "mean"
points = 100
""",
    "assignments/ASSIGNMENT/README.md": """\
# The title of ASSIGNMENT

The mean of N numbers is their sum divided by N. The mean of 1, 2 and 6 is 3.

Write `mean` in `ASSIGNMENT.py`, and try it with `autograde check ASSIGNMENT`.
""",
    "assignments/ASSIGNMENT/test_ASSIGNMENT.py": '''\
"""Public checks for `ASSIGNMENT`: literals only, no points."""

import pytest

from autograder.checks import check_close

pytestmark = pytest.mark.function("mean")


def test_three_numbers(student):
    """the mean of 1, 2 and 6 is 3"""
    check_close(student.mean([1.0, 2.0, 6.0]), 3.0)
''',
    "solutions/ASSIGNMENT/ASSIGNMENT.py": '''\
"""ASSIGNMENT.  Try it with: autograde check ASSIGNMENT"""

import numpy as np


def mean(x):
    """Mean of all elements.

    x        numbers: a list or an array, N elements, N > 0; stays unchanged
    Returns  scalar: the sum of x, divided by N
    """
    # BEGIN SOLUTION
    return np.mean(np.asarray(x, dtype=float))
    # END SOLUTION
''',
    "solutions/ASSIGNMENT/hidden/test_ASSIGNMENT.py": '''\
"""Hidden suite for `ASSIGNMENT`."""

import pytest

from autograder.checks import check_same, check_unchanged

pytestmark = pytest.mark.function("mean")


@pytest.mark.hint("Divide by the number of elements.")
def test_is_the_mean(student, reference, rng):
    """the sum of the elements, divided by their number"""
    check_same(student, reference, "mean", [(rng.uniform(1, 2, size=n),) for n in (1, 2, 7)])


def test_leaves_its_argument_alone(student, reference, rng):
    """the argument stays unchanged"""
    check_unchanged(student, reference, "mean", [(rng.uniform(1, 2, size=5),)])
''',
    "solutions/ASSIGNMENT/mistakes/sum_not_mean.py": '''\
"""The sum instead of the mean."""

COSTS = ["mean"]
EXPLANATION = {"en": "Your function adds the numbers up; a mean also divides by how many there are."}

import numpy as np


def mean(x):
    return np.sum(np.asarray(x, dtype=float))
''',
    "solutions/ASSIGNMENT/variants/with_a_loop.py": '''\
"""With a loop."""


def mean(x):
    total = 0.0
    for value in x:
        total += float(value)
    return total / len(x)
''',
}


@click.command()
@assignment_argument
@common_options
@pass_session
def new(session: Session, assignment: str) -> None:
    """Make the skeleton of an assignment: one function, a hidden suite, a mistake and a variant.

    Without a course it makes one in the current folder (or in --course DIR). It never overwrites a file.

    \b
    Example: autograde new ASSIGNMENT
    """
    if not _NAME.fullmatch(assignment) or keyword.iskeyword(assignment):
        raise UsageError(
            message(
                '"{name}" cannot be a module\'s name. Use small letters, digits and _, beginning with a letter.',
                name=assignment,
            )
        )
    root, course = _where(session)
    contents = {
        path.replace("ASSIGNMENT", assignment): text.replace("ASSIGNMENT", assignment)
        for path, text in _FILES.items()
    }
    there = [path for path in contents if (root / path).exists()]
    if there:
        raise UsageError(
            message(
                "{path} is already there; nothing was written. Choose another name.",
                path=str(root / there[0]),
            )
        )
    made = [_write(root / path, text) for path, text in contents.items()]
    made.append(_write_stub(root, assignment))
    if course is None:
        made.append(_write(root / "assignments" / "course.toml", _COURSE.replace("ASSIGNMENT", assignment)))
    else:
        _list_in(root / "assignments" / "course.toml", course, assignment)
    secret = root / "solutions" / "secret.key"
    if not secret.exists():
        made.append(_write(secret, secrets.token_hex() + "\n"))
    for path in made:
        click.echo(_("made {path}", path=str(path.relative_to(root))))
    click.echo(
        _(
            "Change them into your assignment, then: autograde stubs {assignment}, autograde verify",
            assignment=assignment,
        )
    )


def _where(session: Session) -> tuple[Path, Course | None]:
    """The folder to write to, and the course that is there already."""
    from autograder.course import load_course

    here = (session.explicit_course or Path.cwd()).absolute()
    for folder in (here,) if session.explicit_course else (here, *here.parents):
        if (folder / "assignments" / "course.toml").is_file():
            return folder, load_course(folder)
    return here, None


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _write_stub(root: Path, id: str) -> Path:
    from autograder.course import cut

    reference = (root / "solutions" / id / f"{id}.py").read_text(encoding="utf-8")
    return _write(root / "assignments" / id / f"{id}.py", cut(reference))


def _list_in(path: Path, course: Course, id: str) -> None:
    """Add the id at the end of `assignments = [...]`, every other character of the file as it was."""
    from autograder.course import load_course

    before = path.read_text(encoding="utf-8")
    entry = re.compile(r"^(\s*assignments\s*=\s*\[)([^\]]*?)(\s*,?\s*)(\])", re.MULTILINE)
    comma = ", " if course.assignments else ""
    after = entry.sub(lambda found: f'{found[1]}{found[2]}{comma}"{id}"{found[4]}', before, count=1)
    path.write_text(after, encoding="utf-8", newline="\n")
    try:
        listed = id in load_course(course.root).assignments
    except CourseError:
        listed = False
    if not listed:
        path.write_text(before, encoding="utf-8", newline="\n")
        raise CourseError(
            message(
                '{path}: add "{id}" to the list `assignments` by hand; its form was not understood.',
                path=str(path),
                id=id,
            )
        )

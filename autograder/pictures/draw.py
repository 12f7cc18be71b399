"""Which pictures belong to a submission's function, and which to a statement? Asked of the course's `pictures.py`.

`pictures.py` is the author's, and trusted. An error in it is ours: no picture then, and never a lost point.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from autograder.cleaning import clean
from autograder.course.manifest import Assignment
from autograder.errors import CourseError
from autograder.model import Picture
from autograder.names import did_you_mean
from autograder.pictures.author import Marked
from autograder.pictures.forms import Form, NotAPicture, picture_of
from autograder.pictures.grids import Grids
from autograder.pictures.lines import Lines
from autograder.pictures.sampler import Sampler, agree
from autograder.sandbox.student import Student, local
from autograder.sandbox.worker import LocalWorker, Program

SECONDS = 1.0
"""How long a submission may be asked for the pictures of one function; a call that is under way then ends by its own
limit."""

MOST_PICTURES = 8
"""For one function."""


_KNOWN: WeakKeyDictionary[Student, dict[bytes, list[Any]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Drawing:
    """A function of `pictures.py`: what it is called, which functions it explains, whether the statement has it."""

    name: str
    functions: tuple[str, ...]
    statement: bool
    draw: Callable[[Sampler, Sampler], Form | None]


def drawings(assignment: Assignment) -> tuple[Drawing, ...]:
    """The pictures of an assignment, in the order of the file; none where there is no pictures.py.

    Raises  CourseError for a file that does not run, or names what the assignment does not have
    """
    path = assignment.public_dir / "pictures.py"
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return ()
    return _load(str(path), changed, tuple(function.name for function in assignment.functions))


def pictures_for(
    assignment: Assignment, function: str, student: Student, reference: Student
) -> tuple[Picture, ...]:
    """What shows how the submission's `function` differs from what is expected.

    function   as in assignment.toml
    student    the submission: best in a worker of its own, with little time to lose
    Returns    only pictures that show a difference in this very function; none where the fault is ours
    """
    try:
        chosen = [one for one in drawings(assignment) if function in one.functions]
    except CourseError:
        _tell(assignment)
        return ()
    found: list[Picture] = []
    until = time.monotonic() + SECONDS
    asked: dict[bytes, list[Any]] = {}
    # The reference answers the same for every submission.
    known = _KNOWN.setdefault(reference, {})
    for one in chosen[:MOST_PICTURES]:
        try:
            due = Sampler(reference, is_reference=True, known=known)
            yours = Sampler(student, is_reference=False, seconds=until - time.monotonic(), known=asked)
            form = one.draw(yours, due)
            if form is not None and form.differs() and _shows(function, yours, due):
                found.append(picture_of(form))
            if yours.stopped:
                break
        except Exception:  # of the author's code, or of ours: a report without a picture is still right
            _tell(assignment)
    return tuple(found)


def statement_pictures(assignment: Assignment) -> Iterator[tuple[str, Picture]]:
    """(name, picture) of what illustrates the statement, from the reference alone.

    Raises  CourseError where pictures.py does
    """
    for one, form in _from_reference(assignment):
        if one.statement:
            try:
                yield one.name, picture_of(form)
            except NotAPicture as error:
                raise _failed(assignment, one, error) from error


def _from_reference(assignment: Assignment) -> Iterator[tuple[Drawing, Form]]:
    """Every picture with the reference in the student's place."""
    chosen = drawings(assignment)
    if not chosen:
        return
    main = assignment.files[0]
    program = Program({main: assignment.reference_source()}, main, assignment.modules)
    reference = local(LocalWorker(assignment.limits), program)
    for one in chosen:
        sampler = Sampler(reference, is_reference=True)
        try:
            form = one.draw(sampler, sampler)
        except Exception as error:
            raise _failed(assignment, one, error) from error
        if form is not None:
            yield one, form


def _failed(assignment: Assignment, one: Drawing, error: Exception) -> CourseError:
    return CourseError(
        f"{assignment.public_dir / 'pictures.py'}: {one.name} failed with the reference: "
        f"{type(error).__name__}: {error}"
    )


def _shows(function: str, yours: Sampler, due: Sampler) -> bool:
    """Whether an answer of `function` itself differs, and anything was answered at all."""
    name = function.partition(".")[0]
    # What a class does is seen in programs.
    key = name if name in due.answers else ""
    got, expected = yours.answers.get(key, []), due.answers.get(key, [])
    if all(_nothing(answer) for answer in got):
        return False
    return not agree(got, expected)


def _nothing(answer: Any) -> bool:
    return answer is None or answer != answer if isinstance(answer, (float, type(None))) else False


@lru_cache(maxsize=32)
def _load(path: str, changed: int, functions: tuple[str, ...]) -> tuple[Drawing, ...]:
    module = ModuleType("pictures")
    module.__file__ = path
    try:
        with open(path, encoding="utf-8") as file:
            # Not imported: that would leave a compiled file in the course's folder.
            exec(compile(file.read(), path, "exec"), module.__dict__)
    except Exception as error:
        raise CourseError(f"{path} does not run: {type(error).__name__}: {error}") from error
    found = []
    for name, value in vars(module).items():
        marked = getattr(value, "picture", None)
        if isinstance(marked, Marked):
            for function in marked.functions:
                if function not in functions:
                    raise CourseError(
                        f'{path}: {name} explains "{function}", which there is not.'
                        f"{did_you_mean(function, functions)}"
                    )
            found.append(Drawing(name, marked.functions, marked.statement, value))
    return tuple(found)


def _tell(assignment: Assignment) -> None:
    if os.environ.get("AUTOGRADE_DEBUG"):
        # The text of an error may be a student's.
        print(
            f"{assignment.id}: no picture, since pictures.py failed\n{clean(traceback.format_exc())}",
            file=sys.__stderr__,
        )


def texts_of(form: Form) -> tuple[str, ...]:
    """The texts that are translated when a form is drawn: what `texts.<language>.toml` needs."""
    told = [one if isinstance(one, str) else one.id for one in (form.title, form.text)]
    if isinstance(form, Lines):
        told += [form.x, form.y, *(line.label for line in form.lines), *(note.text for note in form.notes)]
    elif isinstance(form, Grids):
        told += [grid.label for grid in form.grids]
    else:
        told += [node.label for node in form.nodes]
    return tuple(dict.fromkeys(text for text in told if text))


def texts_to_translate(assignment: Assignment) -> tuple[str, ...]:
    """All texts of the assignment's pictures, those of reports too. Raises CourseError where pictures.py fails."""
    found: dict[str, None] = {}
    for _drawing, form in _from_reference(assignment):
        found.update(dict.fromkeys(texts_of(form)))
    return tuple(found)

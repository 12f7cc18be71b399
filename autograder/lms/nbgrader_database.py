"""How do final marks get into nbgrader's own gradebook? Into a copy of its gradebook.db, through its own API.

Each function's points go to the cell that carries them, what lateness took to `late_submission_penalty`, and what a person
added to `extra_credit`, so that `nbgrader export` shows the same final mark. A score that somebody gave by hand is never
touched.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.cleaning import clean_line
from autograder.course.manifest import Assignment
from autograder.errors import UsageError
from autograder.lms.given import Given, Source
from autograder.model import message
from autograder.notebooks.cells import Role, cell_id
from autograder.sandbox.inside.ingest.names import notebook_of


@contextlib.contextmanager
def filled(
    database: Path, assignment: Assignment, source: Source, *, skip_missing: bool
) -> Iterator[tuple[bytes, int, list[str]]]:
    """A filled copy of `database`: (its bytes, marks written, students left out). The database itself is only read.

    Raises  UsageError where nbgrader is not installed, where it is no gradebook of its, where a student or the assignment
            is not in it
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "gradebook.db"
        course = _copied(database, copy)
        try:
            from nbgrader.api import Gradebook, MissingEntry
            from sqlalchemy.exc import SQLAlchemyError
        except ImportError:
            raise UsageError(
                message("nbgrader is not installed here: pip install 'autograder[notebook]'.")
            ) from None
        try:
            with Gradebook(f"sqlite:///{copy}", course) as book:
                try:
                    marks, skipped = _fill(book, assignment, source)
                except MissingEntry as error:
                    raise UsageError(
                        message(
                            "{path}: {error}. Release the assignment and run nbgrader generate_assignment {assignment} first.",
                            path=str(database),
                            error=clean_line(str(error)),
                            assignment=assignment.id,
                        )
                    ) from None
                book.db.commit()
        except (SQLAlchemyError, OSError) as error:
            raise _no_gradebook(database, str(error).splitlines()[0]) from None
        if skipped and not skip_missing:
            raise UsageError(
                message(
                    "{path} does not know {count} students with a mark: {students}. Add them (nbgrader db student add), or leave "
                    "them out with --skip-missing.",
                    path=str(database),
                    count=len(skipped),
                    students=", ".join(map(clean_line, skipped[:20])),
                )
            )
        # All of it is in the one file: nbgrader keeps no log beside it.
        yield copy.read_bytes(), marks, skipped


def _copied(database: Path, copy: Path) -> str:
    """Copy a database, whoever writes to it meanwhile; returns the course in it."""
    try:
        with (
            contextlib.closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as old,
            contextlib.closing(sqlite3.connect(copy)) as new,
        ):
            old.backup(new)
            courses = [str(row[0]) for row in new.execute("SELECT id FROM course ORDER BY id LIMIT 2")]
            new.execute("SELECT 1 FROM submitted_assignment LIMIT 1")
    except sqlite3.Error as error:
        raise _no_gradebook(database, str(error)) from None
    if len(courses) != 1:
        raise _no_gradebook(database, f"{len(courses)} courses")
    return courses[0]


def _no_gradebook(database: Path, error: str) -> UsageError:
    return UsageError(
        message(
            "{path} is no gradebook.db of nbgrader that can be read: {error}.",
            path=str(database),
            error=clean_line(error, 300),
        )
    )


def _fill(book: Any, assignment: Assignment, source: Source) -> tuple[int, list[str]]:
    book.find_assignment(assignment.id)
    notebook = notebook_of(assignment.files[0]).removesuffix(".ipynb")
    known = {student.id for student in book.students}
    marks, skipped = 0, []
    for given in source.read(True):
        if given.score is None or given.report is None:
            continue
        if given.student not in known:
            skipped.append(given.student)
            continue
        _student(book, assignment, notebook, given)
        marks += 1
    return marks, skipped


def _student(book: Any, assignment: Assignment, notebook: str, given: Given) -> None:
    from nbgrader.api import MissingEntry

    try:
        book.find_submission(assignment.id, given.student)
    except MissingEntry:
        book.update_or_create_submission(
            assignment.id,
            given.student,
            timestamp=None if given.handed_in is None else given.handed_in.replace(tzinfo=None),
        )
    assert given.score is not None
    assert given.report is not None
    got = {function.name: function.score for function in given.report.functions}
    total = 0.0
    first = None
    for function in assignment.functions:
        grade = book.find_grade(cell_id(Role.MARKS, function.name), notebook, assignment.id, given.student)
        first = first or grade
        grade.auto_score = got.get(function.name, 0) / 100
        grade.needs_manual_grade = False
        grade.extra_credit = None
        total += grade.auto_score if grade.manual_score is None else grade.manual_score
    page = book.find_submission_notebook(notebook, assignment.id, given.student)
    missing = round(total - given.score / 100, 6)
    page.late_submission_penalty = max(0.0, missing)
    if missing < 0 and first is not None:
        first.extra_credit = -missing

"""What does a student get to work in? One zip for each assignment: stub, statement, public checks, notebooks.

The same course gives the same bytes. A zip gets its name only after it was scanned for leaks.
"""

from __future__ import annotations

import io
import os
import shutil
import stat
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp

from autograder.course import cut
from autograder.course.manifest import Assignment, Course
from autograder.errors import CourseError, UsageError
from autograder.model import Message, message
from autograder.notebooks.build import rendered, student_notebook
from autograder.proof.leaks import scan_or_raise
from autograder.release import Released

NOTEBOOKS = "notebook"

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_ORDINARY = stat.S_IFREG | 0o644


def release(
    course: Course, assignments: Sequence[Assignment], directory: Path, *, language: str, force: bool
) -> Released:
    """Make `<assignment>.zip` in `directory` for each of some assignments.

    language  has no part in it: every zip has the statement and the notebook in all languages of the course
    force     also replaces a file of that name which is no such zip
    Raises    CourseError that names each leak, or a stub that is not what the reference generates; then nothing is made.
              UsageError where it cannot be written
    """
    for assignment in assignments:
        _refuse_stale_stub(assignment)
        if not force:
            _refuse_foreign(directory / f"{assignment.id}.zip", assignment)
    try:
        with ExitStack() as undo:
            if not directory.exists():
                directory.mkdir(parents=True)
                undo.callback(remove_empty, directory)
            # Beside their places, so that each takes its name in one step.
            beside = Path(mkdtemp(prefix=".release-", dir=directory))
            undo.callback(shutil.rmtree, beside, ignore_errors=True)
            made = []
            for assignment in assignments:
                zipped = beside / f"{assignment.id}.zip"
                zipped.write_bytes(student_zip(course, assignment))
                scan_or_raise(zipped, course, course.assignments)
                made.append(zipped)
            for zipped in made:
                os.replace(zipped, directory / zipped.name)
    except OSError as error:
        raise cannot_write(directory, error) from None
    return Released(tuple(directory / zipped.name for zipped in made), unscanned(course, assignments))


def student_zip(course: Course, assignment: Assignment) -> bytes:
    """The zip's bytes, not yet scanned."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in sorted(contents(course, assignment)):
            entry = zipfile.ZipInfo(f"{assignment.id}/{name}", _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # As on Linux, wherever it is made.
            entry.create_system = 3
            entry.external_attr = _ORDINARY << 16
            archive.writestr(entry, content, compresslevel=9)
    return written.getvalue()


def contents(course: Course, assignment: Assignment) -> Iterator[tuple[str, bytes]]:
    """(name within the assignment's folder, bytes) of what a student gets."""
    folder = assignment.public_dir
    stubs = [folder / name for name in assignment.files]
    files = [*stubs, *assignment.statements, assignment.public_checks, *_below(folder / "pictures")]
    for path in files:
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()
    if assignment.data_dir is not None:
        for path in _below(assignment.data_dir):
            yield path.relative_to(folder.resolve()).as_posix(), path.read_bytes()
    for number, language in enumerate(course.languages):
        within = NOTEBOOKS if number == 0 else f"{NOTEBOOKS}.{language}"
        notebook = rendered(student_notebook(assignment, language))
        yield f"{within}/{assignment.main_module}.ipynb", notebook.encode("utf-8")


def cannot_write(directory: Path, error: OSError) -> UsageError:
    """What is said where a release cannot be written."""
    return UsageError(
        message(
            'Cannot write "{path}": {reason}. Name another folder, or make room in this one.',
            path=str(directory),
            reason=str(error.strerror or error),
        )
    )


def unscanned(course: Course, assignments: Sequence[Assignment]) -> tuple[Message, ...]:
    """A note for each assignment without solutions here: there was nothing to compare with."""
    return tuple(
        message(
            "This copy of the course has no solutions/{assignment}, so its release could not be scanned for leaks.",
            assignment=assignment.id,
        )
        for assignment in assignments
        if assignment.secret_dir is None
    )


def _below(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts)
    )


def _refuse_stale_stub(assignment: Assignment) -> None:
    if assignment.secret_dir is None:
        return
    for name in assignment.files:
        reference = assignment.reference_path.with_name(name)
        stub = assignment.public_dir / name
        if not reference.is_file() or not stub.is_file():
            continue
        try:
            generated = cut(reference.read_text("utf-8-sig"))
        except CourseError as error:
            raise CourseError(f"{reference}:", *error.parts) from None
        if stub.read_text("utf-8", "replace") != generated:
            raise CourseError(
                message(
                    "{file} is not what the reference generates. Make it so with: autograde stubs {assignment}",
                    file=f"{assignment.id}/{name}",
                    assignment=assignment.id,
                )
            )


def _refuse_foreign(path: Path, assignment: Assignment) -> None:
    if not path.exists():
        return
    try:
        with zipfile.ZipFile(path) as archive:
            ours = {name.partition("/")[0] for name in archive.namelist()} == {assignment.id}
    except (zipfile.BadZipFile, OSError):
        ours = False
    if not ours:
        raise UsageError(
            message(
                "{path} is there and was not made by this command. Move it away, or replace it with --force.",
                path=str(path),
            )
        )


def remove_empty(folder: Path) -> None:
    """Remove a folder that a release made, where it holds nothing."""
    try:
        folder.rmdir()
    except OSError:
        # Something was released into it.
        return

"""What lies in nbgrader's autograded/, and when was a notebook handed in? No link is followed, no file is ever half written."""

from __future__ import annotations

import errno
import fnmatch
import os
import stat
import tempfile
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.cleaning import clean_line
from autograder.model import Message, message
from autograder.notebooks.handed_in import TIMESTAMP
from autograder.notebooks.nbgrader_course import NbgraderCourse

_BY_NAME = frozenset({errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENOTEMPTY, errno.ENAMETOOLONG})
"""What is wrong with a name, and not with the disk: no other student's files meet it."""

_MOST_NAMED = 3


def write_files(
    course: NbgraderCourse, assignment: str, student: str, target: Path, content: bytes | None
) -> tuple[Message, ...]:
    """Put a notebook into autograded/, with what was handed in beside it and the instructor's files over that.

    target   the notebook's path; it is written last
    content  None where it is there already
    Returns  which of the student's files cannot be there, in one sentence
    Raises   OSError
    """
    directory = target.parent
    directory.mkdir(parents=True, exist_ok=True)
    autograde, settings = course.autograde, course.directory
    handed, source = course.folder("submitted", student, assignment), course.folder("source", ".", assignment)
    own = set(autograde.exclude_overwriting.get(assignment, []))
    given = {name: source / name for name in _files(source, settings) if name not in own}
    theirs = {name: handed / name for name in _files(handed, settings)}
    left_out = _in_the_way(theirs, given)
    files = {name: path for name, path in theirs.items() if name not in left_out} | given
    mode = int(str(autograde.permissions), 8)
    written = False
    for name in sorted(set(_files(directory, settings)) - set(files)):
        (directory / name).unlink()
        _remove_empty((directory / name).parent, directory)
    for name, path in sorted(files.items()):
        try:
            data = path.read_bytes()
        except OSError:
            if name in given:
                raise
            left_out.append(name)
            continue
        try:
            if not holds(directory / name, data):
                (directory / name).parent.mkdir(parents=True, exist_ok=True)
                _replace(directory / name, data, mode)
                written = True
        except OSError as error:
            if name in given or error.errno not in _BY_NAME:
                raise
            left_out.append(name)
    if content is not None:
        _replace(target, content, mode)
    if written or content is not None:
        autograde.set_permissions(assignment, student)
    if not left_out:
        return ()
    return (
        message(
            "{student}: not copied into autograded/, because they cannot be read or are in the way of the course's own: "
            "{files}. The notebook was graded all the same.",
            student=student,
            files=", ".join(clean_line(name, 100) for name in sorted(left_out)[:_MOST_NAMED])
            + (" …" if len(left_out) > _MOST_NAMED else ""),
        ),
    )


def _in_the_way(theirs: Collection[str], given: Collection[str]) -> list[str]:
    """The student's files that are called as a folder of the instructor's is, or lie in a folder called as a file is."""
    folders = {str(folder) for name in given for folder in Path(name).parents}
    files = set(given)
    return [
        name
        for name in theirs
        if name in folders or any(str(folder) in files for folder in Path(name).parents)
    ]


def _remove_empty(folder: Path, top: Path) -> None:
    """A folder whose last file is gone, and those that it was alone in: its name may be a file's now."""
    while folder != top:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def handed_in_at(path: Path, student: str) -> tuple[datetime | None, tuple[Message, ...]]:
    """When it was handed in, as nbgrader wrote it down."""
    from nbgrader.utils import parse_utc

    if not os.path.lexists(path):
        return None, ()
    text = _beginning(path)
    if text is None:
        return None, (
            message(
                "{student}: timestamp.txt is no file that can be read; this submission counts as in time.",
                student=student,
            ),
        )
    if not text:
        return None, ()
    try:
        return parse_utc(text), ()
    except (ValueError, OverflowError, TypeError):
        return None, (
            message(
                '{student}: timestamp.txt says "{text}", which is no time; this submission counts as in time.',
                student=student,
                text=clean_line(text, 60),
            ),
        )


def collected_at(folder: Path) -> datetime | None:
    """When what lies in a student's folder was handed in, aware; None where nbgrader did not say, or nothing sensible."""
    time, _notes = handed_in_at(folder / TIMESTAMP, "")
    return None if time is None else time.replace(tzinfo=UTC)


def _beginning(path: Path) -> str | None:
    """The first characters of a regular file; None where it is none, or cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return os.read(descriptor, 200).decode("utf-8", "replace").strip()
    except OSError:
        return None
    finally:
        os.close(descriptor)


def holds(path: Path, content: bytes) -> bool:
    """Whether a file is there, with exactly this content."""
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def _replace(path: Path, content: bytes, mode: int) -> None:
    """Write a file in one piece, with its permissions: it is the old one or the new one, whatever happens."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".autograde-")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _files(folder: Path, settings: Any) -> Iterator[str]:
    """The regular files in a folder that nbgrader copies, as paths from there. No link is followed."""
    ignored = [*settings.ignore, "*.ipynb"]

    def skipped(name: str) -> bool:
        return any(fnmatch.fnmatch(name, pattern) for pattern in ignored)

    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not skipped(name))
        for name in sorted(names):
            path = Path(place, name)
            if not skipped(name) and _copied(path, settings.max_file_size * 1000):
                yield str(path.relative_to(folder))


def _copied(path: Path, most: int) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size <= most

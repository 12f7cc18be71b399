"""What lies in nbgrader's autograded/, and when was a notebook handed in? No link is followed, no file is ever half written."""

from __future__ import annotations

import fnmatch
import os
import stat
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.cleaning import clean_line
from autograder.model import Message, message
from autograder.notebooks.nbgrader_course import NbgraderCourse


def write_files(
    course: NbgraderCourse, assignment: str, student: str, target: Path, content: bytes | None
) -> None:
    """Put a notebook into autograded/, with what was handed in beside it and the instructor's files over that.

    target   the notebook's path; it is written last
    content  None where it is there already
    Raises   OSError
    """
    directory = target.parent
    directory.mkdir(parents=True, exist_ok=True)
    autograde, settings = course.autograde, course.directory
    handed, source = course.folder("submitted", student, assignment), course.folder("source", ".", assignment)
    own = set(autograde.exclude_overwriting.get(assignment, []))
    files = {name: handed / name for name in _files(handed, settings)}
    files |= {name: source / name for name in _files(source, settings) if name not in own}
    mode = int(str(autograde.permissions), 8)
    written = False
    for name in sorted(set(_files(directory, settings)) - set(files)):
        (directory / name).unlink()
    for name, path in sorted(files.items()):
        data = path.read_bytes()
        if not holds(directory / name, data):
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            _replace(directory / name, data, mode)
            written = True
    if content is not None:
        _replace(target, content, mode)
    if written or content is not None:
        autograde.set_permissions(assignment, student)


def handed_in_at(path: Path, student: str) -> tuple[datetime | None, tuple[Message, ...]]:
    """When it was handed in, as nbgrader wrote it down."""
    from nbgrader.utils import parse_utc

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None, ()
    with open(descriptor, "rb") as file:
        regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
        text = file.read(200).decode("utf-8", "replace").strip() if regular else ""
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

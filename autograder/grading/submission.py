"""What was handed in? Folders on disk to submissions in memory, read once, without following a link.

Nothing here parses or runs what a student wrote.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.cleaning import clean_line
from autograder.course.manifest import Assignment
from autograder.errors import UsageError
from autograder.model import Message, message
from autograder.names import RECEIPT_FILE, STUDENT_FILE, did_you_mean, student_id

MAX_FILE_BYTES = 2**20
MAX_FILES = 50
_IGNORED_FOLDERS = {"__MACOSX", "__pycache__", "ipynb_checkpoints"}
_SILENT = {STUDENT_FILE, RECEIPT_FILE, ".DS_Store", "Thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Submission:
    """One student's files, as bytes.

    problem    why it cannot be graded, else None
    notices    what was ignored
    input_set  the set of inputs to meet, for proofs of the course; None lets the bytes decide
    brief      for proofs too: the marks only, without the runs that explain a failure
    """

    student: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    problem: Message | None = None
    notices: tuple[Message, ...] = ()
    input_set: int | None = None
    brief: bool = False

    @property
    def hashes(self) -> dict[str, str]:
        """File name → SHA-256 of its bytes."""
        return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(self.files.items())}


@dataclass(frozen=True)
class Found:
    """What a path holds. students: id → folder or file, in order of id; ignored: names that are no submission."""

    students: Mapping[str, Path]
    ignored: tuple[str, ...] = ()


def find(path: Path, only: str | None = None) -> Found:
    """The submissions at `path`: a folder with one folder a student, or one file.

    only    the one student to grade, an id
    Raises  UsageError where there is nothing to grade
    """
    if not os.path.lexists(path):
        raise UsageError(
            f"{path} does not exist. Give a folder with one folder for each student, or one file."
        )
    if path.is_file():
        return Found(_only({path.stem: path}, only, path))
    folders: list[Path] = []
    ignored: list[str] = []
    try:
        entries = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    for entry in entries:
        if entry.is_dir(follow_symlinks=False) and not _hidden(entry.name):
            folders.append(Path(entry.path))
        elif entry.name not in _SILENT:
            ignored.append(entry.name)
    if not folders:
        raise UsageError(f"{path} holds no folder of a student. Expected: {path}/<student>/<file>.")
    return Found(_only(_by_id(folders), only, path), tuple(ignored))


def _by_id(folders: list[Path]) -> dict[str, Path]:
    """Student's id → folder, in order of id. No two folders are one student: a name as it stands goes before a claim."""
    names = {folder.name for folder in folders}
    students = {}
    for folder in folders:
        id = student_id(folder)
        students[folder.name if id in names else id] = folder
    return dict(sorted(students.items()))


def _only(students: dict[str, Path], only: str | None, path: Path) -> dict[str, Path]:
    if only is None:
        return students
    if only not in students:
        raise UsageError(
            f'{path} holds no submission of "{clean_line(only)}".{clean_line(did_you_mean(only, students))} '
            f"It holds {len(students)}."
        )
    return {only: students[only]}


def _hidden(name: str) -> bool:
    # An id may begin with two dots; what begins with one is some program's own.
    return (name.startswith(".") and not name.startswith("..")) or name in _IGNORED_FOLDERS


def read(student: str, path: Path, assignment: Assignment) -> Submission:
    """One student's submission. Whatever is wrong with it becomes `problem`, never an exception."""
    main = assignment.files[0]
    if path.is_file():
        name = path.name if path.suffix == ".ipynb" else main
        return _checked(student, {name: path}, (), assignment)
    files: dict[str, Path] = {}
    notices: list[Message] = []
    try:
        entries = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError as error:
        return Submission(
            student, problem=message("The folder cannot be read: {reason}.", reason=str(error.strerror))
        )
    for entry in entries:
        if entry.name.endswith((".py", ".ipynb")) and _importable(entry.name):
            files[entry.name] = Path(entry.path)
        elif entry.name not in _SILENT and not (entry.is_dir(follow_symlinks=False) and _hidden(entry.name)):
            notices.append(message("Ignored: {name}.", name=clean_line(entry.name)))
    return _checked(student, files, tuple(notices[:20]), assignment)


def _importable(name: str) -> bool:
    """Whether a file could be a module, or looks like the one that is due ("work (1).py"), so that it is named."""
    return name.isprintable() and not name.startswith(".")


def _checked(
    student: str, paths: Mapping[str, Path], notices: tuple[Message, ...], assignment: Assignment
) -> Submission:
    main = assignment.files[0]
    notebook = main.removesuffix(".py") + ".ipynb"
    if main in paths and notebook in paths:
        return Submission(
            student,
            problem=message(
                "There are both {file} and {notebook}, and only one can count. Remove {notebook} if you "
                "worked in {file}, or the other way round.",
                file=main,
                notebook=notebook,
            ),
            notices=notices,
        )
    if main not in paths:
        return Submission(student, problem=_missing(main, list(paths)), notices=notices)
    if len(paths) > MAX_FILES:
        return Submission(
            student,
            problem=message("There are {count} files; {most} are allowed.", count=len(paths), most=MAX_FILES),
        )
    files: dict[str, bytes] = {}
    for name, path in paths.items():
        if not name.endswith(".py") or not name.removesuffix(".py").isidentifier():
            notices = (*notices, message("Ignored: {name}.", name=clean_line(name)))
            continue
        data = _bytes(path)
        if isinstance(data, Message):
            if name == main:
                return Submission(student, problem=data, notices=notices)
            notices = (*notices, data)
        else:
            files[name] = data
    return Submission(student, files, None, notices)


def _missing(main: str, names: list[str]) -> Message:
    others = [name for name in names if name.endswith((".py", ".ipynb"))]
    if not names:
        return message("There is no {file} in the folder; it holds no Python file at all.", file=main)
    if any(name.endswith(".ipynb") for name in others):
        return message(
            "There is no {file}, only a notebook. Notebooks cannot be graded yet: export it as {file}.",
            file=main,
        )
    return message(
        "There is no {file}. Found instead: {found}. Rename your file to {file} and hand it in again.",
        file=main,
        found=", ".join(clean_line(name) for name in others[:5]),
    )


def _bytes(path: Path) -> bytes | Message:
    """The bytes of a regular file, read once: no link is followed, and a pipe cannot make us wait."""
    name = clean_line(path.name)
    flags = os.O_RDONLY
    for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    try:
        descriptor = os.open(path, flags)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise OSError("not a regular file")
            with open(descriptor, "rb", closefd=False) as file:
                data = file.read(MAX_FILE_BYTES + 1)
        finally:
            os.close(descriptor)
    except OSError:
        return message(
            "{file} is not a regular file that can be read (a link, a folder or a device does not count).",
            file=name,
        )
    if len(data) > MAX_FILE_BYTES:
        return message(
            "{file} is too large: {size} bytes, and {most} are allowed. Submit the source only, without data.",
            file=name,
            size=max(status.st_size, len(data)),
            most=MAX_FILE_BYTES,
        )
    return data

"""What was handed in? Folders on disk to submissions in memory, read once, without following a link.

Nothing here unpacks, parses or runs what a student wrote: names are looked at, and bytes are kept. What the bytes say is
found out in a worker (`sandbox.ingest`), from these same bytes.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from autograder.cleaning import clean_line
from autograder.course.manifest import Assignment
from autograder.errors import UsageError
from autograder.grading.source import told
from autograder.language import later
from autograder.model import Message, message
from autograder.names import RECEIPT_FILE, STUDENT_FILE, meant, student_id
from autograder.sandbox.inside.ingest import said
from autograder.sandbox.inside.ingest.names import (
    SILENT,
    choose,
    is_archive,
    is_hidden,
    is_source,
    notebook_of,
)
from autograder.sandbox.inside.ingest.said import Notices, Unreadable

MAX_FILE_BYTES = 2**20
MAX_NOTEBOOK_BYTES = 128 * 2**20
MAX_ARCHIVE_BYTES = 16 * 2**20
MAX_SUBMISSION_BYTES = 32 * 2**20
"""Without a notebook, most of which is never looked at."""

MAX_ENTRIES = 10_000
_SILENT = SILENT | {STUDENT_FILE, RECEIPT_FILE}


@dataclass(frozen=True)
class Submission:
    """One student's files, as bytes.

    files      name → bytes: the assignment's file or its notebook with sibling modules, or one archive
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
            message(
                "{path} does not exist. Give a folder with one folder for each student, or one file.",
                path=str(path),
            )
        )
    if path.is_file():
        return Found(_only({path.stem: path}, only, path))
    folders: list[str] = []
    ignored: list[str] = []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) and not _is_hidden(entry.name):
                    folders.append(entry.name)
                elif entry.name not in _SILENT:
                    ignored.append(entry.name)
    except OSError as error:
        raise UsageError(
            message("{path} cannot be read: {reason}.", path=str(path), reason=str(error.strerror))
        ) from None
    folders.sort()
    ignored.sort()
    if not folders:
        raise UsageError(
            message("{path} holds no folder of a student. Expected: {path}/<student>/<file>.", path=str(path))
        )
    return Found(_only(_by_id(path, folders), only, path), tuple(ignored))


class _Folders(Mapping[str, Path]):
    """Id → folder, in order of id, kept as names only: there may be a hundred thousand."""

    def __init__(self, root: Path, names: dict[str, str]) -> None:
        self._root = root
        self._names = names

    def __getitem__(self, id: str) -> Path:
        return self._root / self._names[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _by_id(root: Path, folders: list[str]) -> Mapping[str, Path]:
    """Student's id → folder, in order of id. No two folders are one student: a name as it stands goes before a claim."""
    names = set(folders)
    students = {}
    for folder in folders:
        id = student_id(root / folder)
        students[folder if id in names else id] = folder
    return _Folders(root, dict(sorted(students.items())))


def _only(students: Mapping[str, Path], only: str | None, path: Path) -> Mapping[str, Path]:
    if only is None:
        return students
    if only not in students:
        raise UsageError(
            message('{path} holds no submission of "{student}".', path=str(path), student=clean_line(only)),
            meant(only, students),
            message("It holds {count}.", count=len(students)),
        )
    return {only: students[only]}


def _is_hidden(folder: str) -> bool:
    # An id may begin with two dots; what begins with one is some program's own.
    return is_hidden(folder) and not folder.startswith("..")


def read(student: str, path: Path, assignment: Assignment, *, notebook_counts: bool = False) -> Submission:
    """One student's submission. Whatever is wrong with it becomes `problem`, never an exception.

    path             a folder, or one file, which counts as the assignment's whatever it is called; a link is neither
    notebook_counts  whether a notebook counts where the assignment's file lies beside it; else both are a problem
    """
    main = assignment.files[0]
    notices = Notices()
    files: dict[str, bytes] = {}
    problem = None
    try:
        if path.is_file():
            with _opened(path.parent, follow=True) as folder:
                files = {_name_for(path.name, main): _bytes(folder, path.name)}
        else:
            with _opened(path) as folder:
                files = _read_folder(folder, assignment, notices, notebook_counts=notebook_counts)
    except Unreadable as error:
        problem = told(error.said)
    except OSError as error:
        reason = (
            error.strerror if error.errno not in (errno.ELOOP, errno.ENOTDIR) else later("it is no folder")
        )
        problem = message("The folder cannot be read: {reason}.", reason=str(reason))
    return Submission(student, files, problem, tuple(map(told, notices.said)))


@dataclass(frozen=True)
class _Folder:
    """An open folder: whatever its path leads to later, these are its entries. descriptor: None on Windows."""

    path: Path
    descriptor: int | None

    def entries(self) -> list[tuple[str, bool]]:
        """(name, whether it is a folder), sorted; one more than `MAX_ENTRIES` at most."""
        with os.scandir(self.path if self.descriptor is None else self.descriptor) as entries:
            first = itertools.islice(entries, MAX_ENTRIES + 1)
            return sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in first)

    def open(self, name: str, flags: int) -> int:
        """A descriptor of one entry."""
        if self.descriptor is None:
            return os.open(self.path / name, flags)
        return os.open(name, flags, dir_fd=self.descriptor)


@contextmanager
def _opened(path: Path, *, follow: bool = False) -> Iterator[_Folder]:
    if os.open not in os.supports_dir_fd or os.scandir not in os.supports_fd:
        yield _Folder(path, None)
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW))
    try:
        yield _Folder(path, descriptor)
    finally:
        os.close(descriptor)


def _name_for(name: str, main: str) -> str:
    """What a file that was handed in by itself stands for."""
    if name.endswith(".ipynb"):
        return notebook_of(main)
    return clean_line(name) if is_archive(name) else main


def _read_folder(
    folder: _Folder, assignment: Assignment, notices: Notices, *, notebook_counts: bool
) -> dict[str, bytes]:
    main = assignment.files[0]
    entries = folder.entries()
    if len(entries) > MAX_ENTRIES:
        raise Unreadable(said.TOO_MANY_FILES, count=len(entries), most=MAX_ENTRIES)
    sources = [name for name, _is_folder in entries if is_source(name)]
    archives = [name for name, is_folder in entries if is_archive(name) and not is_folder]
    only = archives[0] if len(archives) == 1 and not sources else None
    for name, is_folder in entries:
        silent = name == only or name in _SILENT or (is_folder and is_hidden(name))
        if not is_source(name) and not silent:
            notices.add(said.IGNORED, name=name)
    if only is not None:
        return {clean_line(only): _bytes(folder, only)}
    if archives and not sources:
        raise Unreadable(said.MANY_ARCHIVES, file=main, count=len(archives))
    if {main, notebook_of(main)} <= set(sources):
        if notebook_counts:
            sources.remove(main)
            notices.add(said.IGNORED, name=main)
        elif _is_untouched(folder, assignment):
            # Both are handed out together, and a folder comes back whole.
            sources.remove(main)
            notices.add(said.UNTOUCHED, file=main, notebook=notebook_of(main))
    choice = choose(sources, main, notices)
    files = {}
    for name, found in choice.files.items():
        try:
            files[name] = _bytes(folder, found)
        except Unreadable as error:
            if found == choice.main:
                raise
            notices.say(error.said)
    size = sum(len(data) for name, data in files.items() if not name.endswith(".ipynb"))
    if size > MAX_SUBMISSION_BYTES:
        raise Unreadable(said.TOO_LARGE_TOGETHER, size=size, most=MAX_SUBMISSION_BYTES)
    return files


def _is_untouched(folder: _Folder, assignment: Assignment) -> bool:
    """Whether the assignment's file is as it was handed out."""
    try:
        stub = assignment.stub_path.read_bytes()
        return _bytes(folder, assignment.files[0]).split() == stub.split()
    except (OSError, Unreadable):
        return False


def _most(name: str) -> int:
    if is_archive(name):
        return MAX_ARCHIVE_BYTES
    return MAX_NOTEBOOK_BYTES if name.endswith(".ipynb") else MAX_FILE_BYTES


def _bytes(folder: _Folder, name: str) -> bytes:
    """The bytes of a regular file, read once: no link is followed, a pipe cannot make us wait, and a file that grows
    while it is read is read to the limit only. Raises Unreadable."""
    flags = os.O_RDONLY
    for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    most = _most(name)
    try:
        descriptor = folder.open(name, flags)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise OSError("not a regular file")
            data = b""
            if status.st_size <= most:
                with open(descriptor, "rb", closefd=False) as file:
                    data = file.read(most + 1)
        finally:
            os.close(descriptor)
    except OSError:
        raise Unreadable(said.NOT_A_FILE, file=name) from None
    size = max(status.st_size, len(data))
    if size > most:
        sentence = said.NOTEBOOK_TOO_LARGE if name.endswith(".ipynb") else said.TOO_LARGE
        raise Unreadable(sentence, file=name, size=size, most=most)
    return data

"""What is in a download? Its entries, as a zip's directory or a folder lists them; nothing is unpacked or parsed here.

A learning platform made the zip, and students chose the names and the bytes in it. What the directory claims is checked
before and while it is read: sizes are counted, no entry is read beyond what it claims, no two share bytes, and no path
leads out of it. Names are only ever compared; `write` decides where bytes go.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.grading.submission import MAX_NOTEBOOK_BYTES
from autograder.model import Message, message
from autograder.sandbox.inside.ingest.names import SILENT, is_hidden

MAX_ENTRIES = 500_000
MAX_DIRECTORY_BYTES = 128 * 2**20
MAX_FILE_BYTES = MAX_NOTEBOOK_BYTES
"""The largest file that can be graded, a notebook with its outputs."""

MAX_TOTAL_BYTES = 64 * 2**30
"""Of all files together."""

MAX_RATIO = 200
MAX_DEPTH = 32
_RATIO_COUNTS_FROM = 2**20
_LONGEST_PATH = 1_000
_LONGEST_PART = 255
_PIECE = 2**20
_ENTRY_MARK = b"PK\x01\x02"
_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\x05\x06"
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_LONGEST_COMMENT = 2**16
_LOCAL_HEADER_BYTES = 30
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_DRIVE = re.compile(r"[A-Za-z]:")


class Damaged(Exception):
    """The bytes of an entry are not what the download says of them. problem: a sentence on it."""

    def __init__(self, problem: Message) -> None:
        super().__init__(problem.id)
        self.problem = problem


@dataclass(frozen=True)
class Entry:
    """A file of a download.

    parts    its folders and its name, none of them "", "." or ".."
    size     in bytes, as claimed
    problem  why it cannot be had, else None
    read     opens it; only through `pieces`
    """

    parts: tuple[str, ...]
    size: int
    read: Callable[[], BinaryIO] = field(compare=False, repr=False)
    problem: Message | None = None

    @property
    def path(self) -> str:
        return "/".join(self.parts)

    def pieces(self) -> Iterator[bytes]:
        """Its bytes, a MiB at a time. Raises Damaged where they are not as many as claimed, or cannot be unpacked."""
        if self.problem is not None:
            raise Damaged(self.problem)
        count = 0
        try:
            with self.read() as opened:
                while piece := opened.read(_PIECE):
                    count += len(piece)
                    if count > self.size:
                        break
                    yield piece
        except (
            zipfile.BadZipFile,
            zlib.error,
            struct.error,
            EOFError,
            NotImplementedError,
            OverflowError,
            RuntimeError,
            ValueError,  # a name in front of an entry's bytes that is not in the encoding that it says
            OSError,
        ):
            raise Damaged(message("{file} is damaged in the download.", file=clean_line(self.path))) from None
        if count != self.size:
            raise Damaged(message("{file} is damaged in the download.", file=clean_line(self.path)))


@dataclass(frozen=True)
class Container:
    """A download that is open.

    name     what it is called, without folders
    entries  its files, in order of path; two may have the same one
    refused  path as it stands → why it is not among them
    """

    name: str
    entries: tuple[Entry, ...]
    refused: tuple[tuple[str, Message], ...] = ()

    def inside(self, folder: tuple[str, ...]) -> Container:
        """The same without the folder that everything lies in."""
        count = len(folder)
        return Container(
            self.name,
            tuple(
                Entry(entry.parts[count:], entry.size, entry.read, entry.problem)
                for entry in self.entries
                if entry.parts[:count] == folder and len(entry.parts) > count
            ),
            self.refused,
        )


@contextmanager
def opened(path: Path) -> Iterator[Container]:
    """A download: a zip, or the folder that it was unpacked to.

    Raises  UsageError where it is neither, damaged, or larger than any class's
    """
    if not os.path.lexists(path):
        raise UsageError(
            message(
                "{path} does not exist. Give the zip that you downloaded, or the folder that it was unpacked to.",
                path=str(path),
            )
        )
    try:
        if path.is_dir():
            yield _folder(path)
            return
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _no_zip(path)
            _check_directory(path, file)
            try:
                archive = zipfile.ZipFile(file)
            except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, OverflowError):
                raise _no_zip(path) from None
            with archive:
                yield _zipped(path, archive)
    except OSError as error:
        if error.filename is not None and os.fspath(error.filename) != os.fspath(path):
            raise
        raise UsageError(
            message(
                "{path} cannot be read: {reason}.",
                path=str(path),
                reason=str(error.strerror or type(error).__name__),
            )
        ) from None


# -- paths ----------------------------------------------------------------------------------------------------


def _parts(name: str) -> tuple[str, ...] | None:
    """The folders and the file in a name; None for one that leads out of the download or that no system can hold."""
    path = name.replace("\\", "/")
    parts = tuple(part for part in path.split("/") if part not in ("", "."))
    if not parts or len(parts) > MAX_DEPTH or len(name) > _LONGEST_PATH:
        return None
    if any(len(part.encode("utf-8", "surrogatepass")) > _LONGEST_PART for part in parts):
        return None
    if path.startswith("/") or _DRIVE.match(path) or ".." in parts or "\0" in path:
        return None
    return parts


def _by_product(parts: tuple[str, ...]) -> bool:
    """Whether a program left it, such as __MACOSX/ or .DS_Store: nobody wants to hear of it."""
    return any(map(_is_hidden, parts[:-1])) or parts[-1] in SILENT or parts[-1].startswith("._")


def _is_hidden(folder: str) -> bool:
    # A student's id may begin with two dots, and be a folder's name in nbgrader.
    return is_hidden(folder) and not folder.startswith("..")


# -- zip ------------------------------------------------------------------------------------------------------


def _no_zip(path: Path) -> UsageError:
    return UsageError(
        message(
            "{path} is not a zip that can be read: it is damaged, or only a part of it arrived. Download it again, or give "
            "the folder that it was unpacked to.",
            path=str(path),
        )
    )


def _check_directory(path: Path, file: BinaryIO) -> None:
    """Bound what the library will read and make of the directory, before it does."""
    size = file.seek(0, os.SEEK_END)
    tail_at = max(0, size - _LONGEST_COMMENT - _END.size - _LOCATOR64.size)
    file.seek(tail_at)
    tail = file.read()
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END.size:
        raise _no_zip(path)
    _mark, _disk, _first, _here, _count, length, _start, _comment = _END.unpack_from(tail, at)
    end = tail_at + at
    if end >= _LOCATOR64.size:
        file.seek(end - _LOCATOR64.size)
        mark, _disk, _offset, _disks = _LOCATOR64.unpack(file.read(_LOCATOR64.size))
        if mark == b"PK\x06\x07" and end >= _LOCATOR64.size + _END64.size:
            end -= _LOCATOR64.size + _END64.size
            file.seek(end)
            record = _END64.unpack(file.read(_END64.size))
            # The library takes it where its mark is right, whatever stands in the shorter record.
            if record[0] == b"PK\x06\x06":
                length = record[8]
    if length > end:
        raise _no_zip(path)
    if length > MAX_DIRECTORY_BYTES:
        raise _too_many(path)
    file.seek(end - length)
    # Each entry has the mark; it makes an object of each before it can be asked how many there are.
    if file.read(length).count(_ENTRY_MARK) > MAX_ENTRIES:
        raise _too_many(path)
    file.seek(0)


def _too_many(path: Path) -> UsageError:
    return UsageError(
        message(
            "{path} holds more than {most} files, which no class hands in. Nothing was read.",
            path=str(path),
            most=MAX_ENTRIES,
        )
    )


def _check_total(path: Path, total: int) -> None:
    if total > MAX_TOTAL_BYTES:
        raise UsageError(
            message(
                "{path} unpacks to {size} bytes; {most} are allowed. Nothing was read.",
                path=str(path),
                size=total,
                most=MAX_TOTAL_BYTES,
            )
        )


def _zipped(path: Path, archive: zipfile.ZipFile) -> Container:
    entries: list[Entry] = []
    refused: list[tuple[str, Message]] = []
    listed = archive.infolist()
    _check_total(path, sum(info.file_size for info in listed))
    if _overlap(listed):
        raise UsageError(
            message(
                "{path} is not a download of a learning platform: files in it share their bytes, as in a zip bomb. "
                "Nothing was read.",
                path=str(path),
            )
        )
    for info in listed:
        name = _name(info)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if name.endswith(("/", "\\")) and kind in (0, stat.S_IFDIR):
            continue
        parts = _parts(name)
        if parts is None:
            refused.append((name, message("its path leads out of the download, or no system can hold it")))
        elif _by_product(parts):
            continue
        elif kind not in (0, stat.S_IFREG):
            refused.append((name, message("it is a link or a device and not a regular file")))
        else:
            entries.append(
                Entry(parts, info.file_size, _reader(archive, info), _why_not(info, "/".join(parts)))
            )
    return Container(path.name, tuple(sorted(entries, key=lambda entry: entry.parts)), tuple(refused))


def _name(info: zipfile.ZipInfo) -> str:
    """An entry's name. Where the zip does not say that it is UTF-8 it mostly is all the same; else it is cp437."""
    name = info.orig_filename
    if info.flag_bits & _UTF8_NAME or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _why_not(info: zipfile.ZipInfo, path: str) -> Message | None:
    file = clean_line(path)
    if info.flag_bits & _ENCRYPTED:
        return message("{file} is protected with a password in the download.", file=file)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # The others are not unpacked in bounded pieces by the library.
        return message("{file} is packed in a way that no learning platform uses.", file=file)
    if info.file_size > MAX_FILE_BYTES:
        return _too_large(file, info.file_size)
    if info.file_size > _RATIO_COUNTS_FROM and info.file_size > MAX_RATIO * info.compress_size:
        return message(
            "{file} unpacks to more than {most} times its size, as a zip bomb does.",
            file=file,
            most=MAX_RATIO,
        )
    return None


def _too_large(file: str, size: int) -> Message:
    return message(
        "{file} is too large: {size} bytes, and {most} are allowed.",
        file=file,
        size=size,
        most=MAX_FILE_BYTES,
    )


def _reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def read() -> BinaryIO:
        return archive.open(info)  # type: ignore[return-value]

    return read


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            return True
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size
    return False


# -- folder ---------------------------------------------------------------------------------------------------


def _folder(path: Path) -> Container:
    entries: list[Entry] = []
    refused: list[tuple[str, Message]] = []
    for parts, found in _walk(path, ()):
        if found.is_symlink() or not found.is_file(follow_symlinks=False):
            refused.append(("/".join(parts), message("it is a link or a device and not a regular file")))
            continue
        size = found.stat(follow_symlinks=False).st_size
        problem = _too_large(clean_line("/".join(parts)), size) if size > MAX_FILE_BYTES else None
        entries.append(Entry(parts, size, _file_reader(path.joinpath(*parts)), problem))
        if len(entries) > MAX_ENTRIES:
            raise _too_many(path)
    _check_total(path, sum(entry.size for entry in entries))
    return Container(
        path.resolve().name, tuple(sorted(entries, key=lambda entry: entry.parts)), tuple(refused)
    )


def _walk(folder: Path, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], os.DirEntry[str]]]:
    """Everything below a folder that is no folder itself. No link is followed."""
    with os.scandir(folder) as found:
        for entry in found:
            parts = (*above, entry.name)
            if entry.is_dir(follow_symlinks=False):
                if not _is_hidden(entry.name) and len(parts) < MAX_DEPTH:
                    yield from _walk(Path(entry.path), parts)
            elif not _by_product(parts):
                yield parts, entry


def _file_reader(path: Path) -> Callable[[], BinaryIO]:
    def read() -> BinaryIO:
        flags = os.O_RDONLY
        for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):
            flags |= getattr(os, flag, 0)
        descriptor = os.open(path, flags)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, "not a regular file")
        return open(descriptor, "rb")

    return read

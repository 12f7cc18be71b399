"""What is in an archive? The sources in its one folder, as bytes; nothing is ever unpacked to a path.

Everything an archive says about itself is a claim: sizes are counted while reading, entries before.
"""

from __future__ import annotations

import io
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from . import said
from .names import SILENT, choose, is_archive, is_hidden, is_source, notebook_of
from .said import Notices, Unreadable

MAX_ENTRIES = 1_000
MAX_UNPACKED_BYTES = 32 * 2**20
MAX_SOURCE_BYTES = 2**20
MAX_RATIO = 200
_RATIO_COUNTS_FROM = 2**20
_LONGEST_PATH = 1_000
_LONGEST_PART = 255
_ENTRY_MARK = b"PK\x01\x02"
_LOCAL_HEADER_BYTES = 30
_GZIP = b"\x1f\x8b"
_BY_ZLIB_WITH_GZIP_HEADER = 31
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True)
class _Member:
    """A regular file of an archive. read: its bytes, at most as many as are asked for."""

    parts: tuple[str, ...]
    size: int
    read: Callable[[int], bytes]

    @property
    def name(self) -> str:
        return self.parts[-1]


def unpack(file: str, data: bytes, main: str, notices: Notices) -> dict[str, bytes]:
    """The sources in an archive, name → bytes; the file to be graded or its notebook is among them.

    file    what to call the archive
    main    the file's name in the contract
    Raises  Unreadable where the archive is damaged, too large or a trick, or `main` is not in it
    """
    try:
        members = list(_members(file, data, notices))
        return _chosen(file, members, main, notices)
    except (Unreadable, MemoryError):
        raise
    except Exception:  # the two libraries raise a dozen kinds for damage; each means the same here
        raise Unreadable(said.BROKEN_ARCHIVE, file=file) from None


def _members(file: str, data: bytes, notices: Notices) -> Iterator[_Member]:
    if data.startswith(b"PK"):
        return _zipped(file, data, notices)
    if data.startswith(_GZIP):
        data = _gunzipped(file, data)
    return _tarred(file, data, notices)


def _chosen(file: str, members: list[_Member], main: str, notices: Notices) -> dict[str, bytes]:
    folder = _folder(file, members, main)
    here: dict[str, _Member] = {}
    for member in members:
        if not is_source(member.name):
            sentence = said.NESTED if is_archive(member.name) else said.IGNORED_IN_ARCHIVE
            notices.add(sentence, file=file, name="/".join(member.parts))
        elif member.parts[:-1] != folder:
            notices.add(said.ELSEWHERE, file=file, name="/".join(member.parts))
        elif member.name in here:
            raise Unreadable(said.TWICE, file=file, name=member.name)
        else:
            here[member.name] = member
    if not any(is_source(member.name) for member in members):
        raise Unreadable(said.NO_PYTHON_IN_ARCHIVE, file=main, archive=file)
    if not here:
        found_elsewhere = ["/".join(member.parts) for member in members if is_source(member.name)]
        raise Unreadable(said.MISSING, file=main, found=", ".join(found_elsewhere[:5]))
    files: dict[str, bytes] = {}
    for name, found in choose(here, main, notices).files.items():
        files[name] = _read(file, here[found])
        if sum(map(len, files.values())) > MAX_UNPACKED_BYTES:
            raise Unreadable(said.UNPACKS_TOO_LARGE, file=file, most=MAX_UNPACKED_BYTES)
    return files


def _read(file: str, member: _Member) -> bytes:
    most = MAX_UNPACKED_BYTES if member.name.endswith(".ipynb") else MAX_SOURCE_BYTES
    data = member.read(most + 1)
    if len(data) > most:
        raise Unreadable(said.TOO_LARGE, file=member.name, size=max(len(data), member.size), most=most)
    if len(data) != member.size:
        raise Unreadable(said.BROKEN_ARCHIVE, file=file)
    return data


def _folder(file: str, members: list[_Member], main: str) -> tuple[str, ...]:
    """The folder that counts: where the file to be graded lies, least deep; the one that all sources share where it
    lies in none, so that what was found instead can be named."""
    folders = [member.parts[:-1] for member in members if member.name in (main, notebook_of(main))]
    if folders:
        least = min(map(len, folders))
        first, *others = {folder for folder in folders if len(folder) == least}
        if others:
            raise Unreadable(said.TWICE, file=file, name=main)
        return first
    folders = [member.parts[:-1] for member in members if is_source(member.name)]
    common = min(folders, key=len, default=())
    for folder in folders:
        while folder[: len(common)] != common:
            common = common[:-1]
    return common


def _parts(name: str) -> tuple[str, ...] | None:
    """The folders and the file in a member's name; None for one that no honest program writes."""
    path = name.replace("\\", "/")
    parts = tuple(part for part in path.split("/") if part not in ("", "."))
    if not parts or len(name) > _LONGEST_PATH or max(map(len, parts)) > _LONGEST_PART:
        return None
    if path.startswith("/") or _DRIVE.match(path) or ".." in parts or "\0" in path:
        return None
    return parts


def _listed(file: str, name: str, regular: bool, notices: Notices) -> tuple[str, ...] | None:
    """The parts of a member's name where it counts; a notice where that should be known, nothing for by-products."""
    parts = _parts(name)
    if name.endswith(("/", "\\")):
        return None
    if parts is None:
        notices.add(said.UNSAFE_PATH, file=file, name=name)
        return None
    if any(map(is_hidden, parts[:-1])):
        return None
    if parts[-1] in SILENT or parts[-1].startswith("."):
        return None
    if not regular:
        notices.add(said.NOT_REGULAR, file=file, name="/".join(parts))
        return None
    return parts


# -- zip ------------------------------------------------------------------------------------------------------


def _zipped(file: str, data: bytes, notices: Notices) -> Iterator[_Member]:
    # The library makes an object of each entry before it can be asked how many there are. An entry may hold the mark by
    # chance, or be an archive itself, hence the margin.
    if data.count(_ENTRY_MARK) > 10 * MAX_ENTRIES:
        raise Unreadable(said.TOO_MANY_ENTRIES, file=file, most=MAX_ENTRIES)
    archive = zipfile.ZipFile(io.BytesIO(data))
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise Unreadable(said.TOO_MANY_ENTRIES, file=file, most=MAX_ENTRIES)
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise Unreadable(said.UNPACKS_TOO_LARGE, file=file, most=MAX_UNPACKED_BYTES)
    if _overlap(entries):
        raise Unreadable(said.BROKEN_ARCHIVE, file=file)
    for entry in entries:
        # The library cuts a name at a zero byte; the name as it stands is judged.
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if entry.is_dir() and kind in (0, stat.S_IFDIR):
            continue
        parts = _listed(file, entry.orig_filename, kind in (0, stat.S_IFREG), notices)
        if parts is None:
            continue
        if entry.file_size > _RATIO_COUNTS_FROM and entry.file_size > MAX_RATIO * entry.compress_size:
            raise Unreadable(said.BOMB, file=file, most=MAX_RATIO)
        if is_source(parts[-1]):
            if entry.flag_bits & 1:
                raise Unreadable(said.ENCRYPTED, file=file)
            # The others are not unpacked in bounded pieces by the library.
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Unreadable(said.BROKEN_ARCHIVE, file=file)
        yield _Member(parts, entry.file_size, _entry_reader(archive, entry))


def _entry_reader(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        with archive.open(entry) as opened:
            return opened.read(most)

    return read


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    """Whether two entries use the same bytes: then a small archive could hold any number of large files."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            return True
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size
    return False


# -- tar ------------------------------------------------------------------------------------------------------


def _gunzipped(file: str, data: bytes) -> bytes:
    unpacker = zlib.decompressobj(_BY_ZLIB_WITH_GZIP_HEADER)
    unpacked = unpacker.decompress(data, MAX_UNPACKED_BYTES + 1)
    if len(unpacked) > MAX_UNPACKED_BYTES:
        raise Unreadable(said.UNPACKS_TOO_LARGE, file=file, most=MAX_UNPACKED_BYTES)
    if len(unpacked) > max(_RATIO_COUNTS_FROM, MAX_RATIO * len(data)):
        raise Unreadable(said.BOMB, file=file, most=MAX_RATIO)
    # A second stream after the first would be read by some programs and not by others.
    if not unpacker.eof or unpacker.unused_data.strip(b"\0"):
        raise Unreadable(said.BROKEN_ARCHIVE, file=file)
    return unpacked


def _tarred(file: str, data: bytes, notices: Notices) -> Iterator[_Member]:
    if len(data) > MAX_UNPACKED_BYTES:
        raise Unreadable(said.UNPACKS_TOO_LARGE, file=file, most=MAX_UNPACKED_BYTES)
    archive = tarfile.open(fileobj=io.BytesIO(data), mode="r:")  # noqa: SIM115 - it is read as long as its members are
    count = 0
    while (entry := archive.next()) is not None:
        count += 1
        if count > MAX_ENTRIES:
            raise Unreadable(said.TOO_MANY_ENTRIES, file=file, most=MAX_ENTRIES)
        if entry.isdir():
            continue
        parts = _listed(file, entry.name, entry.isreg() and not entry.issparse(), notices)
        if parts is not None:
            yield _Member(parts, entry.size, _member_reader(archive, entry))


def _member_reader(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> Callable[[int], bytes]:
    def read(most: int) -> bytes:
        opened = archive.extractfile(entry)
        return b"" if opened is None else opened.read(most)

    return read

"""How does a file get to where it was asked for? Whole or not at all, and never in the place of another one unasked."""

from __future__ import annotations

import contextlib
import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.errors import UsageError
from autograder.model import message

_DATE = (1980, 1, 1, 0, 0, 0)
_HEADERS = 150


def look(path: Path, *, force: bool, inputs: Iterable[Path] = ()) -> None:
    """Refuse a place that cannot be written before any work is done.

    inputs  files that are read: never the place, whatever `force` says
    Raises  UsageError
    """
    for source in inputs:
        if _is_same(path, source):
            raise UsageError(
                message(
                    "{path} is the file that is read. The filled one needs another name: -o FILE.",
                    path=str(path),
                )
            )
    if path.is_dir():
        raise UsageError(
            message("{path} is a folder. Name a file in it: -o {path}/NAME", path=str(path).rstrip("/"))
        )
    if not force and os.path.lexists(path):
        raise UsageError(
            message("{path} exists. Name another file, or replace it with --force.", path=str(path))
        )
    if not path.parent.is_dir():
        raise UsageError(
            message(
                "{path} cannot be written: there is no folder {folder}.",
                path=str(path),
                folder=str(path.parent),
            )
        )


def put(path: Path, data: bytes, *, force: bool) -> None:
    """Write `data` to `path`. Raises UsageError where that cannot be, or where a file has come there meanwhile."""
    with _beside(path, force) as beside:
        beside.write_bytes(data)


def put_zip(
    path: Path, files: Iterable[tuple[str, bytes]], *, force: bool, most_bytes: int | None = None
) -> list[tuple[Path, int]]:
    """Write files as an archive that has the same bytes each time, in several where one would be larger than `most_bytes`.

    Returns  the archives with the number of files in each: PATH, or PATH's name with -1, -2, … where there are several
    Raises   UsageError as `put`; where one file alone is too large it gets an archive of its own
    """
    made: list[tuple[Path, int]] = []
    waiting = _Waiting(files)
    try:
        while waiting.name or not made:
            part = path if most_bytes is None else path.with_name(f"{path.stem}-{len(made) + 1}{path.suffix}")
            look(part, force=force)
            with _beside(part, force) as beside:
                count = _fill_zip(beside, waiting, most_bytes)
            made.append((part, count))
        if len(made) == 1 and made[0][0] != path:
            look(path, force=force)
            with _told(path):
                os.replace(made[0][0], path)
            made = [(path, made[0][1])]
    except BaseException:
        # Some of the archives would look like all of them.
        for part, _count in made:
            with contextlib.suppress(OSError):
                part.unlink()
        raise
    return made


class _Waiting:
    """The next file to be written; `name` is "" where there is none."""

    def __init__(self, files: Iterable[tuple[str, bytes]]) -> None:
        self._files = iter(files)
        self.step()

    def step(self) -> None:
        self.name, self.data = next(self._files, ("", b""))


def _fill_zip(place: Path, waiting: _Waiting, most_bytes: int | None) -> int:
    """Write what is waiting, as much as there is room for, and at least one file."""
    count = size = 0
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        while waiting.name:
            # Uncompressed, a file takes no more than this: its bytes and two headers.
            size += len(waiting.data) + 2 * len(waiting.name.encode()) + _HEADERS
            if count and most_bytes is not None and size > most_bytes:
                break
            info = zipfile.ZipInfo(waiting.name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, waiting.data)
            count += 1
            waiting.step()
    return count


@contextlib.contextmanager
def _beside(path: Path, force: bool) -> Iterator[Path]:
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with _told(path):
        try:
            yield beside
            with open(beside, "rb+") as file:
                os.fsync(file.fileno())
            if not force:
                # Unlike a check before, this cannot be too late.
                _without_replacing(beside, path)
            else:
                os.replace(beside, path)
        finally:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)


def _without_replacing(beside: Path, path: Path) -> None:
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links.
        if os.path.lexists(path):
            raise FileExistsError(17, "File exists") from None
        os.replace(beside, path)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            message("Cannot write {path}: {reason}.", path=str(path), reason=str(error.strerror or error))
        ) from error


def _is_same(path: Path, other: Path) -> bool:
    try:
        return os.path.samefile(path, other)
    except OSError:
        return path.absolute() == other.absolute()

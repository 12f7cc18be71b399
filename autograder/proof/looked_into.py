"""What can be read in a file? Its texts, those of archives within it, of notebooks, pictures and encodings.

Nothing is executed, unpickled or unmarshalled; what an archive unpacks to is bounded.
"""

from __future__ import annotations

import base64
import bz2
import html
import io
import json
import lzma
import os
import re
import stat
import tarfile
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.model import message

MOST_BYTES = 512 * 1024 * 1024
"""What all archives of one scan may unpack to together."""
MOST_NESTED = 12
"""How many archives and encodings may lie within each other."""
MOST_ENTRIES = 200_000

_CHUNK = 1024 * 1024
_PYTHON_CELL = "code"
_BASE64 = re.compile(
    # Lines of a long text in base64 with what is left in its last one, or a single run of it.
    r"(?:[A-Za-z0-9+/_-]{48,}\\?\s{0,2})+[A-Za-z0-9+/_-]{0,75}={0,2}|[A-Za-z0-9+/_-]{24,}={0,2}"
)
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){40,}")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([nrt\"'/\\]))")
_SHORT = {"n": "\n", "r": "\n", "t": " ", '"': '"', "'": "'", "/": "/", "\\": "\\"}
_TAG = re.compile(r"</?[A-Za-z!?][^<>]*>")
_BREAK = re.compile(r"<(?:br|/?(?:p|div|li|tr|td|th|pre|h[1-6]|table|ul|ol|section))\b[^<>]*>", re.IGNORECASE)
_PRINTABLE = re.compile(rb"[\t\n\r\x20-\x7e\x80-\xff]{8,}")
_WIDE = re.compile(rb"(?:[\t\n\r\x20-\x7e]\x00){8,}")
_FENCE = re.compile(
    r"^[ \t]*(?:```|~~~)[ \t]*(?:python|py|ipython3?)?[ \t]*\n(.*?)^[ \t]*(?:```|~~~)", re.M | re.S
)
_GIT_PACK = b"PACK\0\0\0\x02"
_LONGEST_BUNDLE_HEAD = 1024 * 1024
_NOT_OPENED = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd", b"MSCF\0\0\0\0")
"""How files of 7-Zip, RAR, Zstandard and Microsoft's cabinets begin."""
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)


@dataclass(frozen=True)
class Seen:
    """One thing that can be read.

    where      e.g. "handout.zip!hw1/hw1.ipynb, cell 3, output 1"
    name       the file's name, "" for a part of a file
    data       the bytes of a whole file, None for a part
    texts      the text in each way that it can be read; the first is as it stands
    is_python  whether it may be Python
    """

    where: str
    name: str = ""
    data: bytes | None = None
    texts: tuple[str, ...] = ()
    is_python: bool = False


class Unreadable(CourseError):
    """An archive that is encrypted or damaged."""


class Budget:
    """What the archives of one scan may still unpack to.

    lenient  whether what is encoded in a text may be too large to be looked into: a student wrote it
    """

    def __init__(self, most: int = MOST_BYTES, *, lenient: bool = False) -> None:
        self.most = most
        self.lenient = lenient
        self.left = most
        self.entries = MOST_ENTRIES

    def spend(self, count: int, where: str) -> None:
        """Raises CourseError where too much would be unpacked."""
        self.left -= count
        if self.left < 0:
            raise CourseError(
                message(
                    "{where} unpacks to more than {mebibytes} MiB, so it was not scanned for leaks to its end and must "
                    "not be given to anyone. Take out what is so large.",
                    where=where,
                    mebibytes=self.most // 2**20,
                )
            )

    def enter(self, where: str) -> None:
        """One more file. Raises CourseError where there are too many."""
        self.entries -= 1
        if self.entries < 0:
            raise CourseError(
                message("{where} holds more than {count} files.", where=where, count=MOST_ENTRIES)
            )


def look(path: Path, budget: Budget, secret: Path | None = None) -> Iterator[Seen]:
    """All that can be read at `path`, a file or a folder; symbolic links are followed.

    secret  a folder; a link to a folder within it is not followed but yielded, as a name
    Raises  CourseError for what cannot be looked into: too much, encrypted, damaged, unreadable
    """
    if not path.exists() and not path.is_symlink():
        raise CourseError(message("{path} is not there.", path=str(path)))
    if not path.is_dir():
        yield from _file(path, path.name, budget)
        return
    been = {path.resolve()}
    for folder, folders, files in os.walk(path, followlinks=True):
        here = Path(folder)
        folders.sort()
        for name in list(folders):
            target = here / name
            where = target.relative_to(path).as_posix()
            if target.is_symlink():
                yield Seen(where, name, None, (os.readlink(target),))
                if target.resolve() in been or (secret is not None and _within(target.resolve(), secret)):
                    folders.remove(name)
                    continue
            been.add(target.resolve())
            yield Seen(where, name)
        for name in sorted(files):
            file = here / name
            yield from _file(file, file.relative_to(path).as_posix(), budget)


def _within(path: Path, folder: Path) -> bool:
    return path == folder.resolve() or folder.resolve() in path.parents


def _file(path: Path, where: str, budget: Budget) -> Iterator[Seen]:
    budget.enter(where)
    if path.is_symlink():
        yield Seen(where, path.name, None, (os.readlink(path),))
        if not path.exists():
            return
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(
            message("{path} cannot be read: {reason}.", path=str(path), reason=str(error.strerror))
        ) from None
    yield from look_at(data, where, path.name, budget)


def look_at(
    data: bytes, where: str, name: str, budget: Budget, depth: int = 0, *, guessed: bool = False
) -> Iterator[Seen]:
    """All that can be read in a file's bytes.

    guessed  whether they are only perhaps a file's: what a text looks like in another encoding
    """
    yield Seen(where, name, data)
    if depth > MOST_NESTED:
        raise CourseError(
            message(
                "{where} lies more than {count} archives deep, so it was not scanned for leaks.",
                where=where,
                count=MOST_NESTED,
            )
        )
    is_zip = data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")) or (
        b"PK\x05\x06" in data[-66_000:] and zipfile.is_zipfile(io.BytesIO(data))
    )
    if is_zip or data[257:262] == b"ustar":
        try:
            yield from (_zip if is_zip else _tar)(data, where, budget, depth)
            return
        except Unreadable:
            if not guessed:
                raise
    pack = data.find(_GIT_PACK, 0, _LONGEST_BUNDLE_HEAD) if data.startswith((b"PACK", b"# v")) else -1
    if pack >= 0:
        yield from _git_pack(data[pack:], where, budget, depth)
        return
    if data.startswith(_NOT_OPENED) and not guessed:
        raise Unreadable(
            message(
                "{where} is packed in a format that is not read here, so it cannot be scanned for leaks. Pack it as zip or "
                "tar.gz instead.",
                where=where,
            )
        )
    for magic, opened in _PACKED:
        if data.startswith(magic):
            unpacked = _unpacked(data, opened, where, budget)
            if unpacked:
                inner = name.rpartition(".")[0] if name.endswith((".gz", ".bz2", ".xz", ".tgz")) else ""
                yield from look_at(unpacked, f"{where}, unpacked", inner, budget, depth + 1)
                return
    text = _decoded(data)
    if text is not None:
        yield from _text(text, where, name, budget, depth)
        return
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        yield from _png(data, where, budget, depth)
    for found in _PDF_STREAM.finditer(data) if data.startswith(b"%PDF") else ():
        inside = _unpacked(found[1], zlib.decompressobj, where, budget)
        if inside:
            yield from look_at(inside, f"{where}, a stream", "", budget, depth + 1)
    printable = [found[0].decode("utf-8", "replace") for found in _PRINTABLE.finditer(data)]
    wide = [found[0].decode("utf-16-le") for found in _WIDE.finditer(data)]
    yield Seen(where, "", None, views("\n".join([*printable, *wide])))


# -- archives -------------------------------------------------------------------------------------------------


def _zip(data: bytes, where: str, budget: Budget, depth: int) -> Iterator[Seen]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.comment:
                yield from look_at(archive.comment, f"{where}, comment", "", budget, depth + 1)
            for entry in archive.infolist():
                inside = f"{where}!{entry.filename}"
                budget.enter(inside)
                yield Seen(inside, entry.filename)
                for extra in (entry.comment, entry.extra):
                    if len(extra) >= 8:
                        yield from look_at(extra, f"{inside}, comment", "", budget, depth + 1)
                if entry.flag_bits & 1:
                    raise Unreadable(
                        message("{where} is encrypted, so it cannot be scanned for leaks.", where=inside)
                    )
                if not entry.is_dir():
                    with archive.open(entry) as opened:
                        content = _read(opened.read, inside, budget)
                    name = entry.filename.rpartition("/")[2]
                    yield from look_at(content, inside, name, budget, depth + 1)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, lzma.LZMAError, OSError) as error:
        raise _damaged(where, error) from None


def _tar(data: bytes, where: str, budget: Budget, depth: int) -> Iterator[Seen]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for entry in archive:
                inside = f"{where}!{entry.name}"
                budget.enter(inside)
                about = "\n".join([entry.linkname, *map(str, entry.pax_headers.values())])
                yield Seen(inside, entry.name, None, views(about) if about.strip() else ())
                opened = archive.extractfile(entry) if entry.isreg() else None
                if opened is not None:
                    content = _read(opened.read, inside, budget)
                    name = entry.name.rpartition("/")[2]
                    yield from look_at(content, inside, name, budget, depth + 1)
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise _damaged(where, error) from None


def _damaged(where: str, error: Exception) -> Unreadable:
    return Unreadable(
        message(
            "{where} is damaged and cannot be scanned for leaks: {error}.",
            where=where,
            error=f"{type(error).__name__}: {error}",
        )
    )


def _read(read: Callable[[int], bytes], where: str, budget: Budget) -> bytes:
    parts = []
    while part := read(_CHUNK):
        # What it claims to unpack to is not believed.
        budget.spend(len(part), where)
        parts.append(part)
    return b"".join(parts)


def _gzip() -> Any:
    return zlib.decompressobj(wbits=31)


_PACKED: tuple[tuple[bytes, Callable[[], Any]], ...] = (
    (b"\x1f\x8b", _gzip),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\x00", lzma.LZMADecompressor),
    (b"\x5d\0\0", lzma.LZMADecompressor),
    (b"\x78\x01", zlib.decompressobj),
    (b"\x78\x5e", zlib.decompressobj),
    (b"\x78\x9c", zlib.decompressobj),
    (b"\x78\xda", zlib.decompressobj),
)


def _unpacked(data: bytes, opened: Callable[[], Any], where: str, budget: Budget) -> bytes:
    """What is packed in `data`, streams that follow each other too; b"" where it is not packed at all."""
    parts: list[bytes] = []
    while data:
        stream = opened()
        try:
            # In small steps: a megabyte of zeros unpacks to a thousand of them.
            for start in range(0, len(data), 4096):
                part = stream.decompress(data[start : start + 4096])
                budget.spend(len(part), where)
                parts.append(part)
                if stream.eof:
                    data = stream.unused_data + data[start + 4096 :]
                    break
            else:
                break
        except (zlib.error, OSError, EOFError, lzma.LZMAError):
            break
    return b"".join(parts)


def _png(data: bytes, where: str, budget: Budget, depth: int) -> Iterator[Seen]:
    position = 8
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        kind, body = data[position + 4 : position + 8], data[position + 8 : position + 8 + length]
        position += 12 + length
        if kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf"):
            said = [body.replace(b"\0", b"\n")]
            # The packed text of zTXt and iTXt begins where zlib's mark does.
            said += [_unpacked(body[at:], zlib.decompressobj, where, budget) for at in _marks(body)]
            for one in filter(None, said):
                text = one.decode("utf-8", "replace")
                yield Seen(f"{where}, {kind.decode('ascii')}", "", None, views(text))
        if kind == b"IEND":
            break


def _marks(body: bytes) -> list[int]:
    return [at for at in range(min(len(body), 512)) if body[at] == 0x78 and body[at : at + 2] in _ZLIB]


_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def _git_pack(data: bytes, where: str, budget: Budget, depth: int) -> Iterator[Seen]:
    """Every version of every file of a repository that `git gc`, `clone` or `bundle` has packed."""
    try:
        at = 12
        for number in range(1, int.from_bytes(data[8:12], "big") + 1):
            inside = f"{where}, git object {number}"
            budget.enter(inside)
            kind = data[at] >> 4 & 7
            at = _after_number(data, at)
            if kind == _BY_DISTANCE:
                at = _after_number(data, at)
            elif kind == _BY_NAME:
                at += 20
            stream, parts = zlib.decompressobj(), []
            while not stream.eof:
                if at >= len(data):
                    raise EOFError("it breaks off")
                piece = data[at : at + 4096]
                part = stream.decompress(piece)
                budget.spend(len(part), inside)
                parts.append(part)
                at += len(piece) - len(stream.unused_data)
            content = b"".join(parts)
            if kind in (_BY_DISTANCE, _BY_NAME):
                content = _added(content)
            yield from look_at(content, inside, "", budget, depth + 1, guessed=True)
    except (zlib.error, IndexError, EOFError) as error:
        raise _damaged(where, error) from None


_BY_DISTANCE, _BY_NAME = 6, 7
"""The kinds of objects in a pack that say how they differ from another one."""


def _after_number(data: bytes, at: int) -> int:
    while data[at] & 0x80:
        at += 1
    return at + 1


def _added(delta: bytes) -> bytes:
    """What a version has that the one it is told from has not."""
    at = _after_number(delta, _after_number(delta, 0))
    parts: list[bytes] = []
    while at < len(delta):
        byte, at = delta[at], at + 1
        if byte & 0x80:
            at += (byte & 0x7F).bit_count()
            parts.append(b"\n")
        else:
            parts.append(delta[at : at + byte])
            at += byte
    return b"".join(parts)


# -- text -----------------------------------------------------------------------------------------------------


def _decoded(data: bytes) -> str | None:
    """The text of bytes that are text, else None."""
    for mark, encoding in (
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                return None
    if data.count(0) * 3 > len(data) > 16:
        for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
            try:
                text = data.decode(encoding)
            except UnicodeDecodeError:
                continue
            if (
                sum(character.isascii() for character in text[:1000]) > 0.8 * len(text[:1000])
                and "\0" not in text
            ):
                return text
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _text(text: str, where: str, name: str, budget: Budget, depth: int) -> Iterator[Seen]:
    if text.lstrip()[:1] in ("{", "["):
        try:
            # Of a key that is there twice both values are looked at.
            whole = json.loads(text, object_pairs_hook=_Pairs)
        except (ValueError, RecursionError):
            pass
        else:
            yield from _json(whole, where, budget, depth)
            return
    is_python = name.endswith((".py", ".pyi", ".pyw", ".ipy")) or not name.rpartition(".")[1]
    ways = views(text)
    yield Seen(where, "", None, ways, is_python)
    for way in ways:
        for fenced in _FENCE.findall(way):
            yield Seen(where, "", None, (fenced,), is_python=True)
    yield from _encoded(ways, where, budget, depth)


def _encoded(ways: tuple[str, ...], where: str, budget: Budget, depth: int) -> Iterator[Seen]:
    """What base64 and hexadecimal digits in a text stand for."""
    known: set[bytes] = set()
    for way in ways:
        for data, how in _in_digits(way):
            if data in known:
                continue
            known.add(data)
            try:
                budget.spend(len(data), where)
                yield from look_at(data, f"{where}, {how}", "", budget, depth + 1, guessed=True)
            except CourseError:
                if not budget.lenient:
                    raise


def _in_digits(text: str) -> Iterator[tuple[bytes, str]]:
    for found in _BASE64.finditer(text):
        digits = re.sub(r"[\s\\=]", "", found[0]).replace("-", "+").replace("_", "/")
        digits = digits[: -1 if len(digits) % 4 == 1 else None]
        yield base64.b64decode(digits + "=" * (-len(digits) % 4)), "in base64"
    for found in _HEX.finditer(text):
        yield bytes.fromhex(found[0]), "in hexadecimal"


class _Pairs(list[tuple[str, Any]]):
    """A JSON object, with every pair that its text has."""

    def last(self, key: str) -> Any:
        return next((value for name, value in reversed(self) if name == key), None)


def _json(whole: Any, where: str, budget: Budget, depth: int) -> Iterator[Seen]:
    cells = whole.last("cells") if isinstance(whole, _Pairs) else None
    if isinstance(whole, _Pairs) and cells is None and isinstance(whole.last("worksheets"), list):
        # Format 3.
        for key, value in whole:
            for sheet in value if key == "worksheets" and isinstance(value, list) else ():
                yield from _json(sheet, where, budget, depth)
            if key != "worksheets" or not isinstance(value, list):
                yield from _strings(_Pairs([(key, value)]), f"{where}, {key}", budget, depth)
        return
    if not isinstance(cells, list) or isinstance(cells, _Pairs):
        yield from _strings(whole, where, budget, depth)
        return
    number = 0
    for key, value in whole:
        if key != "cells":
            yield from _strings(_Pairs([(key, value)]), f"{where}, {key}", budget, depth)
            continue
        for cell in value if isinstance(value, list) else [value]:
            number += 1
            yield from _cell(cell, f"{where}, cell {number}", budget, depth)


def _cell(cell: Any, where: str, budget: Budget, depth: int) -> Iterator[Seen]:
    if not isinstance(cell, _Pairs):
        yield from _strings(cell, where, budget, depth)
        return
    is_code = cell.last("cell_type") == _PYTHON_CELL
    for key, value in cell:
        if key == "outputs" and isinstance(value, list):
            for number, output in enumerate(value, 1):
                yield from _strings(output, f"{where}, output {number}", budget, depth)
        elif key in ("source", "input"):
            yield from _strings(value, where, budget, depth, is_python=is_code)
        else:
            yield from _strings(value, f"{where}, {key}", budget, depth)


def _strings(
    value: Any, where: str, budget: Budget, depth: int, *, is_python: bool = False
) -> Iterator[Seen]:
    """The texts of plain data. Lines in a list are one text; so are all short ones together, one after another."""
    loose: list[str] = []
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            loose.append(one)
        elif isinstance(one, _Pairs):
            for key, inner in reversed(one):
                waiting += [inner, key]
        elif isinstance(one, list):
            if one and all(isinstance(part, str) for part in one):
                loose.append("".join(one))
                if not all(part.endswith("\n") for part in one[:-1]):
                    loose.append("\n".join(one))
            else:
                waiting.extend(reversed(one))
    if not loose:
        return
    for text in loose:
        if len(text) > 24:
            yield from _encoded(views(text), where, budget, depth)
            if is_python:
                yield Seen(where, "", None, (text,), is_python=True)
            elif "```" in text or "~~~" in text:
                yield from (Seen(where, "", None, (part,), is_python=True) for part in _FENCE.findall(text))
            if text.lstrip()[:1] in ("{", "["):
                try:
                    inner = json.loads(text, object_pairs_hook=_Pairs)
                except (ValueError, RecursionError):
                    pass
                else:
                    yield from _strings(inner, where, budget, depth)
    yield Seen(where, "", None, views("\n".join(loose)))


def views(text: str) -> tuple[str, ...]:
    """A text in each way that it can be read: as it stands, with escapes undone, without tags and entities."""
    found: dict[str, None] = {text: None}
    latest = [text]
    for _ in range(4):
        latest = [way for one in latest for way in _undone(one) if way not in found]
        if not latest:
            break
        found.update(dict.fromkeys(latest))
        if len(found) > 24:
            break
    return tuple(found)


def _undone(text: str) -> Iterator[str]:
    if "\\" in text:
        yield _ESCAPE.sub(_unescaped, text)
    if "<" in text and _TAG.search(text):
        # A tag may stand within a word, where code is coloured, or in place of a line break.
        yield html.unescape(_TAG.sub("", _BREAK.sub("\n", text)))
        yield html.unescape(_TAG.sub(" ", text))
    if "&" in text:
        yield html.unescape(text)
    if len(_PERCENT.findall(text)) > 4:
        yield urllib.parse.unquote_plus(text)


def _unescaped(found: re.Match[str]) -> str:
    number = found[1] or found[2] or found[3]
    if number is None:
        return _SHORT[found[4]]
    code = int(number, 16)
    return chr(code) if code <= 0x10FFFF else found[0]

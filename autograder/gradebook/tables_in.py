"""What does a table say that a spreadsheet or a learning platform saved? Bytes to rows, or a sentence on what is wrong.

The encoding is told from the bytes alone, and where two fit, refused: a name in the wrong one would be another name.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.language import later
from autograder.model import message

MAX_BYTES = 256 * 2**20
MAX_ROWS = 1_000_000
MAX_CELL = 20_000
MAX_COLUMNS = 10_000
DELIMITERS = (",", ";", "\t")
ENCODINGS = ("utf-8", "utf-16", "cp1252", "cp1258")
"""What `--encoding` may say."""

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_VOWELS = frozenset("aăâeêioôơuưy")
_DIFFERENT = re.compile(rb"[\xc3\xcc\xd0\xd2\xd5\xdd\xde\xe3\xec\xf0\xf2\xf5\xfd\xfe]")
"""Letters that cp1252 and cp1258 read differently."""


@dataclass(frozen=True)
class Row:
    """A line of a table. number: of its first line in the file, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table with its header. encoding, delimiter: how it was read."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    encoding: str
    delimiter: str


def read(
    path: Path, fits: Callable[[tuple[str, ...], tuple[Row, ...]], bool], encoding: str | None = None
) -> Table | None:
    """A file's table, read with the separator with which its header `fits`; None where it does with none.

    Raises  UsageError where the file cannot be read as a table at all
    """
    text, found = decoded(path, _bytes(path), encoding)
    problem: UsageError | None = None
    for delimiter in DELIMITERS:
        try:
            rows = _rows(path, text, delimiter)
        except UsageError as error:
            problem = problem or error
            continue
        if rows and fits(rows[0].cells, rows[1:]):
            return Table(rows[0].cells, rows[1:], found, delimiter)
    if problem is not None:
        raise problem
    return None


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise UsageError(
                message("{path} is no file. Give a table that was saved as CSV.", path=str(path))
            )
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            message("{path} cannot be read: {reason}.", path=str(path), reason=str(error.strerror))
        ) from None
    if len(data) > MAX_BYTES:
        raise UsageError(
            message(
                "{path} is too large for a table: more than {most} bytes.", path=str(path), most=MAX_BYTES
            )
        )
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UsageError(
            message(
                "{path} is a spreadsheet's own format. Save it as CSV (UTF-8), and give that.", path=str(path)
            )
        )
    return data


def decoded(path: Path, data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text and the encoding it is in. Raises UsageError where none fits, or two do and read it differently."""
    if encoding is not None:
        name = "utf-8-sig" if encoding == "utf-8" else encoding
        try:
            if encoding == "utf-16" and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                name = _utf16_order(data) or "utf-16-le"
            text = data.decode(name)
            return _whole(path, unicodedata.normalize("NFC", text) if name == "cp1258" else text), encoding
        except UnicodeError:
            raise UsageError(
                message(
                    "{path} is not in {encoding}. Leave --encoding out, or name another one: {known}.",
                    path=str(path),
                    encoding=encoding,
                    known=", ".join(ENCODINGS),
                )
            ) from None
    if (
        data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        or (order := _utf16_order(data)) is not None
    ):
        name = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else str(order)
        try:
            return _whole(path, data.decode(name)), "utf-16"
        except UnicodeError:
            raise _unknown(path, data, later("it looks like UTF-16 and is damaged")) from None
    try:
        return _whole(path, data.decode("utf-8-sig")), "utf-8"
    except UnicodeDecodeError:
        pass
    return _one_byte(path, data)


def _utf16_order(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of a header in English is zero."""
    head = data[:200]
    if len(head) < 8:
        return None
    if head[1::2].count(0) * 10 >= len(head[1::2]) * 8 and 0 not in head[0::2]:
        return "utf-16-le"
    if head[0::2].count(0) * 10 >= len(head[0::2]) * 8 and 0 not in head[1::2]:
        return "utf-16-be"
    return None


def _one_byte(path: Path, data: bytes) -> tuple[str, str]:
    """cp1252, as Western Europe's Excel saves, or cp1258, as Vietnam's does."""
    texts: dict[str, str] = {}
    for name in ("cp1252", "cp1258"):
        try:
            texts[name] = data.decode(name)
        except UnicodeDecodeError:
            continue
    if not texts:
        raise _unknown(path, data, later("its bytes are in none of the encodings that are known"))
    if not _DIFFERENT.search(data):
        name = "cp1252" if "cp1252" in texts else "cp1258"
        return _whole(path, texts[name]), name
    if "cp1258" in texts and (tones := _tones(texts["cp1258"])) is not None:
        if tones:
            # There "ế" is two characters; everywhere else it is one.
            return _whole(path, unicodedata.normalize("NFC", texts["cp1258"])), "cp1258"
        if "cp1252" in texts:
            return _whole(path, texts["cp1252"]), "cp1252"
    raise _unknown(
        path, data, later("it could be in cp1252 or in cp1258, which read some letters differently")
    )


def _tones(text: str) -> bool | None:
    """Whether a text is Vietnamese, where tones are characters of their own: True where there are tones and each stands
    on a vowel, False where one stands elsewhere, None where there is none."""
    found = False
    for before, character in zip(" " + text, text, strict=False):
        if character in _TONES:
            plain = before.casefold()
            if plain not in _VOWELS:
                return False
            found = True
    return True if found else None


def _whole(path: Path, text: str) -> str:
    if "\0" in text:
        raise UsageError(
            message("{path} is no table: it holds zero bytes. Save it as CSV (UTF-8).", path=str(path))
        )
    return text


def _unknown(path: Path, data: bytes, why: str) -> UsageError:
    at = next((number for number, byte in enumerate(data) if byte > 0x7F), 0)
    return UsageError(
        message(
            "{path}, line {line}: the byte 0x{byte} is not UTF-8, and the encoding cannot be told: {why}. Save the table "
            "as UTF-8 (in Excel: CSV UTF-8), or say which one it is: --encoding {known}.",
            path=str(path),
            line=data.count(b"\n", 0, at) + 1,
            byte=f"{data[at]:02x}" if data else "",
            why=why,
            known="|".join(ENCODINGS),
        )
    )


def _rows(path: Path, text: str, delimiter: str) -> tuple[Row, ...]:
    rows: list[Row] = []
    # Excel writes a first line such as "sep=;" for itself.
    lines = io.StringIO(text, newline="")
    skipped = 0
    if re.match(r"sep=.\r?\n", text):
        lines.readline()
        skipped = 1
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    begun = 1 + skipped
    try:
        for cells in reader:
            begin, begun = begun, reader.line_num + 1 + skipped
            if not any(cell.strip() for cell in cells):
                continue
            if (
                len(cells) > MAX_COLUMNS
                or len(rows) > MAX_ROWS
                or any(len(cell) > MAX_CELL for cell in cells)
            ):
                raise UsageError(
                    message(
                        "{path}, line {line}: this is too much for a table of a class.",
                        path=str(path),
                        line=begin,
                    )
                )
            rows.append(Row(begin, tuple(cells)))
    except csv.Error as error:
        raise UsageError(
            message(
                "{path}, line {line}: this is not CSV: {error}. Save the table again.",
                path=str(path),
                line=begun,
                error=clean_line(str(error)),
            )
        ) from None
    return tuple(rows)

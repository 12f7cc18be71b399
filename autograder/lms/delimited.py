"""How is a learning platform's own CSV file read so that every byte of it but a few cells can be kept?

A cell is known by where it stands in the file. `Delimited.edited` puts new texts in the place of a few cells; all other
bytes stay: byte order mark, encoding, separators, quotation marks, line ends (mixed ones too), blanks, rows of unequal length.
What a cell says is what Python's `csv.reader` reads in it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from autograder.errors import UsageError
from autograder.model import message

MOST_BYTES = 128 * 2**20
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "colon": ":", "pipe": "|"}

_BOMS = (
    # UTF-32 first: its mark begins with the one of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WITH_BOM = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_STATEFUL = re.compile(r"utf-7|hz|iso2022.*|idna|punycode|.*escape|undefined|mbcs|oem")
_BARE_ROW = re.compile(r'([^"\r\n]*+)(\r\n|\r|\n|\Z)')
_EXCEL_SAYS = re.compile(r"sep=([^\r\n])(?:\r\n|\r|\n)")


class Cell(NamedTuple):
    """What a cell says, and where it stands: from character `start` to before `end`, quotation marks included."""

    start: int
    end: int
    text: str


class Row(NamedTuple):
    """A row that is not empty. line: the file's line on which it begins, from 1, as an editor counts."""

    line: int
    cells: tuple[Cell, ...]

    def text(self, column: int | None) -> str:
        """What the cell of `column` says, without blanks around it; "" where there is none."""
        return "" if column is None or column >= len(self.cells) else self.cells[column].text.strip()


class Delimited:
    """A file of rows and cells.

    data       all of it
    encoding   of its text, default: as its byte order mark says, else UTF-8, else cp1252
    delimiter  one character, default: the one that gives the first row most cells
    guessed    whether the encoding is a guess: not said, not marked, not UTF-8
    Raises     UsageError where it is no such file, or where the encoding cannot be told apart
    """

    def __init__(
        self, data: bytes, name: str, *, encoding: str | None = None, delimiter: str | None = None
    ) -> None:
        self.name = name
        if len(data) > MOST_BYTES:
            raise UsageError(
                message(
                    "{path} is larger than {limit} MiB: is it the right file?",
                    path=name,
                    limit=MOST_BYTES // 2**20,
                )
            )
        if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
            raise UsageError(
                message(
                    "{path} is a workbook or an archive, not a CSV file. Name the CSV file that the platform exported, "
                    "or save the sheet as CSV (UTF-8).",
                    path=name,
                )
            )
        self.encoding, self.guessed, self.text = _decoded(data, name, encoding)
        self._begin = 1 if self.text.startswith("\ufeff") else 0
        if "\0" in self.text:
            raise UsageError(
                message("{path} holds NUL characters, so it is no CSV file, or a damaged one.", path=name)
            )
        said = _EXCEL_SAYS.match(self.text, self._begin)
        if said and delimiter in (None, said[1]):
            self._begin = said.end()
        self.delimiter = delimiter or (said[1] if said else self._likeliest())

    def rows(self) -> Iterator[Row]:
        """The rows from the first to the last, empty lines left out. Raises UsageError where a quotation mark is left open."""
        return self._rows(self.delimiter)

    def edited(self, changes: Iterable[tuple[Cell, str]]) -> bytes:
        """The file with new texts in some cells, each cell at most once.

        A cell that stood in quotation marks keeps them; another gets them where it needs them.
        Raises  UsageError where the file's encoding has no such character
        """
        pieces: list[str] = []
        done = 0
        for cell, text in sorted(changes, key=lambda change: change[0].start):
            if cell.start < done:
                raise ValueError("two changes of one cell")
            pieces += (self.text[done : cell.start], self._written(cell, text))
            done = cell.end
        pieces.append(self.text[done:])
        try:
            return "".join(pieces).encode(self.encoding)
        except UnicodeEncodeError as error:
            raise UsageError(
                message(
                    "{path} is in {encoding}, which has no {character}. Export it as UTF-8 and use that file, or leave "
                    "the comments out: --no-feedback.",
                    path=self.name,
                    encoding=self.encoding,
                    character=ascii(error.object[error.start]),
                )
            ) from None

    def _written(self, cell: Cell, text: str) -> str:
        quoted = self.text.startswith('"', cell.start) and cell.end > cell.start
        special = {self.delimiter, '"', "\r", "\n"}
        if quoted or text != text.strip() or not special.isdisjoint(text):
            return '"' + text.replace('"', '""') + '"'
        return text

    def _likeliest(self) -> str:
        counts = {}
        for delimiter in DELIMITERS.values():
            try:
                first = next(self._rows(delimiter), None)
            except UsageError:
                continue
            counts[delimiter] = len(first.cells) if first else 0
        most = max(counts.values(), default=0)
        best = [delimiter for delimiter, count in counts.items() if count == most]
        if most < 2 or len(best) > 1:
            raise UsageError(
                message(
                    "{path}: its first row does not show which character separates the cells. "
                    "Say so with --delimiter ({names}), or name the file that the platform exported.",
                    path=self.name,
                    names=", ".join(DELIMITERS),
                )
            )
        return best[0]

    def _rows(self, delimiter: str) -> Iterator[Row]:
        text, end = self.text, len(self.text)
        plain = f"[^{re.escape(delimiter)}\r\n]*+"
        pattern = re.compile(rf'("(?:[^"]++|"")*+("?+))?+({plain})({re.escape(delimiter)}|\r\n|\r|\n|\Z)')
        position, line = self._begin, 1 + text.count("\n", 0, self._begin)
        cells: list[Cell] = []
        first = line
        while True:
            # Most rows have no quotation mark at all, and are found much faster.
            if not cells and (bare := _BARE_ROW.match(text, position)):
                if bare[1]:
                    yield Row(line, _split(position, bare[1], delimiter))
                position = bare.end()
                if not bare[2] or position == end:
                    return
                line += 1
                first = line
                continue
            found = pattern.match(text, position)
            if found is None or (found[1] is not None and not found[2]):
                raise UsageError(
                    message(
                        "{path}, line {line}: a quotation mark is opened and never closed. Is the file cut off? "
                        "Export it again.",
                        path=self.name,
                        line=line,
                    )
                )
            quoted, rest, after = found[1], found[3], found[4]
            value = rest if quoted is None else quoted[1:-1].replace('""', '"') + rest
            cells.append(Cell(position, found.end(3), value))
            if quoted is not None:
                line += quoted.count("\n") + quoted.count("\r") - quoted.count("\r\n")
            position = found.end()
            if after == delimiter:
                continue
            if len(cells) > 1 or cells[0].end > cells[0].start:
                yield Row(first, tuple(cells))
            if not after or position == end:
                return
            cells = []
            line += 1
            first = line


def _split(position: int, row: str, delimiter: str) -> tuple[Cell, ...]:
    cells = []
    for text in row.split(delimiter):
        cells.append(Cell(position, position + len(text), text))
        position += len(text) + 1
    return tuple(cells)


def delimited(
    data: bytes, name: str, *, encoding: str | None = None, delimiter: str | None = None
) -> tuple[Delimited, Row, list[Row]]:
    """A file, its first row and the two after it, which some platforms use for more than students.

    Raises  UsageError as `Delimited` does, and where the file is empty
    """
    table = Delimited(data, name, encoding=encoding, delimiter=delimiter)
    head = list(islice(table.rows(), 3))
    if not head:
        raise UsageError(message("{path} is empty.", path=name))
    return table, head[0], head[1:]


def _decoded(data: bytes, name: str, encoding: str | None) -> tuple[str, bool, str]:
    marked = next((known for mark, known in _BOMS if data.startswith(mark)), None)
    if encoding is None:
        chosen = marked or _by_nul(data) or "utf-8"
    else:
        chosen = _known(encoding)
        if chosen in _WITH_BOM:
            chosen = marked or _WITH_BOM[chosen]
    try:
        text = data.decode(chosen)
    except ValueError as error:
        if encoding is None and marked is None and chosen == "utf-8":
            # Bytes are kept in any case, and ids are ASCII: for these the guess is good enough.
            for guess in ("cp1252", "latin-1"):
                try:
                    return guess, True, data.decode(guess)
                except UnicodeDecodeError:
                    continue
        raise UsageError(
            message(
                "{path} cannot be read as {encoding}: {error}. Name another with --encoding, or export it as UTF-8.",
                path=name,
                encoding=chosen,
                error=str(error),
            )
        ) from None
    if text.encode(chosen, "replace") != data:
        raise UsageError(
            message(
                "{path} does not keep its bytes when read as {encoding}. Name another with --encoding.",
                path=name,
                encoding=chosen,
            )
        )
    return chosen, False, text


def _known(encoding: str) -> str:
    try:
        chosen = codecs.lookup(encoding).name
        "".encode(chosen)
    except (LookupError, ValueError):
        chosen = ""
    if not chosen or _STATEFUL.fullmatch(chosen):
        raise UsageError(
            message(
                "No encoding {encoding} can be used here. Common ones: utf-8, utf-16, cp1252, cp1258, latin-1.",
                encoding=repr(encoding),
            )
        )
    return chosen


def _by_nul(data: bytes) -> str | None:
    # UTF-16 without a mark: the header of every platform begins with ASCII.
    if len(data) >= 4 and len(data) % 2 == 0:
        if data[1] == data[3] == 0 and data[0] and data[2]:
            return "utf-16-le"
        if data[0] == data[2] == 0 and data[1] and data[3]:
            return "utf-16-be"
    return None

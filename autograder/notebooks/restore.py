"""How does a notebook that was handed in become one that nbgrader can show and score? From plain JSON, rebuilt cell by cell.

What nbgrader knows of a cell (its place in the gradebook, its points, its lock) comes from the gradebook alone. What a
student wrote in a cell stays; its outputs, its metadata and whatever else was in the file do not.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.notebooks.cells import BEGIN_HIDDEN, END_HIDDEN
from autograder.notebooks.inert import as_typed, inert
from autograder.notebooks.outputs import grade_id
from autograder.sandbox.inside.ingest.skim import NotJson, Skimmer, TooDeep

MAX_CELLS = 10_000
MAX_TEXT = 32 * 2**20
"""Characters of all cells together that are shown. Some programs keep pictures in the text: photos of a derivation."""

_MOST_PICTURE_BYTES = 32 * 2**20
"""Bytes of JSON of those that are kept beside it."""
_MOST_PICTURES_IN_CELL = 100
_LONGEST_SMALL = 1000
_A_LIST, _A_LINE = 64, 8
"""Bytes."""

_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/svg+xml"})
_FILE_NAME = re.compile(r"[\w .()%+@,-]{1,200}")
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Unusable(Exception):
    """It is no notebook, or more than can be shown."""


@dataclass(frozen=True)
class Known:
    """A cell as the gradebook knows it, in the order of the notebook.

    points    of a cell that is graded, by a program or by a person, else None
    checksum  nbgrader's, of the cell as it was released
    """

    id: str
    cell_type: str
    source: str
    checksum: str
    grade: bool
    solution: bool
    task: bool
    locked: bool
    points: float | None = None

    def metadata(self) -> dict[str, Any]:
        """nbgrader's, schema 3."""
        told: dict[str, Any] = {
            "schema_version": 3,
            "grade_id": self.id,
            "grade": self.grade,
            "locked": self.locked,
            "solution": self.solution,
            "task": self.task,
            "cell_type": self.cell_type,
            "checksum": self.checksum,
        }
        if self.points is not None:
            told["points"] = self.points
        return {"nbgrader": told}


def known_cells(notebook: Any, source: dict[str, Any]) -> list[Known]:
    """The cells of nbgrader's `Notebook`, a row of its gradebook.

    source  the instructor's notebook, for their order: a database promises none
    """
    cells = source.get("cells")
    ids = [grade_id(cell) for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []
    order = {id: place for place, id in enumerate(ids)}
    graded = {cell.name: cell for cell in notebook.grade_cells}
    tasks = {cell.name: cell for cell in notebook.task_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    return [
        Known(
            id=cell.name,
            cell_type=cell.cell_type,
            source=cell.source or "",
            checksum=cell.checksum or "",
            grade=cell.name in graded,
            solution=cell.name in solutions,
            task=cell.name in tasks,
            locked=cell.locked,
            points=next((of[cell.name].max_score for of in (graded, tasks) if cell.name in of), None),
        )
        for cell in sorted(notebook.source_cells, key=lambda cell: order.get(cell.name, len(order)))
    ]


def restored(
    notebook: Any, known: Sequence[Known], kernelspec: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A notebook of format 4.5 with the student's cells and the gradebook's.

    A locked cell is as it was released. Of two cells that claim one place, the last of the right kind has it, as in
    nbgrader. Cells to be scored that are missing are put back after the one they followed.

    notebook  what the file's JSON says, in format 3 or 4
    Raises    Unusable
    """
    cells = [made for cell in _cells(notebook) if (made := _cell(cell)) is not None]
    if len(cells) > MAX_CELLS or sum(len(cell["source"]) for cell in cells) > MAX_TEXT:
        raise Unusable
    places = {one.id: _place(one, cells) for one in known}
    taken = {place: one for one in known if (place := places[one.id]) is not None}
    for index, cell in enumerate(cells):
        owner = taken.get(index)
        if owner is None:
            cell["metadata"] = {}
            if cell["cell_type"] == "raw":
                # What is raw goes into a page as it is.
                cell |= {"cell_type": "markdown", "source": as_typed(cell["source"])}
            elif cell["cell_type"] == "markdown":
                cell["source"] = inert(cell["source"], cell.get("attachments", ()))
        else:
            cells[index] = _as(owner, _shown(owner, cell), cell)
    return _notebook(_with_missing(cells, taken, known), kernelspec)


def _shown(owner: Known, cell: dict[str, Any]) -> str:
    source: str = cell["source"]
    if owner.locked or owner.cell_type == "code" or source == owner.source:
        return owner.source if owner.locked else source
    return inert(source, cell.get("attachments", ())) if owner.cell_type == "markdown" else as_typed(source)


def released(
    known: Sequence[Known], kernelspec: dict[str, Any] | None = None, text: str = ""
) -> dict[str, Any]:
    """A notebook of the gradebook's cells as they were released, for a student whose own cannot be used.

    text  what a first cell says about it, as Markdown that holds no text of a student
    """
    first = [{"cell_type": "markdown", "metadata": {}, "source": text}] if text else []
    return _notebook([*first, *(_as(one, one.source) for one in known)], kernelspec)


def without_hidden(source: str) -> str:
    """A test's source as it was released: without what stands between nbgrader's marks."""
    before, begin, rest = source.partition(BEGIN_HIDDEN)
    return (before + rest.partition(END_HIDDEN)[2].lstrip("\n")).rstrip("\n") if begin else source


def loaded(data: bytes) -> dict[str, Any]:
    """What a notebook's bytes say of its cells, as plain data without outputs.

    It is read as it is where it is graded (`ingest.skim`), stepping over whatever else the file holds: so nothing that
    stands around them can hide cells that were graded, or an answer that a person is to read.

    Raises  Unusable for what is no notebook, and for more text than can be shown
    """
    try:
        return _Reader(data).notebook()
    except (NotJson, TooDeep):
        raise Unusable from None


class _Reader:
    """Takes out of a notebook's JSON what `restored` looks at: texts, and nothing that could grow in memory to many times
    the bytes that it is written in. Pictures beyond what fits are left out."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._skimmer = Skimmer(data)
        self._text_left = MAX_TEXT
        self._pictures_left = _MOST_PICTURE_BYTES

    def notebook(self) -> dict[str, Any]:
        """Raises NotJson, TooDeep, Unusable."""
        found: dict[str, Any] = {}
        for key in self._members():
            if key == "cells" and self._skimmer.begins(b"["):
                found[key] = self._cells()
            elif key == "worksheets" and self._skimmer.begins(b"["):
                found[key] = [self._sheet() for _number in self._few()]
            else:
                self._skimmer.skip()
        self._skimmer.end()
        return found

    def _members(self) -> Iterator[str]:
        if not self._skimmer.begins(b"{"):
            raise Unusable
        return self._skimmer.members()

    def _sheet(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in self._members():
            if key == "cells" and self._skimmer.begins(b"["):
                found[key] = self._cells()
            else:
                self._skimmer.skip()
        return found

    def _cells(self) -> list[dict[str, Any]]:
        return [self._cell() for _number in self._few()]

    def _few(self) -> Iterator[int]:
        for number in self._skimmer.items():
            if number >= MAX_CELLS:
                raise Unusable
            yield number

    def _cell(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in self._members():
            if key == "metadata" and self._skimmer.begins(b"{"):
                found[key] = self._metadata()
            elif key == "attachments" and self._skimmer.begins(b"{"):
                found[key] = self._pictures()
            elif key in ("source", "input"):
                found[key] = self._source()
            elif key in ("cell_type", "id", "level"):
                found[key] = self._small()
            else:
                self._skimmer.skip()
        return found

    def _source(self) -> Any:
        place = self._skimmer.skip()
        written = self._data[place]
        # What lists and lines take in memory is counted with it, as if every bracket and comma were one's.
        self._text_left -= len(written) + _A_LIST * (written.count(b"[") + written.count(b"{"))
        self._text_left -= _A_LINE * written.count(b",")
        if self._text_left < 0:
            raise Unusable
        return self._value(place)

    def _metadata(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in self._skimmer.members():
            if key == "nbgrader" and self._skimmer.begins(b"{"):
                found[key] = {}
                for name in self._skimmer.members():
                    if name == "grade_id":
                        found[key][name] = self._small()
                    else:
                        self._skimmer.skip()
            else:
                self._skimmer.skip()
        return found

    def _pictures(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in self._skimmer.members():
            if len(found) < _MOST_PICTURES_IN_CELL and self._skimmer.begins(b"{"):
                found[name] = self._forms()
            else:
                self._skimmer.skip()
        return found

    def _forms(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for mime in self._skimmer.members():
            # Jupyter writes a picture as a list of lines.
            kept = mime in _PICTURES and (self._skimmer.begins(b'"') or self._skimmer.begins(b"["))
            place = self._skimmer.skip()
            written = self._data[place]
            size = len(written) + _A_LINE * written.count(b",")
            size += _A_LIST * (written.count(b"[") + written.count(b"{"))
            if kept and size <= self._pictures_left:
                self._pictures_left -= size
                found[mime] = self._value(place)
        return found

    def _small(self) -> Any:
        nested = self._skimmer.begins(b"[") or self._skimmer.begins(b"{")
        place = self._skimmer.skip()
        return None if nested or place.stop - place.start > _LONGEST_SMALL else self._value(place)

    def _value(self, place: slice) -> Any:
        """What stands there; None where that cannot be told."""
        text = self._data[place].decode("utf-8", "replace")
        try:
            return json.loads(text, strict=False, parse_int=_whole)
        except (ValueError, RecursionError):
            return None


def _whole(digits: str) -> int:
    # No number in a notebook matters here, and a long one takes long.
    return int(digits) if len(digits) < 20 else 0


# -- what was handed in ---------------------------------------------------------------------------------------


def _cells(notebook: Any) -> Iterable[Any]:
    if not isinstance(notebook, dict):
        raise Unusable
    sheets = notebook.get("worksheets")
    if isinstance(notebook.get("cells"), list) and (notebook["cells"] or not sheets):
        return list(notebook["cells"])
    if not isinstance(sheets, list) or not sheets:
        raise Unusable
    found: list[Any] = []
    for sheet in sheets:
        part = sheet.get("cells") if isinstance(sheet, dict) else None
        if not isinstance(part, list):
            raise Unusable
        found += part
    return found


def _cell(cell: Any) -> dict[str, Any] | None:
    """A cell with nothing but its kind, its text, its pictures and the place that it claims; None where it is none."""
    if not isinstance(cell, dict):
        return None
    kind = cell.get("cell_type")
    source = _text(cell.get("source", cell.get("input", "")))
    if kind == "heading":  # of format 3
        level = cell.get("level")
        depth = level if isinstance(level, int) and 1 <= level <= 6 else 1
        kind, source = "markdown", f"{'#' * depth} {source}"
    if kind not in ("code", "markdown", "raw"):
        return None
    about = cell.get("metadata")
    made = {
        "cell_type": kind,
        "metadata": about if isinstance(about, dict) else {},
        "source": source,
        "id": cell.get("id"),
    }
    pictures = _attachments(cell.get("attachments")) if kind == "markdown" else {}
    return made | ({"attachments": pictures} if pictures else {})


def _text(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    # JSON can spell half a character, which no file can hold.
    return source.encode("utf-8", "replace").decode("utf-8") if isinstance(source, str) else ""


def _attachments(found: Any) -> dict[str, dict[str, str]]:
    """The pictures that a text shows. Anything that could be more than a picture is left out."""
    kept: dict[str, dict[str, str]] = {}
    for name, forms in found.items() if isinstance(found, dict) else ():
        if not _FILE_NAME.fullmatch(name) or not isinstance(forms, dict):
            continue
        for mime, data in forms.items():
            if mime in _PICTURES and _is_base64(_text(data)):
                kept[name] = {mime: _text(data)}
                break
    return kept


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


# -- which cell is which --------------------------------------------------------------------------------------


def _place(one: Known, cells: Sequence[dict[str, Any]]) -> int | None:
    """The index of the cell that counts as `one`.

    A test, or code that is locked, with other text than it was released with is not that cell: what a student wrote there
    is theirs, and graded. So it stays and is shown, and the locked cell is missing.
    """
    claims = [index for index, cell in enumerate(cells) if grade_id(cell) == one.id]
    if one.locked:
        text = without_hidden(one.source).split()
        claims = [
            index
            for index in claims
            if cells[index]["source"].split() in ([], text)
            or not (one.grade or cells[index]["cell_type"] == "code")
        ]
    fitting = [index for index in claims if cells[index]["cell_type"] == one.cell_type]
    return max(fitting or claims, default=None)


def _as(one: Known, source: str, cell: dict[str, Any] | None = None) -> dict[str, Any]:
    pictures = (cell or {}).get("attachments") if one.cell_type == "markdown" and not one.locked else None
    made = {"cell_type": one.cell_type, "id": one.id, "metadata": one.metadata(), "source": source}
    return made | ({"attachments": pictures} if pictures else {})


def _with_missing(
    cells: Sequence[dict[str, Any]], taken: dict[int, Known], known: Sequence[Known]
) -> list[dict[str, Any]]:
    """The cells with those put back that are scored and are not there."""
    there = {one.id for one in taken.values()}
    after: dict[str, list[Known]] = {}
    before = ""
    for one in known:
        if one.id in there:
            before = one.id
        elif one.grade or one.task:
            after.setdefault(before, []).append(one)
    result = [_as(one, one.source) for one in after.get("", [])]
    for index, cell in enumerate(cells):
        result.append(cell)
        owner = taken.get(index)
        if owner is not None:
            result += [_as(one, one.source) for one in after.get(owner.id, [])]
    return result


# -- the file -------------------------------------------------------------------------------------------------


def _notebook(cells: Sequence[dict[str, Any]], kernelspec: dict[str, Any] | None) -> dict[str, Any]:
    used: set[str] = {cell["id"] for cell in cells if cell["metadata"]}
    for number, cell in enumerate(cells, 1):
        if not cell["metadata"]:
            id = cell.get("id")
            if not isinstance(id, str) or not _CELL_ID.fullmatch(id) or id in used:
                id = next(name for name in _names(number) if name not in used)
            cell["id"] = id
            used.add(id)
        if cell["cell_type"] == "code":
            cell |= {"execution_count": None, "outputs": []}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": kernelspec or {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "cells": list(cells),
    }


def _names(number: int) -> Iterable[str]:
    yield f"cell-{number}"
    for other in range(1, MAX_CELLS * 2):
        yield f"cell-{number}-{other}"

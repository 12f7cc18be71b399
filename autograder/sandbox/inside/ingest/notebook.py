"""What code is in a notebook? Its cells in order, without outputs, metadata and commands to Jupyter.

The JSON is read by hand: no library that knows notebooks is let near one, since their outputs and metadata may hold
anything.
"""

from __future__ import annotations

import json
import math
from typing import Any

from . import magics, said, text
from .said import Notices, Unreadable

MAX_CELLS = 2_000
MAX_CODE_BYTES = 2**20
_LONGEST_NUMBER = 400
_MOST_NAMED_TWICE = 5
# By name alone only where the notebook does not say its language.
_OTHER_KERNELS = frozenset({"bash", "ir", "julia", "javascript", "octave", "sas", "stata", "xcpp"})


def cells(file: str, data: bytes, notices: Notices) -> list[str]:
    """The code cells of a notebook of format 3 or 4.

    file    what to call it
    Raises  Unreadable where it is no notebook, none for Python, or too large
    """
    notebook = _loaded(file, data)
    _refuse_other_language(file, notebook)
    found = [_source(file, cell) for cell in _all_cells(file, notebook) if cell.get("cell_type") == "code"]
    if len(found) > MAX_CELLS:
        raise Unreadable(said.TOO_MANY_CELLS, file=file, count=len(found), most=MAX_CELLS)
    size = sum(map(len, found))
    if size > MAX_CODE_BYTES:
        raise Unreadable(said.TOO_MUCH_CODE, file=file, size=size, most=MAX_CODE_BYTES)
    stripped = _without_commands(file, found, notices)
    for number, source in enumerate(stripped, 1):
        text.look_for_turns(f"{file} cell {number}", source, notices)
    _name_what_is_defined_twice(file, stripped, notices)
    return stripped


# -- JSON -----------------------------------------------------------------------------------------------------


def _loaded(file: str, data: bytes) -> dict[str, Any]:
    """The notebook as dicts and lists. Stricter than the library: no key twice, no number beyond what a double holds."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) < len(pairs):
            seen: set[str] = set()
            for key, _value in pairs:
                if key in seen:
                    raise Unreadable(said.JSON_TWICE, file=file, key=key)
                seen.add(key)
        return result

    def number(digits: str) -> float:
        value = float(digits) if len(digits) <= _LONGEST_NUMBER else math.inf
        if math.isinf(value):
            raise Unreadable(said.JSON_NUMBER, file=file)
        return value

    def whole(digits: str) -> float:
        return int(digits) if len(digits) < 20 else number(digits)

    content = text.decode(file, data)
    try:
        loaded = json.loads(content, object_pairs_hook=unique, parse_int=whole, parse_float=number)
    except RecursionError:
        raise Unreadable(said.JSON_TOO_DEEP, file=file) from None
    except json.JSONDecodeError as error:
        raise Unreadable(said.NOT_JSON, file=file, line=error.lineno) from None
    if not isinstance(loaded, dict):
        raise Unreadable(said.NOT_A_NOTEBOOK, file=file)
    return loaded


# -- cells ----------------------------------------------------------------------------------------------------


def _all_cells(file: str, notebook: dict[str, Any]) -> list[dict[str, Any]]:
    format = notebook.get("nbformat")
    if "nbformat" in notebook and format not in (3, 4):
        # Whatever it is: only a number is worth repeating.
        shown = int(format) if isinstance(format, (int, float)) and abs(format) < 10**9 else "?"
        raise Unreadable(said.WRONG_FORMAT, file=file, format=shown)
    found = notebook.get("cells")
    if format == 3:
        sheets = notebook.get("worksheets")
        found = []
        for sheet in sheets if isinstance(sheets, list) else [None]:
            part = sheet.get("cells") if isinstance(sheet, dict) else None
            if not isinstance(part, list):
                raise Unreadable(said.NOT_A_NOTEBOOK, file=file)
            found += part
    if not isinstance(found, list) or not all(isinstance(cell, dict) for cell in found):
        raise Unreadable(said.NOT_A_NOTEBOOK, file=file)
    return found


def _source(file: str, cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable(said.NOT_A_NOTEBOOK, file=file)
    # JSON can spell half a character, which no text file can hold.
    return text.with_newlines(source.encode("utf-8", "replace").decode("utf-8"))


def _refuse_other_language(file: str, notebook: dict[str, Any]) -> None:
    metadata = _dict(notebook.get("metadata"))
    kernel = _dict(metadata.get("kernelspec"))
    language = kernel.get("language") or _dict(metadata.get("language_info")).get("name")
    if not isinstance(language, str):
        name = str(kernel.get("name")).lower()
        language = name if name.partition("-")[0].rstrip("0123456789.") in _OTHER_KERNELS else "python"
    if "python" not in language.lower():
        raise Unreadable(said.WRONG_LANGUAGE, file=file, language=language)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _without_commands(file: str, sources: list[str], notices: Notices) -> list[str]:
    stripped = []
    dropped: list[tuple[int, str]] = []
    for number, source in enumerate(sources, 1):
        rest, commands = magics.strip(source)
        stripped.append(rest)
        dropped += [(number, command) for command in commands]
    if dropped:
        cell, first = dropped[0]
        notices.add(said.DROPPED, file=file, count=len(dropped), cell=cell, text=first)
    return stripped


def _name_what_is_defined_twice(file: str, sources: list[str], notices: Notices) -> None:
    places: dict[str, list[int]] = {}
    for number, source in enumerate(sources, 1):
        for name in magics.definitions(source):
            places.setdefault(name, []).append(number)
    twice = [(name, cells) for name, cells in places.items() if len(cells) > 1]
    for name, found in twice[:_MOST_NAMED_TWICE]:
        notices.add(said.DEFINED_TWICE, file=file, name=name, first=found[0], last=found[-1])

"""What code is in a notebook? Its cells in order, without outputs, metadata and commands to Jupyter.

The JSON is read by hand: no library that knows notebooks is let near one, since their outputs and metadata may hold
anything. What stands there is stepped over (`skim`), and nothing in it can cost anybody anything; only what is read is
judged.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from . import magics, said, text
from .names import is_reserved
from .said import Notices, Unreadable
from .skim import NotJson, Skimmer, TooDeep

MAX_CELLS = 2_000
MAX_CODE_BYTES = 2**20
_LONGEST_IN_JSON = 6 * MAX_CODE_BYTES + 2**16
"""Bytes of one cell's code as JSON, which spells a character in up to six."""

_LONGEST_METADATA = 2**16
_MOST_TEXT = 2**20
_MOST_NAMED = 5
_MOST_WRITTEN = 10
# By name alone only where the notebook does not say its language.
_OTHER_KERNELS = frozenset({"bash", "ir", "julia", "javascript", "octave", "sas", "stata", "xcpp"})


@dataclass
class Read:
    """What a notebook holds.

    cells    its code
    written  file name → text of modules that its cells would have written
    taken    (cell, command, text) where a command takes the cell as its text
    """

    cells: list[str]
    written: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[int, str, str]] = field(default_factory=list)


def read(
    file: str,
    data: bytes | bytearray,
    main: str,
    notices: Notices,
    *,
    beside: Collection[str] = (),
    names: Collection[str] = (),
) -> Read:
    """The code in a notebook of format 3 or 4.

    file    what to call it
    main    the file that it was handed in for
    beside  the modules that were handed in with it
    names   what is to be graded, so that it can be said where that is only in a text
    Raises  Unreadable where it is no notebook, none for Python, or too large
    """
    found = _found(file, data)
    _refuse_other_language(file, found)
    if found.too_large:
        raise Unreadable(said.TOO_MUCH_CODE, file=file, size=found.size, most=MAX_CODE_BYTES)
    if found.count > MAX_CELLS:
        raise Unreadable(said.TOO_MANY_CELLS, file=file, count=found.count, most=MAX_CELLS)
    made = _without_commands(file, found.code, main, notices, beside)
    for number, source in enumerate(made.cells, 1):
        text.look_for_turns(f"{file} cell {number}", source, notices)
    _name_what_is_defined_twice(file, made.cells, notices)
    _name_what_is_not_run(file, made, found.texts, notices, names)
    return made


# -- JSON -----------------------------------------------------------------------------------------------------


@dataclass
class _Found:
    """What was come across so far. texts: (position among all cells, from 1; text) of cells that are not code."""

    format: Any = None
    metadata: dict[str, Any] = field(default_factory=dict)
    has_cells: bool = False
    code: list[str] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)
    cells: int = 0
    count: int = 0
    size: int = 0
    text_left: int = _MOST_TEXT

    @property
    def too_large(self) -> bool:
        return self.size > MAX_CODE_BYTES


def _found(file: str, data: bytes | bytearray) -> _Found:
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise Unreadable(said.UTF16, file=file)
    if b"\0" in data[:4]:
        raise Unreadable(said.NOT_TEXT, file=file)
    skimmer = Skimmer(data)
    try:
        found = _top(file, skimmer)
        skimmer.end()
    except TooDeep:
        raise Unreadable(said.JSON_TOO_DEEP, file=file) from None
    except NotJson as error:
        line = data.count(b"\n", 0, error.position) + 1
        raise Unreadable(said.NOT_JSON, file=file, line=line) from None
    except _NotUtf8 as error:
        raise text.not_utf8(file, data, error.position) from None
    if not found.has_cells:
        raise Unreadable(said.NOT_A_NOTEBOOK, file=file)
    return found


class _NotUtf8(Exception):
    """A byte that cannot be read, in what is to be read. position: in the file."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def _value(skimmer: Skimmer, place: slice) -> Any:
    try:
        return skimmer.value(place)
    except UnicodeDecodeError as error:
        raise _NotUtf8(place.start + error.start) from None


def _once(file: str, skimmer: Skimmer, counting: Collection[str]) -> Iterator[str]:
    """The keys of the object here. Raises Unreadable where one that counts comes twice: it is not clear which is meant."""
    seen: set[str] = set()
    for key in skimmer.members():
        if key in seen:
            raise Unreadable(said.JSON_TWICE, file=file, key=key)
        if key in counting:
            seen.add(key)
        yield key


def _top(file: str, skimmer: Skimmer) -> _Found:
    _require_object(file, skimmer)
    found = _Found()
    for key in _once(file, skimmer, ("nbformat", "cells", "worksheets")):
        before, found.cells = found.cells, 0
        if key == "nbformat":
            place = skimmer.skip()
            found.format = _value(skimmer, place) if place.stop - place.start < 20 else "?"
            _refuse_other_format(file, found.format)
        elif key == "metadata" and skimmer.begins(b"{"):
            _metadata(skimmer, found)
        elif key == "cells" and skimmer.begins(b"["):
            _cells(file, skimmer, found)
        elif key == "worksheets" and skimmer.begins(b"["):
            _worksheets(file, skimmer, found)
        else:
            skimmer.skip()
        if before and found.cells:
            # In two places, of which every program shows one: what it does not show would be graded.
            raise Unreadable(said.JSON_TWICE, file=file, key="cells")
        found.cells += before
    return found


def _require_object(file: str, skimmer: Skimmer) -> None:
    if not skimmer.begins(b"{"):
        skimmer.skip()  # where it is no JSON at all, there is more to say
        raise Unreadable(said.NOT_A_NOTEBOOK, file=file)


def _refuse_other_format(file: str, format: Any) -> None:
    if format not in (3, 4, None):
        # Whatever it is: only a number is worth repeating.
        is_number = isinstance(format, (int, float)) and abs(format) < 10**9
        raise Unreadable(said.WRONG_FORMAT, file=file, format=int(format) if is_number else "?")


def _metadata(skimmer: Skimmer, found: _Found) -> None:
    for key in skimmer.members():
        place = skimmer.skip()
        if key in ("kernelspec", "language_info") and place.stop - place.start <= _LONGEST_METADATA:
            try:
                found.metadata[key] = skimmer.value(place)
            except (NotJson, UnicodeDecodeError):
                continue


def _worksheets(file: str, skimmer: Skimmer, found: _Found) -> None:
    for _number in skimmer.items():
        _require_object(file, skimmer)
        for key in _once(file, skimmer, ("cells",)):
            if key == "cells" and skimmer.begins(b"["):
                _cells(file, skimmer, found)
            else:
                skimmer.skip()


def _cells(file: str, skimmer: Skimmer, found: _Found) -> None:
    found.has_cells = True
    for _number in skimmer.items():
        _require_object(file, skimmer)
        found.cells += 1
        kind: Any = None
        source: slice | None = None
        for key in _once(file, skimmer, ("cell_type", "source", "input")):
            place = skimmer.skip()
            if key == "cell_type" and place.stop - place.start < 100:
                kind = _value(skimmer, place)
            elif key == "source" or (key == "input" and source is None):
                source = place
        if kind == "code":
            _code(file, skimmer, source, found)
        elif source is not None and found.text_left > source.stop - source.start:
            found.text_left -= source.stop - source.start
            found.texts.append((found.cells, _text_of(skimmer, source)))


def _code(file: str, skimmer: Skimmer, place: slice | None, found: _Found) -> None:
    found.count += 1
    if place is None:
        source = ""
    elif place.stop - place.start > _LONGEST_IN_JSON:
        found.size += place.stop - place.start
        return
    else:
        value = _value(skimmer, place)
        if isinstance(value, list) and all(isinstance(line, str) for line in value):
            value = "".join(value)
        if value is None:
            value = ""
        if not isinstance(value, str):
            raise Unreadable(said.NOT_A_NOTEBOOK, file=file)
        source = _without_halves(value)
    found.size += len(source)
    if found.count <= MAX_CELLS and not found.too_large:
        found.code.append(source)


def _text_of(skimmer: Skimmer, place: slice) -> str:
    """The text of a cell that is not code. It is not graded, so whatever is wrong with it is not said."""
    try:
        value = skimmer.value(place)
    except (NotJson, UnicodeDecodeError):
        return ""
    lines = value if isinstance(value, list) else [value]
    return "".join(line for line in lines if isinstance(line, str))


def _without_halves(source: str) -> str:
    # JSON can spell half a character, which no text file can hold. A mark of byte order is no part of the code.
    return text.with_newlines(source.encode("utf-8", "replace").decode("utf-8")).removeprefix("\ufeff")


def _refuse_other_language(file: str, found: _Found) -> None:
    kernel = _dict(found.metadata.get("kernelspec"))
    language = kernel.get("language") or _dict(found.metadata.get("language_info")).get("name")
    if not isinstance(language, str):
        name = str(kernel.get("name")).lower()
        language = name if name.partition("-")[0].rstrip("0123456789.") in _OTHER_KERNELS else "python"
    if "python" not in language.lower():
        raise Unreadable(said.WRONG_LANGUAGE, file=file, language=language)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


# -- cells ----------------------------------------------------------------------------------------------------


def _without_commands(
    file: str, sources: list[str], main: str, notices: Notices, beside: Collection[str]
) -> Read:
    made = Read([])
    dropped: list[tuple[int, str]] = []
    for number, source in enumerate(sources, 1):
        found = magics.strip(source, {*beside, *made.written})
        if found.writes is not None:
            found = _written(file, number, main, found, made, notices, beside)
        made.cells.append(found.source)
        if found.body and not found.source:
            made.taken.append((number, found.dropped[-1], found.body))
        dropped += [(number, command) for command in found.dropped]
    if dropped:
        cell, first = dropped[0]
        notices.add(said.DROPPED, file=file, count=len(dropped), cell=cell, text=first)
    return made


def _written(
    file: str,
    number: int,
    main: str,
    found: magics.Stripped,
    made: Read,
    notices: Notices,
    beside: Collection[str],
) -> magics.Stripped:
    """What becomes of a cell that writes a file: the file's own code is run there, and a module is kept beside it."""
    assert found.writes is not None
    name, append = found.writes
    module = name.removesuffix(".py")
    if name == main:
        notices.add(said.WRITES_MAIN, file=file, cell=number, name=name)
        return magics.Stripped(found.body, [])
    if not name.endswith(".py") or not module.isidentifier() or is_reserved(module) or name in beside:
        return found
    if name in made.written or len(made.written) < _MOST_WRITTEN:
        notices.add(said.WRITES_MODULE, file=file, cell=number, name=name)
        made.written[name] = (made.written.get(name, "") if append else "") + found.body.lstrip("\n")
        return magics.Stripped("", [])
    return found


def _name_what_is_defined_twice(file: str, sources: list[str], notices: Notices) -> None:
    places: dict[str, list[int]] = {}
    for number, source in enumerate(sources, 1):
        for name in magics.definitions(source):
            places.setdefault(name, []).append(number)
    twice = [(name, cells) for name, cells in places.items() if len(cells) > 1]
    for name, found in twice[:_MOST_NAMED]:
        notices.add(said.DEFINED_TWICE, file=file, name=name, first=found[0], last=found[-1])


def _name_what_is_not_run(
    file: str,
    made: Read,
    texts: list[tuple[int, str]],
    notices: Notices,
    names: Collection[str],
) -> None:
    """Say which of the functions to be graded stands where nothing is run, and nowhere else."""
    everything = "\n".join([*made.cells, *made.written.values()])
    told = 0
    for name in sorted(names):
        if told == _MOST_NAMED or not name.isidentifier() or _binds(name).search(everything):
            continue
        definition = re.compile(rf"^[ \t>]*(?:async[ \t]+)?(?:def|class)[ \t]+{name}\b.*:", re.M)
        if shown := next((cell for cell, shown in texts if definition.search(shown)), None):
            notices.add(said.ONLY_TEXT, file=file, name=name, cell=shown)
        elif taken := next((found for found in made.taken if definition.search(found[2])), None):
            notices.add(said.ONLY_COMMAND, file=file, name=name, cell=taken[0], text=taken[1])
        else:
            continue
        told += 1


def _binds(name: str) -> re.Pattern[str]:
    """What may give a name its meaning in code, as far as the shape of the text tells."""
    return re.compile(
        rf"\b(?:def|class|import|as)[ \t]+{name}\b|\bimport\b.*\b{name}\b|\b{name}\s*(?::[^=\n]*)?=(?!=)"
    )


__all__ = ["MAX_CELLS", "MAX_CODE_BYTES", "Read", "read"]

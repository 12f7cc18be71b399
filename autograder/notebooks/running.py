"""Which notebook belongs to this kernel, and what does it say at this moment?

A kernel sees cells, not the notebook. The frontend may tell where the file is; what was run since it was saved is newer
than the file, and whatever else the kernel still remembers is no part of what will be handed in.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MOST_NOTEBOOKS = 50
_MOST_GUESSED_BYTES = 32 * 2**20
"""Notebooks that are looked into where the frontend tells nothing."""

_DEFINITION = re.compile(r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)
_NO_CODE = re.compile(r"\s*(?:[%!?#].*)?")


@dataclass(frozen=True)
class Ran:
    """A cell that was run. id: what the frontend calls it, or None; at: when, in seconds as time.time()."""

    source: str
    id: str | None = None
    at: float = 0.0


@dataclass(frozen=True)
class Notebook:
    """The notebook as it stands.

    data      as a file of format 4
    path      its file, or None where it was put together from what was run
    unsaved   whether the file says something else
    metadata  of the notebook: may name the assignment and its language
    """

    data: bytes
    path: Path | None = None
    unsaved: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)


def notebook_now(
    ran: Sequence[Ran], folder: Path, environment: Mapping[str, str], names: Mapping[str, Any]
) -> Notebook:
    """The notebook of the kernel in which these cells were run, in order.

    folder       where the kernel was started
    environment  may hold JPY_SESSION_NAME, which Jupyter's server sets
    names        the kernel's own names; VS Code sets __vsc_ipynb_file__
    """
    ran = [one for one in ran if one.source.strip()]
    told = _told(environment, names)
    path = told or _guessed(folder, ran)
    if path is not None:
        try:
            data, saved_at = path.read_bytes(), path.stat().st_mtime
        except OSError:
            return _from_history(ran)
        found = _loaded(data)
        if found is not None or told is not None:
            return _brought_up_to_date(path, data, found, [one for one in ran if one.at > saved_at], ran)
    return _from_history(ran)


def is_code(source: str) -> bool:
    """Whether there is anything but commands to Jupyter and comments: those change nothing of what is handed in."""
    return not all(_NO_CODE.fullmatch(line) for line in source.splitlines())


# -- the file -------------------------------------------------------------------------------------------------


def _told(environment: Mapping[str, str], names: Mapping[str, Any]) -> Path | None:
    for value in (environment.get("JPY_SESSION_NAME"), names.get("__vsc_ipynb_file__")):
        if isinstance(value, str) and value.endswith(".ipynb") and os.path.isfile(value):
            return Path(value)
    return None


def _guessed(folder: Path, ran: Sequence[Ran]) -> Path | None:
    """The one notebook in the folder that holds most of what was run here; None where none or several do."""
    sources = {one.source.strip() for one in ran if is_code(one.source) or "%assignment" in one.source}
    fitting: list[tuple[int, Path]] = []
    try:
        paths = sorted(folder.glob("*.ipynb"))[:_MOST_NOTEBOOKS]
        for path in paths:
            if path.stat().st_size > _MOST_GUESSED_BYTES:
                continue
            found = _loaded(path.read_bytes())
            same = len(sources & {cell.strip() for cell in _sources(found or {})})
            if same and 2 * same >= len(sources):
                fitting.append((same, path))
    except OSError:
        return None
    best = [path for same, path in fitting if same == max(number for number, _path in fitting)]
    return best[0] if len(best) == 1 else None


def _loaded(data: bytes) -> dict[str, Any] | None:
    """A notebook of format 4 whose cells can be exchanged; None for anything else."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    cells = found.get("cells") if isinstance(found, dict) else None
    if not isinstance(cells, list) or found.get("nbformat", 4) != 4:
        return None
    return found if all(isinstance(cell, dict) and _source(cell) is not None for cell in cells) else None


def _source(cell: dict[str, Any]) -> str | None:
    source = cell.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    return source if isinstance(source, str) else None


def _sources(notebook: dict[str, Any]) -> list[str]:
    return [_source(cell) or "" for cell in notebook.get("cells", []) if cell.get("cell_type") == "code"]


# -- what was run since ---------------------------------------------------------------------------------------


def _brought_up_to_date(
    path: Path, data: bytes, notebook: dict[str, Any] | None, news: Sequence[Ran], ran: Sequence[Ran]
) -> Notebook:
    if notebook is None:
        # As it lies there: whoever reads it says what is wrong with it.
        return Notebook(data, path)
    metadata = notebook.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    cells = [cell for cell in notebook["cells"] if cell.get("cell_type") == "code"]
    sources = [_source(cell) or "" for cell in cells]
    changed = merged(sources, [cell.get("id") for cell in cells], news, ran)
    if changed == sources:
        # The file itself, to the byte: what is said of it is what will be said when it is graded.
        return Notebook(data, path, metadata=metadata)
    return Notebook(_written(changed, metadata), path, unsaved=True, metadata=metadata)


def merged(sources: Sequence[str], ids: Sequence[Any], news: Sequence[Ran], ran: Sequence[Ran]) -> list[str]:
    """The cells of a file with what was run since it was saved in their place; new ones at the end.

    ids   of the file's cells, as far as they have any
    news  what was run since, in order
    ran   everything that was run: a frontend whose ids are not the file's is recognised by what a cell once held
    """
    cells = list(sources)
    place: dict[str, int] = {}
    for number, id in enumerate(ids):
        if isinstance(id, str):
            place.setdefault(id, number)
    for one in ran:
        if one.id is not None and one.id not in place and one.source in sources:
            place[one.id] = list(sources).index(one.source)
    for one in news:
        known = place.get(one.id) if one.id is not None else _same_place(cells, one.source)
        if known is not None:
            cells[known] = one.source
        elif is_code(one.source):
            if one.id is not None:
                place[one.id] = len(cells)
            cells.append(one.source)
    return [
        # A cell that only commands Jupyter may differ: nothing of it is handed in.
        sources[number]
        if number < len(sources) and not is_code(sources[number]) and not is_code(cell)
        else cell
        for number, cell in enumerate(cells)
    ]


def _same_place(cells: Sequence[str], source: str) -> int | None:
    """Which cell a run one is where the frontend gives no ids: the same text, else one that defines the same."""
    if source in cells:
        return list(cells).index(source)
    names = set(_DEFINITION.findall(source))
    return next((n for n, cell in enumerate(cells) if names & set(_DEFINITION.findall(cell))), None)


def _from_history(ran: Sequence[Ran]) -> Notebook:
    """Everything that was run here, in order; of a cell with an id only what it held last, in its first place."""
    cells: dict[str | int, str] = {}
    for number, one in enumerate(ran):
        cells[number if one.id is None else one.id] = one.source
    return Notebook(_written(list(cells.values()), {}))


def _written(sources: Sequence[str], metadata: Mapping[str, Any]) -> bytes:
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
        for source in sources
    ]
    kept = {name: metadata[name] for name in ("kernelspec", "language_info") if name in metadata}
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": kept, "cells": cells}
    return json.dumps(notebook).encode("utf-8", "replace")


# -- this kernel ----------------------------------------------------------------------------------------------


class Runs:
    """What was run in one kernel, from its first cell on.

    shell  IPython's InteractiveShell
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._folder = Path.cwd()
        history = list(getattr(shell.history_manager, "input_hist_raw", []))
        # When those were run nobody wrote down; a file that was saved since holds them.
        self._ran = [Ran(source) for source in history if isinstance(source, str)]
        shell.events.register("pre_run_cell", self._began)

    def _began(self, info: Any) -> None:
        if info.store_history and not info.silent:
            id = getattr(info, "cell_id", None)
            self._ran.append(Ran(str(info.raw_cell), id if isinstance(id, str) else None, time.time()))

    def notebook(self) -> Notebook:
        """The notebook as it stands now."""
        return notebook_now(self._ran, self._folder, os.environ, self._shell.user_ns)

"""Which file is a student working in, and what is written in it? A module, or a notebook in its place."""

from __future__ import annotations

import ast
import contextlib
import os
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cleaning import clean_line
from autograder.sandbox.inside.ingest.names import notebook_of

if TYPE_CHECKING:
    from autograder.course.manifest import Assignment


def file_names(assignment: Assignment) -> tuple[str, ...]:
    """What a student's folder may hold of an assignment: its files, and the notebook in place of the first."""
    return (*assignment.files, notebook_of(assignment.files[0]))


def work_folder(assignment: Assignment, here: Path) -> Path:
    """Where the student's files of this assignment are: `here` if that is its folder, else the one in it."""
    if here.name == assignment.id or any((here / name).is_file() for name in file_names(assignment)):
        return here
    return here / assignment.id


def work_file(assignment: Assignment, folder: Path) -> Path:
    """The file to be checked: the notebook where there is no module, which need not be there either."""
    module = folder / assignment.files[0]
    notebook = folder / notebook_of(assignment.files[0])
    return notebook if notebook.is_file() and not os.path.lexists(module) else module


def sources_of(path: Path) -> tuple[str, ...]:
    """The text of a module, or the code cells of a notebook without Jupyter's commands; () where it cannot be read.

    The student's own file on their own machine: read in this process.
    """
    try:
        status = path.stat()
        return _sources(path, status.st_mtime_ns, status.st_size)
    except OSError:
        return ()


@lru_cache(maxsize=4)  # `watch` asks again and again
def _sources(path: Path, _time: int, _size: int) -> tuple[str, ...]:
    if path.suffix != ".ipynb":
        return (path.read_text("utf-8", "replace"),)
    from autograder.sandbox.ingest import ingest_here

    main = f"{path.stem}.py"
    found = ingest_here({path.name: path.read_bytes()}, main).sources.get(main, ())
    return (found,) if isinstance(found, str) else tuple(found)


def place_of(path: Path, name: str) -> str:
    """Where a function begins, as "file:line" or "file cell 3, line 1"; "" where it is not found. Text only: nothing is
    parsed."""
    place = place_in(sources_of(path), name)
    if place is None:
        return ""
    cell, line = place
    return f"{short(path)}:{line}" if path.suffix != ".ipynb" else f"{short(path)} cell {cell}, line {line}"


def place_in(sources: Sequence[str], name: str) -> tuple[int, int] | None:
    """The last source that defines a function, and the line in it, both from 1; None where none does."""
    last = name.rpartition(".")[2]
    pattern = re.compile(rf"\s*(?:async\s+)?(?:def|class)\s+{re.escape(last)}\b|{re.escape(last)}\s*=")
    for number, source in reversed(list(enumerate(sources, 1))):
        for line, text in enumerate(source.splitlines(), 1):
            if pattern.match(text):
                return number, line
    return None


def short(path: Path) -> str:
    """The path as short as it is still right from here, for a terminal to click on."""
    try:
        return clean_line(str(path.relative_to(Path.cwd())))
    except ValueError:
        return clean_line(str(path))


def written(assignment: Assignment, sources: Sequence[str]) -> set[str]:
    """The functions that are there and raise no NotImplementedError, told from the text alone.

    sources  a module's text, or the cells of a notebook: one that is not Python takes nothing from the others
    """
    found: dict[str, bool] = {}
    for source in sources:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            tree = ast.parse(source)
            for function in assignment.functions:
                node = _find(tree, function.name.split("."))
                if node is not None:
                    found[function.name] = not any(_is_not_written(part) for part in ast.walk(node))
    return {name for name, is_written in found.items() if is_written}


def _find(tree: ast.AST, names: list[str]) -> ast.AST | None:
    node: ast.AST | None = tree
    for name in names:
        body = getattr(node, "body", [])
        node = next((part for part in body if getattr(part, "name", None) == name), None)
        if node is None:
            return None
    return node


def _is_not_written(node: ast.AST) -> bool:
    if not isinstance(node, ast.Raise) or node.exc is None:
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"

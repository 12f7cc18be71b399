"""Which notebooks does an nbgrader source folder hold, and what is each of their cells?"""

from __future__ import annotations

import ast
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, UsageError
from autograder.model import message

_OTTER = re.compile(r"^\s*#\s*(ASSIGNMENT CONFIG|BEGIN QUESTION|BEGIN TESTS)\b", re.MULTILINE)
_LARGEST = 64 * 2**20


class Kind(Enum):
    """What a cell of an nbgrader notebook is.

    TEXT      text, locked or not
    CODE      code that is not graded: given to students, or only shown
    SOLUTION  code that students write
    TESTS     code that decides about points by itself
    MANUAL    an answer, text or code, that a person grades
    TASK      a task with points and no cell for the answer; a person grades it
    RAW       neither text nor code
    """

    TEXT = "text"
    CODE = "code"
    SOLUTION = "solution"
    TESTS = "tests"
    MANUAL = "manual answer"
    TASK = "task"
    RAW = "raw"


@dataclass(frozen=True)
class SourceCell:
    """One cell as the author wrote it.

    number       in its notebook, from 1
    points       of a cell with points, else 0
    attachments  file name → bytes
    """

    notebook: Path
    number: int
    kind: Kind
    source: str
    grade_id: str = ""
    points: Fraction = Fraction(0)
    is_text: bool = False
    attachments: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceNotebook:
    """language: of the kernel, "python" in most."""

    path: Path
    language: str
    cells: tuple[SourceCell, ...]


@dataclass(frozen=True)
class SourceFolder:
    """A source folder: its assignments with their notebooks, and what the course is called."""

    course_id: str
    assignments: Mapping[str, tuple[Path, ...]]


def find(source: Path) -> SourceFolder:
    """The notebooks under `source`: a course folder, its source/, one assignment's folder, or one notebook.

    Raises  UsageError where there is none
    """
    if source.is_file():
        if source.suffix != ".ipynb":
            raise UsageError(message("{path} is not a notebook (.ipynb).", path=str(source)))
        return SourceFolder(source.stem, {source.stem: (source,)})
    if not source.is_dir():
        raise UsageError(message("{path} is not there.", path=str(source)))
    config = source / "nbgrader_config.py"
    settings = _settings(config) if config.is_file() else {}
    named = source / settings.get("source_directory", "source")
    within = named if named.is_dir() else source
    found = {
        folder.name: notebooks
        for folder in sorted(within.iterdir())
        if folder.is_dir() and not folder.name.startswith(".") and (notebooks := _notebooks(folder))
    }
    if not found and (own := _notebooks(within)):
        found = {within.resolve().name: own}
    if not found:
        raise UsageError(
            message(
                "{path} holds no notebook. Give a course folder (the one with source/), one of its assignments, "
                "or one .ipynb.",
                path=str(source),
            )
        )
    return SourceFolder(settings.get("course_id") or source.resolve().name, found)


def read(path: Path) -> SourceNotebook:
    """A notebook's cells.

    Raises  CourseError where it is no notebook, or one of otter-grader's; UsageError without nbformat
    """
    try:
        import nbformat
    except ImportError:
        raise UsageError(
            message("Reading notebooks needs nbformat: pip install 'autograder[notebook]'")
        ) from None
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(
            message("{path} cannot be read: {reason}.", path=str(path), reason=str(error.strerror))
        ) from None
    if len(data) > _LARGEST:
        raise CourseError(message("{path} is larger than 64 MiB. Clear its outputs.", path=str(path)))
    try:
        reads: Any = nbformat.reads
        notebook = reads(data.decode("utf-8-sig"), as_version=4)
        cells = tuple(_cell(path, number, cell) for number, cell in enumerate(notebook.cells, 1))
        metadata = notebook.get("metadata", {})
        language = str(
            metadata.get("kernelspec", {}).get("language")
            or metadata.get("language_info", {}).get("name")
            or "python"
        )
    except Exception as error:  # nbformat raises whatever it meets on its way
        raise CourseError(
            message(
                "{path} is not a notebook: {reason}. Open it in Jupyter and save it again.",
                path=str(path),
                reason=" ".join(str(error).split())[:200] or type(error).__name__,
            )
        ) from None
    if not any(cell.grade_id for cell in cells) and any(_OTTER.search(cell.source) for cell in cells):
        raise CourseError(
            message(
                "{path} is in otter-grader's format (# BEGIN QUESTION, # BEGIN TESTS). Only nbgrader's is imported.",
                path=str(path),
            )
        )
    return SourceNotebook(path, language.lower(), cells)


def _notebooks(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in folder.glob("*.ipynb") if path.is_file()))


def _cell(path: Path, number: int, cell: Mapping[str, Any]) -> SourceCell:
    about = cell.get("metadata", {}).get("nbgrader") or {}
    graded, solved = bool(about.get("grade")), bool(about.get("solution"))
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    is_text = cell["cell_type"] == "markdown"
    if about.get("task"):
        kind = Kind.TASK
    elif graded and solved:
        kind = Kind.MANUAL
    elif is_text:
        kind = Kind.MANUAL if solved else Kind.TEXT
    elif cell["cell_type"] != "code":
        kind = Kind.RAW
    else:
        kind = Kind.TESTS if graded else Kind.SOLUTION if solved else Kind.CODE
    return SourceCell(
        path,
        number,
        kind,
        source.replace("\r\n", "\n"),
        str(about.get("grade_id") or ""),
        _points(about.get("points")) if graded or about.get("task") else Fraction(0),
        is_text,
        dict(_attachments(cell.get("attachments") or {})),
    )


def _points(value: object) -> Fraction:
    try:
        return max(Fraction(str(value)), Fraction(0)) if value is not None else Fraction(0)
    except (ValueError, ZeroDivisionError):
        return Fraction(0)


def _attachments(all_: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    for name, forms in all_.items():
        for data in forms.values():
            text = data if isinstance(data, str) else "".join(data)
            yield name, text.encode() if text.lstrip().startswith("<") else b64decode(text)
            break


def _settings(config: Path) -> dict[str, str]:
    """`c.CourseDirectory.course_id = "…"` and its like, read without running the file."""
    try:
        tree = ast.parse(config.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return {}
    found: dict[str, str] = {}
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
            and isinstance(target := node.targets[0], ast.Attribute)
            and ast.unparse(target).startswith("c.CourseDirectory.")
        ):
            found[target.attr] = node.value.value
    return found

"""How is a list of cells written as a notebook? Format 4.5, as Jupyter writes it, for students and for nbgrader."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from autograder.course.manifest import Assignment
from autograder.notebooks.cells import Cell, Role, source_cells, student_cells

Notebook = dict[str, Any]
"""A notebook as JSON: dicts, lists and text."""

MIMES = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg"}

_LOCKED = {Role.CHECK, Role.MARKS}
_SOLVED = {Role.HELPERS, Role.SOLUTION}


def student_notebook(assignment: Assignment, language: str) -> Notebook:
    """What a student works in: the statement, one cell for each function, its checks. Made from public files only."""
    return _notebook(assignment, language, student_cells(assignment, language), for_nbgrader=False)


def source_notebook(assignment: Assignment, language: str) -> Notebook:
    """What nbgrader's `source/` holds: the reference between marks, with the metadata that nbgrader goes by. Secret.

    Raises  CourseError where the reference cannot be divided into cells
    """
    return _notebook(assignment, language, source_cells(assignment, language), for_nbgrader=True)


def rendered(notebook: Notebook) -> str:
    """The notebook's file, the same text for the same notebook."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def nbgrader_metadata(cell: Cell) -> dict[str, Any] | None:
    """What nbgrader (schema 3) has to know of a cell; None where it is none of its business.

    A statement has none, so that its text can be mended when students have already begun. The visible checks are worth
    0 points: nbgrader's `validate` looks at graded cells only.
    """
    if cell.role not in _LOCKED | _SOLVED:
        return None
    known: dict[str, Any] = {
        "schema_version": 3,
        "grade_id": cell.id,
        "grade": cell.role in _LOCKED,
        "locked": cell.role in _LOCKED,
        "solution": cell.role in _SOLVED,
        "task": False,
    }
    if known["grade"]:
        known["points"] = _number(cell)
    return known


def _number(cell: Cell) -> int | float:
    return int(cell.points) if cell.points.denominator == 1 else float(cell.points)


def _notebook(
    assignment: Assignment, language: str, cells: Sequence[Cell], *, for_nbgrader: bool
) -> Notebook:
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "autograder": {
                "assignment": assignment.id,
                "version": assignment.version,
                "language": language,
            },
        },
        "cells": [_cell(cell, for_nbgrader=for_nbgrader) for cell in cells],
    }


def _cell(cell: Cell, *, for_nbgrader: bool) -> dict[str, Any]:
    about = nbgrader_metadata(cell) if for_nbgrader else None
    made: dict[str, Any] = {
        "cell_type": "markdown" if cell.is_text else "code",
        "id": cell.id,
        "metadata": {} if about is None else {"nbgrader": about},
        "source": cell.source.splitlines(keepends=True),
    }
    if not cell.is_text:
        made |= {"execution_count": None, "outputs": []}
    if cell.attachments:
        made["attachments"] = {
            name: {MIMES.get(name.rpartition(".")[2].lower(), "image/png"): b64encode(data).decode("ascii")}
            for name, data in sorted(cell.attachments.items())
        }
    return made

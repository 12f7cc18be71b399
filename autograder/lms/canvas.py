"""Where do marks stand in Canvas' gradebook, as its own export writes it?

`Student, ID, SIS User ID, SIS Login ID, …, Section`, columns of one's own, then `TITLE (id)` for each assignment, then totals.
Below the headings come a row about manual posting, where there is any, and `    Points Possible`, where `(read only)` marks a
column that the import ignores. Canvas finds a student by ID, then by SIS user, login and name; here names are never used.
"""

from __future__ import annotations

import re
from fractions import Fraction

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.lms.delimited import Delimited, Row
from autograder.lms.filling import Layout
from autograder.lms.headings import Names, column, listed, not_another
from autograder.lms.points import decimal_of, parsed
from autograder.model import Message, message

_IDS = (("canvas_id", "ID"), ("canvas_sis_id", "SIS User ID"), ("canvas_login", "SIS Login ID"))
_TITLE = re.compile(r"(.*\S)\s*\((\d+)\)\s*", re.DOTALL)
_TOTALS = re.compile(
    "(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)|Unposted (?:Current|Final)"
)
_POSTING = re.compile(r"\s*(?:Muted|Manual Posting.*)?\s*", re.IGNORECASE)


def layout(
    table: Delimited,
    head: Row,
    below: list[Row],
    names: Names,
    *,
    named: str | None = None,
    maximum: Fraction | None = None,
) -> Layout:
    """Find the columns. named: the assignment's heading, or its number in Canvas. Raises UsageError."""
    headings = [cell.text.strip() for cell in head.cells]
    if not _is_canvas(headings):
        raise UsageError(
            message(
                "{path} is not the gradebook that Canvas exports: its headings should begin with Student, ID and hold "
                "Section. They are: {headings}.",
                path=table.name,
                headings=listed(headings),
            )
        )
    first = headings.index("Section") + 1
    candidates = []
    for number in range(first, len(headings)):
        found = _TITLE.fullmatch(headings[number])
        title, id = (found[1], found[2]) if found else (headings[number], "")
        if (named is not None and named.strip() in (id, title)) or (named is None and names.is_ours(title)):
            candidates.append(number)
    whole = named if named in headings else None
    mark = column(headings, candidates, whole if whole else None if candidates else named, names, table.name)
    heading = headings[mark]
    if mark < first:
        raise UsageError(
            message(
                'The column "{heading}" of {path} holds no marks.',
                heading=clean_line(heading),
                path=table.name,
            )
        )
    if _TOTALS.search(heading):
        raise UsageError(
            message(
                'Canvas takes "{heading}" for a total and drops it at import, because of its title. Rename the assignment '
                "in Canvas and export again.",
                heading=clean_line(heading),
            )
        )
    found = _TITLE.fullmatch(heading)
    not_another(heading, found[1] if found else heading, names, table.name)
    notes: list[Message] = []
    if found is None:
        notes.append(
            message(
                '"{heading}" has no number of Canvas behind it: unless the title is exactly the one in Canvas, a new assignment '
                "is offered at import.",
                heading=clean_line(heading),
            )
        )
    worth = next((row for row in below if "Points Possible" in row.text(0)), None)
    said = worth.text(mark) if worth is not None else ""
    if "read only" in said.casefold():
        raise UsageError(
            message(
                'The column "{heading}" is marked "{said}" in {path}: Canvas ignores it at import.',
                heading=clean_line(heading),
                said=clean_line(said),
                path=table.name,
            )
        )
    possible = maximum if maximum is not None else parsed(said)
    if not possible or possible < 0:
        raise UsageError(
            message(
                '{path} does not say how many points "{heading}" is worth: the row Points Possible has {said} there. Say it '
                "with --maximum, or export again.",
                path=table.name,
                heading=clean_line(heading),
                said=repr(said),
            )
        )
    return Layout(
        ids=tuple((system, headings.index(name)) for system, name in _IDS if name in headings),
        mark=mark,
        heading=heading,
        name=0,
        possible=possible,
        decimal=_decimal(table, mark, first),
        excused="EX",
        unassigned="N/A",
        is_student=_is_student,
        notes=tuple(notes),
    )


def _is_canvas(headings: list[str]) -> bool:
    return "Section" in headings and (
        headings[:2] == ["Student", "ID"] or headings[:3] == ["LastName", "FirstName", "ID"]
    )


def _is_student(row: Row) -> bool:
    return "Points Possible" not in row.text(0) and not all(_POSTING.fullmatch(c.text) for c in row.cells)


def _decimal(table: Delimited, mark: int, first: int) -> str:
    found = decimal_of(cell.text for row in table.rows() for cell in row.cells[first:])
    # Canvas reads both; where a file has both, somebody has worked on it.
    return "," if found == {","} else "."

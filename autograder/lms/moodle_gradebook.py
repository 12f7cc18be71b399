"""How do marks get into Moodle's gradebook? Into the CSV that it exports, or as a CSV of our own that its import maps.

The export names a column of marks `Assignment: NAME (Real)`, one of comments `… (Feedback)`; the words vary with the language.
Its import has no fixed columns: the teacher maps one identifier and then each column. A single unknown user stops all of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from fractions import Fraction

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.lms.delimited import Delimited, Row
from autograder.lms.filling import Layout
from autograder.lms.given import Given
from autograder.lms.headings import Names, column, folded, known, listed, not_another
from autograder.lms.matching import ids_of
from autograder.lms.moodle_worksheet import EMAIL, ID_NUMBER, USERNAME
from autograder.lms.points import decimal_of
from autograder.model import Message, message
from autograder.reports.marks_csv import number_cell, text_cell

_IDS = (("moodle_idnumber", ID_NUMBER), ("moodle_username", USERNAME), ("email", EMAIL))
_FEEDBACK = frozenset(
    map(folded, ("Feedback", "Rückmeldung", "Retroalimentación", "Comentários", "Phản hồi"))
)
_OTHER_KINDS = frozenset(
    map(folded, ("Percentage", "Letter", "Prozentwert", "Prozent", "Note", "Phần trăm", "Chữ"))
)
_PARTS = re.compile(r"(?:[^:]*:\s*)?(.*?)\s*\(([^()]*)\)", re.DOTALL)
_EPOCH = re.compile(r"\d{10}")


def layout(
    table: Delimited,
    head: Row,
    below: list[Row],
    names: Names,
    *,
    named: str | None = None,
    comments: str | None = None,
    maximum: Fraction | None = None,
) -> Layout:
    """Find the columns of a gradebook that Moodle exported.

    named, comments  whole headings of marks and of comments
    maximum          of the grade item; the file does not say it
    Raises           UsageError
    """
    headings = [cell.text.strip() for cell in head.cells]
    ids = [
        (system, number)
        for system, words in _IDS
        if (number := known(headings, words)) is not None and any(row.text(number) for row in table.rows())
    ]
    if not ids:
        raise UsageError(
            message(
                "{path} has no column with an ID number, a username or an e-mail address, and names are never matched. It "
                "has: {headings}.",
                path=table.name,
                headings=listed(headings),
            )
        )
    marks, remarks = [], []
    for number, heading in enumerate(headings):
        title, kind = _parts(heading, names)
        if names.is_ours(title):
            if folded(kind) in _FEEDBACK:
                remarks.append(number)
            elif folded(kind) not in _OTHER_KINDS:
                marks.append(number)
    mark = column(headings, marks, named, names, table.name)
    heading = headings[mark]
    not_another(heading, _parts(heading, names)[0], names, table.name)
    feedback = (
        column(headings, remarks, comments, names, table.name)
        if comments
        else next(iter(remarks if len(remarks) == 1 else ()), None)
    )
    if mark in dict(ids).values() or feedback == mark:
        raise UsageError(
            message(
                'The column "{heading}" of {path} holds no marks.',
                heading=clean_line(heading),
                path=table.name,
            )
        )
    notes: list[Message] = []
    if maximum is None:
        notes.append(
            message(
                'The file does not say the maximum of "{heading}": see that it is the same in Moodle, or say it with --maximum.',
                heading=clean_line(heading),
            )
        )
    if any(_EPOCH.fullmatch(row.text(len(headings) - 1)) for row in below):
        notes.append(
            message(
                "The last column says when the file was downloaded. Moodle refuses the import where a grade was changed since "
                'then: export again, or tick "Force import".'
            )
        )
    found = decimal_of(row.text(mark) for row in table.rows()) or decimal_of(
        cell.text for row in table.rows() for cell in row.cells
    )
    return Layout(
        ids=tuple(ids),
        mark=mark,
        heading=heading,
        feedback=feedback,
        possible=maximum,
        decimal="," if found == {","} else ".",
        notes=tuple(notes),
    )


def _parts(heading: str, names: Names) -> tuple[str, str]:
    """("NAME", "Real") of "Assignment: NAME (Real)"; a title may have brackets and colons of its own."""
    found = _PARTS.fullmatch(heading)
    if found is None:
        return heading, ""
    before = heading[: heading.rindex("(")].strip()
    whole = before if names.is_ours(before) or names.other(before) else found[1]
    return whole, found[2]


def render(students: Collection[Given], title: str, comments: dict[str, str]) -> str:
    """A CSV for the import: the ids that all students share, the mark, and the comment where there are any.

    Students without a mark have no row: a cell without a number is "no grade" to Moodle.
    Raises  UsageError where no identifier is known of every student
    """
    rows = [given for given in students if given.score is not None]
    systems = tuple(system for system, _words in _IDS)
    known_ids = {given.student: ids_of(given, systems) for given in rows}
    whole = [system for system in systems if all(system in known_ids[given.student] for given in rows)]
    if not whole:
        lacking = [clean_line(given.student) for given in rows if len(known_ids[given.student]) < 1]
        raise UsageError(
            message(
                "Moodle finds users by one identifier, and none of ID number, username, e-mail address is known of all "
                "{count} students. Read them in with autograde roster, or fill the gradebook that Moodle exports: --fill FILE. "
                "None is known of: {students}",
                count=len(rows),
                students=", ".join(lacking[:20]) or "–",
            )
        )
    heading = {"moodle_username": "username", "moodle_idnumber": "ID number", "email": "Email address"}
    order = [system for system in ("moodle_username", "moodle_idnumber", "email") if system in whole]
    head = [*(heading[system] for system in order), title, *([f"{title} feedback"] if comments else [])]
    lines = [",".join(map(text_cell, head))]
    for given in rows:
        cells = [
            text_cell(given.ids.get(system) or (given.email if system == "email" else "")) for system in order
        ]
        cells.append(number_cell(given.score))
        if comments:
            cells.append(_whole_text(comments.get(given.student, "")))
        lines.append(",".join(cells))
    return "".join(f"{line}\r\n" for line in lines)


def _whole_text(text: str) -> str:
    # HTML on one line already, so longer than a line may be.
    return '"' + text.replace('"', '""') + '"'

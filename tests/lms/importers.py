"""What Canvas and Moodle make of a file, by the rules of their importers as LMS.md and PEERS.md describe them.

Written from the rules, with Python's csv module and nothing of ours, so that what we write is read by something else.
"""

from __future__ import annotations

import csv
import io
import re


def canvas(text: str) -> dict[str, dict[str, str]]:
    """Student's ID → assignment's id → grade: separator from three lines, points for commas, no read-only column."""
    first = text.splitlines()[:3]
    semicolon = _cells(first, ";") > _cells(first, ",")
    rows = list(
        csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";" if semicolon else ",")
    )
    head = rows[0]
    assert "Student" in head[0]
    assert "ID" in head[1]
    start = head.index("Section") + 1
    assert start in (3, 4, 5)
    totals = re.compile("Current (Score|Points|Grade)|Final (Score|Points|Grade)|Override")
    columns = {
        found[1]: number
        for number, title in enumerate(head)
        if number >= start and not totals.search(title) and (found := re.search(r"\((\d+)\)$", title))
    }
    grades: dict[str, dict[str, str]] = {}
    for row in rows[1:]:
        if "Points Possible" in row[0]:
            columns = {id: at for id, at in columns.items() if "read only" not in row[at]}
        elif not all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell, re.I) for cell in row):
            grades[row[1]] = {id: _with_point(row[at]).strip() for id, at in columns.items()}
    return {
        student: {id: grade for id, grade in of.items() if id in columns} for student, of in grades.items()
    }


def _cells(lines: list[str], delimiter: str) -> int:
    """Cells of each line where all have as many, else 0; a cell that goes on in the next line is an error, so 0 too."""
    try:
        counts = {len(next(csv.reader([line], delimiter=delimiter, strict=True))) for line in lines}
    except csv.Error:
        return 0
    return counts.pop() if len(counts) == 1 else 0


def _with_point(cell: str) -> str:
    if not re.fullmatch(r"-?[0-9.,]+%?", cell):
        return cell
    parts = re.split("[.,]", cell)
    return "".join(parts[:-1]) + "." + parts[-1] if parts[:-1] else cell


def moodle_worksheet(
    text: str, known: dict[str, tuple[float | None, str]], headings: tuple[str, ...], comma: bool
) -> dict[str, tuple[float | None, str]]:
    """Participant number → (grade, comment) after the import of a worksheet.

    known     participant → what Moodle holds
    headings  Identifier, Grade, Last modified (grade), Feedback comments, "Participant", in the site's language
    comma     whether the site's decimal sign is one
    """
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    identifier, grade, modified, comment = (rows[0].index(heading) for heading in headings[:4])
    assert modified >= 0
    after = dict(known)
    for row in rows[1:]:
        number = row[identifier][len(headings[4]) :].strip()
        if number not in known:
            continue
        held, remark = known[number]
        said = row[grade].replace(" ", "").replace(",", "." if comma else "")
        try:
            value = float(said)
        except ValueError:
            value = None
        if value is not None and 0 <= value <= 100 and value != held:
            held = value
        after[number] = (held, row[comment] if row[comment] != remark else remark)
    return after

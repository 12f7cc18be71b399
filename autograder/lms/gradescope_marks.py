"""How do marks go with Gradescope's files? Into the grades that it exports, or as one results.json for each student.

The export of a course has `SID`, `Email`, and for each assignment `TITLE`, `TITLE - Max Points`, `TITLE - Submission Time`,
`TITLE - Lateness (H:M:S)`; that of one assignment `Total Score` and `Max Points`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import PurePath

from autograder.errors import UsageError
from autograder.lms.comment import changed
from autograder.lms.delimited import Delimited, Row
from autograder.lms.filling import Layout
from autograder.lms.given import Given
from autograder.lms.headings import Names, column, known, listed, not_another
from autograder.lms.points import decimal_of
from autograder.model import message
from autograder.names import folder_name
from autograder.reports import gradescope_json
from autograder.reports.escapes import json_text

_TOTAL = "Total Score"
_PARTS = ("Max Points", "Submission Time", "Lateness (H:M:S)")


def layout(
    table: Delimited, head: Row, names: Names, *, named: str | None = None, maximum: Fraction | None = None
) -> Layout:
    """Find the columns of an export of grades. Raises UsageError."""
    headings = [cell.text.strip() for cell in head.cells]
    ids = [
        (system, number)
        for system, words in (("gradescope_sid", ("SID", "Student ID")), ("email", ("Email",)))
        if (number := known(headings, words)) is not None
    ]
    if not ids:
        raise UsageError(
            message(
                "{path} is not an export of grades from Gradescope: it has neither SID nor Email. It has: {headings}.",
                path=table.name,
                headings=listed(headings),
            )
        )
    candidates = [number for number, heading in enumerate(headings) if names.is_ours(heading)]
    if not candidates and _TOTAL in headings:
        candidates = [headings.index(_TOTAL)]
        other = names.other_in(PurePath(table.name).stem)
        if other is not None:
            raise UsageError(
                message(
                    "{path} holds the marks of {other}, not of {assignment}.",
                    path=table.name,
                    other=other,
                    assignment=names.id,
                )
            )
    mark = column(headings, candidates, named, names, table.name)
    heading = headings[mark]
    not_another(heading, heading, names, table.name)
    worth = _PARTS[0] if heading == _TOTAL else f"{heading} - {_PARTS[0]}"
    return Layout(
        ids=tuple(ids),
        mark=mark,
        heading=heading,
        possible=maximum,
        maximum=headings.index(worth) if maximum is None and worth in headings else None,
        decimal="," if decimal_of(row.text(mark) for row in table.rows()) == {","} else ".",
    )


def files(students: Iterable[Given], language: str) -> Iterator[tuple[str, bytes]]:
    """One results.json for each student, in a folder of its own, as Gradescope's containers write it.

    `score` is the final mark and overrides the sum of the tests. A student without a mark gets no file.
    """
    for given in students:
        report = given.report
        if report is None or given.score is None or report.score is None:
            continue
        tree = json.loads(gradescope_json.render(report, given.language or language))
        final = round(float(Fraction(given.score, 100)), 5)
        if tree["score"] != final:
            tree["score"] = final
            told = changed(given, given.language or language)
            tree["output"] = "\n\n".join(part for part in ("\n".join(told), tree["output"]) if part)
        yield f"{folder_name(given.student)}/results.json", (json_text(tree) + "\n").encode()

"""The class's marks as `marks.csv`, for a spreadsheet or an LMS.

Columns: student, status, score, max, then one for each function in the contract's order. UTF-8, CRLF,
every text in quotation marks, every number without. A cell without a number is empty: the score where
the system failed, which is no zero, and the functions of a submission that was not graded.

No cell can be a formula. A text that starts, leading spaces aside, with one of ``= + - @ '`` or one of
their full-width forms gets one apostrophe in front; take one leading apostrophe away and the text is
back. Control characters, newlines and tabs are written as escapes (``\\n``), so that a row is always one
line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.cleaning import clean_line
from autograder.model import ClassResults, GradeReport, points

_STARTS_A_FORMULA = tuple("=+-@'＝＋－＠")


def render(results: ClassResults) -> str:
    """`results` as the text of marks.csv, rows in the order of the reports."""
    # A dict, for its order: the contract's.
    names = list(dict.fromkeys(function.name for report in results.reports for function in report.functions))
    return header(names) + "".join(row(marks(report), names) for report in results.reports)


@dataclass(frozen=True)
class Marks:
    """What a row says: scores in cents. functions: name → score, of a submission that has a score."""

    student: str
    status: str
    score: int | None
    max_score: int
    functions: Mapping[str, int]


def marks(report: GradeReport) -> Marks:
    """What the row of a report says."""
    functions = {} if report.score is None else {one.name: one.score for one in report.functions}
    return Marks(report.student, report.status.value, report.score, report.max_score, functions)


def header(names: Sequence[str]) -> str:
    """The first line, with the names of the functions."""
    return _line(text_cell(name) for name in ("student", "status", "score", "max", *names))


def row(of: Marks, names: Sequence[str]) -> str:
    """The line of one student, with a cell for each function."""
    return _line(
        (
            text_cell(of.student),
            text_cell(of.status),
            number_cell(of.score),
            number_cell(of.max_score),
            *(number_cell(of.functions.get(name)) for name in names),
        )
    )


def _line(cells: Iterable[str]) -> str:
    return ",".join(cells) + "\r\n"


def text_cell(text: str) -> str:
    """A text in quotation marks that a spreadsheet takes for a text; see the module."""
    text = clean_line(text)
    if text.lstrip().startswith(_STARTS_A_FORMULA):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"'


def number_cell(cents: int | None) -> str:
    """Cents as points, "" for None."""
    return "" if cents is None else points(cents)

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

from autograder.cleaning import clean_line
from autograder.model import ClassResults, points

_STARTS_A_FORMULA = tuple("=+-@'＝＋－＠")


def render(results: ClassResults) -> str:
    """`results` as the text of marks.csv, rows in the order of the reports."""
    # A dict, for its order: the contract's.
    names = list(dict.fromkeys(function.name for report in results.reports for function in report.functions))
    rows = [[text_cell(name) for name in ("student", "status", "score", "max", *names)]]
    for report in results.reports:
        by_name = {function.name: function.score for function in report.functions}
        rows.append(
            [
                text_cell(report.student),
                text_cell(report.status.value),
                number_cell(report.score),
                number_cell(report.max_score),
                *(number_cell(by_name.get(name) if report.score is not None else None) for name in names),
            ]
        )
    return "".join(",".join(row) + "\r\n" for row in rows)


def text_cell(text: str) -> str:
    """A text in quotation marks that a spreadsheet takes for a text; see the module."""
    text = clean_line(text)
    if text.lstrip().startswith(_STARTS_A_FORMULA):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"'


def number_cell(cents: int | None) -> str:
    """Cents as points, "" for None."""
    return "" if cents is None else points(cents)

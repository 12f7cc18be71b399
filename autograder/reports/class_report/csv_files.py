"""The class report as tables for a spreadsheet: one CSV a question.

UTF-8, CRLF, texts in quotation marks that no spreadsheet takes for a formula (see `marks_csv`), numbers without; a cell
without a number is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograder.model import points
from autograder.reports.class_report import counts
from autograder.reports.class_report.data import ClassReport
from autograder.reports.marks_csv import text_cell

Cell = int | float | str | None


def render(report: ClassReport) -> dict[str, str]:
    """File name → its text."""
    files = {
        "marks-distribution.csv": (("from", "to", "marks", "scores"), _bins(report)),
        "functions.csv": (
            ("function", "max", "students", "full", "part", "none", "untouched", "mean"),
            _functions(report),
        ),
        "checks.csv": (
            (
                "number",
                "function",
                "check",
                "label",
                "max",
                "students",
                "passed",
                "counted",
                "missed",
                "success",
                "discrimination",
                "undefined",
            ),
            _checks(report),
        ),
        "mistakes.csv": (
            ("function", "kind", "mistake", "text", "students", "share", "share_of_missed"),
            _mistakes(report),
        ),
        "attempts.csv": (("attempts", "students"), _attempts(report)),
        "lateness.csv": (("late_up_to_hours", "students"), _lateness(report)),
    }
    if report.similar is not None:
        files["similar.csv"] = (
            ("alike", "functions", "students", "failed_checks", "share", "known_mistakes"),
            _similar(report),
        )
    return {name: _table(head, rows) for name, (head, rows) in files.items()}


def _table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    return "".join(",".join(map(_cell, row)) + "\r\n" for row in (head, *rows))


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    return (
        text_cell(value)
        if isinstance(value, str)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _points(cents: int | None) -> float | None:
    return None if cents is None else float(points(cents))


def _bins(report: ClassReport) -> Iterable[Sequence[Cell]]:
    scores = {bin.low: bin.count for bin in report.scores.bins}
    marks = {bin.low: bin.count for bin in report.marks.bins}
    for bin in report.marks.bins or report.scores.bins:
        yield (
            _points(bin.low),
            _points(bin.high),
            counts.told(report, marks.get(bin.low, 0)),
            counts.told(report, scores.get(bin.low, 0)),
        )


def _functions(report: ClassReport) -> Iterable[Sequence[Cell]]:
    for one in report.functions:
        yield (
            one.name,
            _points(one.max_score),
            one.students,
            counts.rest_told(report, one.full, one.students),
            counts.told(report, one.part),
            counts.told(report, one.none),
            counts.told(report, one.untouched),
            _points(one.mean),
        )


def _checks(report: ClassReport) -> Iterable[Sequence[Cell]]:
    for one in report.checks:
        yield (
            one.number,
            one.function,
            one.name,
            one.label,
            _points(one.max_score),
            one.students,
            counts.rest_told(report, one.passed, one.students),
            counts.told(report, one.counted),
            counts.told(report, one.missed),
            counts.share(report, one.earned, one.students),
            counts.discrimination(report, one),
            one.undefined,
        )


def _mistakes(report: ClassReport) -> Iterable[Sequence[Cell]]:
    for one in report.mistakes:
        yield (
            one.function,
            one.kind,
            one.mistake,
            one.text,
            counts.told(report, one.students),
            counts.share(report, one.students, report.graded),
            counts.share(report, one.students, one.missed),
        )


def _attempts(report: ClassReport) -> Iterable[Sequence[Cell]]:
    return ((number, counts.told(report, count)) for number, count in report.attempts.counts)


def _lateness(report: ClassReport) -> Iterable[Sequence[Cell]]:
    late = report.lateness
    yield "in time", counts.told(report, late.in_time)
    for bound, count in late.groups:
        yield "later" if bound is None else bound // 3600, counts.told(report, count)
    yield "unknown", counts.told(report, late.unknown)
    yield "no deadline", counts.told(report, late.no_deadline)


def _similar(report: ClassReport) -> Iterable[Sequence[Cell]]:
    assert report.similar is not None
    for one in report.similar.sources:
        yield (
            "same source",
            " ".join(one.functions),
            "; ".join(one.students),
            sum(one.checks),
            1,
            " ".join(filter(None, one.mistakes)),
        )
    for same in report.similar.values:
        yield "same values", " ".join(same.functions), "; ".join(same.students), sum(same.checks), 1, ""
    for pair in report.similar.pairs:
        yield (
            "nearly the same source",
            pair.function,
            "; ".join((*pair.one, *pair.other)),
            pair.checks,
            min(pair.shares),
            "",
        )

"""How is a number of students told, where a small one must not be?"""

from __future__ import annotations

from autograder.reports.class_report.data import CheckFigures, ClassReport

FEW = "1–2"


def told(report: ClassReport, count: int) -> int | str:
    """`count`, or "1–2" where the edition does not tell small ones."""
    return FEW if 0 < count < report.least else count


def is_told(report: ClassReport, part: int, whole: int) -> bool:
    """Whether a share may be told: neither the part nor the rest is a small count."""
    return not (0 < part < report.least or 0 < whole - part < report.least)


def rest_told(report: ClassReport, part: int, whole: int) -> int | str:
    """`part`, or "1–2" or "all but 1–2" as a number from which to count: "≥ 58" of 60."""
    if 0 < whole - part < report.least:
        return f"≥ {max(whole - report.least + 1, 0)}"
    return told(report, part)


def share(report: ClassReport, part: int, whole: int) -> float | None:
    """part / whole, rounded to four digits; None of nothing, or where it may not be told."""
    return round(part / whole, 4) if whole and is_told(report, part, whole) else None


def discrimination(report: ClassReport, check: CheckFigures) -> float | None:
    """The correlation, rounded to three digits; None where it is undefined or may not be told."""
    if check.discrimination is None or not is_told(report, check.earned, check.students):
        return None
    return round(check.discrimination, 3)

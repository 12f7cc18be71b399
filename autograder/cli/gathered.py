"""What has a run of `grade` to say at its end? Gathered while the reports pass, and no more than a terminal can show."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from autograder.language import _
from autograder.model import GradeReport, Outcome, Status

if TYPE_CHECKING:
    from autograder.model import ClassResults
    from autograder.reports.text import ClassRow

MOST_SHOWN = 1000
"""Rows of the table in the terminal; a larger class is read on its page."""


class Gathered:
    """What is told about the class. students: the ids of all whose reports may come, in order of code points."""

    def __init__(self, students: Sequence[str]) -> None:
        self._students = students
        # Rows, not reports: a report of a real suite takes 30 KB.
        self._shown: dict[int, ClassRow] = {}
        self._only: GradeReport | None = None
        self._faults: set[tuple[str, str]] = set()
        self._blameless = 0
        self.count = 0
        self.system_errors = 0

    def add(self, report: GradeReport) -> None:
        """Note one more report."""
        self.count += 1
        self._only = report if self.count == 1 else None
        place = bisect_left(self._students, report.student)
        # What comes late may stand before what came first.
        if len(self._shown) < MOST_SHOWN or place < self._last:
            from autograder.reports.text import class_row

            self._shown[place] = class_row(report)
            if len(self._shown) > MOST_SHOWN:
                del self._shown[self._last]
            self._last = max(self._shown)
        self.system_errors += report.status is Status.SYSTEM_ERROR
        faults = {
            (function.name, check.label)
            for function in report.functions
            for check in function.checks
            if check.outcome is Outcome.SUITE_ERROR
        }
        self._faults |= faults
        self._blameless += bool(faults)

    _last = -1

    def show(self, about: ClassResults) -> None:
        """Print the report where there is one, else the class. about: what the reports have in common."""
        from rich.console import Console

        from autograder.reports import text

        console = Console()
        if self._only is not None:
            console.print(text.student(self._only))
            return
        rows = [self._shown[place] for place in sorted(self._shown)]
        console.print(text.class_table_of(about.title or about.assignment, rows))
        if self.count > len(rows):
            click.echo(
                _(
                    "These are the first {n} of {total}. The class's page and marks.csv have all.",
                    n=len(rows),
                    total=self.count,
                )
            )

    def say_what_could_not_be_judged(self) -> None:
        """A suite's fault costs nobody anything, so nobody would notice it by the marks."""
        if self._faults:
            checks = sorted(self._faults)
            click.echo(
                _(
                    "{n} of the suite's checks failed by their own fault, for {students} submissions; nobody lost points by "
                    "it. First: {function}, {label}. Mend the suite ('autograde verify') and grade again.",
                    n=len(checks),
                    students=self._blameless,
                    function=checks[0][0],
                    label=checks[0][1],
                ),
                err=True,
            )

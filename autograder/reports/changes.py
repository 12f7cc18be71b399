"""How does a regrade look before it is published? One page and one table: who gains, who loses, by which checks and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.cleaning import clean_line
from autograder.language import _
from autograder.model import points
from autograder.reports.html import _render
from autograder.reports.marks_csv import _line, number_cell, text_cell
from autograder.reports.words import label

_MOST_OF_ONE_FUNCTION = 3


@dataclass(frozen=True)
class ChangedCheck:
    """One check of one student. Cents; None where the suite had, or has, no such check."""

    function: str
    label: str
    before: int | None
    after: int | None

    @property
    def change(self) -> int:
        return (self.after or 0) - (self.before or 0)

    @property
    def told(self) -> str:
        """relu, keeps what is positive: 0 → 12.5"""
        return _(
            "{function}, {label}: {before} → {after}",
            function=self.function,
            label=label(self.label),
            before=points(self.before),
            after=points(self.after),
        )


@dataclass(frozen=True)
class ChangedMark:
    """One student's mark before and after. Cents; kept: why it stays as it is all the same, or ""."""

    student: str
    before: int | None
    after: int | None
    raw_before: int | None
    raw_after: int | None
    checks: tuple[ChangedCheck, ...] = ()
    kept: str = ""

    @property
    def change(self) -> int:
        return (self.after or 0) - (self.before or 0)

    @property
    def grounds(self) -> list[str]:
        """By which checks the mark changes: what moves it most first, what moves it the other way last.

        Of a function more than a few of whose checks changed, as all do where its points did, the sum is told.
        """
        by_function: dict[str, list[ChangedCheck]] = {}
        for check in self.checks:
            by_function.setdefault(check.function, []).append(check)
        grounds = []
        for function, checks in by_function.items():
            if len(checks) <= _MOST_OF_ONE_FUNCTION:
                grounds += [(check.change, check.told) for check in checks]
                continue
            before = sum(check.before or 0 for check in checks)
            after = sum(check.after or 0 for check in checks)
            told = _(
                "{function}, {n} checks: {before} → {after}",
                function=function,
                n=len(checks),
                before=points(before),
                after=points(after),
            )
            grounds.append((after - before, told))
        way = -1 if self.change < 0 else 1
        return [told for _change, told in sorted(grounds, key=lambda one: -way * one[0])]


@dataclass(frozen=True)
class CheckTotal:
    """One check over the class: how many gain and lose by it, and by how many cents in all."""

    function: str
    label: str
    gain: int
    lose: int
    cents: int


@dataclass(frozen=True)
class Changes:
    """A regrade of one assignment as a whole.

    reasons    what has changed, in sentences
    staying    students with a result that "never lower" kept before
    published  whether these marks count already
    """

    assignment: str
    title: str
    reasons: Sequence[str]
    marks: Sequence[ChangedMark]
    kept: Sequence[ChangedMark]
    checks: Sequence[CheckTotal]
    unchanged: int
    untouched: int
    failed: Sequence[str] = ()
    staying: Sequence[str] = ()
    published: bool = False

    @property
    def gain(self) -> list[ChangedMark]:
        """Who gains, the most first."""
        return sorted(
            (one for one in self.marks if one.before is None or one.change > 0),
            key=lambda one: (-one.change, one.student),
        )

    @property
    def lose(self) -> list[ChangedMark]:
        """Who loses, the most first."""
        return sorted(
            (one for one in self.marks if one.before is not None and (one.change < 0 or one.after is None)),
            key=lambda one: (one.change, one.student),
        )

    @property
    def gained(self) -> int:
        return sum(one.change for one in self.gain)

    @property
    def lost(self) -> int:
        return -sum(one.change for one in self.lose)


def signed(cents: int) -> str:
    """+5, -2.5, 0: with a sign."""
    return points(cents) if cents <= 0 else f"+{points(cents)}"


def page(changes: Changes, language: str) -> str:
    """The page, by itself as all pages are."""
    return _render(
        "changes.html",
        language,
        title=changes.title,
        changes=changes,
        signed=signed,
        label=label,
        kept_word=kept_word,
    )


def kept_word(kept: str) -> str:
    """Why a mark stays as it is."""
    return _("never lower") if kept == "never lower" else _("adjusted by hand")


_COLUMNS = ("student", "before", "after", "change", "raw_before", "raw_after", "kept", "checks")


def csv(changes: Changes) -> str:
    """The same as a table for a spreadsheet, in the form of marks.csv: by student."""
    rows = sorted([*changes.marks, *changes.kept], key=lambda one: one.student)
    return _line(map(text_cell, _COLUMNS)) + "".join(map(_row, rows))


def _row(one: ChangedMark) -> str:
    return _line(
        (
            text_cell(one.student),
            number_cell(one.before),
            number_cell(one.after),
            # A number: no spreadsheet takes -5 for a formula.
            number_cell(one.change),
            number_cell(one.raw_before),
            number_cell(one.raw_after),
            text_cell(one.kept),
            text_cell("; ".join(clean_line(check.told) for check in one.checks)),
        )
    )

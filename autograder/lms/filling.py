"""What becomes of a platform's own file once our marks are in it? First a plan that people can look at, then its bytes.

Only cells of marks and comments are written; the row of a student without a mark keeps its cells. Everything that is not
certain or that the platform would drop without a word is collected and refused at once, before a byte is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from html import unescape
from typing import NamedTuple

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.language import _, say
from autograder.lms.delimited import Cell, Delimited, Row
from autograder.lms.formulas import inert, is_formula
from autograder.lms.given import Given
from autograder.lms.matching import match
from autograder.lms.points import cents, parsed, scaled, written
from autograder.model import Message, message, points

MOST_TOLD = 20
"""Problems that a refusal lists in full."""

_MARKUP = re.compile(r"<[^<>]*>")
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True)
class Layout:
    """Where in a platform's file what stands. Columns count from 0.

    ids          (system, column), the most certain first
    mark         the column of marks, and its heading
    possible     the mark's maximum in points where one number holds for all rows; None: not known
    maximum      the column that says the maximum of each row
    locked       the column that says whether a mark may be changed, and `is_locked` reads it
    decimal      what stands before decimals: "." or ","
    excused      how the platform writes that no mark is asked for; None where it cannot
    unassigned   what a cell says where the platform takes no mark of this student
    is_student   whether a row below the first one is of a student
    id_in        the id in a cell: "Participant 12" → "12"
    """

    ids: tuple[tuple[str, int], ...]
    mark: int
    heading: str
    name: int | None = None
    feedback: int | None = None
    possible: Fraction | None = None
    maximum: int | None = None
    locked: int | None = None
    is_locked: Callable[[str], bool] = lambda text: False
    decimal: str = "."
    excused: str | None = None
    unassigned: str = ""
    is_student: Callable[[Row], bool] = lambda row: True
    id_in: Callable[[str, str], str] = lambda system, text: text
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Wishes:
    """What the caller allows.

    scale         convert marks to another maximum
    skip_missing  leave out marks of students who are not in the file
    """

    scale: bool = False
    skip_missing: bool = False


class Kind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class Change:
    """What happens to one student's mark or comment."""

    line: int
    student: str
    kind: Kind
    old: str
    new: str


@dataclass
class Plan:
    """What will be written, and what there is to know before.

    kept      rows of students without a mark: their cells stay
    skipped   students with a mark who are not in the file, where that was allowed
    unread    students whose excuse this platform's file cannot say
    formulas  cells of the platform's own that a spreadsheet may run: (line, heading)
    """

    heading: str
    marks: list[Change] = field(default_factory=list)
    comments: list[Change] = field(default_factory=list)
    kept: int = 0
    skipped: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    formulas: list[tuple[int, str]] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    edits: list[tuple[Cell, str]] = field(default_factory=list)

    def count(self, kind: Kind, changes: Iterable[Change] | None = None) -> int:
        return sum(change.kind is kind for change in (self.marks if changes is None else changes))

    @property
    def overwrites(self) -> bool:
        """Whether something that stands in the file is replaced by something else."""
        return any(change.kind is Kind.CHANGED for change in (*self.marks, *self.comments))


def plan(
    table: Delimited,
    layout: Layout,
    students: list[Given],
    wishes: Wishes,
    comments: Mapping[str, str] | None = None,
) -> Plan:
    """Work out what is to be written.

    comments  student → comment as HTML; only where the layout has a column for it
    Raises    UsageError with the list of everything that is not certain or not allowed
    """
    rows = table.rows()
    headings = [cell.text for cell in next(rows).cells]
    systems = tuple(system for system, _column in layout.ids)
    plan = Plan(layout.heading, notes=list(layout.notes))
    kept: dict[int, _Row] = {}
    shown: list[tuple[int, dict[str, str]]] = []
    ours = {layout.mark, layout.feedback}
    for row in rows:
        plan.formulas += (
            (row.line, headings[column] if column < len(headings) else str(column + 1))
            for column, cell in enumerate(row.cells)
            if column not in ours and is_formula(cell.text)
        )
        if layout.is_student(row):
            shown.append(
                (row.line, {system: layout.id_in(system, row.text(column)) for system, column in layout.ids})
            )
            kept[row.line] = _Row(
                row.line,
                _cell(row, layout.mark),
                _cell(row, layout.feedback),
                row.text(layout.maximum),
                row.text(layout.locked),
            )
    matched = match(shown, students, systems)
    problems = list(matched.problems)
    by_id = {given.student: given for given in students}
    there = matched.students()
    missing = [given.student for given in students if given.counts and given.student not in there]
    if wishes.skip_missing:
        plan.skipped = missing
    else:
        problems += (
            message("{student} has a mark and is not in the file", student=clean_line(student))
            for student in missing
        )
    maxima: set[Fraction] = set()
    for line, held in kept.items():
        student = matched.rows.get(line)
        given = by_id[student] if student is not None else None
        if given is None or not given.counts:
            plan.kept += 1
            continue
        problem = _row(plan, layout, held, given, wishes, maxima, (comments or {}).get(given.student))
        if problem is not None:
            problems.append(
                message(
                    "line {line}, {student}: {why}",
                    line=line,
                    student=clean_line(given.student),
                    why=say(problem),
                )
            )
    _same_maximum(table, layout, students, wishes, maxima)
    if problems:
        raise refused(table.name, problems)
    if not plan.marks and not plan.unread and missing:
        raise UsageError(
            message("{path} has no row of any student with a mark: is it the right file?", path=table.name)
        )
    return plan


class _Row(NamedTuple):
    """What of a student's row is looked at again: the rest of a large file need not stay in memory."""

    line: int
    mark: Cell | None
    feedback: Cell | None
    maximum: str
    locked: str


def _cell(row: Row, column: int | None) -> Cell | None:
    return None if column is None or column >= len(row.cells) else row.cells[column]


def refused(path: str, problems: list[Message]) -> UsageError:
    """The refusal of a file, with its reasons."""
    lines = [f"  {say(problem)}" for problem in problems[:MOST_TOLD]]
    if len(problems) > MOST_TOLD:
        lines.append("  " + _("… and {count} more", count=len(problems) - MOST_TOLD))
    return UsageError(
        message(
            "Nothing was written. {path} does not fit the marks in {count} places:\n{list}\n"
            "Put the students' ids right (autograde roster), or the file. --skip-missing leaves out marks of students "
            "who are not in the file.",
            path=path,
            count=len(problems),
            list="\n".join(lines),
        )
    )


def _row(
    plan: Plan,
    layout: Layout,
    row: _Row,
    given: Given,
    wishes: Wishes,
    maxima: set[Fraction],
    comment: str | None,
) -> Message | None:
    """Plan one row; returns why it cannot be written."""
    cell = row.mark
    if cell is None:
        return message('the row ends before the column "{heading}"', heading=clean_line(layout.heading))
    old = cell.text.strip()
    if layout.unassigned and old.casefold() == layout.unassigned.casefold():
        return message('the file says "{old}": the assignment is not assigned to this student', old=old)
    before = parsed(old)
    if given.excused:
        if layout.excused is None:
            plan.unread.append(given.student)
            return None
        new, equal = layout.excused, old.casefold() == layout.excused.casefold()
    else:
        possible = _possible(layout, row, given)
        if possible is None:
            return message(
                'the maximum is "{text}", which is no number: scales and rubrics cannot be filled in',
                text=clean_line(row.maximum, 80),
            )
        maxima.add(possible)
        assert given.score is not None
        score = (
            scaled(given.score, given.max_score, possible)
            if wishes.scale and possible * 100 != given.max_score
            else given.score
        )
        if not 0 <= score <= possible * 100 and (wishes.scale or possible * 100 == given.max_score):
            return message(
                "{score} is outside 0 … {possible}: the platform would drop it without a word",
                score=points(score),
                possible=_number(possible),
            )
        new = written(score, layout.decimal)
        equal = before is not None and cents(before) == score
        known = old in ("", "-", "–") or before is not None
        if not known and (layout.excused is None or old.casefold() != layout.excused.casefold()):
            return message(
                '"{old}" stands there, which is no number of points: is it the right column?',
                old=clean_line(old, 80),
            )
    is_open = layout.locked is None or not layout.is_locked(row.locked)
    if not is_open and not equal:
        return message("the platform has locked this mark")
    kind = Kind.SAME if equal else Kind.NEW if old in ("", "-", "–") else Kind.CHANGED
    plan.marks.append(Change(row.line, given.student, kind, old, old if equal else new))
    if not equal:
        plan.edits.append((cell, new))
    if comment is not None and layout.feedback is not None and is_open:
        return _comment(plan, row, given.student, comment)
    return None


def _comment(plan: Plan, row: _Row, student: str, comment: str) -> Message | None:
    cell = row.feedback
    if cell is None:
        return message("the row ends before the column of comments")
    if not _bare(cell.text).isdisjoint(_bare(comment)):
        kind = Kind.SAME
    else:
        kind = Kind.CHANGED if cell.text.strip() else Kind.NEW
        plan.edits.append((cell, inert(comment)))
    plan.comments.append(Change(row.line, student, kind, cell.text, comment))
    return None


def _bare(text: str) -> set[str]:
    """A comment without blanks, which a platform moves; with its markup and without, as it may show either."""
    forms = (unescape(text), unescape(_MARKUP.sub("", text)))
    return {_BLANK.sub("", form).removeprefix("'") for form in forms}


def _possible(layout: Layout, row: _Row, given: Given) -> Fraction | None:
    if layout.maximum is not None:
        found = parsed(row.maximum)
        return found if found is not None and found > 0 else None
    return layout.possible if layout.possible is not None else Fraction(given.max_score, 100)


def _same_maximum(
    table: Delimited, layout: Layout, students: list[Given], wishes: Wishes, maxima: set[Fraction]
) -> None:
    ours = {Fraction(given.max_score, 100) for given in students if given.score is not None}
    if wishes.scale or maxima <= ours:
        return
    raise UsageError(
        message(
            'Nothing was written. {path}: the maximum of "{heading}" is {theirs}, and the marks are out of {ours}. '
            "Is it the file or the column of another assignment? If not, --scale converts the marks, to the cent.",
            path=table.name,
            heading=clean_line(layout.heading),
            theirs=", ".join(map(_number, sorted(maxima - ours))),
            ours=", ".join(map(_number, sorted(ours))),
        )
    )


def _number(number: Fraction) -> str:
    return points(cents(number))

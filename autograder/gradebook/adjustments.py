"""What did a person change about a mark? Points added, a mark set, an excuse: never changed, never lost, only withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.gradebook import tables
from autograder.gradebook.values import Student
from autograder.model import message, points
from autograder.names import meant

if TYPE_CHECKING:
    from autograder.gradebook.store import Store

ADD, SET, EXCUSE = "add", "set", "excuse"
MOST = 10_000
"""Cents: the maximum of an assignment."""


@dataclass(frozen=True)
class Adjustment:
    """One adjustment. cents: what "add" adds, below 0 too, or "set" sets; 0 of an excuse."""

    id: int
    assignment: str
    student: str
    kind: str
    cents: int
    author: str
    reason: str
    at: datetime
    withdrawn_at: datetime | None = None


def adjustments(store: Store, assignment: str) -> dict[str, tuple[Adjustment, ...]]:
    """Student → adjustments that hold, in the order in which they were made."""
    holding = (one for one in all_adjustments(store, assignment) if one.withdrawn_at is None)
    return {student: tuple(some) for student, some in groupby(holding, key=attrgetter("student"))}


def all_adjustments(store: Store, assignment: str, student: str | None = None) -> Iterator[Adjustment]:
    """All of them, the withdrawn ones too, by student and in the order in which they were made."""
    table = tables.adjustments.c
    query = select(tables.adjustments).where(table.assignment == assignment).order_by(table.student, table.id)
    if student is not None:
        query = query.where(table.student == student)
    with store.read() as connection:
        for row in connection.execute(query, execution_options={"yield_per": 500}):
            yield Adjustment(
                row.id,
                row.assignment,
                row.student,
                row.kind,
                row.cents or 0,
                row.author,
                row.reason,
                row.at,
                row.withdrawn_at,
            )


def adjust(
    store: Store, assignment: str, student: str, kind: str, cents: int = 0, *, author: str, reason: str
) -> int:
    """Adjust a student's mark; the adjustment's id, by which it can be withdrawn.

    cents   for "add" -10000 … 10000, for "set" 0 … 10000
    Raises  UsageError for a student whom the gradebook does not know, for no reason, and for points beyond the maximum
    """
    if not reason.strip():
        raise UsageError(message('An adjustment needs a reason: --reason "…". The student may ask for it.'))
    least = 0 if kind == SET else -MOST
    if not least <= cents <= MOST:
        raise UsageError(
            message(
                "{points} is out of range: a mark is between 0 and {most} points.",
                points=points(cents),
                most=points(MOST),
            )
        )
    with store.begin() as connection:
        known_student(store, student)
        made = connection.execute(
            insert(tables.adjustments).returning(tables.adjustments.c.id),
            {
                "assignment": assignment,
                "student": student,
                "kind": kind,
                "cents": None if kind == EXCUSE else cents,
                "author": author,
                "reason": reason,
                "at": datetime.now(UTC),
            },
        )
        id = int(made.scalar_one())
        after = {"id": id, "kind": kind} | ({} if kind == EXCUSE else {"cents": cents})
        store.audit(
            "adjust", author=author, assignment=assignment, student=student, after=after, reason=reason
        )
    return id


def withdraw(store: Store, id: int, *, author: str, reason: str = "") -> Adjustment:
    """Let an adjustment hold no longer; it stays on record. Withdrawing it again changes nothing.

    Raises  UsageError where there is none of that id
    """
    with store.begin() as connection:
        row = connection.execute(select(tables.adjustments).where(tables.adjustments.c.id == id)).first()
        if row is None:
            raise UsageError(
                message("There is no adjustment {id}. `autograde adjust -a ASSIGNMENT` lists them.", id=id)
            )
        found = next(one for one in all_adjustments(store, row.assignment, row.student) if one.id == id)
        if found.withdrawn_at is None:
            connection.execute(
                update(tables.adjustments)
                .where(tables.adjustments.c.id == id)
                .values(withdrawn_at=datetime.now(UTC))
            )
            before = {"id": id, "kind": found.kind} | ({} if found.kind == EXCUSE else {"cents": found.cents})
            store.audit(
                "withdraw",
                author=author,
                assignment=found.assignment,
                student=found.student,
                before=before,
                reason=reason,
            )
    return found


def known_student(store: Store, student: str) -> Student:
    """The student of that id. Raises UsageError for one whom the gradebook does not know."""
    everybody = store.students()
    if student not in everybody:
        raise UsageError(
            message('The gradebook has no student "{student}".', student=clean_line(student)),
            meant(student, everybody),
            message("It has {count}; `autograde roster` adds some.", count=len(everybody)),
        )
    return everybody[student]

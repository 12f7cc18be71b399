"""Until when? The deadline of everybody, and extensions for one student.

What students are told stands in the manifest (`deadline` in assignment.toml): `list`, `submit` and receipts show it, and
it travels with the course. The gradebook holds what was changed since, and that is what counts for the marks:

    everybody   the gradebook's deadline for everybody where there is one, else the manifest's
    a student   the later of that and his own extension: an extension never takes time away

It is not enough to change the manifest late in a term: its bytes are a part of the suite's version, so that all would
have to be graded again. Where no deadline stands for everybody nobody is late, and an extension waits until one does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, insert, select

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.gradebook import tables
from autograder.gradebook.policy import is_credible, span_of
from autograder.model import Message, message

if TYPE_CHECKING:
    from autograder.gradebook.store import Store

_TIME = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})(?:[T ]\s*(?P<time>\d{1,2}:\d{2}(?::\d{2})?))?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2}|[A-Za-z][A-Za-z0-9_+/-]*)?",
    re.ASCII,
)


@dataclass(frozen=True)
class Moment:
    """A moment as it was typed.

    at    aware, in the zone that was named
    zone  that zone's name or offset
    told  what was not plain about it: an hour that the clock skips or has twice; else None
    """

    at: datetime
    zone: str
    told: Message | None = None


def moment(text: str, *, local: tzinfo | None = None, after: datetime | None = None) -> Moment:
    """The moment that `text` names: "2026-12-01 23:59 Europe/Berlin", "2026-12-01T23:59+07:00", or "+3d" after `after`.

    local   the zone of a text that names none; default: this machine's
    Raises  UsageError for what is none, for a zone that is not known here, and for a date without a time
    """
    told = " ".join(text.split())
    if told.startswith("+"):
        if after is None:
            raise UsageError(
                message(
                    "{text} is counted from the deadline, and there is none yet.", text=clean_line(told, 60)
                )
            )
        try:
            at = after + timedelta(seconds=span_of(told[1:]))
        except OverflowError:
            raise _no_time(told) from None
        if not is_credible(at):
            raise _no_time(told)
        return Moment(at, _offset(at))
    found = _TIME.fullmatch(told)
    if found is None:
        raise _no_time(told)
    if found["time"] is None:
        raise UsageError(
            message(
                'At which time of that day? "{text}" names none. Write e.g.: {text} 23:59',
                text=clean_line(told, 60),
            )
        )
    hour = found["time"].zfill(len(found["time"]) + (found["time"].index(":") == 1))
    try:
        naive = datetime.fromisoformat(f"{found['date']}T{hour}")
    except ValueError:
        raise _no_time(told) from None
    if not is_credible(naive):
        raise _no_time(told)
    zone = found["zone"]
    where = local if zone is None else _zone(zone)
    return _resolved(naive, where, zone)


def _resolved(naive: datetime, zone: tzinfo | None, name: str | None) -> Moment:
    """Of the two readings of an hour that the clock skips or has twice the later one: nobody loses time by it."""
    readings = [_aware(naive.replace(fold=fold), zone) for fold in (0, 1)]
    at = max(readings, key=lambda one: one.timestamp())
    shown = name if name is not None else (at.tzname() or _offset(at))
    # With its offset alone: a time in an hour that comes twice is equal to none of another zone, not even to itself.
    at = at.replace(tzinfo=timezone(at.utcoffset() or timedelta()))
    if readings[0].utcoffset() == readings[1].utcoffset():
        return Moment(at, shown)
    there = readings[0].astimezone(UTC).astimezone(readings[0].tzinfo if zone is None else zone)
    if _aware(there.replace(tzinfo=None, fold=there.fold), zone).replace(tzinfo=None) == naive:
        both = message(
            "The clock shows {time} twice on that day in {zone}: the later one is meant.",
            time=naive.strftime("%H:%M"),
            zone=shown,
        )
        return Moment(at, shown, both)
    at = at.astimezone(UTC).astimezone(zone)
    at = at.replace(tzinfo=timezone(at.utcoffset() or timedelta()), fold=0)
    skipped = message(
        "The clock skips {time} on that day in {zone}: {at} is meant.",
        time=naive.strftime("%H:%M"),
        zone=shown,
        at=at.strftime("%H:%M"),
    )
    return Moment(at, shown, skipped)


def _aware(naive: datetime, zone: tzinfo | None) -> datetime:
    return naive.astimezone() if zone is None else naive.replace(tzinfo=zone)


def _offset(at: datetime) -> str:
    return at.isoformat()[-6:] if at.utcoffset() else "UTC"


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    if name.upper() in ("Z", "UTC", "GMT"):
        return UTC
    if name[0] in "+-":
        try:
            zone = datetime.fromisoformat(f"2000-01-01T00:00{name}").tzinfo
        except ValueError:
            raise _no_time(name) from None
        assert zone is not None
        return zone
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(
            message(
                'The time zone "{zone}" is not known here. Write one such as Europe/Berlin or Asia/Ho_Chi_Minh, '
                "or an offset such as +07:00.",
                zone=clean_line(name, 60),
            )
        ) from None


def _no_time(text: str) -> UsageError:
    return UsageError(
        message(
            '"{text}" is no moment in time. Write e.g. "2026-12-01 23:59 Europe/Berlin", '
            '"2026-12-01T23:59+07:00", or +3d for three days more.',
            text=clean_line(text, 60),
        )
    )


@dataclass(frozen=True)
class Deadlines:
    """The deadlines of one assignment.

    announced   the manifest's, aware, or None
    moved       the gradebook's for everybody, or None
    extensions  student's id → until when, in the gradebook
    reasons     student's id, "" for everybody → why
    """

    announced: datetime | None = None
    moved: datetime | None = None
    extensions: Mapping[str, datetime] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def everybody(self) -> datetime | None:
        """What counts for all who have no extension."""
        return self.moved or self.announced

    @property
    def contradicts(self) -> bool:
        """Whether students are told another deadline than the one that counts."""
        return self.moved is not None and self.moved != self.announced

    def due(self, student: str) -> datetime | None:
        """What counts for this student."""
        own, all_ = self.extensions.get(student), self.everybody
        return all_ if all_ is None or own is None else max(own, all_)


def deadlines(store: Store, assignment: str, announced: datetime | None = None) -> Deadlines:
    """The deadlines of an assignment. announced: the manifest's."""
    table = tables.deadlines.c
    moved: datetime | None = None
    extensions: dict[str, datetime] = {}
    reasons: dict[str, str] = {}
    with store.read() as connection:
        for row in connection.execute(select(tables.deadlines).where(table.assignment == assignment)):
            reasons[row.student or ""] = row.note
            if row.student is None:
                moved = row.due
            else:
                extensions[row.student] = row.due
    return Deadlines(announced, moved, dict(sorted(extensions.items())), reasons)


def set_deadline(
    store: Store,
    assignment: str,
    due: datetime | None,
    *,
    author: str,
    reason: str = "",
    student: str | None = None,
    announced: datetime | None = None,
) -> datetime | None:
    """Set the deadline of everybody, or of one student; what stood there before.

    due        aware; None takes it back, so that what else stands counts again
    announced  the manifest's, which an extension is compared with
    Raises     UsageError for a student whom the gradebook does not know, an extension without a reason, without a deadline
               to extend, or one that is not later than everybody's
    """
    if due is not None and due.tzinfo is None:
        raise ValueError(f"{due} has no time zone")
    with store.begin() as connection:
        known = deadlines(store, assignment, announced)
        before = known.moved if student is None else known.extensions.get(student)
        if student is not None:
            _may_be_extended(store, known, student, due, reason)
        table = tables.deadlines.c
        if due == before:
            return before
        whose = table.student.is_(None) if student is None else table.student == student
        connection.execute(delete(tables.deadlines).where(and_(table.assignment == assignment, whose)))
        if due is not None:
            row = {"assignment": assignment, "student": student, "due": due, "note": reason}
            connection.execute(insert(tables.deadlines), row)
        store.audit(
            "deadline" if student is None else "extension",
            author=author,
            assignment=assignment,
            student=student or "",
            before=_said(before),
            after=_said(due),
            reason=reason,
        )
    return before


def _may_be_extended(store: Store, known: Deadlines, student: str, due: datetime | None, reason: str) -> None:
    from autograder.gradebook.adjustments import known_student

    if due is None:
        return
    known_student(store, student)
    if not reason.strip():
        raise UsageError(message('An extension needs a reason: --reason "…". Others may ask for it.'))
    everybody = known.everybody
    if everybody is None:
        raise UsageError(message("There is no deadline that could be extended: nobody is late."))
    if due <= everybody:
        raise UsageError(
            message(
                "{due} is not later than everybody's deadline, {everybody}: an extension never takes time away.",
                due=shown(due),
                everybody=shown(everybody),
            )
        )


def here(at: datetime) -> datetime:
    """A moment in this machine's zone; in its own where it lies at the end of the calendar."""
    try:
        return at.astimezone()
    except (OverflowError, ValueError, OSError):
        return at


def shown(at: datetime) -> str:
    """A moment as people read it, with its offset, to the second where that is not 0."""
    seconds = "%Y-%m-%d %H:%M:%S" if at.second else "%Y-%m-%d %H:%M"
    return f"{at:{seconds}} {_offset(at)}"


def _said(at: datetime | None) -> Any:
    return None if at is None else at.isoformat()

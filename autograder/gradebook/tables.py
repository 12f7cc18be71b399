"""Which tables does a gradebook have? The same ones in SQLite and in PostgreSQL.

Times are UTC; points are cents; what was handed in and reports are compressed with zlib. Texts may hold anything that
a file name or a JSON text can: lone surrogates and NUL are escaped on their way in, in a way that keeps the order by
code point.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

SCHEMA = "0001"
"""The version of the schema that this engine reads and writes: the newest revision in `migrations/`."""

_ESCAPE = "\ud7ff"
"""Stands right before the surrogates in the order of code points, and means no character."""

_TO_ESCAPE = re.compile("[\x00\x01\ud7ff-\udfff]")
_ESCAPED = re.compile("\x01[ab]|\ud7ff(?:a|u[0-9a-f]{4})")


def escaped(value: str) -> str:
    """`value` as both databases can keep it. Two texts are in the same order, by code point, before and after."""
    if value.isascii() and value.isprintable():
        return value
    return _TO_ESCAPE.sub(_escape, value)


def unescaped(value: str) -> str:
    """What `escaped` made this of."""
    if value.isascii() and value.isprintable():
        return value
    return _ESCAPED.sub(_unescape, value)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character <= "\x01":
        return "\x01a" if character == "\x00" else "\x01b"
    return _ESCAPE + ("a" if character == _ESCAPE else f"u{ord(character):04x}")


def _unescape(found: re.Match[str]) -> str:
    escape = found[0]
    if escape[0] == "\x01":
        return "\x00" if escape[1] == "a" else "\x01"
    return _ESCAPE if escape[1] == "a" else chr(int(escape[2:], 16))


class AnyText(TypeDecorator[str]):
    """Any text, ordered by code point."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        # SQLite compares bytes without being told; any other order is one of some language, and may take two for one.
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else escaped(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unescaped(value)


class Instant(TypeDecorator[datetime]):
    """An aware time, to the microsecond, kept in UTC."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Plain(TypeDecorator[Any]):
    """Plain data as JSON text in ASCII, which holds any text in either database. None is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, sort_keys=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


# SQLite numbers rows only where the key is its own INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", _Number, primary_key=True, autoincrement=True)


def _unique_where(name: str, column: Column[Any], where: str) -> None:
    Index(name, column, unique=True, info={"where": text(where)}, sqlite_where=text(where))


def know_postgresql() -> None:
    """Say to PostgreSQL too what holds for a part of the rows only. Not from the start: that loads its dialect, and most
    gradebooks are files."""
    for table in metadata.tables.values():
        for index in table.indexes:
            if "where" in index.info:
                index.dialect_options["postgresql"]["where"] = index.info["where"]


def _student(*, nullable: bool = False) -> Column[str]:
    return Column("student", AnyText, ForeignKey("students.id"), nullable=nullable)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

about = Table(
    "about",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", AnyText, nullable=False),
)
"""What holds for the whole gradebook: `course`, whose it is; `made`, when."""

students = Table(
    "students",
    metadata,
    Column("id", AnyText, primary_key=True),
    Column("name", AnyText, nullable=False, server_default=""),
    Column("email", AnyText, nullable=False, server_default=""),
    Column("section", AnyText, nullable=False, server_default=""),
    Column("language", AnyText, nullable=False, server_default=""),
)

student_ids = Table(
    "student_ids",
    metadata,
    Column("system", Text, nullable=False, primary_key=True),
    Column("value", AnyText, nullable=False, primary_key=True),
    _student(),
    UniqueConstraint("student", "system"),
)
"""Who a student is elsewhere: an id there belongs to one student, and a student has one there."""

files = Table(
    "files",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
    Column("bytes", _Number, nullable=False),
)
"""What was handed in, each content once: data compressed, `bytes` long before that."""

submissions = Table(
    "submissions",
    metadata,
    _id(),
    Column("assignment", AnyText, nullable=False),
    _student(),
    Column("digest", Text, nullable=False),
    Column("handed_in", Instant),
    Column("received", Instant, nullable=False),
    Column("source", AnyText, nullable=False),
    Column("problem", Plain),
    Column("notices", Plain),
    Index("ix_submissions_assignment_student", "assignment", "student", "id"),
    sqlite_autoincrement=True,
)
"""Never changed but for `handed_in`, `problem` and `notices`; ids are never used again, so they order the attempts."""

submission_files = Table(
    "submission_files",
    metadata,
    Column("submission", _Number, ForeignKey("submissions.id"), primary_key=True),
    Column("name", AnyText, primary_key=True),
    Column("digest", Text, ForeignKey("files.digest"), nullable=False, index=True),
)

results = Table(
    "results",
    metadata,
    _id(),
    Column("submission", _Number, ForeignKey("submissions.id"), nullable=False, index=True),
    Column("key", Text, nullable=False, index=True),
    Column("state", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("score_cents", Integer),
    Column("max_cents", Integer, nullable=False),
    Column("course_version", Text, nullable=False),
    Column("suite_version", Text, nullable=False),
    Column("engine_version", Text, nullable=False),
    Column("input_set", Integer),
    Column("isolation", Plain, nullable=False),
    Column("report", LargeBinary, nullable=False),
    Column("graded_at", Instant, nullable=False),
    CheckConstraint("state IN ('current', 'superseded', 'proposed', 'failed')", name="state"),
    CheckConstraint("score_cents IS NULL OR score_cents BETWEEN 0 AND max_cents", name="score"),
    sqlite_autoincrement=True,
)
for _state in ("current", "proposed", "failed"):
    # Whatever goes wrong elsewhere: no submission ever has two marks.
    _unique_where(f"uq_results_{_state}", results.c.submission, f"state = '{_state}'")

deadlines = Table(
    "deadlines",
    metadata,
    _id(),
    Column("assignment", AnyText, nullable=False),
    _student(nullable=True),
    Column("due", Instant, nullable=False),
    Column("note", AnyText, nullable=False, server_default=""),
    UniqueConstraint("assignment", "student"),
)
"""student NULL: everybody's."""
_unique_where("uq_deadlines_everybody", deadlines.c.assignment, "student IS NULL")

policies = Table(
    "policies",
    metadata,
    Column("assignment", AnyText, primary_key=True),
    Column("policy", Plain, nullable=False),
)
"""assignment "": the course's own."""

adjustments = Table(
    "adjustments",
    metadata,
    _id(),
    Column("assignment", AnyText, nullable=False),
    _student(),
    Column("kind", Text, nullable=False),
    Column("cents", Integer),
    Column("author", AnyText, nullable=False),
    Column("reason", AnyText, nullable=False),
    Column("at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    CheckConstraint("kind IN ('add', 'set', 'excuse')", name="kind"),
    Index("ix_adjustments_assignment_student", "assignment", "student"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", Instant, nullable=False),
    Column("author", AnyText, nullable=False),
    Column("action", Text, nullable=False),
    Column("assignment", AnyText, nullable=False, server_default=""),
    Column("student", AnyText, nullable=False, server_default=""),
    Column("before", Plain),
    Column("after", Plain),
    Column("reason", AnyText, nullable=False, server_default=""),
    Index("ix_audit_assignment_student", "assignment", "student"),
    sqlite_autoincrement=True,
)
"""What was changed by whom: only ever added to. `student` refers to nothing, so that the trail outlives a student."""

leases = Table(
    "leases",
    metadata,
    Column("assignment", AnyText, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("host", AnyText, nullable=False),
    Column("pid", _Number, nullable=False),
    Column("born", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("beat", Instant, nullable=False),
)
"""Who is grading an assignment now: its process, when that was started, and when it last said that it lives."""

kept = tuple(table for table in metadata.sorted_tables if table is not leases)
"""The tables that a backup holds, those that others refer to first."""

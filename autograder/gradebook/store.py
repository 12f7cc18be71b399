"""What is kept of a course? Students, what they handed in, results, and who changed what: rows of one database.

    with Store.open(address(course.id)) as store:
        for result in store.results("hw1"):
            ...

All methods may be called inside `store.begin()`, and are part of that transaction then; else each is one of its own.
What a `with` block or a method has written is there when it has ended, also after a power cut, and nothing of it where
it ended in an error.
"""

from __future__ import annotations

import hashlib
import json
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, case, func, insert, select, true, update
from sqlalchemy.dialects import sqlite

from autograder.cleaning import clean_line
from autograder.errors import SystemFault, UsageError
from autograder.gradebook import schema, tables
from autograder.gradebook.address import shown
from autograder.gradebook.connect import engine_for, reading, told, writing
from autograder.gradebook.policy import is_credible
from autograder.gradebook.values import Audit, Kept, Recorded, Student
from autograder.grading.submission import Submission
from autograder.model import Message, Status, message

_AT_ONCE = 500
"""Rows that are fetched together."""


@dataclass(frozen=True)
class Handed:
    """A submission that is to be kept. handed_in: aware, None where nobody told, or where no clock can have shown it; source:
    see `Kept`."""

    submission: Submission
    handed_in: datetime | None = None
    source: str = "folder"


class Store:
    """An open gradebook. Open one with `Store.open`, and close it."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url = url
        self._read_only = read_only
        self.engine = engine_for(url, read_only=read_only)
        self._writing = writing(self.engine)
        self._reading = reading(self.engine)
        self._local = threading.local()

    @classmethod
    def open(cls, url: str, *, create: bool = True, read_only: bool = False) -> Store:
        """The gradebook at an address (see `address`), brought to this engine's schema.

        create     make an empty one where there is none
        read_only  write nothing at all, so that it may lie on a disk that cannot be written
        Raises     UsageError where there is none, where it is none, is damaged, of a newer engine, or cannot be written;
                   SystemFault where it cannot be reached
        """
        schema.look_at(url, create=create and not read_only)
        store = cls(url, read_only=read_only)
        try:
            with told(url):
                schema.prepare(store.engine, url, create=create, read_only=read_only)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- transactions -------------------------------------------------------------------------------------------

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that writes; inside another one a part of it. Raises as `connect.fault` says."""
        outer = self._outer
        if outer is not None:
            yield outer
            return
        with told(self.url), self._writing.begin() as connection:
            self._local.connection = connection
            try:
                yield connection
            finally:
                self._local.connection = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One state of the database to read from; inside `begin` that of the transaction."""
        outer = self._outer
        if outer is not None:
            yield outer
            return
        with told(self.url), self._reading.connect() as connection, connection.begin():
            yield connection

    @property
    def writing_on_a_server(self) -> bool:
        """Whether this is inside `begin`, and others may write at the same time: to other rows, of a server."""
        return self._outer is not None and self.engine.dialect.name == "postgresql"

    @property
    def _outer(self) -> Connection | None:
        return getattr(self._local, "connection", None)

    # -- what holds for the whole gradebook ---------------------------------------------------------------------

    def about(self, name: str) -> str | None:
        """What is noted under a name, e.g. "course", or None."""
        with self.read() as connection:
            return connection.scalar(select(tables.about.c.value).where(tables.about.c.name == name))

    def belongs_to(self, course_id: str) -> None:
        """Note whose gradebook it is where nobody has yet, unless it is only read. Raises UsageError where it is another
        course's."""
        known = self.about("course")
        if known is None and not self._read_only:
            with self.begin() as connection:
                self.insert_new(connection, tables.about, [{"name": "course", "value": course_id}])
                known = self.about("course")
        if known not in (None, course_id):
            raise UsageError(
                message(
                    'The gradebook {place} is of the course "{known}", not of "{course}". Choose another one with '
                    "--gradebook.",
                    place=clean_line(shown(self.url)),
                    known=clean_line(known or ""),
                    course=clean_line(course_id),
                )
            )

    def insert_new(self, connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert the rows, but for those whose key is there."""
        if rows:
            made: Any
            if self.engine.dialect.name == "postgresql":
                # Only now: loading it takes a while, and most gradebooks are files.
                from sqlalchemy.dialects import postgresql

                made = postgresql.insert(table)
            else:
                made = sqlite.insert(table)
            connection.execute(made.on_conflict_do_nothing(), list(rows))

    # -- students -----------------------------------------------------------------------------------------------

    def students(self) -> dict[str, Student]:
        """All students, by id in order of code points."""
        with self.read() as connection:
            ids: dict[str, dict[str, str]] = {}
            for student, system, value in connection.execute(
                select(tables.student_ids.c.student, tables.student_ids.c.system, tables.student_ids.c.value)
            ):
                ids.setdefault(student, {})[system] = value
            rows = connection.execute(select(tables.students).order_by(tables.students.c.id))
            return {
                row.id: Student(*row, ids=dict(sorted(ids.get(row.id, {}).items())))  # type: ignore[misc]
                for row in rows
            }

    def add_students(self, students: Iterable[Student], author: str) -> list[str]:
        """Add students, or what is new about them; what is "" here stays as it is there. Each change is in the audit trail.

        Returns  the ids of those who were added or changed, in the order given
        Raises   UsageError, with nothing changed, where an id elsewhere would belong to two students
        """
        from autograder.gradebook.people import add_students

        return add_students(self, students, author)

    # -- submissions --------------------------------------------------------------------------------------------

    def hand_in(
        self, assignment: str, submission: Submission, *, handed_in: datetime | None = None, source: str
    ) -> int:
        """Keep a submission; its id. The same bytes as this student's latest one are that one."""
        return self.hand_in_all(assignment, [Handed(submission, handed_in, source)])[0]

    def hand_in_all(self, assignment: str, handed: Sequence[Handed]) -> list[int]:
        """Keep submissions in one transaction; their ids, in the same order."""
        ids: list[int] = []
        with self.begin() as connection:
            for part in _without_repeats(handed):
                ids += self._hand_in(connection, assignment, part)
        return ids

    def _hand_in(self, connection: Connection, assignment: str, handed: Sequence[Handed]) -> list[int]:
        names = [one.submission.student for one in handed]
        self.insert_new(connection, tables.students, [{"id": name} for name in names])
        table = tables.submissions.c
        newest = select(func.max(table.id)).where(table.assignment == assignment, table.student.in_(names))
        latest = {
            row.student: row
            for row in connection.execute(
                select(
                    table.student, table.id, table.digest, table.handed_in, table.problem, table.notices
                ).where(table.id.in_(newest.group_by(table.student)))
            )
        }
        ids: list[int | None] = []
        new: list[dict[str, Any]] = []
        contents: list[Mapping[str, str]] = []
        for one in handed:
            hashes = one.submission.hashes
            row = _row(assignment, one, hashes)
            before = latest.get(one.submission.student)
            if before is None or before.digest != row["digest"]:
                ids.append(None)
                new.append(row)
                contents.append(hashes)
                continue
            ids.append(before.id)
            # What was first told of the time stays; how the same bytes read may have changed with the engine.
            now = (before.handed_in or row["handed_in"], row["problem"], row["notices"])
            if now != (before.handed_in, before.problem, before.notices):
                connection.execute(
                    update(tables.submissions).where(table.id == before.id),
                    dict(zip(("handed_in", "problem", "notices"), now, strict=True)),
                )
        if new:
            made = iter(self._insert(connection, new, contents, handed))
            ids = [next(made) if id is None else id for id in ids]
        return [id for id in ids if id is not None]

    def _insert(
        self,
        connection: Connection,
        rows: list[dict[str, Any]],
        contents: list[Mapping[str, str]],
        handed: Sequence[Handed],
    ) -> list[int]:
        wanted = {digest for hashes in contents for digest in hashes.values()}
        there = set(
            connection.scalars(select(tables.files.c.digest).where(tables.files.c.digest.in_(sorted(wanted))))
        )
        stored: dict[str, dict[str, Any]] = {}
        for one in handed:
            for name, digest in one.submission.hashes.items():
                if digest in wanted and digest not in there and digest not in stored:
                    data = one.submission.files[name]
                    stored[digest] = {"digest": digest, "data": zlib.compress(data), "bytes": len(data)}
        self.insert_new(connection, tables.files, list(stored.values()))
        made = list(
            connection.scalars(
                insert(tables.submissions).returning(tables.submissions.c.id, sort_by_parameter_order=True),
                rows,
            )
        )
        links = [
            {"submission": id, "name": name, "digest": digest}
            for id, hashes in zip(made, contents, strict=True)
            for name, digest in hashes.items()
        ]
        if links:
            connection.execute(insert(tables.submission_files), links)
        return made

    def submissions(self, assignment: str, student: str | None = None) -> Iterator[Kept]:
        """What was handed in, in order of the students' ids by code point, each one's in order of handing in."""
        numbered = _numbered(assignment, student)
        with self.read() as connection:
            found = connection.execute(
                select(numbered).order_by(numbered.c.student, numbered.c.id),
                execution_options={"yield_per": _AT_ONCE},
            )
            for rows in found.partitions(_AT_ONCE):
                names = _names(connection, [row.id for row in rows])
                yield from (_kept(row, assignment, names) for row in rows)

    def files(self, submission_id: int) -> dict[str, bytes]:
        """Name → bytes of what was handed in. Raises SystemFault where the bytes are not those any more."""
        link, file = tables.submission_files.c, tables.files.c
        with self.read() as connection:
            rows = connection.execute(
                select(link.name, file.digest, file.data)
                .where(link.submission == submission_id, link.digest == file.digest)
                .order_by(link.name)
            )
            return {name: self._checked(digest, data) for name, digest, data in rows}

    def _checked(self, digest: str, data: bytes) -> bytes:
        try:
            bytes_ = zlib.decompress(data)
        except zlib.error:
            bytes_ = b""
        if hashlib.sha256(bytes_).hexdigest() != digest:
            raise SystemFault(
                message(
                    "The gradebook {place} is damaged: the file {digest} is not what was handed in. Get it back with "
                    "'autograde restore'.",
                    place=clean_line(shown(self.url)),
                    digest=digest,
                )
            )
        return bytes_

    def submission(self, submission_id: int) -> Submission:
        """A submission as it was handed in, to be graded again. Raises UsageError where there is none of that id."""
        table = tables.submissions.c
        with self.read() as connection:
            row = connection.execute(
                select(table.student, table.problem, table.notices).where(table.id == submission_id)
            ).first()
            if row is None:
                raise UsageError(message("There is no submission {id} in the gradebook.", id=submission_id))
            return Submission(
                row.student,
                self.files(submission_id),
                _message(row.problem) if row.problem else None,
                tuple(map(_message, row.notices or ())),
            )

    # -- results ------------------------------------------------------------------------------------------------

    def results(
        self, assignment: str, *, state: str = "current", student: str | None = None, reports: bool = True
    ) -> Iterator[Recorded]:
        """The results in one state, streamed in order of the student's id by code point, then of handing in.

        reports  whether the reports come along; else each is fetched when it is asked for
        """
        numbered = _numbered(assignment, student)
        result = tables.results
        columns = [column for column in result.c if reports or column is not result.c.report]
        labelled = [column.label(f"result_{column.name}") for column in columns]
        query = (
            select(numbered, *labelled)
            .join(result, and_(result.c.submission == numbered.c.id, result.c.state == state))
            .order_by(numbered.c.student, numbered.c.id, result.c.id)
        )
        with self.read() as connection:
            found = connection.execute(query, execution_options={"yield_per": _AT_ONCE})
            for rows in found.partitions(_AT_ONCE):
                names = _names(connection, [row.id for row in rows])
                yield from (self._recorded(row, _kept(row, assignment, names)) for row in rows)

    def _recorded(self, row: Row[Any], kept: Kept) -> Recorded:
        id, packed = row.result_id, getattr(row, "result_report", None)

        def fetch() -> bytes:
            if packed is not None:
                return bytes(packed)
            with self.read() as connection:
                query = select(tables.results.c.report).where(tables.results.c.id == id)
                return bytes(connection.scalar(query) or b"")

        return Recorded(
            id,
            kept,
            row.result_state,
            row.result_key,
            Status(row.result_status),
            row.result_score_cents,
            row.result_max_cents,
            row.result_course_version,
            row.result_suite_version,
            row.result_engine_version,
            row.result_input_set,
            row.result_isolation,
            row.result_graded_at,
            fetch,
        )

    # -- the audit trail ----------------------------------------------------------------------------------------

    def audit(
        self,
        action: str,
        *,
        author: str,
        assignment: str = "",
        student: str = "",
        before: Any = None,
        after: Any = None,
        reason: str = "",
    ) -> None:
        """Note who changed what. Inside `begin` together with the change, so that there is neither without the other."""
        self.audit_all(
            [
                {
                    "action": action,
                    "author": author,
                    "assignment": assignment,
                    "student": student,
                    "before": before,
                    "after": after,
                    "reason": reason,
                }
            ]
        )

    def audit_all(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Several lines, each with the arguments of `audit`."""
        if lines:
            blank = {"assignment": "", "student": "", "before": None, "after": None, "reason": ""}
            at = datetime.now(UTC)
            with self.begin() as connection:
                connection.execute(insert(tables.audit), [{**blank, "at": at, **line} for line in lines])

    def audits(self, *, assignment: str | None = None, student: str | None = None) -> Iterator[Audit]:
        """The audit trail, or that of one assignment or student: the oldest line first, as they were written."""
        table = tables.audit.c
        query = select(tables.audit).order_by(table.id)
        if assignment is not None:
            query = query.where(table.assignment == assignment)
        if student is not None:
            query = query.where(table.student == student)
        with self.read() as connection:
            for row in connection.execute(query, execution_options={"yield_per": _AT_ONCE}):
                yield Audit(*row)


def digest_of(hashes: Mapping[str, str], problem: Message | None) -> str:
    """One hash of what was handed in. Where no file could be taken, what was wrong tells one from another."""
    parts: list[Any] = sorted(hashes.items())
    if not parts and problem is not None:
        parts = [_plain(problem)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _row(assignment: str, one: Handed, hashes: Mapping[str, str]) -> dict[str, Any]:
    submission = one.submission
    return {
        "assignment": assignment,
        "student": submission.student,
        "digest": digest_of(hashes, submission.problem),
        "handed_in": one.handed_in if one.handed_in and is_credible(one.handed_in) else None,
        "received": datetime.now(UTC),
        "source": one.source,
        "problem": _plain(submission.problem) if submission.problem else None,
        "notices": list(map(_plain, submission.notices)) or None,
    }


def _plain(message: Message) -> list[Any]:
    return [message.id, dict(message.fields)]


def _message(data: Any) -> Message:
    return Message(data[0], dict(data[1]))


def _without_repeats(handed: Sequence[Handed]) -> Iterator[list[Handed]]:
    """Parts in which no student is twice: a second submission is compared with the first one."""
    part: list[Handed] = []
    seen: set[str] = set()
    for one in handed:
        if one.submission.student in seen or len(part) == _AT_ONCE:
            yield part
            part, seen = [], set()
        part.append(one)
        seen.add(one.submission.student)
    if part:
        yield part


def _numbered(assignment: str, student: str | None) -> Any:
    """The submissions of an assignment, each with the number of its attempt, see `Kept`."""
    table, result = tables.submissions.c, tables.results.c
    ungradable = result.status == Status.UNGRADABLE.value
    counts = case((and_(table.problem.is_(None), result.id.is_(None)), 1), else_=0)
    number = func.sum(counts).over(partition_by=table.student, order_by=table.id)
    query: Select[Any] = (
        select(
            table.id,
            table.student,
            table.handed_in,
            table.received,
            table.digest,
            table.source,
            case((counts == 1, number), else_=0).label("number"),
        )
        .select_from(tables.submissions)
        .outerjoin(tables.results, and_(result.submission == table.id, result.state == "current", ungradable))
        .where(table.assignment == assignment, true() if student is None else table.student == student)
    )
    return query.subquery()


_LINKS = select(
    tables.submission_files.c.submission, tables.submission_files.c.name, tables.submission_files.c.digest
).where(tables.submission_files.c.submission.in_(bindparam("ids", expanding=True)))


def _names(connection: Connection, ids: list[int]) -> dict[int, dict[str, str]]:
    """Submission → name → digest."""
    names: dict[int, dict[str, str]] = {}
    for id, name, digest in connection.execute(_LINKS, {"ids": ids}):
        names.setdefault(id, {})[name] = digest
    return names


def _kept(row: Row[Any], assignment: str, names: Mapping[int, Mapping[str, str]]) -> Kept:
    return Kept(
        row.id,
        assignment,
        row.student,
        int(row.number),
        row.handed_in,
        row.received,
        row.digest,
        row.source,
        dict(sorted(names.get(row.id, {}).items())),
    )

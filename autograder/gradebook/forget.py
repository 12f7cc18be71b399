"""How is a student forgotten? Everything that is his is deleted, the bytes too; the audit trail keeps that somebody was.

What lies elsewhere (reports, the exchange, backups, a learning platform) is not ours to delete from here; the command
says where to look.
"""

from __future__ import annotations

import glob
import json
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, exists, func, select, text, update

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.gradebook import tables
from autograder.gradebook.address import file_of, shown
from autograder.gradebook.connect import BUSY_SECONDS, told
from autograder.gradebook.lease import not_being_graded
from autograder.gradebook.store import Store
from autograder.model import message
from autograder.names import meant

READER_SECONDS = 5.0
"""How long it is waited for those who are reading."""


@dataclass(frozen=True)
class Forgotten:
    """What was deleted, in numbers.

    lines        of the audit trail that are without a name now
    mentioned    numbers of lines in which somebody wrote the id by hand, e.g. in a reason
    overwritten  whether the bytes are gone from the database's file already; else they go when it is closed by all
    copies       copies of the database that lie beside it, in which the student still is
    """

    submissions: int
    results: int
    files: int
    lines: int
    mentioned: tuple[int, ...]
    overwritten: bool
    copies: tuple[Path, ...]


def forget(store: Store, student: str, *, author: str, reason: str = "") -> Forgotten:
    """Delete a student. Raises UsageError where there is none of that id, or while somebody is grading."""
    submission, result = tables.submissions.c, tables.results.c
    link, file = tables.submission_files.c, tables.files.c
    with store.begin() as connection:
        known_as = _known_as(connection, store, student)
        # A run that holds the student's files would write them again, or fail.
        not_being_graded(store)
        ours = select(submission.id).where(submission.student == student)
        counts = [
            connection.scalar(
                select(func.count()).select_from(tables.submissions).where(submission.id.in_(ours))
            ),
            connection.scalar(
                select(func.count()).select_from(tables.results).where(result.submission.in_(ours))
            ),
        ]
        digests = set(connection.scalars(select(link.digest).where(link.submission.in_(ours))))
        connection.execute(delete(tables.results).where(result.submission.in_(ours)))
        connection.execute(delete(tables.submission_files).where(link.submission.in_(ours)))
        gone = 0
        for digest in sorted(digests):
            # Another student may have handed in the same bytes.
            done = connection.execute(
                delete(tables.files).where(file.digest == digest, ~exists().where(link.digest == digest))
            )
            gone += done.rowcount
        for table in (tables.submissions, tables.adjustments, tables.deadlines, tables.student_ids):
            connection.execute(delete(table).where(table.c.student == student))
        connection.execute(delete(tables.students).where(tables.students.c.id == student))
        lines = _made_nameless(connection, student)
        mentioned = _mentioned(connection, known_as)
        store.audit(
            "student forgotten",
            author=author,
            after={"submissions": counts[0], "results": counts[1], "files": gone, "lines": lines},
            reason=reason,
        )
    return Forgotten(
        counts[0] or 0, counts[1] or 0, gone, lines, mentioned, _overwrite(store), _copies(store.url)
    )


def _known_as(connection: Connection, store: Store, student: str) -> list[str]:
    """What tells this student from others. Raises UsageError where there is none of that id."""
    one, ids = tables.students.c, tables.student_ids.c
    row = connection.execute(select(one.name, one.email).where(one.id == student)).first()
    if row is None:
        everybody = list(connection.scalars(select(one.id)))
        raise UsageError(
            message(
                'The gradebook {place} has no student "{student}".',
                place=clean_line(shown(store.url)),
                student=clean_line(student),
            ),
            meant(student, everybody),
        )
    known = [
        student,
        row.name,
        row.email,
        *connection.scalars(select(ids.value).where(ids.student == student)),
    ]
    return [words for words in dict.fromkeys(known) if words]


def _made_nameless(connection: Connection, student: str) -> int:
    line = tables.audit.c
    done = connection.execute(
        update(tables.audit)
        .where(line.student == student)
        .values(student="", before=None, after=None, reason="")
    )
    connection.execute(update(tables.audit).where(line.author == student).values(author=""))
    return int(done.rowcount)


def _mentioned(connection: Connection, known_as: list[str]) -> tuple[int, ...]:
    """The lines that are about somebody else and still hold one of these words. Short ones stand in every other line."""
    line = tables.audit.c
    telling = [words for words in known_as if len(words) > 3]
    found = []
    for row in connection.execute(select(line.id, line.before, line.after, line.reason).order_by(line.id)):
        said = json.dumps([row.before, row.after, row.reason], ensure_ascii=False)
        if any(words in said for words in telling):
            found.append(row.id)
    return tuple(found)


def _overwrite(store: Store) -> bool:
    """Write the database anew, without what was deleted; whether that could be done while others have it open."""
    automatic = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    with told(store.url), automatic.connect() as connection:
        if connection.dialect.name == "postgresql":
            for table in tables.kept:
                connection.execute(text(f"VACUUM (FULL) {table.name}"))
            return True
        connection.exec_driver_sql("VACUUM")
        # Somebody who reads keeps the log from being emptied, perhaps for long.
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(READER_SECONDS * 1000)}")
        busy, *_rest = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
        return not busy


def _copies(url: str) -> tuple[Path, ...]:
    file = file_of(url)
    if file is None:
        return ()
    own = {file.name + end for end in ("", "-wal", "-shm")}
    return tuple(
        path for path in sorted(file.parent.glob(f"{glob.escape(file.name)}*")) if path.name not in own
    )

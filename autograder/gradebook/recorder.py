"""How do submissions and reports of a run get into the gradebook? In batches, each one whole or not at all.

    with closing(Recorder(store, course.id, "hw1", versions(assignment), isolation)) as recorder:
        submissions = recorder.ahead(Handed(read(…), handed_in, "folder") for … in …)
        for report in grade_many(…, submissions, journal=recorder, isolation=isolation):

Whatever ends the run, the next one finds what was written, and writes the rest: a submission never gets two results that
count. A batch that failed because the server went away is written again when it is back, and is not there twice then.
"""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Text, bindparam, case, delete, insert, or_, select, update

from autograder.errors import AutogradeError
from autograder.gradebook import keeping, tables
from autograder.gradebook.connect import is_lost
from autograder.gradebook.lease import Lease
from autograder.gradebook.store import Handed, Store, digest_of
from autograder.gradebook.values import unpacked
from autograder.grading.journal import key as key_of
from autograder.grading.record import plain
from autograder.grading.submission import Submission
from autograder.model import GradeReport, Status

MOST_REPORTS = 50
MOST_SUBMISSIONS = 200
MOST_BYTES = 16 * 2**20
MOST_SECONDS = 0.5
"""What is gathered at most before it is written."""

AHEAD = 50
AHEAD_BYTES = 4 * 2**20
"""What is read at most before it is graded."""

_RETRIES_SECONDS = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
_COMPRESSION = 1
"""Half the time of the usual 6 or less, for a sixth more bytes."""

T = TypeVar("T")


class Recorder:
    """Writes one run on one assignment; the `journal` of `grade_many`.

    versions   see `grading.expected.versions`
    isolation  see `grade_many`
    state      of what it writes: "current", which counts at once, or "proposed"
    Raises     UsageError where another process is grading the assignment, or the gradebook is of another course
    """

    def __init__(
        self,
        store: Store,
        course_id: str,
        assignment: str,
        versions: Mapping[str, str],
        isolation: Mapping[str, str | int | float] | None = None,
        *,
        state: str = "current",
    ) -> None:
        self._store = store
        self._assignment = assignment
        self._versions = dict(versions)
        self._isolation = isolation
        self._state = state
        self._handed: list[tuple[str, Handed]] = []
        self._students: set[str] = set()
        self._bytes = 0
        # A student who comes back to what he handed in before has several submissions under one key.
        self._ids: dict[str, list[int]] = {}
        self._found: list[tuple[str, int, int, str]] = []
        self._made: list[tuple[str, str, str, dict[str, Any]]] = []
        self._looked: dict[str, Any] = {}
        # What `regrade --never-lower` kept stays so when it is graded by the versions that it was not lowered by.
        self._kept: dict[tuple[str, str], keeping.Versions] = {}
        self._instead: dict[str, tuple[str, str]] = {}
        self._flushed = time.monotonic()
        self._patience: tuple[float, ...] = _RETRIES_SECONDS
        store.belongs_to(course_id)
        self._lease = Lease(store, assignment)
        if state == "current":
            wanted = versions["course"], versions["suite"], versions["engine"]
            self._kept = keeping.decisions(store, assignment, wanted)

    def hand_in(
        self, submission: Submission, *, handed_in: datetime | None = None, source: str = "folder"
    ) -> Submission:
        """Keep a submission; the submission itself, to be graded. It is in the store at the next `flush` at the latest."""
        self._keep(Handed(submission, handed_in, source))
        return submission

    def ahead(self, handed: Iterable[Handed]) -> Iterator[Submission]:
        """The same for many, quicker: they are read a few ahead, and it is asked for all of them at once what is known."""
        part: list[Handed] = []
        size = 0
        for one in handed:
            part.append(one)
            size += sum(map(len, one.submission.files.values()))
            if len(part) >= AHEAD or size >= AHEAD_BYTES:
                yield from self._ahead(part)
                part, size = [], 0
        yield from self._ahead(part)

    def _ahead(self, part: list[Handed]) -> Iterator[Submission]:
        keys = [self._keep(one) for one in part]

        def ask() -> dict[str, Any]:
            with self._store.read() as connection:
                rows = connection.execute(_KNOWN, {"keys": keys, "state": self._state}).all()
            return {row.key: row for row in rows}  # the last one, which is the best

        known = self._patiently(ask) if keys else {}
        self._looked = {key: known.get(key) for key in keys}
        for one in part:
            yield one.submission

    def _keep(self, handed: Handed) -> str:
        key = self._key(handed.submission)
        if self._kept:
            what = handed.submission.student, digest_of(handed.submission.hashes, handed.submission.problem)
            if what in self._kept:
                self._instead[key] = what
        if handed.submission.student in self._students:
            # A batch that is written twice must not take a student's first attempt for one after the second.
            self.flush()
        self._students.add(handed.submission.student)
        self._handed.append((key, handed))
        self._bytes += sum(map(len, handed.submission.files.values()))
        if len(self._handed) >= MOST_SUBMISSIONS or self._bytes >= MOST_BYTES:
            self.flush()
        return key

    def expect(self, submission_id: int, submission: Submission) -> Submission:
        """Say which row a submission is that is in the store already; the submission itself, to be graded."""
        self._ids.setdefault(self._key(submission), []).append(submission_id)
        return submission

    def _key(self, submission: Submission) -> str:
        return key_of(submission, self._versions, self._isolation)

    # -- what grade_many asks -----------------------------------------------------------------------------------

    def report(self, key: str) -> GradeReport | None:
        """The report under `key`, where there is one; it becomes the one that counts, if it was not."""
        row = self._kept_instead(key)
        if row is not None:
            self._looked.pop(key, None)
        elif key in self._looked:
            row = self._looked.pop(key)
        else:

            def ask() -> Any:
                with self._store.read() as connection:
                    return connection.execute(_KNOWN, {"keys": [key], "state": self._state}).all()[-1:]

            row = next(iter(self._patiently(ask)), None)
        if row is None:
            return None
        try:
            report = unpacked(row.report)
        except (ValueError, LookupError, TypeError, AttributeError):
            return None
        self._found.append((key, row.id, row.submission, row.state))
        self._flush_in_time()
        return report

    def _kept_instead(self, key: str) -> Any:
        """The result that counts and was kept in place of the one under `key`, or None."""
        what = self._instead.pop(key, None)
        if what is None:
            return None
        (student, digest), made_by = what, self._kept[what]

        def ask() -> Any:
            given = dict(zip(_VERSIONS, made_by, strict=True))
            of = {"assignment": self._assignment, "student": student, "digest": digest}
            with self._store.read() as connection:
                return connection.execute(_COUNTS, {**of, **given}).first()

        return self._patiently(ask)

    def add(
        self, key: str, report: GradeReport, isolation: Mapping[str, str | int | float] | None = None
    ) -> None:
        """Keep a report. One that is a fault of ours counts only where there is no other, and is never found by `report`."""
        data = json.dumps(plain(report), separators=(",", ":")).encode()
        row = {
            "key": key,
            "status": report.status.value,
            "score_cents": report.score,
            "max_cents": report.max_score,
            "course_version": self._versions["course"],
            "suite_version": self._versions["suite"],
            "engine_version": self._versions["engine"],
            "input_set": report.input_set,
            "isolation": dict(isolation or self._isolation or {}),
            "report": zlib.compress(data, _COMPRESSION),
            "graded_at": datetime.now(UTC),
        }
        self._made.append((key, report.student, digest_of(report.files, report.message), row))
        self._flush_in_time()

    # -- writing ------------------------------------------------------------------------------------------------

    def _flush_in_time(self) -> None:
        many = len(self._made) >= MOST_REPORTS or len(self._found) >= MOST_SUBMISSIONS
        if many or time.monotonic() - self._flushed >= MOST_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what was gathered, in one transaction."""
        if self._handed or self._found or self._made:
            for key, id in self._patiently(self._write):
                self._ids.setdefault(key, []).append(id)
            for key, *_rest in (*self._found, *self._made):
                self._used(self._ids, key)
            self._handed, self._bytes, self._found, self._made = [], 0, [], []
            self._students.clear()
        self._flushed = time.monotonic()

    def close(self) -> None:
        """Write what was gathered, and let others grade this assignment."""
        try:
            self.flush()
        finally:
            self._lease.release()

    def _patiently(self, do: Callable[[], T]) -> T:
        """`do`, again where the connection was lost: a server that is restarted is back within seconds."""
        for seconds in self._patience:
            try:
                return do()
            except AutogradeError as error:
                if error.__cause__ is None or not is_lost(error.__cause__):
                    raise
            time.sleep(seconds)
        # Who has waited in vain once does not wait again while everything is being closed.
        self._patience = ()
        made = do()
        self._patience = _RETRIES_SECONDS
        return made

    @staticmethod
    def _used(ids: dict[str, list[int]], key: str) -> int | None:
        """The first submission under a key that has no report yet, which it has now."""
        waiting = ids.get(key)
        if not waiting:
            return None
        id = waiting.pop(0)
        if not waiting:
            del ids[key]
        return id

    def _write(self) -> list[tuple[str, int]]:
        """One batch. Written again, it changes nothing: whether a commit arrived is not known when its answer is lost."""
        with self._store.begin() as connection:
            self._lease.check(connection)
            made = self._store.hand_in_all(self._assignment, [handed for _key, handed in self._handed])
            ids = list(zip((key for key, _handed in self._handed), made, strict=True))
            known = {
                key: list(self._ids[key]) for key, *_rest in (*self._found, *self._made) if key in self._ids
            }
            for key, id in ids:
                known.setdefault(key, []).append(id)
            rows = {}
            for key, result, submission, state in self._found:
                wanted = self._used(known, key) or submission
                if (wanted, self._state) != (submission, state):
                    rows[wanted] = {**_copied(connection, result), "submission": wanted, "state": self._state}
            for key, student, digest, row in self._made:
                wanted = self._used(known, key) or self._newest(connection, student, digest)
                rows[wanted] = {**row, "submission": wanted, "state": self._state}
            _put(connection, rows)
            return ids

    def _newest(self, connection: Connection, student: str, digest: str) -> int:
        """The newest submission of these bytes, for reports on one that was handed in elsewhere."""
        table = tables.submissions.c
        id = connection.scalar(
            select(table.id)
            .where(table.assignment == self._assignment, table.student == student, table.digest == digest)
            .order_by(table.id.desc())
            .limit(1)
        )
        if id is None:
            raise LookupError("a report on a submission that was not handed in")
        return int(id)


_KNOWN = (
    select(
        tables.results.c.key,
        tables.results.c.id,
        tables.results.c.submission,
        tables.results.c.state,
        tables.results.c.report,
    )
    .where(
        tables.results.c.key.in_(bindparam("keys", expanding=True)),
        tables.results.c.status != Status.SYSTEM_ERROR.value,
        # What a regrade proposes counts when it is published, and not because somebody grades meanwhile.
        or_(tables.results.c.state != "proposed", bindparam("state", type_=Text) == "proposed"),
    )
    .order_by(case((tables.results.c.state == bindparam("state"), 1), else_=0), tables.results.c.id)
)
"""What is known under some keys: the best of each last."""


_VERSIONS = ("course_version", "suite_version", "engine_version")
_COUNTS = (
    select(tables.results.c.id, tables.results.c.submission, tables.results.c.state, tables.results.c.report)
    .join(tables.submissions, tables.submissions.c.id == tables.results.c.submission)
    .where(
        *(tables.submissions.c[name] == bindparam(name) for name in ("assignment", "student", "digest")),
        *(tables.results.c[name] == bindparam(name) for name in _VERSIONS),
        tables.results.c.state == "current",
    )
    .order_by(tables.results.c.submission.desc())
    .limit(1)
)
"""The newest result that counts, of certain bytes of a student's and by certain versions."""


def _copied(connection: Connection, result: int) -> dict[str, Any]:
    row = connection.execute(select(tables.results).where(tables.results.c.id == result)).one()
    return {name: value for name, value in row._mapping.items() if name not in ("id", "submission", "state")}


_THERE = select(
    tables.results.c.id,
    tables.results.c.submission,
    tables.results.c.state,
    tables.results.c.key,
    tables.results.c.status,
    tables.results.c.graded_at,
).where(
    tables.results.c.submission.in_(bindparam("submissions", expanding=True)),
    tables.results.c.state != "superseded",
)


def _put(connection: Connection, rows: Mapping[int, dict[str, Any]]) -> None:
    """Write results, at most one a submission; what each one takes the place of is superseded, or gone if it never counted."""
    if not rows:
        return
    there: dict[tuple[int, str], Any] = {
        (row.submission, row.state): row for row in connection.execute(_THERE, {"submissions": sorted(rows)})
    }
    new: list[dict[str, Any]] = []
    past: list[dict[str, int]] = []
    gone: list[dict[str, int]] = []
    failure = Status.SYSTEM_ERROR.value
    for submission, row in rows.items():
        if row["state"] == "current" and row["status"] == failure:
            counts = there.get((submission, "current"))
            if counts is not None and counts.status != failure:
                row = {**row, "state": "failed"}
        before = there.get((submission, row["state"]))
        if before is not None and (before.key, before.graded_at) == (row["key"], row["graded_at"]):
            continue
        new.append(row)
        if before is not None:
            (past if row["state"] == "current" and before.status != failure else gone).append(
                {"of": before.id}
            )
        if row["state"] == "current" and (failed := there.get((submission, "failed"))) is not None:
            gone.append({"of": failed.id})
    this = tables.results.c.id == bindparam("of")
    if past:
        connection.execute(update(tables.results).where(this).values(state="superseded"), past)
    if gone:
        connection.execute(delete(tables.results).where(this), gone)
    if new:
        connection.execute(insert(tables.results), new)

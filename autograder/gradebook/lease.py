"""Who is grading an assignment now? One process at a time writes its results; a second one is refused.

The row of an owner whose process is gone is taken over at once where that can be seen from here (the same machine, the
same pid namespace), else when it has been silent for long.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from autograder.cleaning import clean_line
from autograder.errors import AutogradeError, SystemFault, UsageError
from autograder.gradebook import tables
from autograder.gradebook.address import shown
from autograder.model import message

if TYPE_CHECKING:
    from autograder.gradebook.store import Store

BEAT_SECONDS = 15.0
SILENT_SECONDS = 90.0
_OURS: set[str] = set()
"""The leases that this process holds."""


def being_graded(store: Store) -> list[str]:
    """The assignments that a living process is grading now."""
    with store.read() as connection:
        now = Lease.now(connection)
        rows = connection.execute(select(tables.leases).order_by(tables.leases.c.assignment))
        return [row.assignment for row in rows if not _is_dead(row, now)]


class BeingGraded(UsageError):
    """Somebody is grading into the gradebook."""


def not_being_graded(store: Store) -> None:
    """Raises BeingGraded where somebody is. Inside `store.begin()` nobody begins until that has ended."""
    with store.read() as connection:
        if store.writing_on_a_server:
            connection.exec_driver_sql("LOCK TABLE leases IN SHARE MODE")
        graded = being_graded(store)
    if graded:
        raise BeingGraded(
            message(
                "{assignments} is being graded into the gradebook {place}. Wait until that is done, or end it.",
                assignments=", ".join(map(clean_line, graded)),
                place=clean_line(shown(store.url)),
            )
        )


class Lease:
    """The right to write results of an assignment, from here to `release`. Raises UsageError where another has it."""

    def __init__(self, store: Store, assignment: str) -> None:
        self._store = store
        self._assignment = assignment
        self._owner = secrets.token_hex(8)
        self._ended = threading.Event()
        with store.begin() as connection:
            self._take(connection)
        _OURS.add(self._owner)
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)
        self._thread.start()

    def check(self, connection: Connection) -> None:
        """Within a transaction that writes: raise SystemFault where another process has taken over meanwhile."""
        table = tables.leases.c
        query = select(table.owner).where(table.assignment == self._assignment).with_for_update(read=True)
        if connection.scalar(query) != self._owner:
            raise SystemFault(
                message(
                    "Another process has taken over grading {assignment}, because this one was silent for more than "
                    "{seconds} s. What it had written stays. Run the same command again when the other one is done.",
                    assignment=clean_line(self._assignment),
                    seconds=int(SILENT_SECONDS),
                )
            )

    def release(self) -> None:
        """Give it up; what fails then is of no account, as a dead owner's lease is taken over."""
        self._ended.set()
        self._thread.join()
        with suppress(AutogradeError), self._store.begin() as connection:
            connection.execute(delete(tables.leases).where(tables.leases.c.owner == self._owner))
        _OURS.discard(self._owner)

    def _take(self, connection: Connection) -> None:
        table = tables.leases.c
        if connection.dialect.name == "postgresql":
            # Where there is no row there is nothing to lock.
            connection.exec_driver_sql("LOCK TABLE leases IN SHARE ROW EXCLUSIVE MODE")
        found = connection.execute(select(tables.leases).where(table.assignment == self._assignment)).first()
        now = self.now(connection)
        if found is not None and not _is_dead(found, now):
            raise UsageError(
                message(
                    "{assignment} is being graded already, in this gradebook: by process {pid} on {host}, since {since}. "
                    "Wait until it is done, or end it; this command then goes on from there.",
                    assignment=clean_line(self._assignment),
                    pid=found.pid,
                    host=clean_line(found.host),
                    since=found.since.astimezone().strftime("%Y-%m-%d %H:%M:%S %z"),
                )
            )
        connection.execute(delete(tables.leases).where(table.assignment == self._assignment))
        connection.execute(
            insert(tables.leases),
            {
                "assignment": self._assignment,
                "owner": self._owner,
                "host": socket.gethostname(),
                "pid": os.getpid(),
                "born": _born(os.getpid()),
                "since": now,
                "beat": now,
            },
        )

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            # What is wrong with the database is said by whoever writes results.
            with suppress(AutogradeError), self._store.begin() as connection:
                connection.execute(
                    update(tables.leases)
                    .where(tables.leases.c.owner == self._owner)
                    .values(beat=self.now(connection))
                )

    @staticmethod
    def now(connection: Connection) -> datetime:
        """The time by the clock that all who share this gradebook share."""
        if connection.dialect.name == "postgresql":
            # Several machines, and so several clocks, may write to one server.
            return connection.execute(select(func.clock_timestamp(type_=tables.Instant))).scalar_one()
        return datetime.now(UTC)


def _is_dead(row: Row[tuple[object, ...]], now: datetime) -> bool:
    here, there = _born(os.getpid()), str(row.born)
    if there and here.rpartition(" ")[0] == there.rpartition(" ")[0]:
        return bool(_born(row.pid) != there or (row.pid == os.getpid() and row.owner not in _OURS))
    # Its clock may have been set back since: then its time lies ahead.
    return bool(abs(now - row.beat) > timedelta(seconds=SILENT_SECONDS))


def _born(pid: int) -> str:
    """What tells a process from all others, also from a later one of the same number: boot, pid namespace, start. "" where
    that cannot be known or there is no such process."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        namespace = os.readlink("/proc/self/ns/pid")
        status = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    # A zombie does nothing more; field 22, counted from the third one.
    return "" if status[0] in "ZX" else f"{boot} {namespace} {status[19]}"

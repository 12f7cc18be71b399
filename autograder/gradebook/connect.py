"""How is a gradebook's database reached, and what does it mean when that fails?

SQLite: write-ahead log, so that reading never waits for writing; every commit is on the disk before it counts; what is
deleted is overwritten. Write transactions begin by taking the lock, so that none fails in its middle for another's sake.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from autograder.cleaning import clean_line
from autograder.errors import AutogradeError, SystemFault, UsageError
from autograder.gradebook import tables
from autograder.gradebook.address import POSTGRESQL, SQLITE, file_of, shown, without_password
from autograder.language import later
from autograder.model import Message, message

BUSY_SECONDS = 60.0
"""How long a write waits for another program's."""

_MOST_REASON = 300
_WRITING = "autograde_writing"
_SERVERS = ("postgresql://", "postgres://", POSTGRESQL)


def engine_for(url: str, *, read_only: bool = False) -> Engine:
    """The engine for a URL; nothing is opened yet. Raises UsageError for a URL that is none of a gradebook."""
    file = file_of(url)
    if file is not None:
        return _sqlite(file, read_only=read_only)
    for scheme in _SERVERS:
        if url.startswith(scheme):
            return _postgresql(url, POSTGRESQL + url.removeprefix(scheme))
    raise UsageError(
        message(
            "{url} is no address of a gradebook. Give a file, or postgresql://user@host/database.",
            url=clean_line(shown(url)),
        )
    )


def writing(engine: Engine) -> Engine:
    """The same engine, for transactions that write."""
    return engine.execution_options(**{_WRITING: True})


def reading(engine: Engine) -> Engine:
    """The same engine, for transactions that see one state of the database from their first to their last row."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine


def _sqlite(file: Path, *, read_only: bool) -> Engine:
    where = quote_from_bytes(bytes(file))
    modes = ["ro"] if read_only else ["rwc"]

    def connect() -> sqlite3.Connection:
        if modes[0] == "rwc" and not file.exists():
            # Marks are nobody else's business, whatever the umask says; its log gets the rights that the file has.
            with suppress(OSError):
                os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
        connection = sqlite3.connect(
            f"file:{where}?mode={modes[0]}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,  # transactions begin where we say so
            check_same_thread=False,  # the pool gives a connection to one thread at a time
        )
        pragmas = ["foreign_keys=ON", "trusted_schema=OFF", "cell_size_check=ON"]
        if not read_only:
            pragmas += ["synchronous=FULL", "secure_delete=ON"]
        try:
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}").close()
            connection.execute("SELECT count(*) FROM sqlite_master").close()
        except sqlite3.OperationalError as error:
            connection.close()
            if read_only and "immutable" not in modes[0] and _is_settled(file, error):
                # A write-ahead log wants files beside it even for reading. Without one nothing can be missed.
                modes[0] = "ro&immutable=1"
                return connect()
            raise
        except BaseException:
            connection.close()
            raise
        if modes[0] == "rwc":
            modes[0] = "rw"  # one that vanishes meanwhile is not made again
        return connection

    engine = create_engine(
        "sqlite+pysqlite://", creator=connect, poolclass=QueuePool, pool_timeout=BUSY_SECONDS
    )

    @event.listens_for(engine, "connect")
    def note(connection: Any, record: Any) -> None:
        record.info["file"] = _which(file)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") == "AUTOCOMMIT":
            return
        immediate = options.get(_WRITING, False)
        if not immediate:
            connection.exec_driver_sql("BEGIN")
            return
        _still_there(file, connection.info["file"])
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        # Once more with the lock held, which whoever replaces the file takes too.
        _still_there(file, connection.info["file"])

    return engine


def _still_there(file: Path, opened: tuple[int, int] | None) -> None:
    if _which(file) != opened:
        raise SystemFault(
            message(
                "The gradebook {place} was moved or replaced while it was in use, e.g. by 'autograde restore'. Nothing "
                "more was written to the old one. Run the same command again.",
                place=clean_line(str(file)),
            )
        )


def _which(file: Path) -> tuple[int, int] | None:
    """What tells the file at a path from another one that takes its place."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_settled(file: Path, error: sqlite3.OperationalError) -> bool:
    """Whether the file cannot be opened only because nothing can be written beside it, and holds everything."""
    log = file.with_name(file.name + "-wal")
    try:
        unwritable = "unable to open" in str(error) or "readonly" in str(error)
        return unwritable and file.is_file() and not (log.exists() and log.stat().st_size)
    except OSError:
        return False


def _postgresql(asked: str, url: str) -> Engine:
    tables.know_postgresql()
    try:
        return create_engine(
            make_url(url),
            pool_pre_ping=True,
            connect_args={"connect_timeout": 10, "application_name": "autograde"},
        )
    except ModuleNotFoundError:
        raise UsageError(
            message("A gradebook in PostgreSQL needs psycopg: pip install 'autograder[postgresql]'.")
        ) from None
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise UsageError(
            message(
                "{url} is no address of a gradebook. Give a file, or postgresql://user@host/database.",
                url=clean_line(shown(asked)),
            )
        ) from None


@contextmanager
def told(url: str) -> Iterator[None]:
    """What the database says inside, as errors of ours."""
    try:
        yield
    except SQLAlchemyError as error:
        raise fault(error, url) from error
    except sqlite3.Error as error:
        raise fault(error, url) from error


def is_lost(error: BaseException) -> bool:
    """Whether the connection to a server is gone, so that the same transaction may be tried again on a new one."""
    cause = getattr(error, "orig", None)
    if not isinstance(error, DBAPIError) or isinstance(cause, sqlite3.Error):
        return False
    return error.connection_invalidated or (isinstance(error, OperationalError) and _is_away(cause))


def _is_away(cause: Any) -> bool:
    state = getattr(cause, "sqlstate", None) or ""
    return not state or state.startswith(("08", "57P"))


def fault(error: Exception, url: str) -> AutogradeError:
    """Whose fault it is that a database failed, where it is, and what to do."""
    cause: Any = getattr(error, "orig", None) or error
    reason = clean_line(without_password(str(cause).strip().partition("\n")[0], url), _MOST_REASON)
    place = clean_line(shown(url))
    fields: dict[str, str | int | float] = {"place": place, "reason": reason}
    kind, sentence = (_of_sqlite if url.startswith(SQLITE) else _of_server)(cause, reason.lower())
    return kind(Message(sentence.id, {**fields, **sentence.fields}))


_FULL = later(
    "There is no room left for the gradebook {place} ({reason}). Make room, and run the same command again: it continues."
)
_DENIED = later(
    "The gradebook {place} cannot be written: {reason}. Choose another one with --gradebook, or get the right to write "
    "there."
)
_CLOSED = later("The gradebook {place} cannot be opened: {reason}. Look at --gradebook.")
_FAILED = later("The gradebook {place} failed: {reason}. Run the same command again: it continues.")
_DAMAGED = later(
    "The gradebook {place} is damaged: {reason}. Nothing was written to it. Keep a copy of it, and get the last good "
    "state back with 'autograde restore'."
)
_LOST = later(
    "The database server of the gradebook {place} cannot be reached, or went away: {reason}. When it is there again, run "
    "the same command again: it continues."
)


def _of_sqlite(cause: Any, reason: str) -> tuple[type[AutogradeError], Message]:
    if "locked" in reason or "busy" in reason:
        return SystemFault, message(
            "Another program has been writing to the gradebook {place} for {seconds} s. Wait for it, and run the same "
            "command again: it continues.",
            place="",
            seconds=int(BUSY_SECONDS),
        )
    if "disk is full" in reason:
        return SystemFault, message(_FULL)
    if "readonly" in reason or "unable to open" in reason:
        return UsageError, message(_DENIED)
    if "malformed" in reason or "not a database" in reason or "corrupt" in reason:
        return UsageError, message(_DAMAGED)
    if "no such table" in reason or "no such column" in reason:
        return UsageError, message(_DAMAGED)
    return SystemFault, message(_FAILED)


def _of_server(cause: Any, reason: str) -> tuple[type[AutogradeError], Message]:
    state = getattr(cause, "sqlstate", None) or ""
    if state == "53100":
        return SystemFault, message(_FULL)
    if state in ("42501", "25006"):
        return UsageError, message(_DENIED)
    unfit = not state and ("invalid " in reason or "failed to resolve" in reason)
    if unfit or state.startswith("28") or "authentication failed" in reason or "does not exist" in reason:
        return UsageError, message(_CLOSED)
    if _is_away(cause):
        return SystemFault, message(_LOST)
    return SystemFault, message(_FAILED)

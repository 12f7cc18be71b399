"""Is this a gradebook, and one that this engine can read? Makes an empty one, and brings older ones up to date.

The version of the schema stands in the table `autograde_schema`, so that no other program's database is taken for ours.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.gradebook import tables
from autograder.gradebook.address import file_of, shown
from autograder.gradebook.connect import writing
from autograder.model import message

VERSION_TABLE = "autograde_schema"
APPLICATION = 0x41475242
"""PRAGMA application_id of our SQLite files: "AGRB"."""

SCRIPTS = Path(__file__).parent / "migrations"
_MAGIC = b"SQLite format 3\0"
_RETRIES_SECONDS = (0.01, 0.05, 0.2, 0.5, 1.0)
_LOCK = 0x6175746F67726164


def versions_folders() -> list[Path]:
    """Where the revisions are."""
    return [SCRIPTS / "versions"]


def look_at(url: str, *, create: bool) -> None:
    """Look at an SQLite file before SQLite does. Raises UsageError where there is none, or it cannot be a gradebook."""
    file = file_of(url)
    if file is None:
        return
    place = clean_line(str(file))
    try:
        if file.is_dir():
            raise UsageError(
                message("{place} is a folder; a gradebook is a file. Give --gradebook FILE.", place=place)
            )
        if create:
            file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            if create:
                return
            raise UsageError(
                message("There is no gradebook {place} yet. 'autograde grade' makes it.", place=place)
            )
        if not file.is_file():
            raise UsageError(message("{place} is no file, and so no gradebook.", place=place))
        with file.open("rb") as opened:
            head = opened.read(100)
        size = file.stat().st_size
    except OSError as error:
        raise UsageError(
            message(
                "The gradebook {place} cannot be opened: {reason}. Choose another one with --gradebook.",
                place=place,
                reason=str(error.strerror),
            )
        ) from None
    # A gradebook that was being made when the power went is an empty file.
    if not head:
        return
    if not head.startswith(_MAGIC):
        raise UsageError(
            message(
                "{place} is no gradebook: it is not an SQLite database, or its first bytes were overwritten. Nothing was "
                "written to it. Give another file with --gradebook, or get a backup back with 'autograde restore'.",
                place=place,
            )
        )
    page = int.from_bytes(head[16:18], "big") if len(head) == 100 else 0
    pages = int.from_bytes(head[28:32], "big") if len(head) == 100 else 1
    # With a write-ahead log beside it the file may be shorter for a while than its header says.
    if (size < pages * (65536 if page == 1 else page) and not _has_log(file)) or len(head) < 100:
        raise UsageError(
            message(
                "The gradebook {place} is damaged: it has {size} bytes and should have more. Nothing was written to it. Keep "
                "a copy of it, and get the last good state back with 'autograde restore'.",
                place=place,
                size=size,
            )
        )


def may_be_ours(url: str) -> bool:
    """Whether an SQLite file is a gradebook or a damaged one, not another program's."""
    file = file_of(url)
    try:
        # A pipe would be waited for.
        if file is None or not file.is_file():
            return False
        with open(file, "rb") as opened:
            head = opened.read(100)
    except OSError:
        return False
    return not head.startswith(_MAGIC) or int.from_bytes(head[68:72], "big") == APPLICATION


def _has_log(file: Path) -> bool:
    with suppress(OSError):
        return file.with_name(file.name + "-wal").stat().st_size > 0
    return False


def prepare(engine: Engine, url: str, *, create: bool, read_only: bool) -> None:
    """Make sure that the database has this engine's schema. Raises UsageError where it has not and cannot get it."""
    with engine.connect() as connection:
        found = version_of(connection, url)
    if found != tables.SCHEMA:
        _bring_up_to_date(engine, url, found, create=create, read_only=read_only)
    if engine.dialect.name == "sqlite" and not read_only:
        _write_ahead(engine)


def _bring_up_to_date(engine: Engine, url: str, found: str | None, *, create: bool, read_only: bool) -> None:
    place = clean_line(shown(url))
    if found is None:
        if read_only or not create:
            raise UsageError(
                message("There is no gradebook in {place} yet. 'autograde grade' makes it.", place=place)
            )
    elif found not in known():
        raise UsageError(
            message(
                "The gradebook {place} was made by a newer autograde: its schema is {found}, this one knows {known}. Use "
                "that one. Nothing was written to it.",
                place=place,
                found=clean_line(found),
                known=tables.SCHEMA,
            )
        )
    elif read_only:
        raise UsageError(
            message(
                "The gradebook {place} has the older schema {found}. Open it once where it can be written, e.g. with "
                "'autograde backup': it is brought up to date then.",
                place=place,
                found=found,
            )
        )
    file = file_of(url)
    if found is not None and file is not None:
        keep_copy(file, f"schema-{found}")
    with writing(engine).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        # Another process may have done it meanwhile.
        if version_of(connection, url) == found:
            if found is None and engine.dialect.name == "sqlite":
                _make(connection)
            else:
                migrate(connection)


def version_of(connection: Connection, url: str) -> str | None:
    """The version of the schema, None where there is nothing yet. Raises UsageError for another program's database."""
    names = set(inspect(connection).get_table_names())
    place = clean_line(shown(url))
    if connection.dialect.name == "postgresql":
        encoding = connection.scalar(text("SHOW server_encoding"))
        if encoding != "UTF8":
            raise UsageError(
                message(
                    "The database {place} keeps text in {encoding}; a gradebook needs UTF8: createdb --encoding=UTF8 "
                    "--template=template0.",
                    place=place,
                    encoding=str(encoding),
                )
            )
        foreign = bool(names & set(tables.metadata.tables))
    else:
        foreign = bool(names) or connection.scalar(text("PRAGMA application_id")) not in (0, APPLICATION)
    if VERSION_TABLE in names:
        found = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
        if found is not None:
            return str(found)
        foreign = True
    if foreign:
        theirs = "nbgrader" if {"submitted_assignment", "submitted_notebook"} <= names else ""
        raise UsageError(
            message(
                "{place} is the database of nbgrader, not a gradebook of autograde. Nothing was written to it. Give another "
                "file with --gradebook.",
                place=place,
            )
            if theirs
            else message(
                "{place} is the database of another program: it has {count} tables that are not ours. Nothing was written "
                "to it. Give another one with --gradebook.",
                place=place,
                count=len(names),
            )
        )
    return None


def _write_ahead(engine: Engine) -> None:
    """Have the file use a write-ahead log. Only now: it changes the file, which might have been another program's."""
    automatic = engine.execution_options(isolation_level="AUTOCOMMIT")
    for seconds in _RETRIES_SECONDS:
        with automatic.connect() as connection:
            with suppress(OperationalError):  # in use by a process that has just made it too
                connection.execute(text("PRAGMA journal_mode=WAL"))
            if connection.scalar(text("PRAGMA journal_mode")) == "wal":
                return
        time.sleep(seconds)


def migrate(connection: Connection, to: str | None = None) -> None:
    """Bring the database from whatever revision it has (none, where it is empty) to `to`, default: ours, in the open
    transaction."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to or tables.SCHEMA)
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA application_id={APPLICATION}"))


def _make(connection: Connection) -> None:
    """The tables in an empty file, without their history: to load Alembic takes as long as to grade several files."""
    tables.metadata.create_all(connection)
    key = f"CONSTRAINT {VERSION_TABLE}_pkc PRIMARY KEY (version_num)"
    connection.execute(text(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL, {key})"))
    connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES (:version)"), {"version": tables.SCHEMA})
    connection.execute(text(f"PRAGMA application_id={APPLICATION}"))


def known() -> set[str]:
    """All versions of the schema up to ours."""
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Any:
    from alembic.config import Config

    config = Config()
    # "%" has a meaning in there.
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    folders = "\n".join(map(str, versions_folders())).replace("%", "%%")
    config.set_main_option("version_locations", folders)
    return config


def keep_copy(file: Path, why: str) -> Path:
    """A copy of an SQLite database beside it, with all that was committed; never over another one. Returns its path."""
    from autograder.gradebook.connect import told

    number = 1
    while (target := file.with_name(f"{file.name}.{why}{f'-{number}' if number > 1 else ''}")).exists():
        number += 1
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    where = quote_from_bytes(bytes(file))
    try:
        with (
            told(f"sqlite:///{file}"),
            closing(sqlite3.connect(f"file:{where}?mode=rw", uri=True)) as source,
            closing(sqlite3.connect(part)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE").close()
        part.chmod(stat.S_IMODE(file.stat().st_mode))
        _on_the_disk(part)
        os.replace(part, target)
    except OSError as error:
        raise UsageError(
            message(
                "{file} cannot be copied before it is changed: {reason}. Nothing was changed.",
                file=clean_line(str(file)),
                reason=str(error.strerror),
            )
        ) from None
    finally:
        for left in (part, part.with_name(part.name + "-journal")):
            with suppress(OSError):
                left.unlink()
    return target


def _on_the_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

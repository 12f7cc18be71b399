"""How is a whole gradebook kept elsewhere, and how does it come back? One zip file, the same for both databases.

    manifest.json    {"format", "schema", "made", "tables": {name: {"rows", "sha256"}}}
    <table>.jsonl    a row a line, an object; {"bytes": base64} and {"time": ISO 8601} for what JSON has no form for

It is one state of the gradebook, also where somebody writes meanwhile. SHA-256 of every table tells whether the file is
whole before anything is restored from it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, MetaData, Table, func, insert, inspect, select, text

from autograder.cleaning import clean_line
from autograder.errors import AutogradeError, UsageError
from autograder.gradebook import schema, tables
from autograder.gradebook.address import file_of, shown, url
from autograder.gradebook.connect import engine_for, told, writing
from autograder.gradebook.lease import BeingGraded, not_being_graded
from autograder.gradebook.store import Store
from autograder.gradebook.whole_file import whole_file
from autograder.language import later
from autograder.model import message

FORMAT = "autograde/backup/1"
_MANIFEST = "manifest.json"
_AT_ONCE = 200
_NOT_KEPT = {"leases", schema.VERSION_TABLE}


@dataclass(frozen=True)
class Backup:
    """What a backup holds. made: when; rows: table → number of rows."""

    schema: str
    made: datetime
    rows: dict[str, int]


def back_up(store: Store, file: Path, *, force: bool = False) -> Backup:
    """Write the whole gradebook to `file`. Raises UsageError where it is there already, unless `force`, or is damaged."""
    with store.read() as connection:
        _undamaged(connection, store.url)
        with whole_file(file, force=force) as stream:
            return _dump(connection, stream)


def _undamaged(connection: Connection, url: str) -> None:
    if connection.dialect.name != "sqlite":
        return
    said = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
    if said != "ok":
        raise UsageError(
            message(
                "The gradebook {place} is damaged: {reason}. No backup was made of it. Keep a copy of it, and get the last "
                "good state back with 'autograde restore'.",
                place=clean_line(shown(url)),
                reason=clean_line(str(said), 300),
            )
        )


def _dump(connection: Connection, stream: IO[bytes]) -> Backup:
    made = datetime.now(UTC)
    about: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for table in _tables_of(connection):
            rows, digest = 0, hashlib.sha256()
            with archive.open(zipfile.ZipInfo(f"{table.name}.jsonl"), "w", force_zip64=True) as entry:
                query = select(table).order_by(*table.primary_key.columns)
                for row in connection.execute(query, execution_options={"yield_per": _AT_ONCE}):
                    line = json.dumps({name: _told(value) for name, value in row._mapping.items()}) + "\n"
                    digest.update(line.encode())
                    entry.write(line.encode())
                    rows += 1
            about[table.name] = {"rows": rows, "sha256": digest.hexdigest()}
        version = str(connection.scalar(text(f"SELECT version_num FROM {schema.VERSION_TABLE}")))
        manifest = {"format": FORMAT, "schema": version, "made": made.isoformat(), "tables": about}
        archive.writestr(zipfile.ZipInfo(_MANIFEST), json.dumps(manifest, indent=1))
    return Backup(version, made, {name: one["rows"] for name, one in about.items()})


def _tables_of(connection: Connection) -> list[Table]:
    """The tables as the database has them, those that others refer to first: values as they are kept, in any schema."""
    found = MetaData()
    names = set(inspect(connection).get_table_names()) - _NOT_KEPT
    found.reflect(connection, only=sorted(names))
    return [table for table in found.sorted_tables if table.name in names]


def _told(value: Any) -> Any:
    if isinstance(value, (bytes, memoryview)):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"time": (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()}
    return value


def _meant(value: Any, *, aware: bool) -> Any:
    if not isinstance(value, dict):
        return value
    if "bytes" in value:
        return base64.b64decode(value["bytes"], validate=True)
    time = datetime.fromisoformat(value["time"]).astimezone(UTC)
    return time if aware else time.replace(tzinfo=None)


# -- back again -------------------------------------------------------------------------------------------------


def restore(file: Path, url: str, *, force: bool = False) -> tuple[Backup, Path | None]:
    """Bring back what `file` holds; what it is, and where the state before that is kept, if there was one.

    force   replace a gradebook that has something in it; that is kept beside it (SQLite) or beside `file` (PostgreSQL)
    Raises  UsageError, with nothing changed, where `file` is no whole backup, the place holds something and not `force`,
            another program's database is there, or it is being graded
    """
    with _opened(file) as archive:
        found = _checked(archive, file)
        target = file_of(url)
        if target is not None:
            return found, _restore_file(archive, found, target, force=force)
        return found, _restore_server(archive, found, file, url, force=force)


def _opened(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except OSError as error:
        raise UsageError(
            message(
                "{file} cannot be read: {reason}.", file=clean_line(str(file)), reason=str(error.strerror)
            )
        ) from None
    except zipfile.BadZipFile:
        raise _not_whole(file, later("it is no zip file, or its end is missing")) from None


def _not_whole(file: Path, reason: str) -> UsageError:
    return UsageError(
        message(
            "{file} is no whole backup of a gradebook: {reason}. Nothing was changed. Take another backup.",
            file=clean_line(str(file)),
            reason=clean_line(reason, 300),
        )
    )


def _checked(archive: zipfile.ZipFile, file: Path) -> Backup:
    """The manifest, after every table was read and compared with it."""
    try:
        with archive.open(_MANIFEST) as entry:
            manifest = json.loads(entry.read(2**20))
        if manifest["format"] != FORMAT:
            raise _not_whole(file, later("it has another format"))
        for name, one in manifest["tables"].items():
            rows, digest = 0, hashlib.sha256()
            with archive.open(f"{name}.jsonl") as entry:
                for line in entry:
                    digest.update(line)
                    rows += 1
            if (rows, digest.hexdigest()) != (one["rows"], one["sha256"]):
                raise _not_whole(file, later("a table in it is not what was written"))
        made = datetime.fromisoformat(manifest["made"])
        found = Backup(
            str(manifest["schema"]), made, {n: one["rows"] for n, one in manifest["tables"].items()}
        )
    except (ValueError, LookupError, TypeError, AttributeError, EOFError, OSError) as error:
        raise _not_whole(file, str(error)) from None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise _not_whole(file, str(error)) from None
    if found.schema not in schema.known():
        raise UsageError(
            message(
                "{file} was made by a newer autograde: its schema is {found}, this one knows {known}. Use that one.",
                file=clean_line(str(file)),
                found=clean_line(found.schema),
                known=tables.SCHEMA,
            )
        )
    return found


def _restore_file(archive: zipfile.ZipFile, found: Backup, target: Path, *, force: bool) -> Path | None:
    if target.is_file():
        # A link stays one: who goes to the file itself finds the same gradebook.
        target = target.resolve()
    place = url(target)
    occupied = False
    if os.path.lexists(target):
        occupied = _has_something(place, force=force)
    schema.look_at(url(target.with_name(".no such file")) if occupied else place, create=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.restoring")
    _remove(part)
    try:
        with told(url(part)):
            _load(archive, found, url(part))
        if os.path.lexists(target):
            part.chmod(stat.S_IMODE(target.stat().st_mode))
        with _held(place) if os.path.lexists(target) else nullcontext():
            kept = _aside(target) if os.path.lexists(target) else None
            os.replace(part, target)
    except OSError as error:
        raise UsageError(
            message(
                "{place} cannot be written: {reason}. Nothing was changed.",
                place=clean_line(str(target)),
                reason=str(error.strerror),
            )
        ) from None
    finally:
        _remove(part)
    return kept if occupied else None


def _has_something(place: str, *, force: bool) -> bool:
    """Whether there is anything at a place. Raises UsageError unless it may be replaced."""
    try:
        schema.look_at(place, create=False)
        with Store.open(place, create=False) as store:
            not_being_graded(store)
            with store.read() as connection:
                rows = sum(
                    connection.scalar(select(func.count()).select_from(table)) or 0 for table in _telling
                )
    except UsageError as error:
        # Damaged, or of a newer engine, it is put aside like any other; what was never ours is not.
        if not force or isinstance(error, BeingGraded) or not schema.may_be_ours(place):
            raise
        return True
    if rows and not force:
        raise UsageError(
            message(
                "The gradebook {place} is not empty. Restore to another one (--gradebook), or with --force: what is there "
                "now is kept then.",
                place=clean_line(shown(place)),
            )
        )
    return bool(rows)


@contextmanager
def _held(place: str) -> Iterator[None]:
    """Nobody writes to the gradebook meanwhile; who wants to finds another one there afterwards, and says so."""
    with ExitStack() as held:
        try:
            store = held.enter_context(Store.open(place, create=False))
            held.enter_context(store.begin())
            not_being_graded(store)
        except BeingGraded:
            raise
        except AutogradeError:
            pass  # a damaged one cannot be held, and nobody can write to it
        yield


_telling = (tables.students, tables.submissions, tables.policies, tables.deadlines)
"""The tables of which one has a row where a gradebook is not empty."""


def _load(archive: zipfile.ZipFile, found: Backup, place: str) -> None:
    """Make an SQLite database of the backup's schema, fill it, and bring it up to date."""
    engine = engine_for(place)
    try:
        with writing(engine).begin() as connection:
            _fill(connection, archive, found)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.dispose()


def _restore_server(
    archive: zipfile.ZipFile, found: Backup, file: Path, place: str, *, force: bool
) -> Path | None:
    kept = None
    if _server_has_tables(place) and _has_something(place, force=force):
        with Store.open(place, create=False) as store:
            kept = _free(file.with_name(f"{file.name}.before-restore"))
            back_up(store, kept)
    engine = engine_for(place)
    try:
        with told(place), writing(engine).begin() as connection:
            schema.version_of(connection, place)  # refuses what is another program's
            old = MetaData()
            old.reflect(connection, only=lambda name, _: name in tables.metadata.tables or name in _NOT_KEPT)
            old.drop_all(connection)
            _fill(connection, archive, found)
    finally:
        engine.dispose()
    return kept


def _server_has_tables(place: str) -> bool:
    engine = engine_for(place)
    try:
        with told(place), engine.connect() as connection:
            return schema.version_of(connection, place) is not None
    finally:
        engine.dispose()


def _fill(connection: Connection, archive: zipfile.ZipFile, found: Backup) -> None:
    schema.migrate(connection, found.schema)
    server = connection.dialect.name == "postgresql"
    for table in _tables_of(connection):
        if table.name in found.rows:
            with archive.open(f"{table.name}.jsonl") as entry:
                for rows in _in_parts(entry, aware=server):
                    connection.execute(insert(table), rows)
        if server and "id" in table.c and table.c.id.autoincrement is True:
            name = f"pg_get_serial_sequence('{table.name}', 'id')"
            connection.execute(
                text(f"SELECT setval({name}, greatest((SELECT max(id) FROM {table.name}), 1))")
            )
    schema.migrate(connection)


def _in_parts(entry: IO[bytes], *, aware: bool) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    for line in entry:
        part.append({name: _meant(value, aware=aware) for name, value in json.loads(line).items()})
        if len(part) == _AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _aside(target: Path) -> Path:
    """Rename a database with the files that belong to it; its new path."""
    kept = _free(target.with_name(f"{target.name}.before-restore"))
    for end in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.rename(target.with_name(target.name + end), kept.with_name(kept.name + end))
    os.rename(target, kept)
    return kept


def _free(path: Path) -> Path:
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            path.with_name(path.name + end).unlink()

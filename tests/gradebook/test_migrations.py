"""A gradebook of the first schema on comes up to date with all that is in it; what is none of ours is left alone."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from autograder.errors import AutogradeError, SystemFault, UsageError
from autograder.gradebook import connect, schema, tables
from autograder.gradebook.address import url
from autograder.gradebook.store import Store
from tests.gradebook.made_up import grade, marks, submission
from tests.gradebook.postgres import Postgres

_LATER = '''
"""Students get a colour."""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{before}", None, None


def upgrade() -> None:
    with op.batch_alter_table("students") as batch:
        batch.add_column(sa.Column("colour", sa.Text(), nullable=False, server_default="blue"))
    {more}
'''


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This engine, some years from now: it knows one more revision. The folder with that."""
    folder = tmp_path / "later"
    folder.mkdir()
    (folder / "v9999.py").write_text(_LATER.format(before=tables.SCHEMA, more=""))
    folders = [*schema.versions_folders(), folder]
    monkeypatch.setattr(schema, "versions_folders", lambda: folders)
    return folder


def _copies(place: str) -> list[Path]:
    file = Path(place.removeprefix("sqlite:///"))
    return sorted(file.parent.glob(f"{file.name}.schema-*"))


def test_the_revisions_make_what_the_tables_say(store: Store) -> None:
    def types_differ(context, inspected, column, inspected_type, type_):  # type: ignore[no-untyped-def]
        # The decorators of `tables` are texts and times to the database.
        own = type_.load_dialect_impl(context.dialect) if isinstance(type_, sa.TypeDecorator) else type_
        own = own.dialect_impl(context.dialect)
        return not isinstance(inspected_type, own._type_affinity or type(own))

    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": types_differ, "version_table": schema.VERSION_TABLE}
        )
        assert compare_metadata(context, tables.metadata) == []


def test_a_new_file_is_what_the_revisions_make_of_an_empty_one(tmp_path: Path) -> None:
    """It is made without them, so that nobody waits for Alembic."""
    Store.open(f"sqlite:///{tmp_path / 'new'}").close()
    engine = connect.engine_for(f"sqlite:///{tmp_path / 'grown'}")
    with connect.writing(engine).begin() as connection:
        schema.migrate(connection)
    engine.dispose()

    def told(name: str) -> tuple[dict[str, list[str]], list[Any], Any]:
        with closing(sqlite3.connect(tmp_path / name)) as database:
            made = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
            version = database.execute(f"SELECT * FROM {schema.VERSION_TABLE}").fetchall()
            application = database.execute("PRAGMA application_id").fetchone()
        # The order in which a table's constraints are written means nothing.
        parts = {one: sorted(re.findall(r"[\w']+", sql)) for one, sql in made}
        return parts, version, application

    assert told("new") == told("grown")


def test_the_newest_revision_is_the_one_that_the_tables_are_of() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(schema._config()).get_current_head() == tables.SCHEMA


def test_an_older_gradebook_comes_up_to_date(
    place: str, later: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = connect.engine_for(place)
    with connect.writing(engine).begin() as connection:
        schema.migrate(connection, "0001")
    engine.dispose()
    monkeypatch.setattr(tables, "SCHEMA", "0001")
    with Store.open(place) as store:
        grade(store, [submission("an"), submission("\udcff")])
        before = (marks(store), list(store.submissions("hw")))
    assert _copies(place) == []
    monkeypatch.setattr(tables, "SCHEMA", "9999")
    with Store.open(place) as store:
        assert (marks(store), list(store.submissions("hw"))) == before
        with store.read() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM students WHERE colour = 'blue'")) == 2
        # It is one of ours and up to date: written to like any other.
        grade(store, [submission("new")])
    if place.startswith("sqlite"):
        [copy] = _copies(place)
        monkeypatch.setattr(tables, "SCHEMA", "0001")
        with Store.open(url(copy), read_only=True) as store:
            assert marks(store) == before[0]


def test_a_migration_that_fails_changes_nothing(
    place: str, later: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(place) as store:
        grade(store, [submission("an")])
    monkeypatch.setattr(tables, "SCHEMA", "9999")
    text = _LATER.format(before="0001", more='op.execute("INSERT INTO nowhere VALUES (1)")')
    (later / "v9999.py").write_text(text)
    with pytest.raises(AutogradeError):
        Store.open(place)
    monkeypatch.setattr(tables, "SCHEMA", "0001")
    with Store.open(place) as store:
        assert marks(store) == [("an", 1, "graded", 5000)]
        with store.read() as connection:
            columns = {column["name"] for column in sa.inspect(connection).get_columns("students")}
    assert "colour" not in columns


def test_a_newer_gradebook_is_refused(place: str, later: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SCHEMA", "9999")
    Store.open(place).close()
    monkeypatch.undo()
    for read_only in (False, True):
        with pytest.raises(
            UsageError, match=r"made by a newer autograde: its schema is 9999, this one knows 0001"
        ):
            Store.open(place, read_only=read_only)


def test_an_older_one_that_may_not_be_written_is_said(
    place: str, later: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(place).close()
    monkeypatch.setattr(tables, "SCHEMA", "9999")
    with pytest.raises(UsageError, match="has the older schema 0001"):
        Store.open(place, read_only=True)


def test_several_may_make_it_at_once(place: str) -> None:
    errors: list[BaseException] = []

    def open_it() -> None:
        try:
            with Store.open(place) as store:
                store.audit("opened", author="me")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with Store.open(place) as store:
        assert len(list(store.audits())) == 4


# -- what is no gradebook ---------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A gradebook with something in it, closed."""
    path = tmp_path / "gradebook.db"
    with Store.open(url(path)) as store:
        grade(store, [submission(f"s{n}", f"# {os.urandom(2000).hex()}\n") for n in range(40)])
    return path


def _refused(path: Path, match: str) -> None:
    """Whatever asks, it is refused in one sentence, and the bytes stay."""
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(UsageError, match=match):
            Store.open(url(path), read_only=read_only)
    assert path.read_bytes() == before


def test_random_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(os.urandom(100_000))
    _refused(path, "is no gradebook")
    path.write_bytes(b"SQLite format 3\0" + os.urandom(50_000))
    _refused(path, "is damaged")


@pytest.mark.parametrize("keep", [10, 99, 101, 5000, 0.5, 0.99])
def test_a_truncated_gradebook_is_refused(file: Path, keep: float) -> None:
    os.truncate(file, int(keep if keep > 1 else keep * file.stat().st_size))
    _refused(file, "is no gradebook|is damaged")


def test_damage_in_the_middle_is_said_where_it_is_met(file: Path) -> None:
    with closing(sqlite3.connect(file)) as raw:
        (root,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'submissions'").fetchone()
        (size,) = raw.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as opened:
        opened.seek((root - 1) * size)
        opened.write(b"\xee" * size)
    with Store.open(url(file)) as store:
        with pytest.raises(UsageError, match=r"is damaged.*autograde restore"):
            list(store.submissions("hw"))
        with pytest.raises(UsageError, match="is damaged"):
            store.hand_in("hw", submission("an"), source="folder")


def test_an_empty_file_is_one_that_was_being_made(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"
    path.touch()
    with pytest.raises(UsageError, match=r"no gradebook in .* yet"):
        Store.open(url(path), create=False)
    Store.open(url(path)).close()
    Store.open(url(path), create=False).close()


def test_another_program_s_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE students (id, secret)")
        other.commit()
    _refused(path, "of another program: it has 1 tables")
    marked = tmp_path / "marked.db"
    with closing(sqlite3.connect(marked)) as other:
        other.execute("PRAGMA application_id = 7")
        other.execute("PRAGMA user_version = 7")
    _refused(marked, "of another program")


@pytest.mark.slow
def test_nbgrader_s_gradebook_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # It calls `alembic`.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    api = pytest.importorskip("nbgrader.api")
    path = tmp_path / "gradebook.db"
    api.Gradebook(f"sqlite:///{path}").close()
    _refused(path, "is the database of nbgrader")


def test_other_tables_on_a_server_are_refused_and_stay(postgres: Postgres) -> None:
    place = postgres.new_database()
    name = place.partition("@/")[2].partition("?")[0]
    postgres.execute("CREATE TABLE students (secret int)", name)
    with pytest.raises(UsageError, match="of another program"):
        Store.open(place)
    postgres.execute("SELECT secret FROM students", name)
    # Tables with other names do not disturb.
    postgres.execute("ALTER TABLE students RENAME TO theirs", name)
    Store.open(place).close()


def test_a_server_that_cannot_keep_all_texts_is_refused(postgres: Postgres) -> None:
    place = postgres.new_database("ENCODING 'LATIN1' TEMPLATE template0")
    with pytest.raises(UsageError, match="LATIN1; a gradebook needs UTF8"):
        Store.open(place)


def test_a_server_or_database_that_is_not_there_is_said(postgres: Postgres, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r'database "nowhere" does not exist'):
        Store.open(postgres.url("nowhere"))
    with pytest.raises(SystemFault, match="cannot be reached") as caught:
        Store.open(f"postgresql://me:secret@/book?host={tmp_path}")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("place", ["mysql://x/y", "http://x", "postgresql+nothing://x/y"])
def test_other_addresses_are_refused(place: str) -> None:
    with pytest.raises(UsageError, match="is no address of a gradebook"):
        Store.open(place)


def test_a_folder_a_pipe_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        Store.open(url(tmp_path))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="is no file"):
        Store.open(url(tmp_path / "pipe"))
    with pytest.raises(UsageError, match=r"no gradebook .* yet"):
        Store.open(url(tmp_path / "missing.db"), create=False)
    with pytest.raises(UsageError, match=r"no gradebook .* yet"):
        Store.open(url(tmp_path / "missing.db"), read_only=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pipe"]
    (tmp_path / "plain").touch()
    with pytest.raises(UsageError, match=r"cannot be opened: (Not a directory|File exists)"):
        Store.open(url(tmp_path / "plain" / "x.db"))


def test_a_path_may_hold_anything(tmp_path: Path) -> None:
    for name in ("a%20b?mode=memory#x", "é\n", "\udcff", "sqlite:x"):
        path = tmp_path / name / "gradebook.db"
        with Store.open(url(path)) as store:
            grade(store, [submission("an")])
        assert path.is_file()


# -- disks ------------------------------------------------------------------------------------------------------


def _as_nobody(path: Path, mode: str) -> str:
    """What somebody hears who may not write there. A fork: this Python may lie where nobody else may look."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            os.write(into, _said(path, mode).encode())
        finally:
            os._exit(0)
    os.close(into)
    with open(out, encoding="utf-8") as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return text


def _said(path: Path, mode: str) -> str:
    try:
        with Store.open(url(path), read_only=mode == "ro") as store:
            if mode == "rw":
                store.audit("x", author="me")
            return str(len(marks(store)))
    except AutogradeError as error:
        return f"{type(error).__name__} {error}"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that anybody may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="autograde-ro-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_place_without_the_right_to_write_can_be_read(file: Path, open_folder: Path) -> None:
    path = open_folder / "gradebook.db"
    shutil.copy(file, path)
    path.chmod(0o444)
    open_folder.chmod(0o555)
    assert _as_nobody(path, "ro") == "40"
    said = _as_nobody(path, "rw")
    assert said.startswith(f"UsageError The gradebook {path} cannot be written: ")
    said = _as_nobody(open_folder / "none" / "new.db", "rw")
    assert "UsageError" in said
    assert "cannot be opened: Permission denied" in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_said_and_what_was_written_stays(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("cannot mount a small disk here")
    try:
        path = disk / "gradebook.db"
        with Store.open(url(path)) as store:
            grade(store, [submission("an")])

            def fill() -> None:
                for n in range(200):
                    store.hand_in("hw", submission(f"s{n}", os.urandom(10_000).hex()), source="folder")

            with pytest.raises(SystemFault, match=r"no room left for the gradebook .* it continues"):
                fill()
            kept = [one.student for one in store.submissions("hw")]
            assert marks(store) == [("an", 1, "graded", 5000)]
        with closing(sqlite3.connect(path)) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)
        with Store.open(url(path)) as store:
            assert [one.student for one in store.submissions("hw")] == kept
            store.hand_in("hw", submission("more", os.urandom(10_000).hex()), source="folder")
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_another_writer_that_does_not_end_is_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0.2)
    with Store.open(url(file)) as store, closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert len(marks(store)) == 40  # reading never waits
        with pytest.raises(SystemFault, match="Another program has been writing to the gradebook"):
            store.hand_in("hw", submission("an"), source="folder")
        other.execute("ROLLBACK")
        store.hand_in("hw", submission("an"), source="folder")

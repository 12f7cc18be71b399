"""A backup holds everything, tells when it is not whole, and comes back in either database, over nothing unasked."""

from __future__ import annotations

import json
import os
import stat
import threading
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from autograder.errors import SystemFault, UsageError
from autograder.gradebook import backup, schema, tables
from autograder.gradebook.address import file_of, url
from autograder.gradebook.backup import back_up, restore
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.store import Store
from autograder.gradebook.values import Student
from tests.gradebook.made_up import VERSIONS, grade, marks, report_on, submission
from tests.gradebook.postgres import Postgres
from tests.gradebook.test_migrations import _LATER


def fill(store: Store) -> None:
    """Something in every table."""
    grade(store, [submission("an"), submission("\udcff\0\n", "\0"), submission("an", "x = 2\n")])
    grade(store, [submission("an", "x = 2\n")], 7000, versions={**VERSIONS, "suite": "s2"})
    store.add_students([Student("an", "Nguyễn Văn An", ids={"canvas_id": "7", "email": "an@x"})], "m\0e")
    due = datetime(2026, 12, 1, 23, 59, 59, 999999, UTC)
    with store.begin() as connection:
        connection.execute(tables.deadlines.insert().values(assignment="hw", student=None, due=due))
        connection.execute(tables.deadlines.insert().values(assignment="hw", student="an", due=due))
        connection.execute(tables.policies.insert().values(assignment="", policy={"late": [1, None]}))
        about = {"assignment": "hw", "student": "an", "kind": "add", "cents": -5, "author": "me", "at": due}
        connection.execute(tables.adjustments.insert().values(**about, reason="r\\"))


def everything(store: Store) -> dict[str, list[Any]]:
    """All rows of all tables but the leases."""
    with store.read() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            ]
            for table in tables.kept
        }


@pytest.fixture
def other(request: pytest.FixtureRequest, place: str, tmp_path: Path, postgres: Postgres) -> str:
    """The address of a gradebook of the other kind."""
    return postgres.new_schema() if file_of(place) else url(tmp_path / "other" / "gradebook.db")


def test_a_backup_comes_back_in_either_database(store: Store, other: str, tmp_path: Path) -> None:
    fill(store)
    before = everything(store)
    assert all(before.values()), [name for name, rows in before.items() if not rows]
    file = tmp_path / "b.zip"
    made = back_up(store, file)
    assert made.rows == {name: len(rows) for name, rows in before.items()}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (
        [path.name for path in tmp_path.glob("*.part")] == [path.name for path in tmp_path.glob(".*")] == []
    )
    for there in (other, other):
        found, kept = restore(file, there)
        assert found == made
        assert kept is None
        with Store.open(there) as back:
            assert everything(back) == before
            # It is as good as the first: numbers go on where they were.
            newest = max(row[0] for row in before["submissions"])
            assert back.hand_in("hw", submission("new"), source="folder") == newest + 1
            grade(back, [submission("newer")])
        with pytest.raises(UsageError, match="is not empty"):
            restore(file, there)
        with Store.open(there) as back, back.begin() as connection:
            for table in reversed(tables.kept):
                connection.execute(table.delete())


def test_what_is_there_is_replaced_only_on_request_and_kept(store: Store, tmp_path: Path) -> None:
    fill(store)
    before = everything(store)
    file = tmp_path / "b.zip"
    back_up(store, file)
    with pytest.raises(UsageError, match=r"b\.zip is there already"):
        back_up(store, file)
    grade(store, [submission("later")])
    after = everything(store)
    with pytest.raises(UsageError, match=r"is not empty.*--force"):
        restore(file, store.url)
    assert everything(store) == after
    store.close()
    _found, kept = restore(file, store.url, force=True)
    with Store.open(store.url) as back:
        assert everything(back) == before
    assert kept is not None
    if kept.name.startswith("b.zip"):
        restore(kept, store.url, force=True)
        with Store.open(store.url) as back:
            assert everything(back) == after
    else:
        with Store.open(url(kept)) as old:
            assert everything(old) == after


def test_it_is_one_state_while_somebody_writes(store: Store, tmp_path: Path) -> None:
    """Every submission has its result in the same transaction: a backup in between would hold one without."""
    ended = threading.Event()

    def write() -> None:
        with closing(Recorder(store, "course", "hw", VERSIONS)) as recording:
            n = 0
            while not ended.is_set():
                one = recording.hand_in(submission(f"s{n}"))
                recording.add(f"{n}", report_on(one))
                recording._ids.clear()
                recording.flush()
                n += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [back_up(store, tmp_path / f"{n}.zip") for n in range(5)]
    finally:
        ended.set()
        writer.join()
    for one in made:
        assert one.rows["submissions"] == one.rows["results"] == one.rows["submission_files"]
    assert made[-1].rows["submissions"] > 0


def test_a_backup_that_is_not_whole_changes_nothing(store: Store, tmp_path: Path) -> None:
    fill(store)
    whole = tmp_path / "b.zip"
    back_up(store, whole)
    data = whole.read_bytes()
    target = tmp_path / "new" / "gradebook.db"

    def refuse(bytes_: bytes, match: str = "is no whole backup") -> None:
        (tmp_path / "x.zip").write_bytes(bytes_)
        with pytest.raises(UsageError, match=match):
            restore(tmp_path / "x.zip", url(target))
        assert not target.exists()

    refuse(data[: len(data) // 2])
    refuse(b"")
    refuse(os.urandom(1000))
    before = everything(store)
    refused = 0
    for place in range(40, len(data), len(data) // 30):
        (tmp_path / "x.zip").write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        try:
            restore(tmp_path / "x.zip", url(target))
        except UsageError:
            assert not target.exists()
            refused += 1
        else:
            # It was a byte that says nothing, such as a time inside the zip file.
            with Store.open(url(target)) as back:
                assert everything(back) == before
            target.unlink()
    assert refused > 20

    def changed(name: str, text: bytes | None, **manifest: Any) -> bytes:
        with zipfile.ZipFile(whole) as old, zipfile.ZipFile(tmp_path / "y.zip", "w") as new:
            for entry in old.namelist():
                content = old.read(entry)
                if entry == "manifest.json":
                    content = json.dumps({**json.loads(content), **manifest}).encode()
                if entry != name:
                    new.writestr(entry, content)
                elif text is not None:
                    new.writestr(entry, text)
        return (tmp_path / "y.zip").read_bytes()

    refuse(changed("results.jsonl", None))
    refuse(changed("results.jsonl", b""))
    refuse(changed("manifest.json", b"[]"))
    refuse(changed("", None, format="other/1"), "it has another format")
    refuse(changed("", None, schema="9999"), "was made by a newer autograde")
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        restore(tmp_path / "none.zip", url(target))


def test_a_damaged_gradebook_can_be_replaced_and_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"
    with Store.open(url(path)) as store:
        fill(store)
        before = everything(store)
        back_up(store, tmp_path / "b.zip")
    rubbish = os.urandom(50_000)
    path.write_bytes(rubbish)
    with pytest.raises(UsageError, match="is no gradebook"):
        restore(tmp_path / "b.zip", url(path))
    assert path.read_bytes() == rubbish
    _found, kept = restore(tmp_path / "b.zip", url(path), force=True)
    assert kept is not None
    assert kept.read_bytes() == rubbish
    with Store.open(url(path)) as store:
        assert everything(store) == before


def test_no_backup_is_made_of_a_damaged_gradebook(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"
    with Store.open(url(path)) as store:
        grade(store, [submission(f"s{n}", f"# {os.urandom(3000).hex()}\n") for n in range(30)])
    with path.open("r+b") as opened:
        # Where the files lie: the first half has the tables' own pages, without which it does not even open.
        opened.seek(path.stat().st_size * 3 // 4)
        opened.write(b"\xee" * 9000)
    with Store.open(url(path)) as store, pytest.raises(UsageError, match=r"is damaged.*No backup was made"):
        back_up(store, tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


def test_another_program_s_database_is_never_replaced(tmp_path: Path) -> None:
    import sqlite3

    with Store.open(url(tmp_path / "gradebook.db")) as store:
        fill(store)
        back_up(store, tmp_path / "b.zip")
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE x (y)")
    before = path.read_bytes()
    for force in (False, True):
        with pytest.raises(UsageError, match="of another program"):
            restore(tmp_path / "b.zip", url(path), force=force)
    assert path.read_bytes() == before


def test_nothing_is_replaced_while_it_is_being_graded(store: Store, tmp_path: Path) -> None:
    fill(store)
    back_up(store, tmp_path / "b.zip")
    with (
        closing(Recorder(store, "course", "hw", VERSIONS)),
        pytest.raises(UsageError, match="hw is being graded into the gradebook"),
    ):
        restore(tmp_path / "b.zip", store.url, force=True)
    assert len(marks(store)) == 3


def test_an_older_backup_comes_up_to_date(
    store: Store, other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    before = (marks(store), store.students())
    back_up(store, tmp_path / "b.zip")
    folder = tmp_path / "later"
    folder.mkdir()
    (folder / "v9999.py").write_text(_LATER.format(before="0001", more=""))
    folders = [*schema.versions_folders(), folder]
    monkeypatch.setattr(schema, "versions_folders", lambda: folders)
    monkeypatch.setattr(tables, "SCHEMA", "9999")
    restore(tmp_path / "b.zip", other)
    with Store.open(other) as back:
        assert (marks(back), back.students()) == before
        with back.read() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM students WHERE colour = 'blue'")) == 2


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with (
        Store.open(url(tmp_path / "gradebook.db")) as store,
        pytest.raises(UsageError, match="cannot be written"),
    ):
        back_up(store, tmp_path / "none" / "b.zip")


def test_a_transaction_goes_on_after_a_backup(store: Store, tmp_path: Path) -> None:
    fill(store)
    with store.begin():
        back_up(store, tmp_path / "b.zip")
        store.add_students([Student("an", section="B")], "me")
    assert store.students()["an"].section == "B"


def test_who_has_it_open_while_it_is_replaced_does_not_write_to_the_old_one(tmp_path: Path) -> None:
    place = url(tmp_path / "gradebook.db")
    with Store.open(place) as first:
        fill(first)
        back_up(first, tmp_path / "b.zip")
    with Store.open(place) as waiting:
        assert "new" not in waiting.students()
        _found, kept = restore(tmp_path / "b.zip", place, force=True)
        assert kept is not None
        with pytest.raises(SystemFault, match=r"was moved or replaced .*Run the same command again"):
            waiting.add_students([Student("new")], "me")
    for file in (place, url(kept)):
        with Store.open(file) as store:
            assert "new" not in store.students()
            store.add_students([Student("newer")], "me")
            with store.read() as connection:
                assert connection.scalar(sa.text("PRAGMA integrity_check")) == "ok"


def test_who_has_it_open_while_it_vanishes_makes_no_other_one(tmp_path: Path) -> None:
    file = tmp_path / "gradebook.db"
    with Store.open(url(file)) as store:
        file.unlink()
        with pytest.raises(SystemFault, match="was moved or replaced"):
            store.add_students([Student("new")], "me")
    assert not file.exists()


def test_grading_that_begins_while_a_backup_is_unpacked_is_not_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = url(tmp_path / "gradebook.db")
    store = Store.open(place)
    fill(store)
    back_up(store, tmp_path / "b.zip")
    load = backup._load

    def slowly(*arguments: Any) -> None:
        load(*arguments)
        started.append(Recorder(store, "course", "hw", VERSIONS))

    started: list[Recorder] = []
    monkeypatch.setattr(backup, "_load", slowly)
    with closing(store):
        with pytest.raises(UsageError, match="hw is being graded into"):
            restore(tmp_path / "b.zip", place, force=True)
        started[0].close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "gradebook.db"]


def test_a_link_stays_a_link_and_the_rights_stay_what_they_were(tmp_path: Path) -> None:
    real, link = tmp_path / "real.db", tmp_path / "link.db"
    link.symlink_to(real)
    with Store.open(url(link)) as store:
        fill(store)
        back_up(store, tmp_path / "b.zip")
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    real.chmod(0o660)
    _found, kept = restore(tmp_path / "b.zip", url(link), force=True)
    assert kept is not None
    assert kept.name == "real.db.before-restore"
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o660
    restore(tmp_path / "b.zip", url(tmp_path / "new.db"))
    assert stat.S_IMODE((tmp_path / "new.db").stat().st_mode) == 0o600


@pytest.mark.parametrize("force", [False, True])
def test_a_pipe_is_not_waited_for(tmp_path: Path, force: bool) -> None:
    with Store.open(url(tmp_path / "gradebook.db")) as store:
        back_up(store, tmp_path / "b.zip")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="is no file, and so no gradebook"):
        restore(tmp_path / "b.zip", url(tmp_path / "pipe"), force=force)

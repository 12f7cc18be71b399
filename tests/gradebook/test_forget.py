"""Of a forgotten student nothing is left, in the bytes of the database either; and all that is known can be had before."""

from __future__ import annotations

import json
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from autograder.cli.main import main
from autograder.errors import UsageError
from autograder.gradebook import forget as forgetting
from autograder.gradebook.address import file_of, url
from autograder.gradebook.forget import forget
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.store import Store
from autograder.gradebook.student_data import write_student_data
from autograder.gradebook.values import Student
from autograder.grading.record import report_of
from tests.gradebook.made_up import VERSIONS, grade, marks, report_on, submission
from tests.gradebook.test_backup import everything, fill

SECRETS = (
    b"tran.thi.binh",
    b"Tr\xe1\xba\xa7n Th\xe1\xbb\x8b",
    b"binh@example.org",
    b"canvas-4711",
    b"only_binh_wrote",
)


@pytest.fixture
def filled(store: Store) -> Store:
    """A class with somebody to forget, who shares a file with another."""
    fill(store)
    # Not compressed away: bytes that are searched for afterwards.
    own = submission("tran.thi.binh", "x = 'only_binh_wrote'")
    grade(store, [own, submission("other", "x = 'shared'")])
    grade(store, [submission("tran.thi.binh", "x = 'shared'")], 6000)
    known = Student("tran.thi.binh", "Trần Thị", "binh@example.org", ids={"canvas_id": "canvas-4711"})
    store.add_students([known], "tran.thi.binh")
    store.audit(
        "excused", author="me", assignment="hw", student="tran.thi.binh", reason="binh@example.org is ill"
    )
    store.audit("note", author="me", assignment="hw", reason="worked with tran.thi.binh")
    return store


def _bytes(place: str) -> bytes:
    file = file_of(place)
    assert file is not None
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


def test_nothing_is_left(filled: Store) -> None:
    before = everything(filled)
    if file_of(filled.url):
        assert all(secret in _bytes(filled.url) for secret in SECRETS[:4])
    gone = forget(filled, "tran.thi.binh", author="me", reason="asked to")
    assert (gone.submissions, gone.results, gone.files, gone.lines) == (2, 2, 1, 2)
    after = everything(filled)
    said = repr({name: rows for name, rows in after.items() if name != "audit"})
    assert not any(secret.decode() in said for secret in SECRETS)
    # Everybody else is as before.
    for name in ("students", "student_ids", "files", "adjustments", "deadlines", "policies"):
        assert set(map(repr, after[name])) < set(map(repr, before[name])) or after[name] == before[name]
    assert len(after["submissions"]) == len(before["submissions"]) - 2
    [other] = filled.submissions("hw", "other")
    assert filled.files(other.id) == {"hw.py": b"x = 'shared'"}
    lines = list(filled.audits())
    # What was done stays, without whom it was done to; and that somebody was forgotten is on record.
    assert [line.action for line in lines[-4:]] == ["student changed", "excused", "note", "student forgotten"]
    assert [(line.student, line.reason) for line in lines[-4:-2]] == [("", "")] * 2
    assert lines[-4].author == ""
    assert lines[-1].reason == "asked to"
    assert lines[-1].after == {"submissions": 2, "results": 2, "files": 1, "lines": 2}
    # Only what somebody wrote by hand is left, and it is said where.
    assert gone.mentioned == (lines[-2].id,)
    with pytest.raises(UsageError, match=r'has no student "tran\.thi\.binh"'):
        forget(filled, "tran.thi.binh", author="me")


def test_the_bytes_are_gone_from_the_files(tmp_path: Path) -> None:
    place = url(tmp_path / "gradebook.db")
    with Store.open(place) as store:
        grade(store, [submission(f"s{n}") for n in range(20)])
        grade(store, [submission("tran.thi.binh", "x = 'only_binh_wrote'")])
        store.add_students(
            [Student("tran.thi.binh", "Trần Thị", "binh@example.org", ids={"canvas_id": "canvas-4711"})], "me"
        )
        assert all(secret in _bytes(place) for secret in SECRETS[:4])
        gone = forget(store, "tran.thi.binh", author="me")
        assert gone.overwritten
        # Also while it is still open: in the write-ahead log too.
        assert not any(secret in _bytes(place) for secret in SECRETS)
    assert not any(secret in _bytes(place) for secret in SECRETS)
    with Store.open(place) as store:
        assert len(marks(store)) == 20


def test_somebody_who_reads_meanwhile_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "READER_SECONDS", 0.1)
    place = url(tmp_path / "gradebook.db")
    (tmp_path / "gradebook.db.before-restore").touch()
    with Store.open(place) as store, Store.open(place) as reader:
        grade(store, [submission("tran.thi.binh")])
        with reader.read() as connection:
            connection.exec_driver_sql("SELECT * FROM students").fetchone()
            gone = forget(store, "tran.thi.binh", author="me")
        assert not gone.overwritten
        assert [path.name for path in gone.copies] == ["gradebook.db.before-restore"]


def test_one_student_s_data(filled: Store, tmp_path: Path) -> None:
    file = tmp_path / "data.zip"
    assert write_student_data(filled, "tran.thi.binh", file) == {"submissions": 2, "results": 2}
    with zipfile.ZipFile(file) as archive:
        told = json.loads(archive.read("student.json"))
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert told["student"]["name"] == "Trần Thị"
    assert told["student"]["ids"] == {"canvas_id": "canvas-4711"}
    assert [result["score_cents"] for result in told["results"]] == [5000, 6000]
    assert [line["action"] for line in told["audit"]] == ["student changed", "excused"]
    paths = [one["files"][0]["path"] for one in told["submissions"]]
    assert [contents[path] for path in paths] == [b"x = 'only_binh_wrote'", b"x = 'shared'"]
    report = report_of(json.loads(contents[told["results"][0]["report"]]))
    assert report == report_on(submission("tran.thi.binh", "x = 'only_binh_wrote'"))
    # Nobody else is in it.
    assert b"other" not in b"".join(contents.values())
    with pytest.raises(UsageError, match="is there already"):
        write_student_data(filled, "tran.thi.binh", file)
    with pytest.raises(UsageError, match=r'Did you mean "tran\.thi\.binh"'):
        write_student_data(filled, "tran.thi.bin", tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def test_hostile_names_stay_inside_the_zip(store: Store, tmp_path: Path) -> None:
    from autograder.grading.submission import Submission

    names = ["..", "../x.py", "/etc/passwd", "a\\b", "\udcff\0", "con", "ok.py"]
    store.hand_in(
        "hw", Submission("..", {name: name.encode("utf-8", "surrogatepass") for name in names}), source="x"
    )
    write_student_data(store, "..", tmp_path / "data.zip")
    with zipfile.ZipFile(tmp_path / "data.zip") as archive:
        told = json.loads(archive.read("student.json"))
        [one] = told["submissions"]
        paths = {file["path"]: file["name"] for file in one["files"]}
        assert sorted(paths.values()) == sorted(names)
        for path, name in paths.items():
            assert archive.read(path) == name.encode("utf-8", "surrogatepass")
            assert path.startswith(f"submissions/{one['id']}/")
            assert path.isascii()
            assert path.count("/") == 2
            assert ".." not in path.split("/")


# -- what is typed ----------------------------------------------------------------------------------------------


def test_the_commands(filled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = ["--gradebook", filled.url if not file_of(filled.url) else str(file_of(filled.url))]

    def run(*arguments: str) -> tuple[int, str]:
        code = main([*arguments, *there])
        said = capsys.readouterr()
        return code, said.out + said.err

    code, said = run("backup", "--output", str(tmp_path / "b.zip"))
    assert code == 0
    assert "4 students, 6 submissions, 7 results" in said
    assert run("backup", "--output", str(tmp_path / "b.zip"))[0] == 2
    code, said = run("student-data", "tran.thi.binh", "--output", str(tmp_path / "d.zip"))
    assert (code, (tmp_path / "d.zip").is_file()) == (0, True)
    assert "2 submissions and 2 results" in said
    code, said = run("forget", "tran.thi.bin", "--yes")
    assert code == 2
    assert 'Did you mean "tran.thi.binh"?' in said
    code, said = run("forget", "tran.thi.binh", "--yes", "--as", "me")
    assert code == 0
    assert "2 submissions, 2 results and 1 files are deleted" in said
    assert "Not touched, look there yourself" in said
    code, said = run("restore", str(tmp_path / "b.zip"))
    assert code == 2
    assert "is not empty" in said
    filled.close()
    code, said = run("restore", str(tmp_path / "b.zip"), "--force")
    assert code == 0
    assert "What was there before is kept in" in said
    with Store.open(filled.url) as back:
        assert "tran.thi.binh" in back.students()
    with Store.open(filled.url) as back, closing(Recorder(back, "course", "hw", VERSIONS)):
        code, said = run("restore", str(tmp_path / "b.zip"), "--force")
        assert (code, "hw is being graded" in said) == (2, True)


def test_nothing_is_forgotten_without_asking(
    filled: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AUTOGRADE_GRADEBOOK", filled.url)
    before = everything(filled)
    monkeypatch.setattr("click.confirm", lambda *_args, **_more: False)
    assert main(["forget", "tran.thi.binh", "--as", "me"]) == 1
    assert everything(filled) == before


def test_a_gradebook_that_is_not_there_is_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "none" / "gradebook.db"
    for command in (["backup"], ["forget", "an", "--yes"], ["student-data", "an"]):
        assert main([*command, "--gradebook", str(path)]) == 2
        assert "There is no gradebook" in capsys.readouterr().err
    assert not path.parent.exists()


def test_nobody_is_forgotten_while_a_run_holds_the_files(filled: Store) -> None:
    before = everything(filled)
    with (
        closing(Recorder(filled, "course", "hw", VERSIONS)),
        pytest.raises(UsageError, match=r"hw is being graded into .* Wait until that is done"),
    ):
        forget(filled, "tran.thi.binh", author="me")
    assert everything(filled) == before
    forget(filled, "tran.thi.binh", author="me")
    assert "tran.thi.binh" not in filled.students()

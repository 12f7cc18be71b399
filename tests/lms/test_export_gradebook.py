"""Export from a real gradebook: final marks after lateness and adjustments, ids of platforms, comments, pages."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.cli.main import main
from autograder.course import Course
from autograder.gradebook.address import url
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.store import Store
from autograder.gradebook.values import Student
from autograder.grading.journal import key
from tests.gradebook.made_up import ISOLATION, VERSIONS, submission
from tests.lms.made import report

TWINS = "Nguyễn Văn An"
WORKSHEET = (
    "\ufeffIdentifier,Full name,Email address,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (grade),Feedback comments\r\n"
    f"Participant 501,{TWINS},an1@x,,100.00,Yes,-,\r\n"
    f"Participant 502,{TWINS},an2@x,,100.00,Yes,-,\r\n"
    "Participant 503,Lê Bình,binh@x,,100.00,Yes,-,\r\n"
)


@pytest.fixture
def export(
    tiny_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Runs `autograde export -a sums …` on a gradebook: twins by name, one excused, one without a submission."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGRADE_COURSE", str(tiny_course.root))
    monkeypatch.setenv("AUTOGRADE_GRADEBOOK", str(tmp_path / "marks.db"))
    monkeypatch.setenv("AUTOGRADE_CONFIG", str(tmp_path / "no.toml"))
    monkeypatch.setenv("AUTOGRADE_LANG", "en")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with Store.open(url(tmp_path / "marks.db")) as store:
        versions = VERSIONS
        with closing(Recorder(store, "tiny", "sums", versions, ISOLATION)) as recorder:
            for student, mean in (("an1", 3000), ("an2", 0), ("excused", 3000)):
                one = submission(student, f"x = {student!r}\n")
                recorder.hand_in(one, handed_in=datetime(2026, 11, 20, tzinfo=UTC))
                recorder.add(key(one, versions, ISOLATION), report(student, mean=mean), ISOLATION)
        store.add_students(
            [
                Student("an1", TWINS, "an1@x", language="vi", ids={"moodle_participant:sums": "501"}),
                Student("an2", TWINS, ids={"moodle_participant:sums": "502", "moodle_id": "501"}),
                Student("idle", "Lê Bình", "binh@x"),
                Student("excused"),
            ],
            "test",
        )
    for more in (("an1", "--add", "-5"), ("excused", "--excuse")):
        assert main(["adjust", *more, "-a", "sums", "--reason", "private", "--as", "private"]) == 0
    capsys.readouterr()

    def export(*arguments: str, code: int = 0) -> str:
        assert main(["export", "-a", "sums", *arguments]) == code
        told = capsys.readouterr()
        return told.out + told.err

    return export


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_a_worksheet_with_twins_by_name(export: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(WORKSHEET.encode())
    told = export("--format", "moodle-worksheet", "--fill", "in.csv", "-o", "out.csv", code=2)
    assert "excused has a mark and is not in the file" in told
    told = export("--format", "moodle-worksheet", "--fill", "in.csv", "-o", "out.csv", "--skip-missing")
    assert "Left out, since they are not in the file (1): excused" in told
    filled = rows(tmp_path / "out.csv")
    assert [row["Grade"] for row in filled] == ["65", "40", ""]
    # an1 reads Vietnamese, an2 the command's language.
    assert "điểm" in filled[0]["Feedback comments"]
    assert "points" in filled[1]["Feedback comments"]
    assert filled[2]["Feedback comments"] == ""
    # Who adjusted a mark, and why, is for instructors.
    assert "-5" in filled[0]["Feedback comments"]
    assert "private" not in filled[0]["Feedback comments"]
    before = rows(tmp_path / "in.csv")
    for row, old in zip(filled, before, strict=True):
        assert {k: v for k, v in row.items() if k not in ("Grade", "Feedback comments")} == {
            k: v for k, v in old.items() if k not in ("Grade", "Feedback comments")
        }


def test_pages_for_moodle_by_the_worksheet_or_by_the_gradebook(
    export: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "in.csv").write_bytes(WORKSHEET.encode())
    export("--format", "moodle-feedback", "-o", "a.zip", "--skip-missing")
    export("--format", "moodle-feedback", "--fill", "in.csv", "-o", "b.zip", "--skip-missing")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == [
            f"{TWINS}_501_assignfeedback_file_/feedback.html",
            f"{TWINS}_501_assignfeedback_file_/mark.txt",
            f"{TWINS}_502_assignfeedback_file_/feedback.html",
        ]
        # The page says what the code earned; the other file what the mark is and why.
        assert "65" in archive.read(archive.namelist()[1]).decode().splitlines()[0]


def test_tables(export: Callable[..., str], tmp_path: Path) -> None:
    export("--format", "csv", "-o", "out.csv")
    found = {row["student"]: row for row in rows(tmp_path / "out.csv")}
    assert {id: (row["raw"], row["adjusted"], row["score"], row["excused"]) for id, row in found.items()} == {
        "an1": ("70", "-5", "65", "no"),
        "an2": ("40", "0", "40", "no"),
        "excused": ("70", "", "", "yes"),
        "idle": ("", "", "", "no"),
    }
    assert found["an1"]["handed_in"] == "2026-11-20T00:00:00+00:00"
    export("--format", "gradescope", "-o", "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert json.loads(archive.read("an1/results.json"))["score"] == 65
        assert "excused/results.json" not in archive.namelist()
    export("--format", "junit", "-o", "out.xml")
    assert '<property name="score" value="65"/>' in (tmp_path / "out.xml").read_text()


def test_the_gradebook_is_only_read(
    export: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (tmp_path / "marks.db").read_bytes()
    export("--format", "csv", "-o", "out.csv")
    assert (tmp_path / "marks.db").read_bytes() == before
    monkeypatch.setenv("AUTOGRADE_GRADEBOOK", str(tmp_path / "other.db"))
    export("--format", "csv", "-o", "new.csv", code=2)
    assert not (tmp_path / "other.db").exists()


def test_a_gradebook_without_marks_is_said_to_be_one(export: Callable[..., str], tmp_path: Path) -> None:
    with Store.open(url(tmp_path / "empty.db")):
        pass
    told = export("--format", "csv", "-o", "out.csv", "--gradebook", str(tmp_path / "empty.db"), code=2)
    assert "There is no mark of sums yet" in told
    with Store.open(url(tmp_path / "other.db")) as store:
        store.belongs_to("another")
    told = export("--format", "csv", "-o", "out.csv", "--gradebook", str(tmp_path / "other.db"), code=2)
    assert 'is of the course "another", not of "tiny"' in told

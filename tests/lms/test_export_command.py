"""`autograde export`, typed: previews, questions, refusals, places; from a folder of results and from the gradebook."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from autograder.cli.main import main
from autograder.course import Course
from autograder.reports import results_json
from tests.lms.made import fault, report, results, ungradable

CANVAS = (
    "Student,ID,SIS Login ID,Section,Sums and means (77)\r\n"
    "    Points Possible,,,,100\r\n"
    "A,11,an,1,50\r\nB,12,binh,1,\r\nC,13,chi,1,EX\r\nD,14,dung,1,\r\n"
)


class Told(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Told]


@pytest.fixture
def run(
    tiny_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Types `autograde export -a sums …` in a folder with Canvas' file and a folder of results."""
    monkeypatch.chdir(tmp_path)
    for name, value in (
        ("COURSE", str(tiny_course.root)),
        ("DATA", str(tmp_path / "data")),
        ("CONFIG", str(tmp_path / "no.toml")),
        ("LANG", "en"),
    ):
        monkeypatch.setenv(f"AUTOGRADE_{name}", value)
    monkeypatch.delenv("AUTOGRADE_GRADEBOOK", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))  # nobody is there to ask
    (tmp_path / "grades.csv").write_bytes(CANVAS.encode())
    (tmp_path / "results").mkdir()
    made = results(report("an"), report("binh", 4000, 0), ungradable("chi"), fault("dung"))
    (tmp_path / "results" / "results.json").write_text(results_json.render(made), "utf-8")

    def run(*arguments: str, source: tuple[str, ...] = ("--results", "results")) -> Told:
        code = main(["export", "-a", "sums", *source, *arguments])
        output = capsys.readouterr()
        return Told(code, output.out, output.err)

    return run


def test_a_preview_shows_everything_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    told = run("--format", "canvas", "--fill", "grades.csv", "--preview")
    assert told.code == 0
    assert "2 marks change, 1 are new, 0 stay; 1 rows without a mark" in told.out
    assert "line 3, an: 50 → 70" in told.out
    assert "line 4, binh: – → 40" in told.out
    assert sorted(tmp_path.rglob("*")) == before


def test_replacing_marks_is_asked_for(run: Run, tmp_path: Path) -> None:
    command = ("--format", "canvas", "--fill", "grades.csv", "-o", "new.csv")
    told = run(*command)
    assert told.code == 2
    assert "--yes" in told.err
    assert not (tmp_path / "new.csv").exists()
    told = run(*command, "--yes")
    assert told.code == 0
    expected = CANVAS.replace(",an,1,50", ",an,1,70").replace("binh,1,", "binh,1,40").replace(",EX", ",0")
    assert (tmp_path / "new.csv").read_bytes() == expected.encode()
    assert (tmp_path / "grades.csv").read_bytes() == CANVAS.encode()


def test_a_no_writes_nothing(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    told = run("--format", "canvas", "--fill", "grades.csv", "-o", "new.csv")
    assert told.code == 1
    assert not (tmp_path / "new.csv").exists()


def test_filling_again_changes_nothing_and_asks_nothing(run: Run, tmp_path: Path) -> None:
    run("--format", "canvas", "--fill", "grades.csv", "-o", "new.csv", "--yes")
    told = run("--format", "canvas", "--fill", "new.csv", "-o", "again.csv")
    assert told.code == 0
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "new.csv").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "canvas", "-o", "x"), "name it with --fill"),
        (("--format", "csv"), "-o FILE"),
        (("--format", "csv", "--fill", "grades.csv", "-o", "x"), "leave out --fill"),
        (("--format", "csv", "-o", "grades.csv"), "exists"),
        (
            ("--format", "canvas", "--fill", "grades.csv", "-o", "grades.csv", "--force"),
            "the file that is read",
        ),
        (("--format", "csv", "-o", "results/results.json", "--force"), "the file that is read"),
        (
            ("--format", "canvas", "--fill", "grades.csv", "-o", "x", "--maximum", "many"),
            "no number of points",
        ),
        (
            ("--format", "canvas", "--fill", "grades.csv", "-o", "x", "--delimiter", "tab"),
            "not the gradebook",
        ),
        (
            ("--format", "moodle-worksheet", "--fill", "grades.csv", "-o", "x"),
            "not Moodle's grading worksheet",
        ),
        (("--format", "moodle-gradebook", "-o", "x"), "none of ID number, username, e-mail"),
        (("--format", "moodle-feedback", "-o", "x.zip"), "no Participant number of an is known"),
        (("--format", "classroom50", "-o", "x"), "Whose result.json"),
        (("--format", "nbgrader", "--fill", "grades.csv", "-o", "x"), "no gradebook.db"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    told = run(*arguments)
    assert (told.code, said in told.err.replace("\n", " ")) == (2, True), told.err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_results_of_another_assignment_are_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "results" / "results.json"
    path.write_text(path.read_text("utf-8").replace('"assignment": "sums"', '"assignment": "waves"'), "utf-8")
    told = run("--format", "csv", "-o", "x")
    assert "holds the results of waves, not of sums" in told.err


@pytest.mark.parametrize("form", ["csv", "nbgrader", "junit", "gradescope"])
def test_files_of_our_own(run: Run, tmp_path: Path, form: str) -> None:
    told = run("--format", form, "-o", "out")
    assert (told.code, told.err) == (0, "")
    first = (tmp_path / "out").read_bytes()
    assert run("--format", form, "-o", "out", "--force").code == 0
    assert (tmp_path / "out").read_bytes() == first
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(first.decode(), newline="")))
        assert [(row["student"], row["score"]) for row in rows] == [
            ("an", "70"),
            ("binh", "40"),
            ("chi", "0"),
            ("dung", ""),
        ]


def test_one_result_in_the_workflow_of_classroom50(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CLASSROOM", "ASSIGNMENT", "COMMIT_URL", "RELEASE_URL"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("OWNER", "BINH")
    monkeypatch.setenv("SUBMISSION_TAG", "submit/20261121-203000-0a1b2c3")
    assert run("--format", "classroom50", "-o", "result.json").code == 0
    assert json.loads((tmp_path / "result.json").read_text())["score"] == 4000


def test_in_vietnamese(run: Run) -> None:
    assert run("--format", "canvas", "--fill", "grades.csv", "--preview", "--lang", "vi").code == 0

"""grade: a class with every accident in one folder, what is written about it, and what it does with bad orders."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.cli.main import main
from autograder.course import Course
from autograder.gradebook.exchange import submit as hand_in
from autograder.names import STUDENT_FILE

from ..conftest import make_tiny_course
from .conftest import Run, Told, autograde, recorded

RIGHT = """
import numpy as np

def add(x, y):
    return np.asarray(x, dtype=float) + np.asarray(y, dtype=float)

def mean_of(x, y):
    return np.mean(add(x, y))
"""
ONLY_ADD = RIGHT[: RIGHT.index("def mean_of")]
NFC, NFD = (unicodedata.normalize(form, "Trần Thị Bé") for form in ("NFC", "NFD"))
HOSTILE = [
    "..",
    "...",
    "..evil",
    "-x",
    "--output",
    "a\nb",
    "\x1b[31mred",
    os.fsdecode(b"\xff\xfe bytes"),
    "x" * 255,
    "class",
    "marks",
    "results.json",
    "CON",
    "An",
    "an",
    NFC,
    NFD,
    "=1+1",
    "<b>bold",
]
# A folder cannot have these two names.
HOSTILE_FOLDERS = [name for name in HOSTILE if name not in (".", "..")]


def file(folder: Path, content: str | bytes, name: str = "sums.py") -> None:
    data = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(data)


def huge(folder: Path) -> None:
    file(folder, RIGHT)
    os.truncate(folder / "sums.py", 50 * 2**20)


def linked(target: Path) -> Callable[[Path], None]:
    return lambda folder: (folder / "sums.py").symlink_to(target)


def both(folder: Path) -> None:
    file(folder, RIGHT)
    file(folder, "{}", "sums.ipynb")


def with_rubbish(folder: Path) -> None:
    file(folder, RIGHT)
    file(folder, "notes", "notes.txt")
    file(folder, "x = 1", "sums (1).py")
    for name in (".ipynb_checkpoints", "__MACOSX", ".history", "__pycache__"):
        (folder / name).mkdir()
        file(folder / name, "def add(: broken")
    file(folder, "{}", ".receipt.json")
    file(folder, "", ".DS_Store")


def claims_to_be_another(folder: Path) -> None:
    file(folder, RIGHT)
    file(folder, '{"student": "right"}', STUDENT_FILE)


def with_a_pipe_for_an_id(folder: Path) -> None:
    file(folder, RIGHT)
    os.mkfifo(folder / STUDENT_FILE)


@dataclass
class Case:
    """What lies in a student's folder, and what must come of it."""

    make: Callable[[Path], object]
    status: str
    score: int
    words: tuple[str, ...] = ()


def source(content: str | bytes, status: str, score: int, *words: str) -> Case:
    return Case(lambda folder: file(folder, content), status, score, words)


VIETNAMESE = "# Bài nộp\n".encode("cp1258", "replace")
CASES = {
    "right": source(RIGHT, "graded", 100),
    "with a BOM": source("\ufeff" + RIGHT, "graded", 100),
    "missing function": source(ONLY_ADD, "graded", 40),
    "syntax error": source(RIGHT + "def broken(:\n", "ungradable", 0, "sums.py", "line 9"),
    "import error": source("import torch\n" + RIGHT, "graded", 0, "'torch' is not available", "line 1"),
    "raises at import": source(RIGHT + "print(1 / 0)\n", "graded", 0, "line 9", "ZeroDivisionError"),
    "exits": source("import sys\nsys.exit(0)\n" + RIGHT, "graded", 0, "SystemExit"),
    "kills itself": source("import os\nos._exit(0)\n" + RIGHT, "graded", 0, "status 0"),
    "hangs": source(RIGHT + "while True: pass\n", "graded", 0, "5 s", "loop"),
    "wrong module name": Case(
        lambda f: file(f, RIGHT, "sum.py"), "ungradable", 0, ("no sums.py", "sum.py", "Rename")
    ),
    "empty file": source("", "graded", 0),
    "huge": Case(huge, "ungradable", 0, ("too large", "52428800", "1048576")),
    "binary": source(b"\x7fELF\x00\x01\x02" * 99, "ungradable", 0, "not a text file"),
    "UTF-16": source(RIGHT.encode("utf-16"), "ungradable", 0, "UTF-16", "Save it again as UTF-8"),
    "cp1258 with a cookie": source(
        b"# -*- coding: cp1258 -*-\n# B\xe0i n\xf4\xf2p\n" + RIGHT.encode(), "graded", 100
    ),
    "cp1258 without": source(
        b"# one\n# B\xe0i n\xf4\xf2p\n" + RIGHT.encode(), "ungradable", 0, "line 2", "0xe0", "UTF-8"
    ),
    "empty folder": Case(lambda f: None, "ungradable", 0, ("no sums.py", "no Python file")),
    "notes only": Case(lambda f: file(f, "sorry", "notes.txt"), "ungradable", 0, ("no sums.py",)),
    "notebook only": Case(
        lambda f: file(f, "{}", "sums.ipynb"), "ungradable", 0, ("sums.ipynb", "not a notebook")
    ),
    "link to a password file": Case(linked(Path("/etc/passwd")), "ungradable", 0, ("not a regular file",)),
    "link to another": Case(linked(Path("../right/sums.py")), "ungradable", 0, ("not a regular file",)),
    "a pipe": Case(lambda f: os.mkfifo(f / "sums.py"), "ungradable", 0, ("not a regular file",)),
    "a folder named like it": Case(
        lambda f: (f / "sums.py").mkdir(), "ungradable", 0, ("not a regular file",)
    ),
    "both": Case(both, "ungradable", 0, ("sums.py", "sums.ipynb", "Remove")),
    "with rubbish": Case(with_rubbish, "graded", 100),
    "claims to be another": Case(claims_to_be_another, "graded", 100),
    "with a pipe for an id": Case(with_a_pipe_for_an_id, "graded", 100),
    **{id: source(RIGHT, "graded", 100) for id in HOSTILE_FOLDERS},
}


@dataclass
class Graded:
    """One run over the class, and what it wrote."""

    told: Told
    output: Path

    @property
    def text(self) -> str:
        return (self.output / "results.json").read_text("utf-8")

    @property
    def reports(self) -> dict[str, dict[str, Any]]:
        return {one["student"]: one for one in json.loads(self.text)["reports"]}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = make_tiny_course(tmp_path_factory.mktemp("tiny"))
    manifest = course.assignments_dir / "sums" / "assignment.toml"
    text = manifest.read_text("utf-8").replace("submission_seconds = 20", "submission_seconds = 5")
    manifest.write_text(text, encoding="utf-8")
    return course


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    for student, case in CASES.items():
        (folder / student).mkdir()
        case.make(folder / student)
    for name in (".git", "__MACOSX", ".ipynb_checkpoints"):
        (folder / name).mkdir()
        file(folder / name, RIGHT)
    file(folder, "id,name", "roster.csv")
    (folder / "a linked folder").symlink_to(folder / "right")
    return folder


@pytest.fixture(scope="module")
def graded(course: Course, submissions: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    output = tmp_path_factory.mktemp("out") / "two"
    told = autograde(
        *("grade", submissions, "-a", "sums", "-o", output, "--jobs", "2", "--course", course.root),
        *("--gradebook", output.with_suffix(".db")),
    )
    return Graded(told, output)


def test_everyone_has_a_result_and_the_run_succeeded(graded: Graded) -> None:
    assert graded.told.code == 0, graded.told.err
    assert graded.reports.keys() == {as_text(id) for id in CASES}
    assert "Traceback" not in graded.told.err


def as_text(id: str) -> str:
    """An id as JSON gives it back: bytes that are no UTF-8 are lone surrogates there too."""
    return str(json.loads(json.dumps(id)))


@pytest.mark.parametrize("id", CASES, ids=[ascii(id)[:30] for id in CASES])
def test_each_gets_what_is_due_with_the_reason(graded: Graded, id: str) -> None:
    case, report = CASES[id], graded.reports[as_text(id)]
    assert (report["status"], report["score"]) == (case.status, case.score), report["message"]
    if case.status == "ungradable":
        assert report["functions"] == []
    for word in case.words:
        assert word in report["message"]
    page = (graded.output / report["file"]).read_text("utf-8")
    if case.words and "'" not in case.words[0]:
        assert case.words[0] in page


def test_what_was_ignored_is_named_and_only_that(graded: Graded) -> None:
    (line,) = [line for line in graded.told.err.splitlines() if line.startswith("Ignored")]
    assert line.count(",") == 5  # "Ignored, not in …": and five names
    for name in (".git", "__MACOSX", ".ipynb_checkpoints", "roster.csv", "a linked folder"):
        assert name in line
    said = json.dumps(graded.reports["with rubbish"]["notices"])
    assert "notes.txt" in said
    assert "sums (1).py" in said
    for silent in (".receipt.json", ".history", ".DS_Store", "__MACOSX"):
        assert silent not in said
    assert graded.reports["right"]["notices"] == []


def test_an_empty_file_says_so(graded: Graded) -> None:
    report = graded.reports["empty file"]
    assert "is empty" in json.dumps(report["notices"])
    assert {function["outcome"] for function in report["functions"]} == {"not_written"}


def test_never_two_students_in_one_file(graded: Graded) -> None:
    names = [report["file"] for report in graded.reports.values()]
    assert len({unicodedata.normalize("NFC", name).casefold() for name in names}) == len(CASES)
    for name in names:
        assert Path(name).name == name
        assert not name.startswith((".", "-"))
        assert len(name.encode()) <= 255
    written = {path.name for path in graded.output.iterdir() if not path.name.startswith(".")}
    assert written == {*names, "results.json", "marks.csv", "class.html"}


def test_results_are_as_documented(graded: Graded) -> None:
    results = json.loads(graded.text, parse_constant=lambda name: pytest.fail(name))
    assert results["schema"] == "autograde/results/1"
    assert results["assignment"] == "sums"
    for key in ("course_version", "suite_version"):
        assert results[key].startswith("1+")
    assert isinstance(results["isolation"], dict)
    students = [report["student"] for report in results["reports"]]
    assert students == sorted(students)
    for report in results["reports"]:
        assert report.keys() >= {
            *(
                "student",
                "status",
                "message",
                "score",
                "max_score",
                "input_set",
                "file",
                "functions",
                "output",
            ),
            "seconds",
        }
        assert report["max_score"] == 100
        assert (report["input_set"] in range(8)) == (report["status"] == "graded") or (
            report["status"] == "ungradable" and "line" in report["message"]
        )
        assert sum(function["score"] for function in report["functions"]) == report["score"]
        if report["status"] == "graded":
            assert [function["name"] for function in report["functions"]] == ["add", "mean_of"]
            assert [function["max_score"] for function in report["functions"]] == [40, 60]
        for function in report["functions"]:
            assert function.keys() >= {"name", "score", "max_score", "outcome", "checks", "diagnosis"}
            for key in ("score", "max_score"):
                total = sum(round(100 * check[key]) for check in function["checks"])
                assert total == round(100 * function[key])
            for check in function["checks"]:
                assert check.keys() >= {
                    "label",
                    "outcome",
                    "score",
                    "max_score",
                    "message",
                    "follow_through",
                }
    for secret in ("check_same", "BEGIN SOLUTION", "_as_floats", "00112233445566778899aabbccddeeff"):
        assert secret not in graded.text


def test_marks_add_up(graded: Graded) -> None:
    text = (graded.output / "marks.csv").read_bytes().decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == len(CASES)
    assert sum(float(row["score"]) for row in rows) == sum(case.score for case in CASES.values())
    for row in rows:
        cells = [row["add"], row["mean_of"]]
        assert float(row["score"]) == sum(float(cell) for cell in cells if cell)
        assert not row["student"].startswith(("=", "-", "+", "@"))


def test_one_lane_and_two_lanes_give_the_same(
    graded: Graded, course: Course, submissions: Path, tmp_path: Path
) -> None:
    told = autograde(
        *("grade", submissions, "-a", "sums", "-o", tmp_path / "one", "-j", "1", "--course", course.root),
        *("--gradebook", tmp_path / "one.db"),
    )
    assert told.code == 0
    assert without_seconds(Graded(told, tmp_path / "one").text) == without_seconds(graded.text)
    for name in ("marks.csv", "class.html"):
        assert (tmp_path / "one" / name).read_bytes() == (graded.output / name).read_bytes()


def without_seconds(text: str) -> Any:
    results = json.loads(text)
    for report in results["reports"]:
        assert report.pop("seconds") >= 0
    return results


def test_again_grades_nothing_anew(graded: Graded, course: Course, submissions: Path) -> None:
    gradebook = graded.output.with_suffix(".db")
    before, results = graded.text, recorded(gradebook)
    assert len(results) == len(CASES)
    told = autograde(
        *("grade", submissions, "-a", "sums", "-o", graded.output, "--course", course.root),
        *("--gradebook", gradebook),
    )
    assert told.code == 0
    assert graded.text == before  # the measured seconds too
    assert recorded(gradebook) == results


# -- one thing at a time -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two students in `handed_in`, graded once into `out`."""
    folder = tmp_path_factory.mktemp("finished")
    for student, text in (("an", RIGHT), ("binh", ONLY_ADD)):
        (folder / "handed_in" / student).mkdir(parents=True)
        file(folder / "handed_in" / student, text)
    course = make_tiny_course(tmp_path_factory.mktemp("tiny"))
    told = autograde(
        *("grade", "handed_in", "--assignment", "sums", "-o", "out", "--course", course.root),
        *("--gradebook", "gradebook.db"),
        cwd=folder,
    )
    assert told.code == 0
    (folder / "out" / "told.txt").write_text(told.out, encoding="utf-8")
    return folder


@pytest.fixture
def room(desk: Path, finished: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The desk with a copy of `finished` on it; the desk's course has the same bytes."""
    shutil.copytree(finished, desk, dirs_exist_ok=True)
    monkeypatch.setenv("AUTOGRADE_GRADEBOOK", str(desk / "gradebook.db"))
    return desk


def scores(folder: Path) -> dict[str, float | None]:
    results = json.loads((folder / "results.json").read_text("utf-8"))
    return {report["student"]: report["score"] for report in results["reports"]}


def test_reports_go_to_a_folder_of_the_assignment(run: Run, room: Path) -> None:
    told = run("grade", "handed_in", "--assignment", "sums", "-j", "1")
    assert told.code == 0
    assert scores(room / "reports" / "sums") == scores(room / "out") == {"an": 100, "binh": 40}
    assert "2 graded" in told.out
    assert str(Path("reports", "sums", "class.html")) in told.out


def test_student_grades_one_again_and_keeps_the_others(run: Run, room: Path) -> None:
    before = {report["student"]: report for report in Graded(Told(0, "", ""), room / "out").reports.values()}
    file(room / "handed_in" / "an", ONLY_ADD)
    file(room / "handed_in" / "binh", RIGHT)
    told = run("grade", "handed_in", "-a", "sums", "-o", "out", "--student", "an")
    assert told.code == 0
    assert "1 graded" in told.out
    after = Graded(told, room / "out").reports
    assert after["binh"] == before["binh"]
    assert after["an"]["score"] == 40
    before_again = recorded(room / "gradebook.db")
    run("grade", "handed_in", "-a", "sums", "-o", "out", "--student", "an")
    # The same bytes: graded again all the same, since that is what was asked for.
    assert len(recorded(room / "gradebook.db")) == len(before_again) + 1


def test_student_that_is_not_there(run: Run, room: Path) -> None:
    told = run("grade", "handed_in", "-a", "sums", "--student", "bin")
    assert told.code == 2
    assert 'Did you mean "binh"?' in told.err
    assert not (room / "reports").exists()


def test_student_warns_when_the_others_met_another_suite(run: Run, room: Path, tiny_course: Course) -> None:
    hidden = tiny_course.assignment("sums").hidden_dir / "test_sums.py"
    hidden.write_text(hidden.read_text("utf-8") + "\n# changed\n", encoding="utf-8")
    told = run("grade", "handed_in", "-a", "sums", "-o", "out", "--student", "an")
    assert told.code == 0
    assert "the suite has changed" in told.err


def test_one_file(run: Run, room: Path) -> None:
    file(room, ONLY_ADD, "binh_final.py")
    told = run("grade", "binh_final.py", "-a", "sums", "-o", "one")
    assert told.code == 0
    assert scores(room / "one") == {"binh_final": 40}
    assert "mean_of" in told.out


def test_one_notebook_says_what_to_do(run: Run, room: Path) -> None:
    file(room, "{}", "work.ipynb")
    told = run("grade", "work.ipynb", "-a", "sums", "-o", "new", "--json")
    assert told.code == 0
    (report,) = told.json["reports"]  # type: ignore[misc]
    assert report["status"] == "ungradable"  # type: ignore[index]
    assert "not a notebook" in report["message"]  # type: ignore[index]


def test_json_is_all_that_stdout_gets(run: Run, room: Path) -> None:
    file(room / "handed_in", "loose", "loose.txt")
    told = run("grade", "handed_in", "-a", "sums", "-o", "out", "--json")
    assert told.code == 0
    assert told.out == (room / "out" / "results.json").read_text("utf-8")


def test_the_exchange_is_graded_as_it_is(run: Run, room: Path, tiny_course: Course, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    sums, exchange = tiny_course.assignment("sums"), tmp_path / "exchange"
    for minute, text in enumerate((ONLY_ADD, RIGHT)):
        now = datetime(2026, 11, 21, 13, minute, tzinfo=UTC)
        hand_in(exchange, sums, "Nguyễn Văn Ân", {"sums.py": text.encode()}, now)
    hand_in(exchange, sums, "binh", {"sums.py": ONLY_ADD.encode()}, now)
    told = run("grade", str(exchange / "sums"), "-a", "sums", "-o", "new", "-j", "1")
    assert told.code == 0
    assert "Ignored" not in told.err
    assert scores(room / "new") == {"Nguyễn Văn Ân": 100, "binh": 40}
    assert all(not report["notices"] for report in Graded(told, room / "new").reports.values())
    told = run("grade", str(exchange), "-a", "sums", "-o", "elsewhere")
    assert told.code == 2
    assert str(exchange / "sums") in told.err


def test_two_folders_never_become_one_student(run: Run, room: Path, tiny_course: Course) -> None:
    from datetime import UTC, datetime

    folder = room / "exchange"
    folder.mkdir()
    hand_in(folder, tiny_course.assignment("sums"), "An", {"sums.py": b"x = 1"}, datetime.now(UTC))
    (folder / "sums" / "An").mkdir()
    file(folder / "sums" / "An", RIGHT)
    run("grade", "exchange/sums", "-a", "sums", "-o", "new", "-j", "1")
    found = scores(room / "new")
    assert len(found) == 2
    assert found["An"] == 100


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["handed_in", "-a", "sum"], ['no assignment "sum"', 'Did you mean "sums"?']),
        (["nowhere", "-a", "sums"], ["nowhere does not exist"]),
        (["empty", "-a", "sums"], ["empty holds no folder of a student", "empty/<student>/<file>"]),
        (["handed_in"], ["--assignment"]),
        (["handed_in", "-a", "sums", "-o", "a_file/out"], ["a_file", "--output"]),
        (["handed_in", "-a", "sums", "-j", "-1"], ["--jobs"]),
    ],
)
def test_what_cannot_be_ends_with_2(run: Run, room: Path, arguments: list[str], words: list[str]) -> None:
    (room / "empty").mkdir()
    file(room, "", "a_file")
    told = run("grade", *arguments)
    assert told.code == 2
    assert all(word in told.err for word in words)
    assert "Traceback" not in told.err


def test_results_of_another_assignment_are_not_overwritten(run: Run, room: Path) -> None:
    path = room / "out" / "results.json"
    other = path.read_text("utf-8").replace('"assignment": "sums"', '"assignment": "products"')
    path.write_text(other, encoding="utf-8")
    told = run("grade", "handed_in", "-a", "sums", "-o", "out")
    assert told.code == 2
    assert "products" in told.err
    assert "--output" in told.err
    assert path.read_text("utf-8") == other


def test_damaged_results_are_made_anew_but_never_merged_with(run: Run, room: Path) -> None:
    path = room / "out" / "results.json"
    path.write_text("{", encoding="utf-8")
    told = run("grade", "handed_in", "-a", "sums", "-o", "out", "--student", "an")
    assert told.code == 2
    assert "without --student" in told.err
    assert path.read_text("utf-8") == "{"
    assert run("grade", "handed_in", "-a", "sums", "-o", "out").code == 0
    assert scores(room / "out") == {"an": 100, "binh": 40}


def test_a_lost_gradebook_costs_time_and_nothing_else(run: Run, room: Path) -> None:
    (room / "gradebook.db").unlink()
    told = run("grade", "handed_in", "-a", "sums", "-o", "out")
    assert told.code == 0, told.err
    assert scores(room / "out") == {"an": 100, "binh": 40}
    assert [row[:2] for row in recorded(room / "gradebook.db")] == [("an", "current"), ("binh", "current")]


def test_a_file_that_is_no_gradebook_is_left_as_it_is(run: Run, room: Path) -> None:
    (room / "gradebook.db").write_bytes(b"something else" * 1000)
    before = (room / "out" / "results.json").read_bytes()
    told = run("grade", "handed_in", "-a", "sums", "-o", "out")
    assert told.code == 2
    assert "gradebook.db" in told.err
    assert (room / "gradebook.db").read_bytes() == b"something else" * 1000
    assert (room / "out" / "results.json").read_bytes() == before


def test_a_suite_that_cannot_be_collected_ends_with_2(run: Run, room: Path, tiny_course: Course) -> None:
    (tiny_course.assignment("sums").hidden_dir / "test_broken.py").write_text("def test_(:\n")
    told = run("grade", "handed_in", "-a", "sums", "-o", "new")
    assert told.code == 2
    assert "test_broken.py" in told.err
    assert not (room / "new" / "results.json").exists()


def test_a_fault_of_the_suite_is_said_aloud(run: Run, room: Path, tiny_course: Course) -> None:
    (tiny_course.assignment("sums").hidden_dir / "test_unfair.py").write_text(
        'import pytest\n\n\n@pytest.mark.function("add")\ndef test_unfair(student):\n'
        '    """asks what nobody can"""\n    assert student.add(1.0, 2.0) == 4.0\n'
    )
    told = run("grade", "handed_in", "-a", "sums", "-o", "new")
    assert told.code == 0
    assert "1 of the suite's checks failed by their own fault, for 2 submissions" in told.err
    assert "First: add, asks what nobody can." in told.err
    assert "autograde verify" in told.err


def test_grading_needs_the_solutions(run: Run, room: Path, tiny_course: Course) -> None:
    tiny_course.solutions_dir.rename(tiny_course.root / "away")
    told = run("grade", "handed_in", "-a", "sums", "-o", "out")
    assert told.code == 2
    assert "solutions" in told.err
    assert "--course" in told.err


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    main(["grade", "--help"])
    shown = capsys.readouterr().out
    for option in ("--assignment", "--output", "--jobs", "--student", "--json", "--course", "--lang"):
        assert option in shown

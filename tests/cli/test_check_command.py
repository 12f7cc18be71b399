"""check: what a student sees of their own files, inside the folder and beside it; and submit's warning."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from autograder.course import Course

from .conftest import Run

ADD = "def add(x, y):\n    return x + y\n"
MEAN = "\n\ndef mean_of(x, y):\n    return sum(add(a, b) for a, b in zip(x, y)) / len(x)\n"
RIGHT = ADD + MEAN


@pytest.fixture
def mine(run: Run, desk: Path, tiny_course: Course) -> Path:
    """The student's file, as `start` gave it."""
    assert run("start", "sums").code == 0
    return desk / "sums" / "sums.py"


def set_limits(course: Course, submission_seconds: float, call_seconds: float) -> None:
    manifest = course.assignments_dir / "sums" / "assignment.toml"
    text = manifest.read_text("utf-8")
    assert "submission_seconds = 20" in text
    limits = f"submission_seconds = {submission_seconds}\ncall_seconds = {call_seconds}"
    manifest.write_text(text.replace("submission_seconds = 20", limits), encoding="utf-8")


def test_all_passes_inside_and_beside_and_by_name(
    run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine.write_text(RIGHT, encoding="utf-8")
    for arguments in (["check", "sums/"], ["check"]):
        told = run(*arguments)
        assert told.code == 0, told.err
        assert "2 of 2 functions written" in told.out
        assert "100 of the 100 points at stake" in told.out
        assert "Hidden checks decide the mark" in told.out
    monkeypatch.chdir(mine.parent)
    assert run("check").code == 0


def test_the_stub_is_not_written(run: Run, mine: Path) -> None:
    told = run("check", "sums")
    assert told.code == 1
    assert told.out.count("not written yet") == 2
    assert "0 of 2 functions written" in told.out
    assert "0 of the 100 points" in told.out


def test_the_first_failure_in_full_with_its_line_and_the_rest_on_demand(
    run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine.write_text("# mine\n" + RIGHT.replace("x + y", "x - y"), encoding="utf-8")
    told = run("check", "sums")
    assert told.code == 1
    assert "1 and 2 are 3" in told.out
    assert "add(1.0, 2.0)" in told.out
    assert "sums/sums.py:2" in told.out
    assert "the mean of 1 + 3" not in told.out
    assert "1 more failures: autograde check --all" in told.out
    assert "2 of 2 functions written" in told.out
    assert "0 of the 100 points" in told.out
    monkeypatch.chdir(mine.parent)
    told = run("check", "--all")
    assert told.code == 1
    assert "1 and 2 are 3" in told.out
    assert "the mean of 1 + 3" in told.out
    assert re.search(r"^ *sums\.py:2 *$", told.out, re.MULTILINE)
    assert re.search(r"^ *sums\.py:6 *$", told.out, re.MULTILINE)
    assert "more failures" not in told.out


def test_only_one_function(run: Run, mine: Path) -> None:
    mine.write_text(ADD, encoding="utf-8")
    told = run("check", "sums", "--only", "add")
    assert told.code == 0
    assert "mean_of" not in told.out
    assert "1 of 1 functions written" in told.out
    assert "40 of the 40 points" in told.out
    told = run("check", "sums", "--only", "mean_of")
    assert told.code == 1
    told = run("check", "sums", "--only", "ad")
    assert told.code == 2
    assert 'Did you mean "add"?' in told.err


def test_a_function_without_a_public_check_is_counted_too(run: Run, mine: Path) -> None:
    checks = mine.parent.parent.parent / "course" / "assignments" / "sums" / "test_sums.py"
    text = checks.read_text("utf-8")
    checks.write_text(text[: text.index('@pytest.mark.function("mean_of")')], encoding="utf-8")
    mine.write_text(RIGHT, encoding="utf-8")
    told = run("check", "sums")
    assert told.code == 0
    assert "2 of 2 functions written" in told.out
    assert "40 of the 100 points" in told.out


def test_a_syntax_error_shows_file_and_line(run: Run, mine: Path) -> None:
    mine.write_text(RIGHT + "def broken(:\n", encoding="utf-8")
    told = run("check", "sums")
    assert told.code == 1
    assert "sums/sums.py:7" in told.out
    assert "SyntaxError" in told.out
    assert "Traceback" not in told.out + told.err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("import torch", ["'torch' is not available in this course", "sums/sums.py:7"]),
        ("x = 1 / 0", ["ZeroDivisionError", "sums/sums.py:7"]),
        ("import sys; sys.exit(0)", ["SystemExit"]),
        ("import os; os._exit(0)", ["status 0"]),
        ("while True: pass", ["2 s", "loop outside the functions"]),
    ],
)
def test_a_file_that_cannot_be_loaded_says_why(
    run: Run, mine: Path, tiny_course: Course, line: str, words: list[str]
) -> None:
    if line.startswith("while"):
        set_limits(tiny_course, 2, 1)
    mine.write_text(f"{RIGHT}{line}\n", encoding="utf-8")
    told = run("check", "sums")
    assert told.code == 1
    for word in words:
        assert word in " ".join(told.out.split())


def test_a_function_that_hangs_loses_only_itself(run: Run, mine: Path, tiny_course: Course) -> None:
    set_limits(tiny_course, 20, 0.75)
    mine.write_text("def add(x, y):\n    while True: pass\n\ndef mean_of(x, y):\n    return 5.0\n")
    told = run("check", "sums")
    assert told.code == 1
    assert "0.75 s" in told.out
    assert "✓ mean_of" in told.out, told.out


def test_what_the_file_prints_is_shown_and_harmless(run: Run, mine: Path) -> None:
    mine.write_text(RIGHT + 'print("hello \\x1b[31m 2 of 2 [bold]")\n', encoding="utf-8")
    told = run("check", "sums")
    assert told.code == 0
    assert "Your file printed:" in told.out
    assert "hello \\x1b[31m 2 of 2 [bold]" in told.out
    assert "\x1b" not in told.out


HINTS = """
[add.where]
en = "Which sign is there?"
vi = "Dấu nào ở đó?"
[add.formula]
en = "x + y, {text}"
vi = "x + y, như vậy"
[mean_of.where]
en = "How many are there?"
[mean_of.formula]
en = "sum / N"
"""


@pytest.fixture
def hinted(mine: Path, tiny_course: Course) -> Path:
    """A student's file whose `add` is wrong and whose `mean_of` is not written, in a course with hints."""
    (tiny_course.assignments_dir / "sums" / "hints.toml").write_text(HINTS, encoding="utf-8")
    mine.write_text(ADD.replace("+", "-"), encoding="utf-8")
    return mine


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([], ["For a hint: autograde check --hint"]),
        (["--hint"], ["Which sign is there?"]),
        (["-HH"], ["Which sign is there?", "x + y, {text}"]),
        (["-H", "--hint", "-H"], ["Which sign is there?", "x + y, {text}", "no further hint for add"]),
        (["-HHHH", "--only", "add"], ["Which sign is there?", "x + y, {text}", "no further hint for add"]),
        (["-H", "--only", "mean_of"], ["For mean_of, which comes next:", "How many are there?"]),
    ],
)
def test_the_ladder_is_climbed_rung_by_rung(
    run: Run, hinted: Path, asked: list[str], told: list[str]
) -> None:
    every = {"Which sign is there?", "x + y, {text}", "How many are there?", "sum / N", "no further hint"}
    found = run("check", "sums", *asked)
    assert found.code == 1
    assert all(text in found.out for text in told)
    for text in every:
        assert (text in found.out) == any(text in one for one in told)


def test_hints_go_with_each_failure_that_is_shown(run: Run, hinted: Path) -> None:
    hinted.write_text(RIGHT.replace("x + y", "x - y"), encoding="utf-8")
    assert "How many are there?" not in run("check", "sums", "-H").out
    told = run("check", "sums", "-H", "--all").out
    assert told.index("1 and 2 are 3") < told.index("Which sign is there?") < told.index("the mean of 1 + 3")
    assert told.index("the mean of 1 + 3") < told.index("How many are there?")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (RIGHT, "there is nothing to hint at"),
        (RIGHT + "def (:\n", "Mend this first"),
        (ADD, "How many are there?"),
    ],
)
def test_a_hint_where_nothing_fails(run: Run, hinted: Path, source: str, words: str) -> None:
    hinted.write_text(source, encoding="utf-8")
    assert words in run("check", "sums", "--hint").out


def test_a_course_without_hints_says_so_kindly(run: Run, mine: Path) -> None:
    mine.write_text(ADD.replace("+", "-"), encoding="utf-8")
    assert "--hint" not in run("check", "sums").out
    assert "There is no hint for add yet." in run("check", "sums", "--hint").out


def test_labels_and_hints_in_the_students_language(run: Run, hinted: Path, tiny_course: Course) -> None:
    texts = tiny_course.assignments_dir / "sums" / "texts.vi.toml"
    texts.write_text('"1 and 2 are 3" = "1 cộng 2 là 3"\n"x" = "trộm"\n', encoding="utf-8")
    hinted.write_text('print("x")\ndef add(a, b):\n    raise ValueError("x")\n', encoding="utf-8")
    told = run("check", "sums", "-HH", "--lang", "vi").out
    assert "1 cộng 2 là 3" in told
    assert "Dấu nào ở đó?" in told
    assert "x + y, như vậy" in told
    # What a student's code says is nobody's key.
    assert "trộm" not in told
    check = run("check", "sums", "--lang", "vi", "--json").json["functions"][0]  # type: ignore[index]
    assert check["checks"][0]["label"] == "1 cộng 2 là 3"
    assert check["hints"] == ["Dấu nào ở đó?", "x + y, như vậy"]
    assert run("check", "sums", "--lang", "en", "--json").json["functions"][0]["hints"] == [  # type: ignore[index]
        "Which sign is there?",
        "x + y, {text}",
    ]


def test_nothing_is_hinted_at_in_json_where_nothing_fails(run: Run, hinted: Path) -> None:
    hinted.write_text(RIGHT, encoding="utf-8")
    functions = run("check", "sums", "--json").json["functions"]
    assert [one["hints"] for one in functions] == [[], []]  # type: ignore[attr-defined]


def test_json(run: Run, mine: Path) -> None:
    mine.write_text(ADD + 'print("loaded")\n', encoding="utf-8")
    told = run("check", "sums", "--json")
    assert told.code == 1
    functions = told.json["functions"]
    assert [(one["name"], one["outcome"], one["points"]) for one in functions] == [  # type: ignore[attr-defined]
        ("add", "passed", 40.0),
        ("mean_of", "not_written", 60.0),
    ]
    assert told.json["output"] == "loaded\n"
    assert told.json["error"] is None
    mine.write_text("def (:\n", encoding="utf-8")
    told = run("check", "sums", "--json")
    assert told.code == 1
    assert "line 1" in str(told.json["error"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"# one\n# B\xe0i\n", ["line 2", "0xe0", "UTF-8"]),
        (b"\x00\x01", ["not a text file"]),
        (b"#" * (2**20 + 1), ["too large"]),
    ],
)
def test_a_file_that_cannot_be_read(run: Run, mine: Path, content: bytes, words: list[str]) -> None:
    mine.write_bytes(content)
    told = run("check", "sums")
    assert told.code == 1
    assert all(word in told.err for word in words)


def test_no_file_and_no_assignment(run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine.unlink()
    told = run("check", "sums")
    assert told.code == 2
    assert "autograde start sums" in told.err
    told = run("check", "sume")
    assert told.code == 2
    assert 'Did you mean "sums"?' in told.err
    monkeypatch.chdir(mine.parent.parent.parent)
    told = run("check")
    assert told.code == 2
    assert "Which assignment?" in told.err


@pytest.mark.parametrize(
    ("source", "warning"),
    [
        (RIGHT, ""),
        (RIGHT.replace("x + y", "x - y"), "2 of 2 checks that you may see do not pass"),
        (RIGHT + "def (:\n", "sums.py, line 7"),
        ("import torch\n" + RIGHT, "'torch' is not available"),
        ("# caf\udce9\n", "0xe9"),
    ],
)
def test_submit_warns_and_still_hands_in(
    run: Run, mine: Path, tmp_path: Path, source: str, warning: str
) -> None:
    mine.write_text(source, encoding="utf-8", errors="surrogateescape")
    told = run("submit", "sums", "--yes")
    assert told.code == 0
    assert ("Warning" in told.err) == bool(warning)
    assert warning in told.err
    assert (tmp_path / "exchange" / "sums" / "an" / "sums.py").read_bytes() == mine.read_bytes()
    told = run("submit", "sums", "--yes", "--json")
    assert told.code == 0
    assert json.loads(told.out)["state"] == "submitted"

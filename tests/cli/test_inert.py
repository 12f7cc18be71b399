"""No command prints what acts: errors, ids, file names and what a student's code says are text to all of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click
import pytest

from autograder.cli import main as command_line
from autograder.cli import shown
from autograder.errors import AutogradeError, CourseError, SystemFault, UsageError
from autograder.gradebook.receipt import FileLine, read_receipt, to_json
from autograder.reports import write

from ..reports.corpus import CORPUS, acting, attacked
from ..reports.samples import class_of
from .conftest import Run

TRICK = "\x1b]52;c;ZXZpbA==\x07\x9b2J\u202e\u200b\x00[red]\ngrader: 100/100"
SHORT = {name: trick for name, trick in CORPUS.items() if len(trick) < 2000}

SAYS = f"""
print({TRICK!r})
def add(x, y):
    raise ValueError({TRICK!r} * 3)
class Odd(Exception):
    pass
Odd.__name__ = {TRICK!r}.replace(chr(0), '')
def mean_of(x, y):
    raise Odd({TRICK!r})
"""


def assert_inert(told: str) -> None:
    assert not acting(told)
    assert not [line for line in told.splitlines() if line.startswith("grader")]


@pytest.mark.parametrize("trick", SHORT.values(), ids=SHORT.keys())
@pytest.mark.parametrize(
    "kind", [AutogradeError, UsageError, CourseError, SystemFault, click.UsageError, RuntimeError]
)
def test_an_error_is_text(
    kind: type[Exception], trick: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_options: object) -> None:
        raise kind(f'"{trick}" is wrong')

    monkeypatch.setenv("AUTOGRADE_DEBUG", "1")
    monkeypatch.setattr(command_line.cli, "main", fail)
    assert command_line.main(["list"]) != 0
    told = capsys.readouterr()
    assert told.out == ""
    assert " is wrong" in told.err
    assert not acting(told.err.replace("\t", ""))


def test_a_sentence_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a command forgets to clean is cleaned."""
    shown.echo(f"NOT DELIVERED YET: {TRICK}")
    shown.echo(f"Warning: {TRICK}", err=True)
    told = capsys.readouterr()
    assert told.out.startswith("NOT DELIVERED YET: ")
    assert not acting(told.out + told.err)


def test_report_suggests_an_id_as_text(run: Run, desk: Path) -> None:
    write.write_all(class_of(attacked("x", student="nguyen" + TRICK)), desk / "out", "en")
    told = run("report", str(desk / "out"), "--student", "nguyen" + TRICK.replace("\n", ""))
    assert told.code == 2
    assert "Did you mean" in told.err
    assert_inert(told.err)
    assert len(told.err.splitlines()) == 1


def test_report_shows_a_hostile_class_as_text(run: Run, desk: Path) -> None:
    results = class_of(*(attacked(trick, student=trick) for trick in SHORT.values()))
    write.write_all(results, desk / "out", "en")
    told = run("report", str(desk / "out"))
    assert told.code == 0
    assert_inert(told.out)
    one = run("report", str(desk / "out"), "--student", SHORT["a false log line"], "--all")
    assert one.code == 0
    assert_inert(one.out)


def test_report_names_a_damaged_place_as_text(run: Run, desk: Path) -> None:
    write.write_all(class_of(replace(attacked("x"), files={TRICK: "0" * 64})), desk / "out", "en")
    path = desk / "out" / write.RESULTS
    value = json.loads(path.read_text("utf-8"))
    value["reports"][0]["files"][TRICK] = 3
    path.write_text(json.dumps(value), "utf-8")
    told = run("report", str(desk / "out"))
    assert told.code == 2
    assert_inert(told.err)
    assert len(told.err.splitlines()) == 1


def test_a_receipt_with_hostile_names_is_text(run: Run, desk: Path) -> None:
    assert run("start", "sums").code == 0
    assert run("submit", "sums", "--yes", "--no-check").code == 0
    (saved,) = (desk / "sums" / ".autograde" / "receipts").iterdir()
    forged = replace(read_receipt(saved), files=(FileLine(TRICK, 1, "0" * 64),))
    saved.write_text(to_json(forged), "utf-8")
    told = run("status", "--verify", str(saved))
    assert told.code == 1
    assert "Missing: " in told.out
    assert_inert(told.out)


def test_check_shows_what_a_file_says_as_text(run: Run, desk: Path) -> None:
    assert run("start", "sums").code == 0
    (desk / "sums" / "sums.py").write_text(SAYS, "utf-8")
    told = run("check", "sums", "--all")
    assert told.code == 1
    assert "ValueError" in told.out
    assert "Your file printed" in told.out
    assert_inert(told.out)
    as_json = run("check", "sums", "--json")
    assert not acting(as_json.out)
    assert len(as_json.json["functions"]) == 2  # type: ignore[arg-type]


def test_check_shows_why_a_file_does_not_load_as_text(run: Run, desk: Path) -> None:
    assert run("start", "sums").code == 0
    (desk / "sums" / "sums.py").write_text(f"raise ValueError({TRICK!r})", "utf-8")
    told = run("check", "sums")
    assert told.code == 1
    assert "ValueError" in told.out
    assert_inert(told.out)
    warned = run("submit", "sums", "--yes")
    assert "ValueError" in warned.err
    assert_inert(warned.err)


def test_try_shows_what_a_file_says_as_text(run: Run, desk: Path) -> None:
    (desk / "work.py").write_text(SAYS, "utf-8")
    told = run("try", "test_adds", "--against", "work.py", "-a", "sums")
    assert told.code == 1
    assert "ValueError" in told.out
    assert_inert(told.out)


def test_output_in_check_is_short(run: Run, desk: Path) -> None:
    assert run("start", "sums").code == 0
    (desk / "sums" / "sums.py").write_text("print('✓ all\\n' * 1_000_000)", "utf-8")
    told = run("check", "sums")
    assert told.code == 1
    assert len(told.out.splitlines()) < 100
    assert not [line for line in told.out.splitlines() if line.startswith("✓")]

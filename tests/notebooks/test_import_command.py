"""`autograde import-nbgrader` as it is typed: the table, what it ends with, both languages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.cli.main import main
from tests.notebooks import sources
from tests.notebooks.sources import SQUARE, manual, write


@pytest.fixture
def eighty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.usefixtures("eighty")
def test_table_says_what_became_of_each_cell_in_80_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(
        tmp_path / "ps" / "source" / "hw" / "hw.ipynb",
        SQUARE,
        sources.tests("t", 1, "assert square(2) == 4"),
        sources.tests("u", 2, sources.REFUSED["mock"]),
        manual("m", 3, "words"),
    )
    assert main(["import-nbgrader", "ps"]) == 0
    shown = capsys.readouterr().out
    table = shown.partition("hw: square.")[0].splitlines()
    assert max(map(len, table)) <= 80
    rows = {line.split()[0]: line for line in table if line.split() and line.split()[0].isdigit()}
    assert set(rows) == {"1", "2", "3", "4"}
    assert "carried" in rows["2"]
    assert "left out" in rows["3"]
    assert "a person grades it (3)" in rows["4"]
    assert "5 points are left out" in shown
    assert "autograde verify --course" in shown
    assert (tmp_path / "ps-autograde" / "assignments" / "course.toml").is_file()


def test_ends_with_1_where_nothing_is_carried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.ipynb", manual("m", 3, "words"))
    assert main(["import-nbgrader", str(tmp_path / "a.ipynb"), "-o", str(tmp_path / "out")]) == 1
    assert "Nothing was made" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_ends_with_2_where_there_is_nothing_to_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import-nbgrader", str(tmp_path / "nowhere")]) == 2
    assert "is not there" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_no_fault_of_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "a.ipynb", SQUARE, sources.tests("t", 1, "assert square(2) == 4"))
    (tmp_path / "taken").write_text("a file")
    assert main(["import-nbgrader", str(tmp_path / "a.ipynb"), "-o", str(tmp_path / "taken" / "out")]) == 2
    assert "Cannot write" in capsys.readouterr().err


def test_names_in_a_notebook_cannot_move_the_cursor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(
        tmp_path / "a.ipynb",
        sources.text("![x](\x1b[31mred.png)"),
        SQUARE,
        sources.tests("t\x1b[2J", 1, "assert square(2) == 4"),
    )
    assert main(["import-nbgrader", str(tmp_path / "a.ipynb"), "-o", str(tmp_path / "out")]) == 0
    assert "\x1b" not in capsys.readouterr().out.replace("\x1b[0m", "")


@pytest.mark.slow
def test_nbgrader_s_own_quickstart(tmp_path: Path) -> None:
    run = [sys.executable, "-m", "nbgrader", "quickstart", "course101"]
    subprocess.run(run, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    out = tmp_path / "out"
    assert main(["import-nbgrader", str(tmp_path / "course101"), "-o", str(out)]) == 0
    assert main(["--course", str(out), "verify", "--input-sets", "1"]) == 0
    manifest = (out / "assignments" / "ps1" / "assignment.toml").read_text("utf-8")
    assert "points = 80  # 2 of 2.5 in nbgrader" in manifest
    assert "points = 20  # 0.5 of 2.5 in nbgrader" in manifest
    assert (out / "assignments" / "ps1" / "pictures" / "jupyter.png").is_file()

"""Plain `pytest` in the folder that `start` made: our plugin gives the checks the student's file."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Run, environment

RIGHT = (
    "def add(x, y):\n    return x + y\n\n"
    "def mean_of(x, y):\n    return sum(add(a, b) for a, b in zip(x, y)) / len(x)\n"
)


def plain(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    points = importlib.metadata.entry_points(group="pytest11")
    installed = any(point.value == "autograder.runner.plugin" for point in points)
    plugin = [] if installed else ["-p", "autograder.runner.plugin"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, "-p", "no:cacheprovider", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment(),
        timeout=120,
    )


@pytest.fixture
def folder(run: Run, desk: Path) -> Path:
    assert run("start", "sums").code == 0
    return desk / "sums"


def test_right_passes_without_a_warning(folder: Path) -> None:
    (folder / "sums.py").write_text(RIGHT, encoding="utf-8")
    told = plain(folder, "--strict-markers", "-W", "error")
    assert told.returncode == 0, told.stdout
    assert "2 passed" in told.stdout
    assert "warning" not in told.stdout


def test_wrong_fails_and_names_the_check_and_the_values(folder: Path) -> None:
    (folder / "sums.py").write_text(RIGHT.replace("x + y", "x - y"), encoding="utf-8")
    told = plain(folder)
    assert told.returncode == 1
    assert "2 failed" in told.stdout
    assert "-1 is" in told.stdout or "is -1" in told.stdout
    assert "3 is expected" in told.stdout


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def add(x, y:\n", "SyntaxError"),
        ("def add(x, y):\n    import os; os._exit(0)\n", "status 0"),
        ("# caf\udce9\n" + RIGHT, "0xe9"),
    ],
)
def test_a_file_that_cannot_be_run_fails_the_checks_and_not_pytest(
    folder: Path, source: str, words: str
) -> None:
    (folder / "sums.py").write_text(source, encoding="utf-8", errors="surrogateescape")
    told = plain(folder)
    assert told.returncode == 1
    assert words in told.stdout
    assert "INTERNALERROR" not in told.stdout + told.stderr


def test_the_stub_fails(folder: Path) -> None:
    told = plain(folder)
    assert told.returncode == 1
    assert "NotImplementedError" in told.stdout


def test_without_the_file_it_says_so(folder: Path) -> None:
    (folder / "sums.py").unlink()
    told = plain(folder)
    assert told.returncode == 1
    assert "there is no sums.py beside test_sums.py" in told.stdout

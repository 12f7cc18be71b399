"""A desk to work at and a way to run commands, in this process or in one of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.cli.main import main
from autograder.course import Course
from autograder.gradebook.address import url
from autograder.gradebook.store import Store

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Told:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        loaded: dict[str, object] = json.loads(self.out)
        return loaded


Run = Callable[..., Told]


@pytest.fixture
def desk(tiny_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in; course, exchange, identity and data folder come from the environment."""
    folder = tmp_path / "desk"
    for path in (folder, tmp_path / "exchange"):
        path.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("AUTOGRADE_COURSE", str(tiny_course.root))
    monkeypatch.setenv("AUTOGRADE_EXCHANGE", str(tmp_path / "exchange"))
    monkeypatch.setenv("AUTOGRADE_STUDENT", "an")
    monkeypatch.setenv("AUTOGRADE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("AUTOGRADE_CONFIG", str(tmp_path / "no-config.toml"))
    monkeypatch.setenv("AUTOGRADE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "140")
    return folder


@pytest.fixture
def run(desk: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> Told:
        code = main(arguments)
        output = capsys.readouterr()
        return Told(code, output.out, output.err)

    return run


def recorded(gradebook: Path, assignment: str = "sums") -> list[tuple[str, str, str]]:
    """What a gradebook has recorded: (student, state, when it was graded), in the order of recording."""
    with Store.open(url(gradebook)) as store:
        rows = [
            (one.id, one.submission.student, state, str(one.graded_at))
            for state in ("current", "superseded", "failed")
            for one in store.results(assignment, state=state)
        ]
    return [row[1:] for row in sorted(rows)]


def command(*arguments: str | Path) -> list[str]:
    """The command line of `autograde` in a process of its own."""
    return [sys.executable, "-m", "autograder", *map(str, arguments)]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "AUTOGRADE_LANG": "en", "COLUMNS": "140"}


def autograde(*arguments: str | Path, cwd: Path | None = None) -> Told:
    """Run `autograde` in a process of its own."""
    done = subprocess.run(
        command(*arguments), capture_output=True, text=True, env=environment(), cwd=cwd, timeout=120
    )
    return Told(done.returncode, done.stdout, done.stderr)

"""A student's folder that holds a notebook instead of a file: start, list, check, submit, status, watch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course

from .conftest import Run

ADD = "def add(x, y):\n    return x + y\n"
WRONG = ADD.replace("+", "-")
MEAN = "def mean_of(x, y):\n    return sum(add(a, b) for a, b in zip(x, y)) / len(x)\n"


@pytest.fixture
def mine(run: Run, desk: Path) -> Path:
    """The student's notebook, as `start` gave it."""
    assert run("start", "sums", "--notebook").code == 0
    return desk / "sums" / "sums.ipynb"


def write(path: Path, *sources: str, **cell: Any) -> None:
    """A notebook with these cells of code."""
    cells = [
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "source": source,
            **cell,
        }
        for source in sources
    ]
    path.write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}), encoding="utf-8"
    )


def test_start_gives_a_notebook_instead_of_the_stub(run: Run, mine: Path) -> None:
    assert sorted(path.name for path in mine.parent.iterdir()) == [
        "README.md", "README.vi.md", "sums.ipynb", "test_sums.py",
    ]  # fmt: skip
    notebook = json.loads(mine.read_text("utf-8"))
    assert notebook["metadata"]["autograder"]["language"] == "en"
    assert "%check add" in str(notebook)
    told = run("start", "sums", "--notebook", "--force", "--lang", "vi")
    assert "sums.ipynb" in told.out
    assert json.loads(mine.read_text("utf-8"))["metadata"]["autograder"]["language"] == "vi"


def test_it_is_listed_and_checked_beside_inside_and_by_name(
    run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "0 of 2 written" in run("list").out
    assert run("check", "sums").out.count("not written yet") == 2
    write(mine, ADD, "%matplotlib inline\n" + MEAN, "def broken(:")
    assert "2 of 2 written" in run("list").out
    for arguments in (["check", "sums/"], ["check"]):
        told = run(*arguments)
        assert told.code == 0, told.err
        assert "2 of 2 functions written" in told.out
        assert "100 of the 100 points" in told.out
        assert "Cell 3" in told.out, told.out
    monkeypatch.chdir(mine.parent)
    assert run("check", "--only", "add").code == 0


def test_a_failure_names_cell_and_line(run: Run, mine: Path) -> None:
    write(mine, "x = 1", "# mine\n" + WRONG)
    told = run("check", "--only", "add", "--only", "mean_of")
    assert told.code == 1
    assert "sums/sums.ipynb cell 2, line 2" in told.out
    assert "1 and 2 are 3" in told.out


def test_what_is_no_notebook_is_said(run: Run, mine: Path) -> None:
    mine.write_text("{")
    told = run("check", "sums")
    assert told.code == 1
    assert "it cannot be read as JSON" in told.err
    assert "unreadable" in run("list", "--json").out
    mine.unlink()
    assert "sums.py does not exist" in run("check", "sums").err


def test_a_file_beside_the_notebook_leaves_it_open_which_counts(run: Run, mine: Path, desk: Path) -> None:
    (mine.parent / "sums.py").write_text(ADD)
    for arguments in (["check", "sums"], ["submit", "sums", "--yes"]):
        told = run(*arguments)
        assert told.code != 0
        assert "There are both sums.py and sums.ipynb" in told.err
    told = run("submit", "sums", "--yes", "--notebook", str(mine))
    assert told.code == 0, told.err
    assert [path.name for path in (desk.parent / "exchange/sums/an").glob("sums*")] == ["sums.ipynb"]


def test_it_is_handed_in_with_a_receipt_that_verifies(run: Run, mine: Path, desk: Path) -> None:
    write(mine, ADD, MEAN)
    told = run("submit", "sums", "--yes")
    assert told.code == 0, told.err
    assert "sums.ipynb" in told.out
    assert "Not there" not in told.out
    assert "Not sent" not in told.out
    assert "Warning" not in told.err
    assert (desk.parent / "exchange/sums/an/sums.ipynb").read_bytes() == mine.read_bytes()
    (receipt,) = (mine.parent / ".autograde/receipts").glob("*.json")
    assert run("status", "--verify", str(receipt)).code == 0
    write(mine, ADD)
    assert run("status", "--verify", str(receipt)).code == 1


def test_one_that_replaces_an_earlier_file_replaces_it_in_the_exchange(
    run: Run, mine: Path, desk: Path
) -> None:
    top = desk.parent / "exchange/sums/an"
    (mine.parent / "sums.py").write_text(ADD)
    kept = mine.read_bytes()
    mine.unlink()
    assert run("submit", "sums", "--yes", "--no-check").code == 0
    (mine.parent / "sums.py").unlink()
    mine.write_bytes(kept)
    assert run("submit", "sums", "--yes", "--no-check").code == 0
    assert [path.name for path in top.glob("sums*")] == ["sums.ipynb"]


def test_an_answer_for_jupyter_is_json_with_html_and_text(
    run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    from types import SimpleNamespace

    text = json.dumps({"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", "source": WRONG}]})
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
    told = run("check", "sums", "--only", "add", "--cell", "check")
    assert told.code == 0, "the command worked; what it found is in the answer"
    assert told.json["passes"] is False
    assert told.json["failing"] == ["add"]
    (shown,) = told.json["shown"]  # type: ignore[misc]
    assert "add(1.0, 2.0)" in shown["text/plain"]
    assert "add(1.0, 2.0)" in shown["text/html"]


def test_watch_reads_a_notebook(tiny_course: Course, mine: Path) -> None:
    from rich.console import Console

    from autograder.cli.watch import _Watching
    from autograder.cli.work import work_file

    assignment = tiny_course.assignment("sums")
    watching = _Watching(assignment, mine.parent, "en", True, Console(), False)
    assert set(watching._look()) == {"sums.ipynb", "test_sums.py"}
    mine.rename(mine.with_name("kept"))
    (mine.parent / "sums.py").write_text(ADD)
    assert set(watching._look()) == {"sums.py", "test_sums.py"}, "and notices when it becomes a file"
    assert work_file(assignment, mine.parent).name == "sums.py"

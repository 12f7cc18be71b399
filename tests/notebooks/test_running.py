"""Which notebook is this kernel's, and what does it say now: the file, and what was run since it was saved."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from autograder.notebooks.running import Notebook, Ran, is_code, merged, notebook_now

SAVED = 1_000_000.0
BEFORE, AFTER = SAVED - 10, SAVED + 10
HELPER = "def helper(x):\n    return x"
MAIN = "def add(x, y):\n    return helper(x) + y"
CHECK = "%check add"


def save(path: Path, *cells: tuple[str, str], at: float = SAVED, **more: Any) -> Path:
    """A notebook of (id, source), saved at that time."""
    content = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"autograder": {"assignment": "sums"}},
        "cells": [
            {"cell_type": "code", "id": id, "metadata": {}, "outputs": [], "source": source.splitlines(True)}
            for id, source in cells
        ],
        **more,
    }
    path.write_text(json.dumps(content))
    os.utime(path, (at, at))
    return path


def now(path: Path, *ran: Ran, told: bool = True) -> Notebook:
    environment = {"JPY_SESSION_NAME": str(path)} if told else {}
    return notebook_now(ran, path.parent, environment, {})


def cells(notebook: Notebook) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(notebook.data)["cells"]]


def test_a_saved_notebook_is_taken_as_it_lies_there_to_the_byte(tmp_path: Path) -> None:
    path = save(tmp_path / "sums.ipynb", ("a", HELPER), ("b", MAIN), ("c", CHECK))
    found = now(path, Ran(HELPER, "a", BEFORE), Ran(MAIN, "b", AFTER), Ran(CHECK, "c", AFTER))
    assert found.data == path.read_bytes()
    assert (found.path, found.unsaved) == (path, False)
    assert found.metadata["autograder"] == {"assignment": "sums"}


def test_a_helper_that_was_deleted_and_saved_is_gone_although_the_kernel_has_it(tmp_path: Path) -> None:
    path = save(tmp_path / "sums.ipynb", ("b", MAIN), ("c", CHECK))
    found = now(path, Ran(HELPER, "a", BEFORE), Ran(MAIN, "b", BEFORE), Ran(CHECK, "c", AFTER))
    assert cells(found) == [MAIN, CHECK]
    assert not found.unsaved


def test_what_was_run_since_replaces_its_cell_and_a_new_cell_comes_last(tmp_path: Path) -> None:
    path = save(tmp_path / "sums.ipynb", ("a", HELPER), ("b", MAIN), ("c", CHECK))
    better = MAIN.replace("+ y", "+ y  # better")
    found = now(
        path,
        Ran("wrong", "b", AFTER),
        Ran(better, "b", AFTER),
        Ran("x = 1", "new", AFTER),
        Ran("x = 2", "new", AFTER),
    )
    assert cells(found) == [HELPER, better, CHECK, "x = 2"]
    assert found.unsaved


def test_an_edit_that_was_saved_but_not_run_counts(tmp_path: Path) -> None:
    path = save(tmp_path / "sums.ipynb", ("b", MAIN))
    found = now(path, Ran("def add(x, y):\n    return 0", "b", BEFORE))
    assert cells(found) == [MAIN]
    assert not found.unsaved


def test_commands_alone_make_no_notebook_unsaved(tmp_path: Path) -> None:
    path = save(tmp_path / "sums.ipynb", ("b", MAIN), ("c", CHECK))
    found = now(
        path, Ran("%submit", "new", AFTER), Ran("# ask\n%hint add", "c", AFTER), Ran("!ls", None, AFTER)
    )
    assert found.data == path.read_bytes()
    assert not found.unsaved


@pytest.mark.parametrize(
    ("source", "expected"),
    [("%submit", False), ("  # note\n\n!ls\n?add", False), ("%time x = 1\ny = 2", True), ("x", True)],
)
def test_what_is_code(source: str, expected: bool) -> None:
    assert is_code(source) is expected


def test_without_ids_a_cell_is_known_by_its_text_or_by_what_it_defines(tmp_path: Path) -> None:
    path = save(tmp_path / "sums.ipynb", ("a", HELPER), ("b", MAIN))
    other = "def add(x, y):\n    return 7"
    found = now(path, Ran(HELPER, None, AFTER), Ran(other, None, AFTER), Ran("print(1)", None, AFTER))
    assert cells(found) == [HELPER, other, "print(1)"]
    assert cells(now(path, Ran(other, None, AFTER), Ran(MAIN, None, AFTER))) == [HELPER, MAIN]


def test_ids_of_another_kind_are_told_by_what_a_cell_once_held() -> None:
    id = "vscode-notebook-cell:/sums.ipynb#W1"
    ran = [Ran("a = 1", id, BEFORE), Ran("a = 2", id, AFTER)]
    assert merged(["a = 1", "b = 1"], ["x", "y"], ran[1:], ran) == ["a = 2", "b = 1"]


def test_vs_code_tells_the_file_by_a_name_in_the_kernel(tmp_path: Path) -> None:
    path = save(tmp_path / "sums.ipynb", ("b", MAIN))
    found = notebook_now([], Path("/"), {"JPY_SESSION_NAME": "a-console"}, {"__vsc_ipynb_file__": str(path)})
    assert found.path == path


def test_a_notebook_is_guessed_only_where_one_fits_what_was_run(tmp_path: Path) -> None:
    path = save(tmp_path / "sums.ipynb", ("a", HELPER), ("b", MAIN))
    save(tmp_path / "other.ipynb", ("a", "y = 1"))
    (tmp_path / "broken.ipynb").write_text("{")
    ran = (Ran(HELPER, None, BEFORE), Ran(MAIN, None, BEFORE))
    assert now(path, *ran, told=False).path == path
    assert now(path, Ran("z = 1"), Ran("z = 2"), Ran(MAIN), told=False).path is None
    save(tmp_path / "sums-Copy1.ipynb", ("a", HELPER), ("b", MAIN))
    assert now(path, *ran, told=False).path is None, "two fit, so it cannot be told which"


def test_without_a_file_what_was_run_is_the_notebook(tmp_path: Path) -> None:
    ran = [Ran(""), Ran("x = 1", "a"), Ran("y = 1"), Ran("x = 2", "a"), Ran(CHECK)]
    found = notebook_now(ran, tmp_path, {}, {})
    assert cells(found) == ["x = 2", "y = 1", CHECK]
    assert (found.path, found.unsaved) == (None, False)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"cells": 3}', '{"nbformat": 3, "worksheets": []}', "[" * 99_999]
)
def test_a_file_that_is_no_notebook_is_handed_on_for_its_reader_to_say_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sums.ipynb"
    path.write_text(text)
    assert now(path, Ran(MAIN, "b", AFTER)).data == path.read_bytes()
    assert now(path, Ran(MAIN, "b", AFTER), told=False).path is None


def test_half_a_character_breaks_nothing(tmp_path: Path) -> None:
    found = notebook_now([Ran("x = '\ud800'")], tmp_path, {}, {})
    assert json.loads(found.data)["cells"][0]["source"].startswith("x = ")

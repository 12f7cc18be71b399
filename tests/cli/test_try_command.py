"""try: one hidden test on one file, for the author."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import Assignment, Course

from .conftest import Run


@pytest.fixture
def sums(desk: Path, tiny_course: Course) -> Assignment:
    return tiny_course.assignment("sums")


def test_a_mistake_fails_and_says_on_which_call(run: Run, sums: Assignment) -> None:
    mistake = sums.mistakes_dir / "sum_not_mean.py"
    told = run("try", "test_is_the_mean", "--against", str(mistake))
    assert told.code == 1
    assert "✗ test_sums.py::test_is_the_mean (mean_of): the mean, not the sum" in told.out
    assert "mean_of(" in told.out
    assert "0 of 1 passed" in told.out
    told = run("try", "add", "--against", str(mistake))
    assert told.code == 0
    assert "2 of 2 passed" in told.out


def test_any_file_with_the_assignment_named(run: Run, sums: Assignment, desk: Path) -> None:
    (desk / "work.py").write_text("def add(x, y):\n    raise KeyError('a')\n", encoding="utf-8")
    told = run("try", "test_adds", "--against", "work.py")
    assert told.code == 2
    assert "--assignment" in told.err
    told = run("try", "test_adds", "--against", "work.py", "-a", "sums", "--input-set", "3")
    assert told.code == 1
    assert "KeyError" in told.out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"def (:\n", ["sums.py", "line 1"]),
        (b"import torch\n", ["'torch' is not available"]),
        (b"# \xe9\n", ["0xe9"]),
    ],
)
def test_a_file_that_does_not_load(
    run: Run, sums: Assignment, desk: Path, content: bytes, words: list[str]
) -> None:
    (desk / "work.py").write_bytes(content)
    told = run("try", "test_adds", "--against", "work.py", "-a", "sums")
    assert told.code == 2
    assert all(word in told.err for word in words)


def test_no_such_test_or_file(run: Run, sums: Assignment) -> None:
    told = run("try", "test_nothing", "--against", str(sums.reference_path))
    assert told.code == 2
    assert "test_sums.py::test_adds" in told.err
    told = run("try", "test_adds", "--against", "nowhere.py", "-a", "sums")
    assert told.code == 2
    assert "nowhere.py is not a file" in told.err


def test_the_reference_passes_all(run: Run, sums: Assignment) -> None:
    told = run("try", "test_sums.py", "--against", str(sums.reference_path))
    assert told.code == 0
    assert "3 of 3 passed" in told.out

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import Course, find_course
from autograder.course import find as find_module
from autograder.errors import UsageError
from tests.conftest import make_tiny_course


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTOGRADE_COURSE", raising=False)


def test_the_nearest_parent_with_a_course(tiny_course: Course) -> None:
    assert find_course(start=tiny_course.solutions_dir / "sums" / "hidden").root == tiny_course.root


def test_named_wins_over_environment_wins_over_parents(
    tiny_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = make_tiny_course(tmp_path / "second")
    third = make_tiny_course(tmp_path / "third")
    monkeypatch.setenv("AUTOGRADE_COURSE", str(second.root))
    assert find_course(start=tiny_course.root).root == second.root
    assert find_course(third.root, start=tiny_course.root).root == third.root
    assert find_course(third.root / "assignments").root == third.root


def test_the_installed_copy_comes_last(
    tiny_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = tmp_path / "site-packages" / "autograder"
    installed = make_tiny_course(engine / "_course")
    monkeypatch.setattr(find_module, "_ENGINE", engine)
    assert find_course(start=tmp_path / "nowhere").root == installed.root
    assert find_course(start=tiny_course.root).root == tiny_course.root


def test_a_named_folder_must_hold_a_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"--course names .*assignments/course\.toml"):
        find_course(tmp_path)
    monkeypatch.setenv("AUTOGRADE_COURSE", str(tmp_path))
    with pytest.raises(UsageError, match="AUTOGRADE_COURSE names"):
        find_course()


def test_no_course_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find_module, "_ENGINE", tmp_path / "site-packages" / "autograder")
    with pytest.raises(UsageError, match="No course found"):
        find_course(start=tmp_path)

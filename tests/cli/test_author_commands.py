"""new and stubs: the author's path."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.cli.main import main
from autograder.course import Course, compose, input_set, load_course, mistakes, variants


@pytest.fixture
def course(tiny_course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    monkeypatch.setenv("AUTOGRADE_COURSE", str(tiny_course.root))
    return tiny_course


def test_stubs_are_checked_and_regenerated(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    stub = course.assignment("sums").stub_path
    generated = stub.read_bytes()
    assert main(["stubs", "--check"]) == 0
    stub.write_bytes(generated.replace(b"Element by element", b"By hand"))
    capsys.readouterr()
    assert main(["stubs", "--check"]) == 1
    shown = capsys.readouterr().out
    assert "-    " in shown
    assert "By hand" in shown
    assert stub.read_bytes() != generated
    assert main(["stubs", "sums"]) == 0
    assert stub.read_bytes() == generated
    assert main(["stubs", "--check"]) == 0


def test_a_broken_reference_is_named(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    reference = course.assignment("sums").reference_path
    reference.write_text("def add(x, y):\n    # BEGIN SOLUTION\n    return x + y\n", encoding="utf-8")
    assert main(["stubs"]) == 2
    told = capsys.readouterr().err
    assert str(reference) in told
    assert "Line 2" in told


def test_new_makes_a_whole_course_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "averages"]) == 0
    course = load_course(tmp_path)
    assert course.assignments == ("averages",)
    assignment = course.assignment("averages")
    reference = assignment.reference_path.read_text(encoding="utf-8")
    namespaces = {}
    for entry in (*mistakes(assignment), *variants(assignment)):
        namespace: dict[str, object] = {}
        exec(compose(reference, entry.source), namespace)
        namespaces[entry.name] = namespace
    assert namespaces["with_a_loop"]["mean"]([1, 2, 6]) == 3  # type: ignore[operator]
    assert namespaces["sum_not_mean"]["mean"]([1, 2, 6]) == 9  # type: ignore[operator]
    assert 0 <= input_set(course, assignment, {"averages.py": b""}) < 8
    assert main(["stubs", "--check", "--course", str(tmp_path)]) == 0
    for path in (assignment.public_checks, assignment.hidden_dir / "test_averages.py"):
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
        assert "ASSIGNMENT" not in path.read_text(encoding="utf-8")


def test_new_adds_to_a_course_and_touches_nothing_else(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(course.root)
    manifest = course.assignments_dir / "course.toml"
    manifest.write_text("# a comment\n" + manifest.read_text(encoding="utf-8"), encoding="utf-8")
    secret = course.secret_key_path.read_bytes()
    assert main(["new", "averages"]) == 0
    assert load_course(course.root).assignments == ("sums", "averages")
    assert manifest.read_text(encoding="utf-8").startswith("# a comment\n")
    assert course.secret_key_path.read_bytes() == secret
    stub = course.assignments_dir / "averages" / "averages.py"
    stub.write_text("changed", encoding="utf-8")
    capsys.readouterr()
    assert main(["new", "averages"]) == 2
    assert "already there" in capsys.readouterr().err
    assert stub.read_text(encoding="utf-8") == "changed"


def test_new_leaves_a_list_with_trailing_comma_and_lines_valid(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course.root)
    manifest = course.assignments_dir / "course.toml"
    text = manifest.read_text(encoding="utf-8").replace('["sums"]', '[\n    "sums",\n]')
    manifest.write_text(text, encoding="utf-8")
    assert main(["new", "averages"]) == 0
    assert load_course(course.root).assignments == ("sums", "averages")


@pytest.mark.parametrize("name", ["../x", "Has Space", "class", "1st", "UPPER"])
def test_new_refuses_what_cannot_be_a_module(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", name]) == 2
    assert "module's name" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())

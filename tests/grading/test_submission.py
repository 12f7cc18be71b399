"""Files on disk become bytes in memory: read once, from regular files only, within their limits."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import pytest

from autograder.course import Assignment, Course
from autograder.grading import submission
from autograder.grading.submission import Submission, read
from autograder.language import say

LINKS = pytest.mark.skipif(os.name == "nt", reason="no links or pipes of this kind")


@pytest.fixture
def assignment(course: Course) -> Assignment:
    return course.assignment("chain")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "an"
    made.mkdir()
    return made


def problem(found: Submission) -> str:
    assert found.problem is not None
    return say(found.problem, "en")


def notices(found: Submission) -> list[str]:
    return [say(notice, "en") for notice in found.notices]


def test_a_file_and_its_siblings(folder: Path, assignment: Assignment) -> None:
    for name in ("chain.py", "helper.py", "notes.txt"):
        (folder / name).write_text(f"# {name}\n", encoding="utf-8")
    found = read("an", folder, assignment)
    assert found.files == {"chain.py": b"# chain.py\n", "helper.py": b"# helper.py\n"}
    assert found.hashes["helper.py"] == hashlib.sha256(b"# helper.py\n").hexdigest()
    assert notices(found) == ["Ignored: notes.txt."]


@pytest.mark.parametrize("name", ["chain.ipynb", "hand in.zip", "chain.tar.gz", "CHAIN.ZIP"])
def test_a_notebook_or_one_archive_alone(folder: Path, assignment: Assignment, name: str) -> None:
    (folder / name).write_bytes(b"as it is")
    assert read("an", folder, assignment).files == {name: b"as it is"}


@pytest.mark.parametrize(
    ("name", "stands_for"),
    [("final (2).py", "chain.py"), ("final.ipynb", "chain.ipynb"), ("final.zip", "final.zip")],
)
def test_one_file_of_any_name(tmp_path: Path, assignment: Assignment, name: str, stands_for: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert read("final", tmp_path / name, assignment).files == {stands_for: b"x"}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), ["no chain.py", "no Python file"]),
        (("Chain.py",), ["no chain.py", "Chain.py", "Rename"]),
        (("work.ipynb",), ["no chain.py", "work.ipynb", "Rename", "chain.ipynb"]),
        (("chain.py", "chain.ipynb"), ["both", "Remove chain.ipynb"]),
        (("chain.py", "CHAIN.py"), ["CHAIN.py", "chain.py", "only in case"]),
        (("chain.py", "đạo.py", "đa\u0323o.py"), ["only in case or in how an accent is stored"]),
        (("a.zip", "b.tar"), ["no chain.py", "2 archives"]),
        (("chain.pyc",), ["no chain.py", "no Python file"]),
        (("chain.PY", "chain.py.txt"), ["no chain.py", "no Python file"]),
    ],
)
def test_names_that_leave_it_open(
    folder: Path, assignment: Assignment, names: tuple[str, ...], words: list[str]
) -> None:
    for name in names:
        (folder / name).write_bytes(b"x = 1\n")
    if len(list(folder.iterdir())) < len(names):
        pytest.skip("this file system holds these names to be one")
    text = problem(read("an", folder, assignment))
    assert all(word in text for word in words), text


def test_modules_of_python_are_not_replaced(folder: Path, assignment: Assignment) -> None:
    shadowing = ["numpy.py", "random.py", "pytest.py", "typing.py"]
    for name in ("chain.py", *shadowing):
        (folder / name).write_bytes(b"raise SystemExit")
    found = read("an", folder, assignment)
    assert list(found.files) == ["chain.py"]
    told = notices(found)
    assert all(
        any(f"Ignored: {name}" in text and "another name" in text for text in told) for name in shadowing
    )


def test_what_configures_programs_is_data_at_most(folder: Path, assignment: Assignment) -> None:
    configuration = ["pytest.ini", "pyproject.toml", "tox.ini", "evil.pth", "evil-1.dist-info"]
    for name in ("chain.py", "conftest.py", "sitecustomize.py", *configuration):
        (folder / name).write_bytes(b"x = 1\n")
    found = read("an", folder, assignment)
    # Python files are modules for the worker's memory, as any sibling; nothing else is taken along.
    assert set(found.files) == {"chain.py", "conftest.py", "sitecustomize.py"}
    assert {f"Ignored: {name}." for name in configuration} == set(notices(found))


def test_odd_names_are_named_harmlessly(folder: Path, assignment: Assignment) -> None:
    (folder / "chain.py").write_bytes(b"x")
    for name in ("-rf", "CON", "a\nb.py", "\x1b]0;x\x07.py", "=1+1.py", "x" * 251 + ".txt"):
        (folder / name).write_bytes(b"x")
    found = read("an", folder, assignment)
    assert list(found.files) == ["chain.py"]
    assert all(text.isprintable() for text in notices(found))
    assert len(found.notices) == 6


def test_notices_and_files_are_bounded(folder: Path, assignment: Assignment) -> None:
    (folder / "chain.py").write_bytes(b"x")
    for number in range(49):
        (folder / f"m{number}.py").write_bytes(b"x")
        (folder / f"{number}.txt").write_bytes(b"x")
    found = read("an", folder, assignment)
    assert len(found.files) == 50
    assert len(found.notices) == 20
    (folder / "one_more.py").write_bytes(b"x")
    assert "51 files; 50 are allowed" in problem(read("an", folder, assignment))


def test_a_folder_of_very_many_entries(
    folder: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submission, "MAX_ENTRIES", 5)
    for number in range(9):
        (folder / f"{number}.txt").touch()
    assert "6 files; 5 are allowed" in problem(read("an", folder, assignment))


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("chain.py", submission.MAX_FILE_BYTES),
        ("chain.ipynb", submission.MAX_NOTEBOOK_BYTES),
        ("a.zip", submission.MAX_ARCHIVE_BYTES),
    ],
)
def test_sizes_to_the_byte(folder: Path, assignment: Assignment, name: str, limit: int) -> None:
    (folder / name).touch()
    os.truncate(folder / name, limit)
    assert len(read("an", folder, assignment).files[name]) == limit
    os.truncate(folder / name, limit + 1)
    found = read("an", folder, assignment)
    assert not found.files
    assert str(limit + 1) in problem(found)
    assert str(limit) in problem(found)


def test_a_large_notebook_may_have_modules(folder: Path, assignment: Assignment) -> None:
    (folder / "tools.py").write_bytes(b"x = 1\n")
    (folder / "chain.ipynb").touch()
    os.truncate(folder / "chain.ipynb", 100 * 2**20)
    assert set(read("an", folder, assignment).files) == {"chain.ipynb", "tools.py"}


def test_a_notebook_too_large_is_told_to_clear_its_outputs(folder: Path, assignment: Assignment) -> None:
    (folder / "chain.ipynb").touch()
    os.truncate(folder / "chain.ipynb", 129 * 2**20)
    assert "Clear its outputs" in problem(read("an", folder, assignment))


def test_a_notebook_beside_the_file_as_it_was_handed_out(folder: Path, assignment: Assignment) -> None:
    stub = assignment.stub_path.read_bytes()
    (folder / "chain.ipynb").write_bytes(b"{}")
    (folder / "chain.py").write_bytes(stub.replace(b"\n", b"\r\n") + b"\r\n")
    found = read("an", folder, assignment)
    assert list(found.files) == ["chain.ipynb"]
    assert notices(found) == ["Ignored: chain.py. Nothing was written in it, so chain.ipynb was graded."]
    (folder / "chain.py").write_bytes(stub + b"x = 1\n")
    assert "both chain.py and chain.ipynb" in problem(read("an", folder, assignment))


@pytest.mark.parametrize("name", ["chain (1).ipynb", "Chain.ipynb", "chain-Copy1.ipynb", "chain_an.ipynb"])
def test_a_notebook_that_was_renamed_on_its_way(folder: Path, assignment: Assignment, name: str) -> None:
    (folder / name).write_bytes(b"{}")
    found = read("an", folder, assignment)
    assert found.files == {"chain.ipynb": b"{}"}
    assert f"{name} was graded as chain.ipynb" in notices(found)[0]


def test_sizes_together(folder: Path, assignment: Assignment) -> None:
    for number in range(33):
        name = f"m{number}.py" if number else "chain.py"
        (folder / name).touch()
        os.truncate(folder / name, 2**20)
    assert "come to" in problem(read("an", folder, assignment))


def test_a_file_that_grows_is_read_to_its_limit(
    folder: Path, assignment: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "chain.py"
    path.write_bytes(b"x = 1\n")
    real = os.fstat

    def grow_after(descriptor: int) -> os.stat_result:
        status = real(descriptor)
        if status.st_size == 6:
            os.truncate(path, 50 * 2**20)
        return status

    monkeypatch.setattr(os, "fstat", grow_after)
    assert "too large" in problem(read("an", folder, assignment))


@LINKS
@pytest.mark.parametrize("name", ["chain.py", "chain.ipynb", "a.zip"])
def test_no_link_is_followed(folder: Path, assignment: Assignment, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_bytes(b"hidden")
    (folder / name).symlink_to(tmp_path / "secret")
    found = read("an", folder, assignment)
    assert not found.files
    assert "not a regular file" in problem(found)


@LINKS
def test_a_sibling_that_is_a_link_is_left_out(folder: Path, assignment: Assignment, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"hidden")
    (folder / "chain.py").write_bytes(b"x")
    (folder / "helper.py").symlink_to(tmp_path / "secret")
    found = read("an", folder, assignment)
    assert list(found.files) == ["chain.py"]
    assert "helper.py is not a regular file" in notices(found)[0]


@LINKS
@pytest.mark.parametrize("name", ["chain.py", "chain.ipynb", "a.tar"])
def test_a_pipe_does_not_make_us_wait(folder: Path, assignment: Assignment, name: str) -> None:
    os.mkfifo(folder / name)
    found: list[Submission] = []
    reading = threading.Thread(target=lambda: found.append(read("an", folder, assignment)), daemon=True)
    reading.start()
    reading.join(10)
    assert found, "it waits for the other end of the pipe"
    assert "not a regular file" in problem(found[0])


@LINKS
def test_a_folder_swapped_for_a_link_is_not_entered(
    folder: Path, assignment: Assignment, tmp_path: Path
) -> None:
    """Between finding the folders and reading them, someone may put another's in its place."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "chain.py").write_bytes(b"secret")
    folder.rmdir()
    folder.symlink_to(other)
    found = read("an", folder, assignment)
    assert not found.files
    assert "cannot be read" in problem(found)


@LINKS
def test_a_folder_swapped_while_it_is_read_stays_the_one_that_was_opened(
    folder: Path, assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "chain.py").write_bytes(b"secret")
    (folder / "chain.py").write_bytes(b"own")
    real = submission.choose

    def swap_then_choose(*arguments: object) -> object:
        folder.rename(tmp_path / "away")
        folder.symlink_to(other)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(submission, "choose", swap_then_choose)
    assert read("an", folder, assignment).files == {"chain.py": b"own"}


def test_what_is_graded_is_what_was_hashed(folder: Path, assignment: Assignment) -> None:
    (folder / "chain.py").write_bytes(b"first")
    found = read("an", folder, assignment)
    (folder / "chain.py").write_bytes(b"second")
    assert found.files["chain.py"] == b"first"
    assert found.hashes == {"chain.py": hashlib.sha256(b"first").hexdigest()}

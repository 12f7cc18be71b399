"""grade and the gradebook: what is kept of a run, what another run finds there, and what happens where it cannot be written."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.cli import gathered
from autograder.cli.gathered import Gathered
from autograder.course import Course
from autograder.gradebook import tables
from autograder.gradebook.address import url
from autograder.gradebook.exchange import submit
from autograder.gradebook.store import Store
from autograder.gradebook.values import Kept
from autograder.gradebook.when import handed_in
from autograder.grading.submission import read

from ..reports.samples import PARTLY, class_of
from .conftest import Run, autograde, environment, recorded
from .test_grade_command import ONLY_ADD, RIGHT, file

TIME = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


@pytest.fixture
def book(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = desk / "gradebook.db"
    monkeypatch.setenv("AUTOGRADE_GRADEBOOK", str(path))
    return path


def kept(book: Path) -> list[Kept]:
    with Store.open(url(book)) as store:
        return list(store.submissions("sums"))


def folder(desk: Path, **students: str) -> Path:
    for student, text in students.items():
        (desk / "handed_in" / student).mkdir(parents=True, exist_ok=True)
        file(desk / "handed_in" / student, text)
    return desk / "handed_in"


# -- what is kept ------------------------------------------------------------------------------------------------


def test_another_file_is_another_attempt_and_the_same_one_is_not(run: Run, desk: Path, book: Path) -> None:
    for text in (ONLY_ADD, ONLY_ADD, RIGHT):
        folder(desk, an=text)
        assert run("grade", "handed_in", "-a", "sums").code == 0
    assert [(one.student, one.number) for one in kept(book)] == [("an", 1), ("an", 2)]
    assert [row[:2] for row in recorded(book)] == [("an", "current")] * 2


def test_what_is_graded_is_found_from_another_folder_of_reports(run: Run, desk: Path, book: Path) -> None:
    folder(desk, an=RIGHT, binh=ONLY_ADD)
    assert run("grade", "handed_in", "-a", "sums", "-o", "one").code == 0
    first = recorded(book)
    assert run("grade", "handed_in", "-a", "sums", "-o", "two").code == 0
    assert recorded(book) == first
    assert (desk / "one" / "results.json").read_bytes() == (desk / "two" / "results.json").read_bytes()


def test_the_option_names_another_gradebook(run: Run, desk: Path, book: Path) -> None:
    folder(desk, an=RIGHT)
    assert run("grade", "handed_in", "-a", "sums", "--gradebook", "other.db").code == 0
    assert not book.exists()
    assert [row[0] for row in recorded(desk / "other.db")] == ["an"]


def test_the_receipt_says_when(run: Run, desk: Path, book: Path, tiny_course: Course, tmp_path: Path) -> None:
    submit(
        tmp_path / "exchange", tiny_course.assignment("sums"), "An Nguyễn", {"sums.py": RIGHT.encode()}, TIME
    )
    assert run("grade", str(tmp_path / "exchange" / "sums"), "-a", "sums").code == 0
    assert [(one.student, one.handed_in, one.source) for one in kept(book)] == [
        ("An Nguyễn", TIME, "exchange")
    ]


def test_without_a_receipt_nobody_knows(run: Run, desk: Path, book: Path) -> None:
    folder(desk, an=RIGHT)
    assert run("grade", "handed_in", "-a", "sums").code == 0
    assert [(one.handed_in, one.source) for one in kept(book)] == [(None, "folder")]


@pytest.mark.parametrize(
    "what", ["other bytes", "other student", "no receipt", "a pipe", "no zone", "too deep"]
)
def test_a_receipt_of_something_else_says_nothing(
    what: str, desk: Path, tiny_course: Course, tmp_path: Path
) -> None:
    import os

    assignment = tiny_course.assignment("sums")
    submit(tmp_path / "exchange", assignment, "an", {"sums.py": RIGHT.encode()}, TIME)
    top = tmp_path / "exchange" / "sums" / "an"
    receipt = top / ".receipt.json"
    student = "an"
    if what == "other bytes":
        file(top, ONLY_ADD)
    elif what == "other student":
        student = "binh"
    elif what == "no receipt":
        receipt.write_bytes(b"\xff{}")
    elif what == "a pipe":
        receipt.unlink()
        os.mkfifo(receipt)
    elif what == "no zone":
        told = json.loads(receipt.read_text())
        told["time_local"] = "2026-11-20T08:30:00"
        receipt.write_text(json.dumps(told))
    else:
        receipt.write_text("[" * 100_000)
    assert handed_in(read(student, top, assignment), top, "sums") == (None, "folder")


def test_a_time_far_out_is_kept_or_unknown_but_no_error(
    desk: Path, tiny_course: Course, tmp_path: Path
) -> None:
    assignment = tiny_course.assignment("sums")
    edge = datetime.max.replace(tzinfo=UTC) - timedelta(microseconds=1)
    submit(tmp_path / "exchange", assignment, "an", {"sums.py": RIGHT.encode()}, edge)
    top = tmp_path / "exchange" / "sums" / "an"
    receipt = top / ".receipt.json"
    told = json.loads(receipt.read_text())
    told["time_local"] = "9999-12-31T23:59:59-10:00"
    receipt.write_text(json.dumps(told))
    assert handed_in(read("an", top, assignment), top, "sums")[0] is None


# -- pages and the table -----------------------------------------------------------------------------------------


def test_without_pages_and_with_them_later(run: Run, desk: Path, book: Path) -> None:
    folder(desk, an=RIGHT)
    assert run("grade", "handed_in", "-a", "sums", "-o", "out", "--html", "never").code == 0
    assert sorted(path.name for path in (desk / "out").iterdir()) == [
        "class.html",
        "marks.csv",
        "results.json",
    ]
    assert run("report", "out").code == 0
    assert (desk / "out" / "an.html").exists()


def test_a_table_has_the_first_of_a_large_class(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gathered, "MOST_SHOWN", 3)
    students = [f"s{number}" for number in range(8)]
    told = Gathered(students)
    for student in ("s5", "s1", "s7", "s0", "s6", "s3"):
        told.add(replace(PARTLY, student=student))
    told.show(class_of())
    out = capsys.readouterr().out
    assert [name for name in students if name in out] == ["s0", "s1", "s3"]
    assert "first 3 of 6" in out


# -- where it cannot be written ----------------------------------------------------------------------------------


def mounted(place: Path, *options: str) -> bool:
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(place)]
    return (
        sys.platform == "linux"
        and bool(shutil.which("mount"))
        and not subprocess.run(command, capture_output=True).returncode
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """An empty disk of 120 KiB."""
    place = tmp_path / "disk"
    if not mounted(place, "size=120k"):
        pytest.skip("mounting a tmpfs is not allowed here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_fills_with_reports_is_said_and_the_same_command_continues(
    run: Run, desk: Path, book: Path, small_disk: Path
) -> None:
    folder(desk, **{f"s{number}": RIGHT + f"# {number}\n" for number in range(12)})
    told = run("grade", "handed_in", "-a", "sums", "-o", str(small_disk / "out"))
    assert told.code == 2, told.err
    assert "No space left on device" in told.err
    assert "Traceback" not in told.err
    first = recorded(book)
    subprocess.run(["mount", "-o", "remount,size=16m", str(small_disk)], check=True)
    again = run("grade", "handed_in", "-a", "sums", "-o", str(small_disk / "out"))
    assert again.code == 0, again.err
    assert recorded(book)[: len(first)] == first
    assert len(recorded(book)) == 12
    assert len(json.loads((small_disk / "out" / "results.json").read_text("utf-8"))["reports"]) == 12
    assert not [path for path in (small_disk / "out").iterdir() if path.name.startswith(".")]


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_graded(
    run: Run, desk: Path, book: Path, small_disk: Path
) -> None:
    folder(desk, an=RIGHT)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    told = run("grade", "handed_in", "-a", "sums", "-o", str(small_disk / "out"))
    assert told.code == 2
    assert "Read-only file system" in told.err
    assert "--output DIR" in told.err
    assert not book.exists()


@pytest.mark.slow
def test_two_graders_at_once_are_one_too_many(desk: Path, book: Path) -> None:
    slow = RIGHT + "import time\ntime.sleep(1)\n"
    folder(desk, **{f"s{number}": slow + f"# {number}\n" for number in range(6)})
    first = subprocess.Popen(
        [sys.executable, "-m", "autograder", "grade", "handed_in", "-a", "sums", "-o", "one", "-j", "1"],
        cwd=desk,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not (book.exists() and _any_recorded(book)):
            assert first.poll() is None
        second = autograde("grade", "handed_in", "-a", "sums", "-o", "two", cwd=desk)
        assert second.code == 2, (second.out, second.err)
        assert "sums" in second.err
        assert not (desk / "two" / "results.json").exists()
        assert first.wait(60) == 0
    finally:
        first.kill()
        first.wait()
    assert len(recorded(book)) == 6


def _any_recorded(book: Path) -> bool:
    from autograder.errors import AutogradeError

    try:
        return bool(recorded(book))
    except AutogradeError:
        return False


def test_that_another_suite_counts_is_said_once_before_grading(run: Run, desk: Path, book: Path) -> None:
    folder(desk, an=RIGHT, binh=ONLY_ADD)
    told = run("grade", "handed_in", "-a", "sums")
    assert "suite" not in told.err
    with Store.open(url(book)) as store, store.begin() as connection:
        connection.execute(tables.results.update().values(suite_version="old", key="old"))
    told = run("grade", "handed_in", "-a", "sums")
    assert told.err.count("2 results of suite old count now; what is graded here counts at once") == 1
    assert "'autograde regrade -a sums' first shows who gains and who loses." in told.err
    assert "suite" not in run("grade", "handed_in", "-a", "sums").err


def test_another_course_s_gradebook_is_not_read_as_this_one_s(
    run: Run, desk: Path, book: Path, tiny_course: Course
) -> None:
    folder(desk, an=RIGHT)
    with Store.open(url(book)) as store:
        store.belongs_to("last\x1byear")
        store.hand_in(
            "sums", read("an", desk / "handed_in" / "an", tiny_course.assignment("sums")), source="x"
        )
    for arguments in (
        ("marks", "-a", "sums"),
        ("audit",),
        ("policy",),
        ("policy", "--per-day", "10"),
        ("deadline", "-a", "sums"),
        ("adjust", "-a", "sums"),
        ("regrade", "-a", "sums"),
        ("class-report", "-a", "sums"),
        ("export", "-a", "sums", "--format", "csv", "--preview"),
        ("grade", "handed_in", "-a", "sums"),
    ):
        told = run(*arguments)
        assert told.code == 2, arguments
        assert 'is of the course "last\\x1byear", not of "tiny"' in told.err, arguments

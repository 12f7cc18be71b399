from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import UsageError
from autograder.gradebook import exchange as exchange_module
from autograder.gradebook.exchange import ExchangeUnavailable, store, submissions, submit
from autograder.gradebook.receipt import receipt_for
from autograder.names import folder_name, student_id

NOW = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    (tmp_path / "exchange").mkdir()
    return tmp_path / "exchange"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}


def test_the_latest_is_on_top_and_all_earlier_ones_are_kept(tiny_course: Course, shelf: Path) -> None:
    sums = tiny_course.assignment("sums")
    for number in range(3):
        content = f"x = {number}\n".encode()
        receipt = submit(shelf, sums, "an", {"sums.py": content}, NOW + timedelta(minutes=number))
        assert contents(shelf / "sums" / "an") == {"sums.py": content}
    found = submissions(shelf, "sums", "an")
    assert [contents(stored.folder)["sums.py"] for stored in found] == [b"x = 2\n", b"x = 1\n", b"x = 0\n"]
    assert [stored.is_latest for stored in found] == [True, False, False]
    assert found[0].receipt == receipt
    assert [path.name for path in (shelf / "sums").iterdir()] == ["an"]
    assert sorted(path.name for path in (shelf / "sums" / "an").iterdir()) == [
        ".history",
        ".receipt.json",
        ".student.json",
        "sums.py",
    ]
    assert sorted(path.name for path in (shelf / "sums" / "an" / ".history").iterdir()) == sorted(
        f"20261121T133{number}00-000000-{stored.receipt.id[:12]}"
        for number, stored in enumerate(reversed(found))
    )


@pytest.mark.parametrize(
    "student", ["an", "..", "-x", "a\nb", "a\udcff", "x" * 255, "class", "CON", "An", "đ"]
)
def test_a_hostile_id_stays_inside_and_is_read_back(tiny_course: Course, shelf: Path, student: str) -> None:
    submit(shelf, tiny_course.assignment("sums"), student, {"sums.py": b"1"}, NOW)
    (folder,) = (shelf / "sums").iterdir()
    assert folder.name == folder_name(student)
    assert student_id(folder) == student
    assert [stored.receipt.student for stored in submissions(shelf, "sums", student)] == [student]


def test_one_that_had_to_wait_does_not_replace_a_later_one(tiny_course: Course, shelf: Path) -> None:
    sums = tiny_course.assignment("sums")
    submit(shelf, sums, "an", {"sums.py": b"new"}, NOW)
    old = receipt_for(sums, "an", {"sums.py": b"old"}, NOW - timedelta(hours=1), "0.1.0")
    store(shelf, old, {"sums.py": b"old"})
    assert contents(shelf / "sums" / "an") == {"sums.py": b"new"}
    assert [contents(stored.folder)["sums.py"] for stored in submissions(shelf, "sums", "an")] == [
        b"new",
        b"old",
    ]


def test_the_same_bytes_again_are_one_more_submission(tiny_course: Course, shelf: Path) -> None:
    sums = tiny_course.assignment("sums")
    first = submit(shelf, sums, "an", {"sums.py": b"1"}, NOW)
    second = submit(shelf, sums, "an", {"sums.py": b"1"}, NOW + timedelta(minutes=1))
    assert first.id == second.id
    assert [stored.receipt.time for stored in submissions(shelf, "sums", "an")] == [second.time, first.time]


def test_the_same_receipt_again_is_the_same_submission(tiny_course: Course, shelf: Path) -> None:
    """The outbox sends once more what a crash kept it from striking off."""
    receipt = submit(shelf, tiny_course.assignment("sums"), "an", {"sums.py": b"1"}, NOW)
    store(shelf, receipt, {"sums.py": b"1"})
    assert [stored.receipt for stored in submissions(shelf, "sums", "an")] == [receipt]


def test_many_at_once_are_all_kept_and_the_top_is_whole(tiny_course: Course, shelf: Path) -> None:
    sums = tiny_course.assignment("sums")
    failures: list[BaseException] = []

    def one(number: int) -> None:
        try:
            for step in range(5):
                content = f"{number} {step}".encode()
                submit(shelf, sums, "an", {"sums.py": content}, NOW + timedelta(seconds=step))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    found = submissions(shelf, "sums", "an")
    assert len({contents(stored.folder)["sums.py"] for stored in found}) == 20
    assert found[0].is_latest
    assert found[0].receipt.time == NOW + timedelta(seconds=4)


def test_a_failure_while_writing_leaves_the_old_one(
    tiny_course: Course, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sums = tiny_course.assignment("sums")
    submit(shelf, sums, "an", {"sums.py": b"old"}, NOW)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exchange_module.os, "fsync", full)
    with pytest.raises(ExchangeUnavailable, match="No space left"):
        submit(shelf, sums, "an", {"sums.py": b"new"}, NOW + timedelta(hours=1))
    assert contents(shelf / "sums" / "an") == {"sums.py": b"old"}
    assert len(list((shelf / "sums" / "an" / ".history").iterdir())) == 1


class Crash(BaseException):
    """The process ends here."""


def crash_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Let the process die before its `step`-th change to what others see: a rename, a deletion, a new folder."""
    left = [step]

    def dying(real: Callable[..., object]) -> Callable[..., object]:
        def change(*arguments: object, **options: object) -> object:
            left[0] -= 1
            if left[0] < 0:
                raise Crash
            return real(*arguments, **options)

        return change

    monkeypatch.setattr(exchange_module.os, "replace", dying(os.replace))
    for name in ("rename", "unlink", "mkdir"):
        monkeypatch.setattr(Path, name, dying(getattr(Path, name)))
    # A dead process tidies nothing up either.
    monkeypatch.setattr(exchange_module.shutil, "rmtree", lambda *arguments, **options: None)


@pytest.mark.parametrize("step", range(10))
def test_a_crash_between_any_two_steps_loses_nothing(
    tiny_course: Course, shelf: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    sums = replace(tiny_course.assignment("sums"), files=("sums.py", "helper.py", "more.py"))
    old = {"sums.py": b"old", "helper.py": b"old helper", "more.py": b"dropped later"}
    new = {"sums.py": b"new", "helper.py": b"new helper"}
    submit(shelf, sums, "an", old, NOW)
    receipt = receipt_for(sums, "an", new, NOW + timedelta(hours=1), "0.1.0")
    with monkeypatch.context() as patched:
        crash_at(patched, step)
        try:
            store(shelf, receipt, new)
            died = False
        except Crash:
            died = True
    assert died == (step < 9)  # otherwise the crash is not between the steps that there are
    kept = [contents(stored.folder) for stored in submissions(shelf, "sums", "an")]
    assert old in kept
    assert (new in kept) == (step >= 3)
    if step <= 4:
        assert contents(shelf / "sums" / "an") == old
    store(shelf, receipt, new)  # the outbox sends it again
    assert contents(shelf / "sums" / "an") == new
    found = submissions(shelf, "sums", "an")
    assert [(contents(stored.folder), stored.is_latest) for stored in found] == [(new, True), (old, False)]


def test_an_exchange_that_is_away_is_not_made_up(tiny_course: Course, tmp_path: Path) -> None:
    away = tmp_path / "not" / "mounted"
    with pytest.raises(ExchangeUnavailable, match="no such folder"):
        submit(away, tiny_course.assignment("sums"), "an", {"sums.py": b"1"}, NOW)
    assert not away.exists()


def test_only_the_assignments_files_are_taken(tiny_course: Course, shelf: Path) -> None:
    sums = tiny_course.assignment("sums")
    with pytest.raises(UsageError, match=r'"\.\./x\.py" is not part of sums'):
        submit(shelf, sums, "an", {"../x.py": b""}, NOW)
    with pytest.raises(UsageError, match="nothing to submit"):
        submit(shelf, sums, "an", {}, NOW)
    assert not list(shelf.iterdir())


def test_what_was_put_there_by_hand_is_moved_to_the_history(tiny_course: Course, shelf: Path) -> None:
    top = shelf / "sums" / "an"
    (top / "a folder").mkdir(parents=True)
    (top / "sums.py").write_bytes(b"by hand")
    receipt = submit(shelf, tiny_course.assignment("sums"), "an", {"sums.py": b"1"}, NOW)
    assert contents(top) == {"sums.py": b"1"}
    (kept,) = (top / ".history").glob("*-unknown")
    assert sorted(path.name for path in kept.iterdir()) == ["a folder", "sums.py"]
    assert (kept / "sums.py").read_bytes() == b"by hand"
    assert [stored.receipt for stored in submissions(shelf, "sums", "an")] == [receipt]


def test_a_damaged_one_in_the_history_never_comes_to_the_top(tiny_course: Course, shelf: Path) -> None:
    sums = tiny_course.assignment("sums")
    submit(shelf, sums, "an", {"sums.py": b"1"}, NOW)
    damaged = submit(shelf, sums, "an", {"sums.py": b"2"}, NOW + timedelta(hours=2))
    (folder,) = (shelf / "sums" / "an" / ".history").glob(f"*{damaged.id[:12]}")
    (folder / "sums.py").write_bytes(b"changed")
    submit(shelf, sums, "an", {"sums.py": b"3"}, NOW + timedelta(hours=1))
    assert contents(shelf / "sums" / "an") == {"sums.py": b"3"}


def test_the_instructor_sees_when_it_arrived(tiny_course: Course, shelf: Path) -> None:
    submit(shelf, tiny_course.assignment("sums"), "an", {"sums.py": b"1"}, NOW)
    about = json.loads((shelf / "sums" / "an" / ".student.json").read_bytes())
    arrived = datetime.fromisoformat(about["received_utc"])
    assert abs(arrived - datetime.now(UTC)) < timedelta(minutes=5)


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write"
)
def test_no_permission(tiny_course: Course, shelf: Path) -> None:
    shelf.chmod(0o500)
    try:
        with pytest.raises(ExchangeUnavailable, match="Permission denied"):
            submit(shelf, tiny_course.assignment("sums"), "an", {"sums.py": b"1"}, NOW)
    finally:
        shelf.chmod(0o700)

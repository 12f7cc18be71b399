from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import AutogradeError
from autograder.gradebook import exchange as exchange_module
from autograder.gradebook import outbox as outbox_module
from autograder.gradebook.exchange import submissions
from autograder.gradebook.outbox import put, saved_receipts, send, waiting
from autograder.gradebook.receipt import read_receipt, receipt_for

NOW = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)
FILES = {"sums.py": b"x = 1\n"}


def test_what_waits_is_sent_once_the_exchange_is_back(tiny_course: Course, tmp_path: Path) -> None:
    outbox, exchange, work = tmp_path / "outbox", tmp_path / "exchange", tmp_path / "work"
    work.mkdir()
    sums = tiny_course.assignment("sums")
    for minute in (0, 1):
        files = {"sums.py": f"x = {minute}\n".encode()}
        put(
            outbox,
            receipt_for(sums, "an", files, NOW + timedelta(minutes=minute), "0"),
            files,
            exchange,
            work,
        )
    assert [entry.files()["sums.py"] for entry in waiting(outbox)] == [b"x = 0\n", b"x = 1\n"]
    sent = send(outbox)
    assert not sent.arrived
    assert [why for _, why in sent.failed] == ["there is no such folder"] * 2
    assert len(waiting(outbox)) == 2

    exchange.mkdir()
    sent = send(outbox)
    assert len(sent.arrived) == 2
    assert waiting(outbox) == []
    found = submissions(exchange, "sums", "an")
    assert (found[0].folder / "sums.py").read_bytes() == b"x = 1\n"
    assert len(found) == 2
    assert [read_receipt(path).id for path in saved_receipts(work)] == [
        entry.receipt.id for entry in sent.arrived
    ]


def test_a_crash_after_sending_sends_again_and_loses_nothing(
    tiny_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox, exchange = tmp_path / "outbox", tmp_path / "exchange"
    exchange.mkdir()
    receipt = receipt_for(tiny_course.assignment("sums"), "an", FILES, NOW, "0")
    put(outbox, receipt, FILES, exchange, tmp_path)

    def crash(*arguments: object) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(outbox_module, "save_receipt", crash)
    with pytest.raises(KeyboardInterrupt):
        send(outbox)
    monkeypatch.undo()
    assert len(send(outbox).arrived) == 1
    assert (exchange / "sums" / "an" / "sums.py").read_bytes() == FILES["sums.py"]


def test_a_crash_while_it_is_brought_to_the_top_is_mended_by_sending_again(
    tiny_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox, exchange = tmp_path / "outbox", tmp_path / "exchange"
    exchange.mkdir()
    sums = tiny_course.assignment("sums")
    put(outbox, receipt_for(sums, "an", FILES, NOW, "0"), FILES, exchange, tmp_path)
    send(outbox)
    newer = {"sums.py": b"x = 2\n"}
    put(outbox, receipt_for(sums, "an", newer, NOW + timedelta(hours=1), "0"), newer, exchange, tmp_path)

    def crash(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(exchange_module, "_bring_to_top", crash)
        with pytest.raises(KeyboardInterrupt):
            send(outbox)
    top = exchange / "sums" / "an" / "sums.py"
    assert top.read_bytes() == FILES["sums.py"]
    assert len(send(outbox).arrived) == 1
    assert top.read_bytes() == newer["sums.py"]
    assert len(submissions(exchange, "sums", "an")) == 2
    assert waiting(outbox) == []


def test_where_it_cannot_be_kept_nothing_is_submitted(tiny_course: Course, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    receipt = receipt_for(tiny_course.assignment("sums"), "an", FILES, NOW, "0")
    with pytest.raises(AutogradeError, match="AUTOGRADE_DATA"):
        put(tmp_path / "a file" / "outbox", receipt, FILES, tmp_path, tmp_path)


def test_an_entry_that_was_damaged_stays_and_hinders_no_other(tiny_course: Course, tmp_path: Path) -> None:
    outbox, exchange = tmp_path / "outbox", tmp_path / "exchange"
    exchange.mkdir()
    receipt = receipt_for(tiny_course.assignment("sums"), "an", FILES, NOW, "0")
    broken = put(outbox, receipt, FILES, exchange, tmp_path)
    (broken.folder / "files" / "sums.py").write_bytes(b"changed")
    later = receipt_for(tiny_course.assignment("sums"), "an", FILES, NOW + timedelta(minutes=1), "0")
    put(outbox, later, FILES, exchange, tmp_path)
    (outbox / "not an entry").mkdir()
    sent = send(outbox)
    assert [entry.receipt for entry in sent.arrived] == [later]
    assert [entry.folder for entry, _ in sent.failed] == [broken.folder]
    assert broken.folder.is_dir()

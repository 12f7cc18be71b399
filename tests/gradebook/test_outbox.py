from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autograder.course import Course
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

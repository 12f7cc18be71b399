from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import UsageError
from autograder.gradebook.receipt import Receipt, from_json, read_receipt, receipt_for, to_json, verify

HANOI = timezone(timedelta(hours=7), "ICT")
NOW = datetime(2026, 11, 21, 20, 30, 5, 123456, tzinfo=HANOI)
FILES = {"sums.py": b"x = 1\n"}


@pytest.fixture
def receipt(tiny_course: Course) -> Receipt:
    return receipt_for(tiny_course.assignment("sums"), "an", FILES, NOW, "0.1.0")


def test_the_id_depends_on_student_assignment_and_files_alone(tiny_course: Course, receipt: Receipt) -> None:
    sums = tiny_course.assignment("sums")
    later = receipt_for(sums, "an", FILES, NOW + timedelta(days=1), "0.2.0")
    assert later.id == receipt.id
    others = [
        receipt_for(sums, "binh", FILES, NOW, "0.1.0"),
        receipt_for(sums, "an", {"sums.py": b"x = 2\n"}, NOW, "0.1.0"),
        replace(receipt, assignment="other"),
    ]
    assert len({receipt.id, *(other.id for other in others)}) == 4
    assert len(receipt.id) == 64


def test_its_json_says_both_times_the_zone_and_comes_back(receipt: Receipt) -> None:
    content = json.loads(to_json(receipt))
    assert content["time_utc"] == "2026-11-21T13:30:05.123456Z"
    assert content["time_local"] == "2026-11-21T20:30:05.123456+07:00"
    assert content["zone"] == "ICT"
    assert content["deadline_state"] == "on time"
    # The hash is what `printf 'x = 1\n' | sha256sum` prints.
    digest = "9e26bf369911c45c243c684147b23fc9e1dcfcf257d299a1c632016a6fcd33f4"
    assert content["files"] == [{"name": "sums.py", "size": 6, "sha256": digest}]
    again, claimed = from_json(to_json(receipt), "here")
    assert again == receipt
    assert claimed == receipt.id


def test_late_is_measured_against_the_deadline_across_zones(receipt: Receipt) -> None:
    deadline = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
    late = replace(receipt, deadline=deadline)
    assert late.late_by == timedelta(minutes=30, seconds=5, microseconds=123456)
    assert json.loads(to_json(late))["deadline_state"] == "late"
    assert replace(receipt, deadline=NOW).late_by is None
    assert json.loads(to_json(replace(receipt, deadline=None)))["deadline_state"] == "none"


def test_a_student_id_of_undecodable_bytes_survives(tiny_course: Course, tmp_path: Path) -> None:
    receipt = receipt_for(tiny_course.assignment("sums"), "a\udcff\n", FILES, NOW, "0.1.0")
    path = tmp_path / "receipt.json"
    path.write_text(to_json(receipt), encoding="utf-8")
    assert read_receipt(path) == receipt


@pytest.mark.parametrize(
    ("files", "changed", "missing", "added"),
    [
        ({"sums.py": b"x = 1\n"}, (), (), ()),
        ({"sums.py": b"x = 1\r\n"}, ("sums.py",), (), ()),
        ({}, (), ("sums.py",), ()),
        ({"sums.py": b"x = 1\n", "more.py": b""}, (), (), ("more.py",)),
    ],
)
def test_verify_tells_what_differs(
    receipt: Receipt,
    tmp_path: Path,
    files: dict[str, bytes],
    changed: tuple[str, ...],
    missing: tuple[str, ...],
    added: tuple[str, ...],
) -> None:
    path = tmp_path / "receipt.json"
    path.write_text(to_json(receipt), encoding="utf-8")
    verdict = verify(path, files)
    assert (verdict.changed, verdict.missing, verdict.added) == (changed, missing, added)
    assert verdict.matches == (not changed and not missing and not added)


def test_a_receipt_whose_text_was_changed_no_longer_verifies(receipt: Receipt, tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    path.write_text(to_json(receipt).replace('"student": "an"', '"student": "binh"'), encoding="utf-8")
    verdict = verify(path, FILES)
    assert not verdict.id_is_right
    assert not verdict.matches


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"schema": "other/1"}'])
def test_what_is_no_receipt_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"receipt"):
        verify(path, FILES)
    with pytest.raises(UsageError, match="cannot be read"):
        verify(tmp_path / "nowhere.json", FILES)

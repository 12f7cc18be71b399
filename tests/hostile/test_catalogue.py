"""Every attack of the catalogue is safe with us, and works where the one defence against it is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.catalogue import IDS, entries
from tests.hostile.entry import SUBMISSIONS, Entry
from tests.hostile.graded import CANARY, COURSE, HONEST, Grading
from tests.hostile.judge import assert_effective, assert_safe

ENTRIES = entries()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_is_safe(entry: Entry, grading: Grading, tmp_path: Path) -> None:
    assert_safe(entry, grading, tmp_path)


@pytest.mark.parametrize(
    "entry", [entry for entry in ENTRIES if entry.control is not None], ids=lambda entry: entry.id
)
def test_control_works(entry: Entry, tmp_path: Path) -> None:
    assert_effective(entry, tmp_path)


def test_the_honest_submission_has_full_marks_before_and_after(grading: Grading) -> None:
    assert grading.grade(HONEST).score == 100


def test_the_entries_are_those_of_the_catalogue() -> None:
    assert [entry.id for entry in ENTRIES] == list(IDS)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_is_complete(entry: Entry) -> None:
    assert entry.attack
    assert entry.outcome
    assert (entry.control is None) == bool(entry.no_control), "a control, or one line why there is none"
    names = [name for name in (entry.file, *entry.variants) if isinstance(name, str)]
    assert [name for name in names if not (SUBMISSIONS / name).exists()] == []
    assert [name for name in names if not name.startswith(entry.id)] == []


def test_the_canary_is_where_only_the_grader_may_look() -> None:
    secret = [path for path in (COURSE / "solutions/hw").rglob("*.py") if CANARY in path.read_text("utf-8")]
    assert len(secret) == 3
    elsewhere = [*(COURSE / "assignments").rglob("*"), *SUBMISSIONS.rglob("*")]
    assert [path for path in elsewhere if path.is_file() and CANARY.encode() in path.read_bytes()] == []

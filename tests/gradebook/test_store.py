"""What is kept comes back as it was, in SQLite and in PostgreSQL, in the order of code points."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import SystemFault, UsageError
from autograder.gradebook import store as store_module
from autograder.gradebook import tables
from autograder.gradebook.store import Store
from autograder.gradebook.values import Student
from autograder.grading.submission import Submission
from autograder.model import Status, message
from tests.gradebook.made_up import grade, marks, report_on, submission

HOSTILE = [
    "..",
    "-rf",
    "an\nbinh",
    "\udce9t\udcff",  # invalid UTF-8, as os.fsdecode gives it
    "nul\0l\x01",
    "\\udce9",
    "\ud7ff",
    "\ue000",
    "\U0001f600",
    "x" * 255,
    "class",
    "An",
    "an",
    unicodedata.normalize("NFC", "Nguyễn"),
    unicodedata.normalize("NFD", "Nguyễn"),
    "'; DROP TABLE students; --",
    "%s %(x)s :name",
]


@given(st.lists(st.text(st.characters(), max_size=4), min_size=2, max_size=2))
def test_any_text_can_be_kept_and_keeps_its_place(texts: list[str]) -> None:
    kept = [tables.escaped(text) for text in texts]
    assert [tables.unescaped(text) for text in kept] == texts
    for text in kept:
        assert "\0" not in text
        text.encode()  # raises where there is a lone surrogate
    assert (kept[0] < kept[1]) == (texts[0] < texts[1])
    # Both databases compare the bytes of UTF-8.
    assert (kept[0].encode() < kept[1].encode()) == (texts[0] < texts[1])


def test_hostile_ids_are_that_many_students_in_order(store: Store) -> None:
    for name in HOSTILE:
        store.hand_in("hw", submission(name, f"# {name!r}\n"), source="folder")
    assert list(store.students()) == sorted(HOSTILE)
    kept = list(store.submissions("hw"))
    assert [one.student for one in kept] == sorted(HOSTILE)
    assert {one.number for one in kept} == {1}
    assert store.files(kept[0].id) == {"hw.py": f"# {kept[0].student!r}\n".encode()}
    grade(store, [submission(name, f"# {name!r}\n") for name in HOSTILE])
    assert [mark[0] for mark in marks(store)] == sorted(HOSTILE)
    assert [result.report().student for result in store.results("hw")] == sorted(HOSTILE)


def test_the_same_bytes_are_the_same_submission_and_other_bytes_another_attempt(store: Store) -> None:
    first = store.hand_in("hw", submission("an", "1"), source="folder")
    assert store.hand_in("hw", submission("an", "1"), source="folder") == first
    second = store.hand_in("hw", submission("an", "2"), source="folder")
    # What was handed in before, but not last, is handed in once more.
    third = store.hand_in("hw", submission("an", "1"), source="folder")
    assert first < second < third
    assert store.hand_in("other", submission("an", "1"), source="folder") not in (first, second, third)
    assert [(one.id, one.number) for one in store.submissions("hw")] == [(first, 1), (second, 2), (third, 3)]
    assert store.files(first) == store.files(third) == {"hw.py": b"1"}


def test_a_file_s_name_counts_as_well_as_its_bytes(store: Store) -> None:
    first = store.hand_in("hw", Submission("an", {"a.py": b"1", "b.py": b"2"}), source="folder")
    second = store.hand_in("hw", Submission("an", {"a.py": b"2", "b.py": b"1"}), source="folder")
    assert first != second
    assert store.hand_in("hw", Submission("an", {"b.py": b"1", "a.py": b"2"}), source="folder") == second


def test_what_cannot_be_graded_costs_no_attempt(store: Store) -> None:
    none = Submission("an", {}, message("The folder holds no {file}.", file="hw.py"))
    store.hand_in("hw", none, source="folder")
    store.hand_in("hw", submission("an", "1"), source="folder")
    grade(store, [submission("an", "def(")], 0, Status.UNGRADABLE)
    store.hand_in("hw", submission("an", "3"), source="folder")
    assert [one.number for one in store.submissions("hw")] == [0, 1, 0, 2]
    assert [one.number for one in store.submissions("hw", "an")] == [0, 1, 0, 2]


def test_two_that_hold_no_file_are_told_apart_by_what_was_wrong(store: Store) -> None:
    def without(size: int) -> Submission:
        return Submission("an", {}, message("{size} bytes are too many.", size=size))

    first = store.hand_in("hw", without(1), source="folder")
    assert store.hand_in("hw", without(2), source="folder") != first
    assert store.submission(first).problem == message("{size} bytes are too many.", size=1)


def test_a_submission_comes_back_to_be_graded_again(store: Store) -> None:
    one = Submission(
        "an",
        {"hw.py": b"\x00\xff", "more.py": b""},
        message("a {b}", b="\udcff\0"),
        (message("c {d}", d=1.5),),
    )
    assert store.submission(store.hand_in("hw", one, source="folder")) == one
    with pytest.raises(UsageError, match="no submission 99"):
        store.submission(99)


def test_what_was_read_otherwise_of_the_same_bytes_replaces_how_they_read(store: Store) -> None:
    id = store.hand_in("hw", submission("an", notices=(message("old"),)), source="folder")
    assert store.hand_in("hw", submission("an", notices=(message("new"),)), source="folder") == id
    assert store.submission(id).notices == (message("new"),)


def test_times_come_back_in_utc_whatever_zone_they_were_told_in(store: Store) -> None:
    told = datetime(2026, 10, 25, 2, 30, 0, 123456, timezone(timedelta(hours=7)))
    store.hand_in("hw", submission("an"), handed_in=told, source="exchange")
    [kept] = store.submissions("hw")
    assert kept.handed_in == told
    assert kept.handed_in is not None
    assert kept.handed_in.tzinfo is UTC
    assert kept.handed_in.hour == 19
    assert abs(kept.received - datetime.now(UTC)) < timedelta(minutes=5)


def test_the_first_time_that_was_told_stays(store: Store) -> None:
    early, late = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    for told in (None, early, None, late):
        store.hand_in("hw", submission("an"), handed_in=told, source="folder")
    assert [kept.handed_in for kept in store.submissions("hw")] == [early]


def test_a_clock_that_was_set_back_changes_no_order(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        hour_of = iter((5, 3, 4))

        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def]
            return datetime(2026, 1, 1, next(cls.hour_of), tzinfo=tz)

    monkeypatch.setattr(store_module, "datetime", Clock)
    ids = [store.hand_in("hw", submission("an", str(n)), source="folder") for n in range(3)]
    kept = list(store.submissions("hw"))
    assert [one.id for one in kept] == ids
    assert [one.number for one in kept] == [1, 2, 3]
    assert [one.received.hour for one in kept] == [5, 3, 4]


def test_ids_are_not_used_again(store: Store) -> None:
    from autograder.gradebook.forget import forget

    first = store.hand_in("hw", submission("an"), source="folder")
    forget(store, "an", author="me")
    assert store.hand_in("hw", submission("binh"), source="folder") > first


def test_nothing_of_a_transaction_stays_that_ended_in_an_error(store: Store) -> None:
    def fails() -> None:
        with store.begin():
            store.hand_in("hw", submission("an"), source="folder")
            store.audit("x", author="me")
            assert len(list(store.submissions("hw"))) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert list(store.submissions("hw")) == list(store.audits()) == []
    assert store.students() == {}


def test_the_audit_trail_holds_any_data(store: Store) -> None:
    store.audit(
        "a", author="m\ne", assignment="hw", student="\udcff", before=None, after={"x": ["\0\udcff", 1]}
    )
    store.audit("b", author="me", assignment="hw", reason="\\ \x00")
    first, second = store.audits(assignment="hw")
    assert (first.student, first.before, first.after) == ("\udcff", None, {"x": ["\0\udcff", 1]})
    assert second.reason == "\\ \x00"
    assert [line.action for line in store.audits(student="\udcff")] == ["a"]


def test_results_stream_while_others_write(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "_AT_ONCE", 10)
    grade(store, [submission(f"s{n:04}") for n in range(35)])
    stream = store.results("hw")
    first = next(stream)
    grade(store, [submission("s0000", "new"), submission("t")], 9000)
    rest = list(stream)
    # One state from the first to the last row.
    assert [first.submission.student, *(one.submission.student for one in rest)] == [
        f"s{n:04}" for n in range(35)
    ]
    assert len(marks(store)) == 37
    assert [mark for mark in marks(store) if mark[0] == "s0000"] == [
        ("s0000", 1, "graded", 5000),
        ("s0000", 2, "graded", 9000),
    ]


def test_a_report_can_be_fetched_later(store: Store) -> None:
    grade(store, [submission("an"), submission("binh")])
    found = list(store.results("hw", reports=False))
    assert [one.report() for one in found] == [report_on(submission("an")), report_on(submission("binh"))]
    [only] = store.results("hw", student="binh")
    assert only.submission.student == "binh"
    assert only.input_set == 3


def test_changed_bytes_in_the_database_are_noticed(store: Store) -> None:
    id = store.hand_in("hw", submission("an"), source="folder")
    with store.begin() as connection:
        connection.execute(tables.files.update().values(data=b"rubbish"))
    with pytest.raises(SystemFault, match="is not what was handed in"):
        store.files(id)


# -- students ---------------------------------------------------------------------------------------------------


def test_students_are_merged(store: Store) -> None:
    store.hand_in("hw", submission("an"), source="folder")
    assert store.add_students([Student("an", name="An", ids={"canvas_id": "7"})], "me") == ["an"]
    assert store.add_students([Student("an", email="an@x.org", ids={"moodle_id": "8"})], "me") == ["an"]
    assert store.add_students([Student("an", name="An")], "me") == []
    assert store.students() == {
        "an": Student("an", "An", "an@x.org", ids={"canvas_id": "7", "moodle_id": "8"})
    }
    assert store.add_students([Student("an", ids={"canvas_id": "9"})], "me") == ["an"]
    assert store.students()["an"].ids == {"canvas_id": "9", "moodle_id": "8"}
    lines = list(store.audits(student="an"))
    assert [line.action for line in lines] == ["student changed"] * 3
    assert lines[-1].before["ids"]["canvas_id"] == "7"


@pytest.mark.parametrize(
    "new",
    [
        [Student("an"), Student("binh", ids={"canvas_id": "7"})],
        [Student("binh", ids={"github": "b"}), Student("chi", ids={"github": "b"})],
        [Student("")],
        [Student("binh", name="n" * 256)],
        [Student("b" * 256)],
        [Student("binh", ids={"canvas_id": "1" * 256})],
        [Student("binh", ids={"shoe_size": "43"})],
    ],
)
def test_an_id_belongs_to_one_student(store: Store, new: list[Student]) -> None:
    store.add_students([Student("an", ids={"canvas_id": "7"})], "me")
    before = (store.students(), list(store.audits()))
    with pytest.raises(UsageError):
        store.add_students(new, "me")
    assert (store.students(), list(store.audits())) == before


def test_two_students_may_swap_their_ids(store: Store) -> None:
    store.add_students([Student("an", ids={"github": "x"}), Student("binh", ids={"github": "y"})], "me")
    store.add_students([Student("an", ids={"github": "y"}), Student("binh", ids={"github": "x"})], "me")
    assert {id: one.ids["github"] for id, one in store.students().items()} == {"an": "y", "binh": "x"}


@pytest.mark.parametrize(
    "when", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59+00:00"]
)
def test_a_time_that_no_clock_can_have_shown_is_unknown(store: Store, when: str) -> None:
    store.hand_in("hw", submission("an"), handed_in=datetime.fromisoformat(when), source="exchange")
    [kept] = store.submissions("hw")
    assert kept.handed_in is None

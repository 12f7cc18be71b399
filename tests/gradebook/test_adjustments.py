"""What a person changes stays on record, with a name and a reason, through every regrade."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.errors import UsageError
from autograder.gradebook.adjustments import adjust, adjustments, all_adjustments, withdraw
from autograder.gradebook.marks import mark, marks
from autograder.gradebook.policies import COURSE, policy, set_policy
from autograder.gradebook.policy import Policy
from autograder.gradebook.store import Store
from autograder.gradebook.values import Student
from tests.gradebook.made_up import VERSIONS, grade, submission

NEW_SUITE = {**VERSIONS, "suite": "s2"}


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    with Store.open(place) as opened:
        opened.add_students([Student("an"), Student("binh")], "test")
        yield opened


def test_an_adjustment_holds_until_it_is_withdrawn_and_stays_on_record(store: Store) -> None:
    grade(store, [submission("an")], 8000)
    first = adjust(store, "hw", "an", "add", -500, author="chi", reason="copied")
    second = adjust(store, "hw", "an", "set", 6000, author="dung", reason="oral exam")
    assert mark(store, "hw", "an").score == 6000
    withdraw(store, second, author="chi", reason="mistaken")
    withdraw(store, second, author="chi")
    assert mark(store, "hw", "an").score == 7500
    kept = list(all_adjustments(store, "hw"))
    assert [(one.id, one.kind, one.cents, one.author, one.reason) for one in kept] == [
        (first, "add", -500, "chi", "copied"),
        (second, "set", 6000, "dung", "oral exam"),
    ]
    assert [one.withdrawn_at is not None for one in kept] == [False, True]
    trail = list(store.audits(assignment="hw", student="an"))
    assert [(one.action, one.author, one.reason) for one in trail] == [
        ("adjust", "chi", "copied"),
        ("adjust", "dung", "oral exam"),
        ("withdraw", "chi", "mistaken"),
    ]
    assert trail[1].after == trail[2].before == {"id": second, "kind": "set", "cents": 6000}


def test_it_survives_grading_again(store: Store) -> None:
    grade(store, [submission("an")], 8000)
    adjust(store, "hw", "an", "set", 6000, author="chi", reason="oral exam")
    grade(store, [submission("an")], 9000, versions=NEW_SUITE)
    found = mark(store, "hw", "an")
    assert (found.raw, found.score) == (9000, 6000)


def test_it_is_this_students_and_this_assignments(store: Store) -> None:
    grade(store, [submission("an"), submission("binh")], 8000)
    adjust(store, "hw", "an", "excuse", author="chi", reason="ill")
    adjust(store, "other", "binh", "set", 0, author="chi", reason="other")
    assert [(one.student.id, one.score, one.excused) for one in marks(store, "hw")] == [
        ("an", None, True),
        ("binh", 8000, False),
    ]


@pytest.mark.parametrize(
    ("student", "kind", "cents", "reason", "why"),
    [
        ("anh", "set", 100, "x", 'no student "anh".*Did you mean "an"'),
        ("an", "set", 100, "  ", "needs a reason"),
        ("an", "set", 10_001, "x", "100.01 is out of range"),
        ("an", "set", -1, "x", "-0.01 is out of range"),
        ("an", "add", -10_001, "x", "out of range"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    store: Store, student: str, kind: str, cents: int, reason: str, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        adjust(store, "hw", student, kind, cents, author="chi", reason=reason)
    assert adjustments(store, "hw") == {}
    assert not list(store.audits(assignment="hw"))


def test_what_is_not_there_cannot_be_withdrawn(store: Store) -> None:
    with pytest.raises(UsageError, match="no adjustment 7"):
        withdraw(store, 7, author="chi")


def test_hostile_ids_and_reasons_come_back_as_they_were(store: Store) -> None:
    id = "=cmd|'/c calc'!A1\n\udcff\x00"
    store.add_students([Student(id)], "test")
    adjust(store, "hw", id, "set", 100, author="\x1b[31mchi", reason="{x} \udcfe")
    [one] = adjustments(store, "hw")[id]
    assert (one.student, one.author, one.reason) == (id, "\x1b[31mchi", "{x} \udcfe")


def test_marks_come_by_code_point_with_those_who_handed_in_nothing(store: Store) -> None:
    ids = ["zoe", "Zoe", "é", "e\u0301", "\U0001f600", "\udcff", "an2", "-", "\uffff"]
    grade(store, [submission(id) for id in ids], 5000)
    store.add_students([Student("nobody"), Student("AN")], "test")
    found = list(marks(store, "hw"))
    everybody = sorted([*ids, "an", "binh", "nobody", "AN"])
    assert [one.student.id for one in found] == everybody
    assert {one.student.id for one in found if one.score is None} == {"an", "binh", "nobody", "AN"}
    assert {one.status for one in found if one.score is None} == {"missing"}


def test_the_policy_of_an_assignment_and_of_the_course(store: Store) -> None:
    set_policy(store, COURSE, {"per_day": 1000, "grace": 60}, author="chi", reason="new term")
    assert policy(store, "hw") == Policy(per_day=1000, grace=60)
    set_policy(store, "hw", {"per_day": 0, "counts": "best"}, author="chi")
    assert policy(store, "hw") == Policy(grace=60, counts="best")
    set_policy(store, COURSE, {"grace": 120}, author="chi")
    assert policy(store, "hw") == Policy(grace=120, counts="best")
    set_policy(store, "hw", {}, author="chi", reset=True)
    assert policy(store, "hw") == Policy(per_day=1000, grace=120)
    trail = [(one.assignment, one.before, one.after) for one in store.audits() if one.action == "policy"]
    assert trail == [
        ("", {}, {"per_day": 1000, "grace": 60}),
        ("hw", {}, {"per_day": 0, "counts": "best"}),
        ("", {"per_day": 1000, "grace": 60}, {"per_day": 1000, "grace": 120}),
        ("hw", {"per_day": 0, "counts": "best"}, {}),
    ]

"""Slip days: how many are spent on which attempt of which assignment, in which order, and how a mark says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import UsageError
from autograder.gradebook.adjustments import Adjustment, adjust
from autograder.gradebook.deadlines import Deadlines, set_deadline
from autograder.gradebook.marks import Attempt, Mark, Rules, mark, marks
from autograder.gradebook.policies import COURSE, layers, policy, set_policy, shares_slip_days
from autograder.gradebook.policy import BEST, Policy, lines
from autograder.gradebook.regrade import compare
from autograder.gradebook.store import Store
from autograder.gradebook.values import Student
from tests.gradebook import made_up
from tests.gradebook.made_up import submission
from tests.gradebook.test_marks import AN, DAY, DUE, HOUR, NOW, attempt, ungraded, why

TWENTY = Policy(per_day=2000, slip_days=3)
"""20 % a day, 3 slip days."""


def rules(
    assignment: str = "hw1",
    policy: Policy = TWENTY,
    adjusted: Sequence[Adjustment] = (),
    others: Mapping[str, tuple[tuple[Rules, tuple[Attempt, ...]], ...]] | None = None,
    extended: timedelta | None = None,
) -> Rules:
    extensions = {} if extended is None else {"an": DUE + extended}
    return Rules(
        assignment,
        policy,
        Deadlines(DUE, None, extensions),
        {"an": tuple(adjusted)},
        NOW,
        others=others or {},
    )


def alone(attempts: Sequence[Attempt], policy: Policy = TWENTY) -> tuple[int | None, int]:
    found = rules(policy=policy).mark(AN, attempts)
    return found.score, found.slip_days


@pytest.mark.parametrize(
    ("late", "score", "spent"),
    [
        (-HOUR, 8000, 0),
        (timedelta(0), 8000, 0),
        (timedelta(seconds=1), 8000, 1),
        (DAY, 8000, 1),
        (DAY + timedelta(seconds=1), 8000, 2),
        (3 * DAY, 8000, 3),
        # 4 begun days, 3 of them for nothing: one day at 20.
        (3.5 * DAY, 6000, 3),
        (5 * DAY, 4000, 3),
    ],
)
def test_whole_days_are_spent_and_what_goes_beyond_costs(late: timedelta, score: int, spent: int) -> None:
    assert alone([attempt(1, 8000, late)]) == (score, spent)


def test_within_the_grace_none_is_spent_and_beyond_it_all_of_the_lateness_counts() -> None:
    graceful = replace(TWENTY, grace=1800)
    assert alone([attempt(1, 8000, timedelta(minutes=30))], graceful) == (8000, 0)
    assert alone([attempt(1, 8000, timedelta(minutes=31))], graceful) == (8000, 1)
    assert alone([attempt(1, 8000, DAY + timedelta(minutes=10))], graceful) == (8000, 2)


def test_where_lateness_costs_nothing_none_is_spent() -> None:
    assert alone([attempt(1, 8000, DAY)], Policy(slip_days=3)) == (8000, 0)


def test_no_slip_day_brings_back_what_came_after_the_cut_off() -> None:
    cut = replace(TWENTY, cutoff=86_400)
    found = rules(policy=cut).mark(AN, [attempt(1, 8000, 2 * DAY)])
    assert (found.score, found.status, found.slip_days) == (None, "too_late", 0)


def test_an_extension_comes_first() -> None:
    found = rules(extended=2 * DAY).mark(AN, [attempt(1, 8000, 2.5 * DAY)])
    assert (found.score, found.slip_days) == (8000, 1)


def test_only_the_attempt_that_counts_spends_them() -> None:
    attempts = [attempt(1, 8000, 2 * DAY), attempt(2, 9000, 2.5 * DAY)]
    assert alone(attempts) == (9000, 3)
    # 90 less nothing beats 100 less one day at 20, which the slip days do not reach any more.
    best = replace(TWENTY, counts=BEST)
    assert alone([attempt(1, 9000, 1 * DAY), attempt(2, 10_000, 4 * DAY)], best) == (9000, 1)
    # Without slip days it would be 60 in time against 100 - 60.
    assert alone([attempt(1, 6000), attempt(2, 10_000, 3 * DAY)], best) == (10_000, 3)
    # Of equal ones the earlier, which spends less.
    assert alone([attempt(1, 9000, HOUR), attempt(2, 9000, 2 * DAY)], best) == (9000, 1)


def test_what_is_no_attempt_and_who_is_excused_spends_none() -> None:
    assert alone([attempt(1, 0, DAY, "ungradable")]) == (0, 0)
    excused = [Adjustment(1, "hw1", "an", "excuse", 0, "chi", "ill", NOW)]
    found = rules(adjusted=excused).mark(AN, [attempt(1, 8000, DAY)])
    assert (found.score, found.slip_days) == (None, 0)


def test_a_mark_says_what_was_spent_and_what_was_left() -> None:
    text = why(rules().mark(AN, [attempt(1, 8000, 3.5 * DAY)]))
    assert (
        "Late by 3 d 12 h, which is 4 begun days: slip days are spent on 3 of them, of 3 in all, of which 3 were left."
        in text
    )
    assert "1 begun days remain, at 20 % of the maximum: 20 points less." in text
    assert "slip" not in why(rules().mark(AN, [attempt(1, 8000)]))


# -- one budget for several assignments -----------------------------------------------------------------------------

Work = Mapping[str, Sequence[Attempt]]


def term(work: Work, policy: Policy = TWENTY, excused: str = "") -> dict[str, Mark]:
    """The marks of a student with one budget, each asked for by itself."""
    gone = [Adjustment(1, "", "an", "excuse", 0, "chi", "ill", NOW)]
    each = {id: rules(id, policy, gone if id == excused else ()) for id in work}
    found = {}
    for id, own in each.items():
        others = tuple((each[other], tuple(work[other])) for other in work if other not in (id, excused))
        found[id] = replace(own, others={"an": others}).mark(AN, work[id])
    return found


def told(found: Mapping[str, Mark]) -> dict[str, tuple[int | None, int]]:
    return {id: (one.score, one.slip_days) for id, one in found.items()}


def test_days_are_spent_in_the_order_of_handing_in_not_of_the_assignments() -> None:
    """3 days: hw2 came first and takes 2; hw1 gets the one that is left for its 2, and pays for the other."""
    found = term({"hw1": [attempt(1, 8000, 2 * DAY)], "hw2": [attempt(2, 8000, 1.5 * DAY)]})
    assert told(found) == {"hw1": (6000, 1), "hw2": (8000, 2)}
    assert "of 3 in all, of which 1 were left" in why(found["hw1"])


def test_who_has_spent_all_is_told_so() -> None:
    found = term({"hw1": [attempt(1, 8000, 3 * DAY)], "hw2": [attempt(2, 8000, 2.5 * DAY)]})
    assert told(found) == {"hw1": (2000, 0), "hw2": (8000, 3)}
    assert "No slip day is left: all of 3 are spent on what was handed in before." in why(found["hw1"])
    assert "Late by 3 d, which is 3 begun days at 20 % of the maximum: 60 points less." in why(found["hw1"])


def test_handed_in_at_the_same_moment_the_assignments_id_decides() -> None:
    found = term({id: [attempt(1, 8000, 2 * DAY)] for id in ("b", "a")})
    assert told(found) == {"a": (8000, 2), "b": (6000, 1)}


def test_a_later_attempt_gives_back_what_an_earlier_one_had_spent() -> None:
    late = {"hw1": [attempt(1, 8000, DAY)], "hw2": [attempt(2, 8000, 3 * DAY)]}
    assert told(term(late)) == {"hw1": (8000, 1), "hw2": (6000, 2)}
    # The attempt of hw1 that counts came after hw2 now.
    again = {**late, "hw1": [attempt(1, 8000, DAY), attempt(3, 9000, 4 * DAY)]}
    assert told(term(again)) == {"hw1": (1000, 0), "hw2": (8000, 3)}


def test_days_are_put_by_for_what_is_not_graded_yet() -> None:
    work = {"hw1": [ungraded(1, 2 * DAY)], "hw2": [attempt(2, 8000, 3 * DAY)]}
    before = term(work)
    assert (before["hw1"].status, before["hw1"].slip_days, before["hw2"].score) == ("not_graded", 2, 4000)
    # Graded, with whatever score, no other mark moves.
    for score in (0, 10_000):
        assert term({**work, "hw1": [attempt(1, score, 2 * DAY)]})["hw2"].score == 4000


def test_an_excused_assignment_leaves_its_days_to_others() -> None:
    work = {"hw1": [attempt(1, 8000, DAY)], "hw2": [attempt(2, 8000, 3 * DAY)]}
    assert term(work, excused="hw1")["hw2"].score == 8000


late = st.integers(-2, 9).map(lambda halves: halves * DAY / 2)


@st.composite
def terms(draw: st.DrawFn) -> Work:
    return {
        id: [
            attempt(number + n, draw(st.integers(0, 10_000)), some)
            for n, some in enumerate(sorted(draw(st.lists(late, min_size=1, max_size=3))))
        ]
        for number, id in ((10, "hw1"), (20, "hw2"), (30, "hw3"))
    }


policies = st.builds(
    Policy,
    per_day=st.sampled_from([0, 1000, 5000, 10_000]),
    slip_days=st.integers(0, 6),
    counts=st.sampled_from(["latest", "best"]),
    grace=st.sampled_from([0, 3600]),
)


@settings(max_examples=60, deadline=None)
@given(work=terms(), policy=policies)
def test_never_more_than_there_are_never_to_a_mark_s_harm_and_always_the_same(
    work: Work, policy: Policy
) -> None:
    found = term(work, policy)
    assert sum(one.slip_days for one in found.values()) <= policy.slip_days
    for id, one in found.items():
        without = rules(id, replace(policy, slip_days=0)).mark(AN, work[id])
        assert (one.score or 0) >= (without.score or 0)
    assert told(term(dict(reversed(list(work.items()))), policy)) == told(found)
    if policy.counts != BEST:
        # What somebody got does not decide who spends: a regrade of one assignment moves no mark of another.
        for id in work:
            others = {**work, id: [replace(one, got=None) for one in work[id]]}
            again = told(term(others, policy))
            assert all(again[other] == told(found)[other] for other in work if other != id)


@settings(max_examples=60, deadline=None)
@given(work=terms(), policy=policies)
def test_another_slip_day_never_lowers_the_sum_of_the_latest(work: Work, policy: Policy) -> None:
    one_more = replace(policy, slip_days=policy.slip_days + 1, counts="latest")
    before = term(work, replace(policy, counts="latest"))
    assert all(one.score >= before[id].score for id, one in term(work, one_more).items())  # type: ignore[operator]


# -- in the gradebook -----------------------------------------------------------------------------------------------

COURSE_TOML = '[course]\nid = "course"\ntitle = {en = "C"}\nassignments = ["hw", "other"]\n'
MANIFEST = """
[assignment]
id = "{id}"
version = "1"
title = {{en = "T"}}
files = ["hw.py"]
deadline = {due}

[[function]]
name = "f"
points = 100
"""


def hand_in(store: Store, assignment: str, student: str, at: datetime, text: str = "x = 1\n") -> None:
    store.hand_in(assignment, submission(student, text), handed_in=at, source="folder")


@pytest.fixture
def class_(store: Store) -> Store:
    """an hands in `other` 1.5 days late, and then `hw` 3 days late, graded with 80."""
    store.add_students([Student("an"), Student("binh")], "test")
    for assignment in ("hw", "other"):
        set_deadline(store, assignment, DUE, author="chi")
    hand_in(store, "other", "an", DUE + 1.5 * DAY)
    hand_in(store, "hw", "an", DUE + 3 * DAY)
    made_up.grade(store, [submission("an")], 8000)
    set_policy(store, COURSE, {"per_day": 2000, "slip_days": 3}, author="chi")
    return store


def spent(store: Store, assignment: str) -> tuple[int | None, int]:
    one = mark(store, assignment, "an")
    [same] = [each for each in marks(store, assignment) if each.student.id == "an"]
    assert replace(one, why=()) == replace(same, why=())
    return one.score, one.slip_days


def test_the_course_s_budget_is_one_and_an_assignment_s_own_is_apart(class_: Store) -> None:
    assert shares_slip_days(class_, "hw")
    assert spent(class_, "other")[1] == 2
    assert spent(class_, "hw") == (4000, 1)
    # Of its own: the course's are all left for the other one.
    set_policy(class_, "hw", {"slip_days": 2}, author="chi")
    assert not shares_slip_days(class_, "hw")
    assert spent(class_, "hw") == (6000, 2)
    assert spent(class_, "other")[1] == 2
    set_policy(class_, "hw", {"slip_days": 0}, author="chi")
    assert spent(class_, "hw") == (2000, 0)
    set_policy(class_, "other", {"slip_days": 9}, author="chi")
    set_policy(class_, "hw", {}, author="chi", reset=True)
    assert spent(class_, "hw") == (8000, 3)


def test_excused_elsewhere_and_deadlines_elsewhere_move_marks_here(class_: Store) -> None:
    id = adjust(class_, "other", "an", "excuse", author="chi", reason="ill")
    assert (spent(class_, "hw"), id) == ((8000, 3), 1)
    adjust(class_, "other", "an", "add", 0, author="chi", reason="x")
    set_deadline(class_, "other", DUE + 2 * DAY, author="chi")
    assert spent(class_, "hw") == (8000, 3)


def test_the_deadline_of_the_other_one_s_manifest_counts_too(class_: Store, tmp_path: Path) -> None:
    from autograder.course.manifest import load_course

    folder = tmp_path / "course" / "assignments"
    folder.mkdir(parents=True)
    (folder / "course.toml").write_text(COURSE_TOML)
    for id in ("hw", "other"):
        (folder / id).mkdir()
        (folder / id / "assignment.toml").write_text(MANIFEST.format(id=id, due=DUE.isoformat()))
        set_deadline(class_, id, None, author="chi")
    course = load_course(tmp_path / "course")
    assert mark(class_, course.assignment("hw"), "an").slip_days == 1
    assert mark(class_, "hw", "an").slip_days == 0


def test_a_regrade_says_where_marks_of_other_assignments_may_change(class_: Store) -> None:
    """binh's best attempt on hw was the one in time; by the new suite it is the late one, which spends 3."""
    new = {**made_up.VERSIONS, "suite": "s2"}
    set_policy(class_, "hw", {"counts": "best"}, author="chi")
    for text, at, before, after in (("1", -HOUR, 9000, 1000), ("2", 3 * DAY, 5000, 9000)):
        hand_in(class_, "hw", "binh", DUE + at, text)
        made_up.grade(class_, [submission("binh", text)], before)
        # A proposal for the very attempt, while it is the latest one.
        made_up.grade(class_, [submission("binh", text)], after, versions=new, state="proposed")
    assert compare(class_, "hw", new).slipping == ["binh"]
    set_policy(class_, "hw", {"slip_days": 3}, author="chi")
    assert compare(class_, "hw", new).slipping == []


def test_what_a_policy_says_of_them() -> None:
    assert "Slip days: 3 for each student, for all assignments together." in lines(TWENTY, shared=True)
    assert "Slip days: 3 for each student, on this assignment." in lines(TWENTY)
    assert "No slip day is ever spent while lateness costs nothing: set --per-day." in lines(
        Policy(slip_days=1)
    )


# -- policies that contradict themselves ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"grace": 8 * 86_400, "cutoff": 7 * 86_400},
            r"grace of 8d goes beyond the cut-off of 7d.*--cutoff 8d or more, or --grace 7d",
        ),
        ({"grace": 900, "cutoff": 0}, r"grace of 15min goes beyond the cut-off of 0"),
        (
            {"grace": 86_400 * 5, "per_day": 2500},
            r"25 %.*after 4 begun days.*grace of 5d.*--grace 3d or less",
        ),
        ({"grace": 86_401, "per_day": 5000}, r"50 %.*after 2 begun days.*grace of 1d1s.*--grace 1d or less"),
    ],
)
def test_what_contradicts_itself_is_refused_with_what_to_do(
    store: Store, changes: dict[str, int], told: str
) -> None:
    for assignment in (COURSE, "hw"):
        with pytest.raises(UsageError, match=told):
            set_policy(store, assignment, changes, author="chi")
    assert layers(store, "hw") == ({}, {})
    assert not list(store.audits())


@pytest.mark.parametrize(
    "changes",
    [
        {"grace": 900, "cutoff": 900},
        {"grace": 900, "per_day": 10_000},
        {"grace": 86_400, "per_day": 5000},
        {"grace": 3 * 86_400, "per_day": 2500},
        {"grace": 10 * 86_400, "per_day": 0},
    ],
)
def test_what_only_looks_strict_is_taken(store: Store, changes: dict[str, int]) -> None:
    assert set_policy(store, "hw", changes, author="chi") == Policy(**changes)  # type: ignore[arg-type]


def test_a_course_s_policy_that_contradicts_an_assignment_s_is_refused_by_name(store: Store) -> None:
    set_policy(store, "hw", {"cutoff": 3600}, author="chi")
    with pytest.raises(UsageError, match=r"set for hw.*grace of 2h goes beyond the cut-off of 1h"):
        set_policy(store, COURSE, {"grace": 7200}, author="chi")
    assert policy(store, COURSE) == Policy()
    with pytest.raises(UsageError, match="grace of 2h"):
        set_policy(store, "hw", {"grace": 7200}, author="chi")
    set_policy(store, "hw", {"cutoff": None}, author="chi")
    assert set_policy(store, COURSE, {"grace": 7200}, author="chi").grace == 7200


def test_one_that_an_older_autograde_took_is_still_read(store: Store) -> None:
    """Refused is only what is set anew: no mark may be lost by an update of ours."""
    from sqlalchemy import insert

    from autograder.gradebook import tables

    with store.begin() as connection:
        connection.execute(
            insert(tables.policies), [{"assignment": "hw", "policy": {"grace": 7200, "cutoff": 60}}]
        )
    assert policy(store, "hw").is_cut_off(7200) is False
    # And something else of the course can be set.
    assert set_policy(store, COURSE, {"per_day": 500}, author="chi").per_day == 500

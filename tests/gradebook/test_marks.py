"""The final mark: which attempt counts, what lateness takes, what a person adjusted; by hand, and the laws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.gradebook.adjustments import Adjustment
from autograder.gradebook.deadlines import Deadlines
from autograder.gradebook.marks import Attempt, Got, Mark, Rules
from autograder.gradebook.policy import Policy
from autograder.gradebook.values import Student
from autograder.language import say

AN = Student("an")
DUE = datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
NOW = DUE + timedelta(days=60)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEN_A_DAY = Policy(per_day=1000)


def attempt(
    number: int, score: int | None, late: timedelta | None = -HOUR, status: str = "graded"
) -> Attempt:
    """Attempt `number`, handed in `late` after the deadline (None: nobody told), with a result 100 + number."""
    at = None if late is None else DUE + late
    return Attempt(number, at, status != "ungradable", Got(100 + number, status, score, 10_000))


def ungraded(number: int, late: timedelta = -HOUR) -> Attempt:
    return Attempt(number, DUE + late, True, None)


def judged(
    attempts: Sequence[Attempt],
    policy: Policy = TEN_A_DAY,
    *,
    extended: timedelta | None = None,
    adjusted: Sequence[Adjustment] = (),
    due: datetime | None = DUE,
) -> Mark:
    extensions = {} if extended is None else {"an": DUE + extended}
    rules = Rules("hw1", policy, Deadlines(due, None, extensions), {"an": tuple(adjusted)}, NOW)
    return rules.mark(AN, attempts)


def adjustment(id: int, kind: str, cents: int = 0) -> Adjustment:
    return Adjustment(id, "hw1", "an", kind, cents, "chi", "because", NOW)


def why(mark: Mark) -> str:
    return "\n".join(say(line, "en") for line in mark.why)


def test_in_time_the_mark_is_the_raw_score() -> None:
    mark = judged([attempt(1, 8000)])
    assert (mark.score, mark.raw, mark.late_penalty, mark.late_seconds) == (8000, 8000, 0, 0)
    assert (mark.attempt, mark.attempts, mark.status, mark.recorded_id) == (1, 1, "graded", 101)


def test_late_by_a_day_and_a_half_costs_two_days() -> None:
    mark = judged([attempt(1, 8000, 1.5 * DAY)])
    assert (mark.score, mark.raw, mark.late_penalty, mark.late_seconds) == (6000, 8000, 2000, 129_600)
    assert "2 begun days at 10 % of the maximum: 20 points less" in why(mark)


def test_within_the_grace_it_is_in_time() -> None:
    mark = judged([attempt(1, 8000, timedelta(minutes=5))], replace(TEN_A_DAY, grace=600))
    assert (mark.score, mark.late_seconds) == (8000, 0)
    assert "within the grace" in why(mark)


def test_who_handed_in_nothing_has_no_mark() -> None:
    mark = judged([])
    assert (mark.score, mark.status, mark.attempt, mark.attempts, mark.max_score) == (
        None,
        "missing",
        None,
        0,
        10_000,
    )


def test_the_latest_attempt_counts_even_if_it_is_worse() -> None:
    assert judged([attempt(1, 9000), attempt(2, 5000)]).score == 5000


def test_the_best_attempt_is_the_best_after_the_penalty() -> None:
    best = replace(TEN_A_DAY, counts="best")
    # 80 in time, 95 two days late: 75.
    mark = judged([attempt(1, 8000), attempt(2, 9500, 1.5 * DAY)], best)
    assert (mark.score, mark.attempt, mark.late_penalty) == (8000, 1, 0)
    # 95 one day late: 85.
    mark = judged([attempt(1, 8000), attempt(2, 9500, 0.5 * DAY)], best)
    assert (mark.score, mark.attempt, mark.late_penalty) == (8500, 2, 1000)


def test_of_equally_good_attempts_the_earlier_counts() -> None:
    assert judged([attempt(1, 8000), attempt(2, 9000, HOUR)], replace(TEN_A_DAY, counts="best")).attempt == 1


def test_what_comes_after_the_cut_off_is_not_counted() -> None:
    policy = replace(TEN_A_DAY, cutoff=2 * 86_400)
    mark = judged([attempt(1, 5000), attempt(2, 10_000, 3 * DAY)], policy)
    assert (mark.score, mark.attempt, mark.attempts) == (5000, 1, 2)
    mark = judged([attempt(1, 10_000, 3 * DAY)], policy)
    assert (mark.score, mark.status, mark.raw) == (None, "too_late", None)
    # The cut-off moves with the extension.
    assert judged([attempt(1, 10_000, 3 * DAY)], policy, extended=DAY).score == 8000


def test_only_the_first_attempts_may_count() -> None:
    policy = Policy(attempts=2)
    mark = judged([attempt(1, 3000), attempt(2, 5000), attempt(3, 9000)], policy)
    assert (mark.score, mark.attempt, mark.attempts) == (5000, 2, 3)
    # What cannot be graded uses none up.
    broken = attempt(2, 0, status="ungradable")
    mark = judged([attempt(1, 3000), broken, attempt(3, 5000), attempt(4, 9000)], policy)
    assert (mark.score, mark.attempt, mark.attempts) == (5000, 2, 3)


def test_what_cannot_be_graded_is_no_attempt_and_counts_only_alone() -> None:
    broken = attempt(2, 0, status="ungradable")
    mark = judged([attempt(1, 7000), broken])
    assert (mark.score, mark.attempt) == (7000, 1)
    mark = judged([broken])
    assert (mark.score, mark.status, mark.attempt, mark.attempts) == (0, "ungradable", 0, 0)


def test_an_unknown_time_counts_as_in_time() -> None:
    mark = judged([attempt(1, 7000, None)], replace(TEN_A_DAY, cutoff=0))
    assert (mark.score, mark.handed_in, mark.late_seconds) == (7000, None, 0)
    assert "not known" in why(mark)


def test_a_clock_set_back_does_not_reorder_attempts_and_is_told() -> None:
    first, second = attempt(1, 9000, 2 * HOUR), attempt(2, 4000, -HOUR)
    mark = judged([first, second])
    assert (mark.attempt, mark.score, mark.clock) == (2, 4000, True)
    assert "clock was set back" in why(mark)
    assert not judged([second, first]).clock


def test_a_time_that_has_not_come_yet_is_told() -> None:
    assert "clock was wrong" in why(judged([attempt(1, 9000, 90 * DAY)], Policy()))


def test_an_extension_moves_the_deadline_of_this_student() -> None:
    mark = judged([attempt(1, 9000, 1.5 * DAY)], extended=DAY)
    assert (mark.score, mark.late_seconds) == (8000, 43_200)
    assert "the deadline of this student is" in why(mark)


def test_an_extension_does_not_make_a_worse_late_attempt_count() -> None:
    """Without it the second attempt is cut off, and the first one, which is better, is the latest that counts."""
    policy = Policy(cutoff=0)
    attempts = [attempt(1, 9000), attempt(2, 3000, DAY)]
    assert judged(attempts, policy).score == 9000
    mark = judged(attempts, policy, extended=2 * DAY)
    assert mark.score == 9000
    assert "without the extension" in why(mark)


def test_a_fault_of_ours_is_no_mark_and_no_zero() -> None:
    mark = judged([attempt(1, 9000), attempt(2, None, status="system_error")])
    assert (mark.score, mark.status, mark.unjudged) == (None, "system_error", 1)
    # With the best attempt the others are there.
    assert (
        judged([attempt(1, 9000), attempt(2, None, status="system_error")], Policy(counts="best")).score
        == 9000
    )


def test_an_attempt_without_a_result_is_not_taken_for_the_one_before() -> None:
    mark = judged([attempt(1, 9000), ungraded(2)])
    assert (mark.score, mark.status, mark.attempt) == (None, "not_graded", 2)


@pytest.mark.parametrize(
    ("adjusted", "score", "change"),
    [
        ([("add", -500)], 7500, -500),
        ([("add", 500), ("add", 250)], 8750, 750),
        ([("add", -9000)], 0, -8000),
        ([("add", 9000)], 10_000, 2000),
        ([("set", 6000)], 6000, -2000),
        ([("set", 6000), ("add", -500)], 5500, -2500),
        ([("add", -500), ("set", 6000)], 6000, -2000),
        ([("excuse", 0)], None, 0),
        ([("set", 6000), ("excuse", 0)], None, 0),
        ([("excuse", 0), ("set", 6000)], None, 0),
    ],
)
def test_adjustments_in_their_order(adjusted: list[tuple[str, int]], score: int | None, change: int) -> None:
    mark = judged([attempt(1, 8000)], adjusted=[adjustment(n, *one) for n, one in enumerate(adjusted, 1)])
    assert (mark.score, mark.adjusted) == (score, change)
    assert mark.excused == any(kind == "excuse" for kind, _cents in adjusted)
    assert mark.raw == 8000
    assert "by chi (because) [1]" in why(mark)


def test_adjustments_come_after_lateness() -> None:
    mark = judged([attempt(1, 8000, HOUR)], adjusted=[adjustment(1, "add", 500)])
    assert (mark.score, mark.late_penalty, mark.adjusted) == (7500, 1000, 500)


def test_a_mark_can_be_set_but_not_added_to_where_nothing_was_handed_in() -> None:
    mark = judged([], adjusted=[adjustment(1, "set", 5000)])
    assert (mark.score, mark.status, mark.adjusted) == (5000, "missing", 5000)
    mark = judged([], adjusted=[adjustment(1, "add", 500)])
    assert (mark.score, mark.adjusted) == (None, 0)
    assert "no mark that it could be added to" in why(mark)


# -- laws -----------------------------------------------------------------------------------------------------------

amounts = st.integers(0, 10_000)
lateness = st.none() | st.integers(-3 * 86_400, 20 * 86_400).map(lambda seconds: timedelta(seconds=seconds))
policies = st.builds(
    Policy,
    per_day=st.integers(0, 5000),
    lowest=st.integers(0, 5000),
    grace=st.integers(0, 86_400),
    cutoff=st.none() | st.integers(0, 10 * 86_400),
    counts=st.sampled_from(["latest", "best"]),
    attempts=st.none() | st.integers(1, 3),
)


@st.composite
def handed_in(draw: st.DrawFn) -> list[Attempt]:
    attempts = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        kind = draw(st.sampled_from(["graded", "graded", "graded", "ungradable", "system_error", "none"]))
        late = draw(lateness)
        if kind == "none":
            attempts.append(Attempt(number, None if late is None else DUE + late, True, None))
        else:
            score = {"ungradable": 0, "system_error": None}.get(kind, draw(amounts))
            attempts.append(attempt(number, score, late, kind))
    return attempts


def worth(mark: Mark) -> int:
    return -1 if mark.score is None else mark.score


@given(handed_in(), policies)
@settings(deadline=None, max_examples=80)
def test_lateness_never_gives_and_never_takes_more_than_there_is(
    attempts: list[Attempt], policy: Policy
) -> None:
    mark = judged(attempts, policy)
    if mark.score is None:
        assert (mark.raw, mark.late_penalty) == (None, 0)
    else:
        assert mark.raw is not None
        assert mark.late_penalty >= 0
        assert mark.score == mark.raw - mark.late_penalty >= 0
        assert mark.recorded_id in {one.got.result for one in attempts if one.got}


@given(handed_in(), policies, st.integers(1, 30 * 24))
@settings(deadline=None, max_examples=80)
def test_an_extension_never_lowers_a_mark(attempts: list[Attempt], policy: Policy, hours: int) -> None:
    assert worth(judged(attempts, policy, extended=hours * HOUR)) >= worth(judged(attempts, policy))


@given(amounts, lateness, st.integers(0, 10 * 24), policies)
@settings(deadline=None, max_examples=80)
def test_later_is_never_better(score: int, late: timedelta | None, hours: int, policy: Policy) -> None:
    earlier = judged([attempt(1, score, late)], policy)
    later = judged([attempt(1, score, None if late is None else late + hours * HOUR)], policy)
    assert worth(later) <= worth(earlier)


@given(handed_in(), policies)
@settings(deadline=None, max_examples=80)
def test_the_best_is_never_worse_than_the_latest(attempts: list[Attempt], policy: Policy) -> None:
    best = judged(attempts, replace(policy, counts="best"))
    assert worth(best) >= worth(judged(attempts, replace(policy, counts="latest")))


@given(handed_in(), st.permutations(range(4)))
@settings(deadline=None, max_examples=100)
def test_without_lateness_the_clock_decides_nothing(attempts: list[Attempt], order: list[int]) -> None:
    times = [one.handed_in for one in attempts]
    mixed = [replace(one, handed_in=times[order[place] % len(times)]) for place, one in enumerate(attempts)]
    one, other = judged(attempts, Policy()), judged(mixed, Policy())
    assert (one.score, one.attempt, one.recorded_id) == (other.score, other.attempt, other.recorded_id)


@given(handed_in(), policies, amounts, amounts)
@settings(deadline=None, max_examples=80)
def test_a_better_score_for_one_attempt_never_lowers_the_mark(
    attempts: list[Attempt], policy: Policy, score: int, which: int
) -> None:
    """What `regrade --never-lower` stands on."""
    graded = [place for place, one in enumerate(attempts) if one.got and one.got.status == "graded"]
    if not graded:
        return
    place = graded[which % len(graded)]
    got = attempts[place].got
    assert got is not None
    better = list(attempts)
    better[place] = replace(attempts[place], got=got._replace(score=max(score, got.score or 0)))
    assert worth(judged(better, policy)) >= worth(judged(attempts, policy))

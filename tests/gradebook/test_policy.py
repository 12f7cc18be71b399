"""What lateness costs: by hand for the cases that people ask about, and the laws that hold for all."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import UsageError
from autograder.gradebook.policy import (
    DAY,
    Policy,
    days,
    late_by,
    lines,
    percent_of,
    policy_of,
    span,
    span_of,
)

MINUTE, HOUR = 60, 3600
DUE = datetime(2026, 12, 1, 22, 59, tzinfo=UTC)


def test_each_begun_day_costs_its_share_of_the_maximum_not_of_the_score() -> None:
    policy = Policy(per_day=1000)  # 10 percent of 100 points: 10 points a day
    assert policy.penalty(8000, 10_000, 0) == 0
    assert policy.penalty(8000, 10_000, 1) == 1000
    assert policy.penalty(8000, 10_000, DAY) == 1000
    assert policy.penalty(8000, 10_000, DAY + 1) == 2000
    assert policy.penalty(4000, 10_000, 1) == 1000


def test_no_penalty_takes_more_than_there_is() -> None:
    assert Policy(per_day=1000).penalty(1500, 10_000, 2 * DAY) == 1500
    assert Policy(per_day=10_000).penalty(0, 10_000, DAY) == 0


def test_the_floor_holds_for_lateness_but_gives_nothing() -> None:
    policy = Policy(per_day=5000, lowest=4000)  # never below 40 of 100 by lateness
    assert policy.penalty(9000, 10_000, 1) == 5000
    assert policy.penalty(7000, 10_000, 2 * DAY) == 3000
    assert policy.penalty(3000, 10_000, 2 * DAY) == 0


def test_what_is_left_is_rounded_half_up() -> None:
    # 3.33 percent of 5 points (500 cents) is 16.65 cents: 100 - 16.65 = 83.35, which is 83.
    assert Policy(per_day=333).penalty(100, 500, 1) == 17
    # 12.5 percent of 0.04 points is half a cent: 4 - 0.5 = 3.5, which is 4.
    assert Policy(per_day=1250).penalty(4, 4, 1) == 0


def test_within_the_grace_nothing_and_beyond_it_all_of_the_lateness() -> None:
    policy = Policy(per_day=1000, grace=15 * MINUTE)
    assert policy.penalty(10_000, 10_000, 15 * MINUTE) == 0
    assert policy.penalty(10_000, 10_000, 15 * MINUTE + 1) == 1000
    assert policy.penalty(10_000, 10_000, DAY + 10 * MINUTE) == 2000


def test_the_cut_off_is_exclusive_and_never_within_the_grace() -> None:
    assert not Policy(cutoff=7 * DAY).is_cut_off(7 * DAY)
    assert Policy(cutoff=7 * DAY).is_cut_off(7 * DAY + 1)
    assert not Policy(cutoff=0, grace=HOUR).is_cut_off(HOUR)
    assert not Policy().is_cut_off(10**9)


def test_a_fraction_of_a_second_is_late_and_an_unknown_time_is_not() -> None:
    assert late_by(DUE, DUE) == 0
    assert late_by(DUE + timedelta(microseconds=1), DUE) == 1
    assert late_by(DUE - timedelta(days=1), DUE) == 0
    assert late_by(None, DUE) == late_by(DUE, None) == 0


def test_a_night_in_which_the_clock_is_set_back_has_an_hour_more() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    due = datetime(2026, 10, 25, 1, 0, tzinfo=berlin)
    # 1:00 to 4:00 on the clock's face, and 4 hours of time.
    assert late_by(datetime(2026, 10, 25, 4, 0, tzinfo=berlin), due) == 4 * HOUR


amounts = st.integers(0, 10_000)
seconds = st.integers(0, 40 * DAY)
policies = st.builds(
    Policy,
    per_day=amounts,
    lowest=amounts,
    grace=st.integers(0, 2 * DAY),
    cutoff=st.none() | st.integers(0, 20 * DAY),
    counts=st.sampled_from(["latest", "best"]),
    attempts=st.none() | st.integers(1, 4),
)


@given(policies, amounts, st.integers(1, 10_000), seconds, seconds)
@settings(deadline=None)
def test_laws_of_the_penalty(policy: Policy, raw: int, max_score: int, late: int, more: int) -> None:
    raw = min(raw, max_score)
    penalty = policy.penalty(raw, max_score, late)
    assert 0 <= penalty <= raw
    assert policy.penalty(raw, max_score, late + more) >= penalty
    assert policy.is_cut_off(late + more) >= policy.is_cut_off(late)


@given(policies, amounts, amounts, st.integers(1, 10_000), seconds)
@settings(deadline=None)
def test_more_points_are_never_fewer_after_the_penalty(
    policy: Policy, raw: int, more: int, max_score: int, late: int
) -> None:
    low, high = sorted((min(raw, max_score), min(more, max_score)))
    assert low - policy.penalty(low, max_score, late) <= high - policy.penalty(high, max_score, late)


@given(st.integers(0, 10_000), st.integers(1, 10_000), amounts, seconds)
@settings(deadline=None)
def test_the_arithmetic_is_exact(per_day: int, max_score: int, raw: int, late: int) -> None:
    raw = min(raw, max_score)
    exact = raw - Fraction(per_day, 10_000) * days(late) * max_score
    after = max(floor(exact + Fraction(1, 2)), 0)
    assert raw - Policy(per_day=per_day).penalty(raw, max_score, late) == after


@pytest.mark.parametrize(
    ("text", "value"), [("10", 1000), ("12.5", 1250), ("12.5%", 1250), ("0.01", 1), ("100", 10_000), ("0", 0)]
)
def test_percentages(text: str, value: int) -> None:
    assert percent_of(text) == value


@pytest.mark.parametrize("text", ["", "-1", "100.01", "1.234", "ten", "1e1", "1,5", "١٠", "9" * 50])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no percentage"):
        percent_of(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("15min", 900),
        ("15 m", 900),
        ("36h", 129_600),
        ("1d 12h", 129_600),
        ("90s", 90),
        ("0", 0),
        ("7D", 7 * DAY),
    ],
)
def test_spans(text: str, value: int) -> None:
    assert span_of(text) == value


@pytest.mark.parametrize("text", ["", "15", "1w", "-3d", "1d x", "d", "9999999d", "1.5h"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no span"):
        span_of(text)


@given(st.integers(0, 400 * DAY))
def test_a_span_is_shown_as_it_can_be_typed(seconds: int) -> None:
    assert span_of(span(seconds)) == seconds


@given(policies)
def test_json_and_back(policy: Policy) -> None:
    assert policy_of(asdict(policy)) == policy
    assert all(lines(policy))


def test_what_an_assignment_says_comes_before_what_the_course_says() -> None:
    assert policy_of({"per_day": 1000, "grace": 60}, {"per_day": 0}) == Policy(grace=60)


@pytest.mark.parametrize(
    "stored",
    [
        {"per_week": 5},
        {"per_day": "10"},
        {"per_day": -1},
        {"per_day": 10_001},
        {"counts": "worst"},
        {"attempts": 0},
        {"grace": True},
        {"cutoff": 1.5},
    ],
)
def test_a_policy_of_a_newer_engine_is_refused_rather_than_misread(stored: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=f"does not know: {next(iter(stored))} is"):
        policy_of(stored)

"""Figures of a class, against other ways to compute them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.model import CheckResult, FunctionResult, Outcome
from autograder.reports.summary import distribution, quantile, reason, summarise
from autograder.reports.words import state

from .samples import (
    EMPTY,
    PARTLY,
    PERFECT,
    SYSTEM_ERROR,
    UNGRADABLE,
    class_like_any,
    class_of,
)

scores = st.lists(st.integers(0, 10_000), min_size=1, max_size=50).map(sorted)


@given(scores, st.sampled_from([Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)]))
def test_quantiles_are_those_of_numpy(values: list[int], share: Fraction) -> None:
    found = quantile(values, share)
    assert found is not None
    assert abs(found - np.quantile(values, float(share))) <= 0.5


@given(scores, st.integers(1, 10_000))
def test_every_score_is_in_the_bar_that_its_edges_say(values: list[int], max_score: int) -> None:
    values = [min(value, max_score) for value in values]
    bins = distribution(values, max_score)
    assert (bins[0].low, bins[-1].high) == (0, max_score)
    for bin in bins[:-1]:
        assert bin.count == sum(bin.low <= value < bin.high for value in values)
    assert bins[-1].count == sum(bins[-1].low <= value for value in values)


def test_nothing_graded_has_no_figures() -> None:
    summary = summarise(class_of(UNGRADABLE, SYSTEM_ERROR))
    assert (summary.submissions, summary.graded, summary.ungradable, summary.system_errors) == (2, 0, 1, 1)
    assert (summary.mean, summary.median, summary.bins, summary.functions) == (None, None, (), ())


def test_what_is_not_graded_is_in_no_figure() -> None:
    alone, among = class_of(PARTLY, PERFECT), class_of(PARTLY, PERFECT, UNGRADABLE, SYSTEM_ERROR)
    assert summarise(alone).mean == summarise(among).mean == round((5667 + 10_000) / 2)
    assert summarise(alone).functions == summarise(among).functions


def test_students_of_a_function_add_up() -> None:
    summary = summarise(class_like_any(100))
    assert {function.students for function in summary.functions} == {summary.graded}


def test_a_fault_of_ours_counts_as_full() -> None:
    ours = FunctionResult("f", (CheckResult("", Outcome.SUITE_ERROR, 10_000, 10_000),))
    (function,) = summarise(class_of(replace(PARTLY, functions=(ours,)))).functions
    assert (function.full, function.part, function.none, function.mean) == (1, 0, 0, 10_000)


def test_reasons() -> None:
    assert reason(PERFECT) == ""
    assert reason(EMPTY) == "not written yet (area, perimeter, diagonal, …)"
    # polygon's 20 points outweigh the 10 of diagonal and of circle.
    assert reason(PARTLY) == "not written yet (polygon)"
    assert reason(replace(PARTLY, functions=PARTLY.functions[:2])).startswith(
        "Your perimeter adds each side once."
    )
    assert reason(UNGRADABLE) == "shapes.py, line 12: '(' was never closed"


@pytest.mark.parametrize(
    ("outcomes", "kind", "mark"),
    [
        ([Outcome.PASSED, Outcome.PASSED], "full", "✓"),
        ([Outcome.PASSED, Outcome.FAILED], "part", "◐"),
        ([Outcome.FAILED, Outcome.TIMED_OUT], "none", "◷"),
        ([Outcome.SKIPPED, Outcome.SKIPPED], "none", "–"),
        ([Outcome.NOT_WRITTEN], "open", "…"),
        ([Outcome.PASSED, Outcome.SUITE_ERROR], "ours", "?"),
        ([Outcome.FAILED, Outcome.SYSTEM_ERROR], "part", "◐"),
    ],
)
def test_states(outcomes: list[Outcome], kind: str, mark: str) -> None:
    checks = tuple(CheckResult("", outcome, 0 if outcome.costs_points else 5, 5) for outcome in outcomes)
    found = state(FunctionResult("f", checks), "en")
    assert (found.kind, found.mark) == (kind, mark)


def test_a_function_that_counts_after_follow_through_is_full() -> None:
    check = CheckResult("", Outcome.FAILED, 5, 5, follow_through=True)
    assert state(FunctionResult("f", (check,)), "en").kind == "full"

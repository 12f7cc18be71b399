"""Strategies give what their names say: legal, plain first, varied."""

from __future__ import annotations

import math
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import call_with
from autograder.checks.case import Arguments, as_arguments, size
from autograder.checks.drawn import draw_cases
from autograder.checks.origin import Draw
from autograder.checks.strategies import (
    alike,
    arguments,
    arrays,
    elements_from,
    forms_of,
    images,
    one_hots,
    probabilities,
    reals,
    shapes,
    sizes,
    truths,
    wholes,
)
from autograder.errors import SuiteError


def values(strategy: Any, n: int = 60, seed: int = 3) -> list[Any]:
    return [case.args[0] for case in draw_cases(Draw(arguments(strategy), seed, n))]


@pytest.mark.parametrize(
    ("low", "high"), [(-10, 10), (0, 1), (1e-4, 2e-4), (-1e4, 1e4), (0.5, 1e3), (1, 1e300), (-3e-7, 0)]
)
def test_reals_are_in_their_range_and_cover_it(low: float, high: float) -> None:
    found = values(reals(low, high), 256)
    assert all(type(value) is float and low <= value <= high for value in found)
    assert {low, high} <= set(found)
    for part in range(10):
        assert any(low + (high - low) * part / 10 <= v <= low + (high - low) * (part + 1) / 10 for v in found)
    # Half of them have more digits than anybody would type.
    assert sum(len(repr(value)) > 12 for value in found) >= 80
    assert found[0] == (0.0 if low <= 0 <= high else 1.0 if low <= 1 <= high else low)


def test_reals_without_zero() -> None:
    assert 0.0 in values(reals(-2, 2), 200)
    assert 0.0 not in values(reals(-2, 2, zero=False), 200)


@pytest.mark.parametrize("low", [1e-6, 0.02, 0.2, 1e-15])
def test_probabilities_stay_away_from_the_ends_and_come_near(low: float) -> None:
    found = values(probabilities(low), 256)
    assert all(low <= value <= 1 - low for value in found)
    assert found[0] == 0.5
    assert min(found) == low
    assert max(found) == 1 - low


@pytest.mark.parametrize("make", [lambda: reals(1, 1), lambda: reals(2, 1), lambda: reals(0, math.inf)])
def test_ranges_without_numbers(make: Any) -> None:
    with pytest.raises(SuiteError, match="reals"):
        make()


def test_other_impossible_strategies() -> None:
    with pytest.raises(SuiteError, match="probabilities"):
        probabilities(0.5)
    with pytest.raises(SuiteError, match="0 values"):
        elements_from([])
    with pytest.raises(SuiteError, match="257 values"):
        elements_from(range(257))
    with pytest.raises(SuiteError, match="at most 2 entries"):
        values(arrays(3, truths(), distinct=True))


def test_wholes_are_whole() -> None:
    found = values(wholes(-3, 5))
    assert sorted(found) == list(range(-3, 6))
    assert found[0] == 0
    wide = values(wholes(-1000, 10**6), 200)
    assert all(type(value) is int and -1000 <= value <= 10**6 for value in wide)
    assert max(wide) == 10**6
    assert values(arrays(4, wholes()))[0].dtype == np.int64


def test_sizes_and_shapes() -> None:
    assert sorted(values(sizes(2, 5))) == [2, 3, 4, 5]
    pairs = [case.args[0].shape for case in draw_cases(Draw(alike(shapes(), reals()), 1, 80))]
    assert pairs[0] == (1,)
    assert {len(shape) for shape in pairs} == {0, 1, 2, 3}
    assert all(1 <= side <= 5 for shape in pairs for side in shape)
    square = values(arrays(shapes(2, sizes(3, 4))), 30)
    assert {array.shape for array in square} == {(3, 3), (3, 4), (4, 3), (4, 4)}


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        (3, {(3,)}),
        ((), {()}),
        ((2, 3), {(2, 3)}),
        ((sizes(1, 2), 3), {(1, 3), (2, 3)}),
        (sizes(1, 2), {(1,), (2,)}),
        (st.just((2, 2)), {(2, 2)}),
    ],
)
def test_arrays_of_any_kind_of_shape(shape: Any, wanted: set[tuple[int, ...]]) -> None:
    found = values(arrays(shape), 30)
    assert {array.shape for array in found} == wanted
    assert all(a.flags.c_contiguous and a.flags.writeable and a.dtype == np.float64 for a in found)
    assert found[0].tolist() == np.zeros(found[0].shape).tolist()


def test_arrays_of_other_elements() -> None:
    found = values(arrays((2, 2), st.sampled_from([4.0, 8.0])), 12)
    assert {float(value) for array in found for value in array.ravel()} == {4.0, 8.0}
    mixed = draw_cases(Draw(alike(sizes(), truths(), st.integers(0, 3), reals(0, 1)), 1, 20))
    for y, n, p in (case.args for case in mixed):
        assert y.shape == n.shape == p.shape
        assert set(y) <= {0.0, 1.0}
        assert set(n) <= {0, 1, 2, 3}
        assert np.all((p >= 0) & (p <= 1))


def test_distinct_entries() -> None:
    for array in values(images(sizes(5, 7), sizes(5, 7), distinct=True), 30):
        assert len(set(array.ravel().tolist())) == array.size
    for array in values(arrays(5, st.integers(0, 4), distinct=True), 20):
        assert sorted(array) == [0, 1, 2, 3, 4]


def test_images_are_odd_and_not_square_and_of_one_slice_too() -> None:
    found = values(images(), 60)
    assert found[0].shape == (1, 1, 1)
    heights, widths, depths = ({array.shape[axis] for array in found} for axis in range(3))
    assert heights == widths == set(range(1, 8))
    assert depths == {1, 2, 3}
    assert any(array.shape[0] != array.shape[1] for array in found)


def test_one_hots() -> None:
    for hot in values(one_hots(sizes(1, 4)), 10):
        assert sorted(hot)[-1] == 1.0
        assert np.sum(hot) == 1.0


def test_arguments_make_cases() -> None:
    assert draw_cases(Draw(arguments(1, "x"), 1, 3)) == [Arguments((1, "x"))]
    (case,) = draw_cases(Draw(arguments(1, k=2), 1, 3))
    assert case == call_with(1, k=2)


def test_forms_hold_the_same_numbers() -> None:
    cases = draw_cases(
        Draw(forms_of(alike(shapes((1, 2), sizes(2, 3)), reals(), reals()), integers=True), 1, 80)
    )
    assert all(np.shape(case.args[0]) == np.shape(case.args[1]) for case in cases)
    kinds = set()
    for case in cases:
        for value in case.args:
            if isinstance(value, list):
                flat = value if not isinstance(value[0], list) else value[0]
                kinds.add(f"list of {type(flat[0]).__name__}")
            else:
                flags = value.flags
                kinds |= {value.dtype.name, "read-only" * (not flags.writeable)}
                kinds.add("strided" if not (flags.c_contiguous or flags.f_contiguous) else "")
                kinds.add("fortran" if flags.f_contiguous and not flags.c_contiguous else "")
    wanted = {
        "list of int",
        "list of float",
        "float32",
        "float64",
        "int64",
        "read-only",
        "strided",
        "fortran",
    }
    assert wanted <= kinds
    scalars = [case.args[0] for case in draw_cases(Draw(forms_of(arguments(reals())), 1, 40))]
    assert {type(value) for value in scalars} == {float, np.float64, np.ndarray}
    without = draw_cases(Draw(forms_of(arguments(arrays(3)), float32=False), 1, 60))
    assert {np.asarray(case.args[0]).dtype.name for case in without} == {"float64"}


def test_a_case_keeps_its_keywords_in_every_form() -> None:
    cases = draw_cases(Draw(forms_of(arguments(arrays(3), size=2)), 1, 20))
    assert all(as_arguments(case).kwargs == {"size": 2} and size(case) == 4 for case in cases)
    assert len(cases) > 3

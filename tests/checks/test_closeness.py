from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from autograder.checks import CheckFailure, check_between, check_close, check_shape
from autograder.checks.closeness import differences, locate
from autograder.errors import SuiteError
from autograder.language import say
from tests.checks.fake import FakeCall


def text(actual: Any, desired: Any, **options: Any) -> str:
    return " ".join(say(found, "en") for found in differences(actual, desired, **options))


class Handle:
    """As the sandbox's: attributes would be fetched from the worker, so none may be asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AssertionError(f"asked the worker for {name}")

    def __repr__(self) -> str:
        return "<an object of class Node>"


ONES = np.ones(3)


@pytest.mark.parametrize(
    "actual",
    [
        ONES,
        [1.0, 1.0, 1.0],
        (1, 1, 1),
        [np.float64(1), np.array(1.0), 1],
        np.ones(3, int),
        np.ones(3, np.float32),
        np.ones(3, ">f8"),
        np.ones(6)[::2],
        ONES + 0.9e-6,
    ],
)
def test_an_array_may_come_in_any_form(actual: Any) -> None:
    check_close(actual, ONES)


def test_a_zero_is_shown_without_a_sign() -> None:
    assert text(-1.0, -0.0) == "The result is -1, but 0 is expected."
    assert "Entry [1] is nan, but 0 is expected." in text([1.0, math.nan], np.array([1.0, -0.0]))


@pytest.mark.parametrize(
    "actual", [2.0, 2, np.float64(2), np.float32(2), np.int8(2), np.array(2.0), np.array(2)]
)
def test_a_number_may_come_in_any_form(actual: Any) -> None:
    check_close(actual, 2.0)
    check_close(actual, np.array(2.0))


@pytest.mark.parametrize(
    ("actual", "says"),
    [
        (None, "None"),
        ("1 1 1", "text: '1 1 1'"),
        (b"111", "text"),
        (True, "True, a bool"),
        (np.True_, "True, a bool"),
        (np.ones(3, bool), "booleans"),
        ([True, True, True], "bool"),
        ([1.0, True, 1.0], "bool"),
        (np.ones(3, complex), "complex"),
        ([1.0, 1.0, 1j], "complex"),
        ({"x": 1.0}, "dict"),
        ([1.0, None, 1.0], "None in it"),
        ([[1.0], [1.0, 2.0]], "different shapes"),
        ([1.0, [1.0], 1.0], "different shapes"),
        (Handle(), "an object of class Node"),
        ([Handle()] * 3, "an object of class Node"),
        (np.ma.masked_all(3), "masked"),
        (np.array(["1", "1", "1"]), "not of numbers"),
        (1.0, "single number; an array of shape (3,)"),
        (np.array(1.0), "single number; an array of shape (3,)"),
        (0, "single number"),
        (np.array([1.0]), "shape (1,); shape (3,)"),
        ([], "empty, with shape (0,)"),
        (np.empty(0), "empty, with shape (0,)"),
        (np.empty((0, 1)), "empty, with shape (0, 1)"),
        (np.ones((3, 1)), "shape (3, 1); shape (3,)"),
        (np.ones((1, 3)), "shape (1, 3); shape (3,)"),
        (np.zeros(3), "Entry [0] is 0, but 1 is expected. 3 of 3 entries differ."),
        (np.full(3, np.nan), "Entry [0] is nan, but 1 is expected. 3 of 3 entries are nan or infinite."),
        ([1.0, np.inf, 1.0], "Entry [1] is inf"),
        ([1.0, 10**400, 1.0], "Entry [1] is inf"),
        ([1.0, 1.0, 1.1], "Entry [2] is 1.1, but 1 is expected. 1 of 3 entries differ."),
    ],
)
def test_degenerate_and_wrong_answers_fail_and_say_why(actual: Any, says: str) -> None:
    with pytest.raises(CheckFailure) as caught:
        check_close(actual, ONES)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("actual", "says"),
    [
        (None, "None"),
        (True, "bool"),
        ("2", "text"),
        (np.array([2.0]), "shape (1,); a single number"),
        ([2.0], "shape (1,); a single number"),
        ([], "shape (0,); a single number"),
        (np.empty((0, 1)), "shape (0, 1); a single number"),
        (math.nan, "The result is nan, but 2 is expected."),
        (-math.inf, "The result is -inf, but 2 is expected."),
        (2 + 0j, "complex"),
        (0.0, "The result is 0, but 2 is expected."),
        (2.00001, "The result is 2.00001, but 2 is expected."),
        (10**400, "The result is inf"),
    ],
)
def test_what_is_not_the_number_fails(actual: Any, says: str) -> None:
    with pytest.raises(CheckFailure) as caught:
        check_close(actual, 2.0)
    assert says in str(caught.value)


def test_the_kind_is_named_before_the_shape_and_the_shape_before_values() -> None:
    assert "booleans" in text(np.zeros((4, 4), bool), ONES)
    assert "shape (2,)" in text([np.nan, 5.0], ONES)
    assert "nan" in text([0.0, np.nan, 0.0], ONES)


def test_the_worst_entry_is_the_one_furthest_beyond_its_tolerance() -> None:
    assert "Entry [1, 0] is" in text([[1.01, 2.0], [0.0, 4.0]], np.array([[1.0, 2.0], [3.0, 4.0]]))
    # 1000.1 is off by more than 0.011, but by less of what is allowed
    assert "Entry [1]" in text([1000.1, 0.011], np.array([1000.0, 0.01]), rtol=1e-6, atol=0.0)


def test_shows_as_many_digits_as_tell_the_two_apart() -> None:
    assert text(1.00000123456, 1.0, rtol=1e-9) == "The result is 1.00000123, but 1 is expected."


def test_nan_and_infinity_pass_only_where_they_are_expected() -> None:
    desired = np.array([np.nan, np.inf, 1.0])
    check_close([np.nan, np.inf, 1.0], desired)
    assert text([np.inf, np.nan, 1.0], desired)
    assert text([np.nan, -np.inf, 1.0], desired)
    assert text([np.nan, 1e308, 1.0], desired)
    assert text([0.0, np.inf, 1.0], desired)
    assert text([np.nan, np.inf, np.nan], desired)


def test_no_numpy_warning_escapes() -> None:
    with np.errstate(all="raise"):
        assert text([1.7e308, -1.7e308], np.array([-1.7e308, 1.7e308]))
        check_close([1e-320, 1e308], np.array([1e-320, 1e308]))
        assert text(np.float32(np.inf), 1e300)


def test_the_tolerance_is_atol_plus_rtol_times_the_expected_size() -> None:
    check_close(100.0 + 0.99, 100.0, rtol=0.01, atol=0.0)
    assert text(100.0 + 1.01, 100.0, rtol=0.01, atol=0.0)
    check_close(101.49, 100.0, rtol=0.01, atol=0.5)
    # asymmetric: one per cent of what is expected, not of what came
    assert text(100.0, 99.005, rtol=0.01, atol=0.0)


def test_the_default_atol_follows_the_largest_expected_entry() -> None:
    check_close([1e6, 1e-4], np.array([1e6, 0.0]))
    assert text([1e6, 1e-2], np.array([1e6, 0.0]))
    assert text([1e-6, 1e-9], np.array([1e-6, 0.0]))
    check_close(1e-13, 0.0)
    assert text(1e-11, 0.0)
    check_close(np.full(3, 1e-13), np.zeros(3))


def test_small_answers_are_not_excused() -> None:
    desired = np.array([1e-12, 2e-12])
    check_close(desired * (1 + 1e-8), desired)
    assert text(np.zeros(2), desired)
    assert text(desired * 1.001, desired)


def test_atol_may_be_an_array() -> None:
    desired = np.array([1.0, 2.0])
    check_close([1.5, 2.0], desired, atol=np.array([0.6, 0.0]))
    assert text([1.0, 2.5], desired, atol=np.array([0.6, 0.0]))
    with pytest.raises(SuiteError, match="shape"):
        check_close([1.0, 2.0], desired, atol=np.zeros(3))


@pytest.mark.parametrize("tolerance", [math.nan, -1e-6, math.inf, "1e-6"])
def test_an_impossible_tolerance_is_the_suites_fault(tolerance: Any) -> None:
    with pytest.raises(SuiteError):
        check_close(1.0, 1.0, rtol=tolerance)
    with pytest.raises(SuiteError):
        check_close(1.0, 1.0, atol=tolerance)


def test_counts_are_exact_to_the_unit() -> None:
    check_close(5_000_000.0, 5_000_000)
    assert text(5_000_001, 5_000_000)
    assert text(np.array([5_000_001]), np.array([5_000_000]))
    check_close(5_000_001.0, 5_000_000.0)


class TestStructures:
    def test_a_tuple_takes_a_list_or_an_array_of_its_length(self) -> None:
        desired = (1.0, 2.0)
        for actual in ([1.0, 2.0], (1, 2), np.array([1.0, 2.0]), (np.array(1.0), np.float32(2))):
            check_close(actual, desired)
        for actual in ([1.0], (1.0, 2.0, 3.0), np.ones((2, 1)), (np.ones(1), np.full(1, 2.0)), 1.0, None, {}):
            assert text(actual, desired)

    def test_a_list_of_arrays_is_compared_item_by_item(self) -> None:
        desired = [np.ones((2, 3)), np.ones(4)]
        check_close((np.ones((2, 3)), [1, 1, 1, 1]), desired)
        assert "In item [1] of the result: The result has shape (3,)" in text(
            [np.ones((2, 3)), ONES], desired
        )
        assert "has 1 items" in text([np.ones((2, 3))], desired)
        assert "None. Is a return missing? 2 values are expected" in text(None, desired)
        check_close(np.ones((2, 3)), [np.ones(3), np.ones(3)])

    def test_a_dict_needs_the_same_keys(self) -> None:
        desired = {"x": 1.0, "y": np.ones(2)}
        check_close({"y": [1, 1], "x": 1}, desired)
        assert "The key 'y' is missing." in text({"x": 1.0}, desired)
        assert "The key 'z' is not expected." in text({**desired, "z": 0.0}, desired)
        assert "In item ['y'] of the result: Entry [1] is 2" in text({"x": 1.0, "y": [1, 2]}, desired)
        assert "dict with the keys 'x', 'y'" in text([1.0, ONES], desired)

    def test_structures_nest(self) -> None:
        desired = (2.0, {"w": [np.ones(2), np.ones(3)]})
        check_close([2, {"w": ([1, 1], ONES)}], desired)
        assert "In item [1]['w'][1] of the result:" in text((2.0, {"w": [np.ones(2), 2 * ONES]}), desired)

    def test_round_off_in_a_number_is_of_the_size_of_its_neighbours(self) -> None:
        check_close((1e-14, 3.0), (3e-17, 3.0))
        check_close({"a": 1e-14, "b": 3.0}, {"a": 3e-17, "b": 3.0})
        check_close((1e-14, 3.0, [1.0]), (3e-17, 3.0, [1.0]))
        assert text((1e-14, ONES), (3e-17, ONES))

    def test_tolerances_may_have_the_structure(self) -> None:
        desired = {"x": 1.0, "y": np.ones(2)}
        check_close({"x": 1.4, "y": [1, 1]}, desired, atol={"x": 0.5, "y": 0.0})
        assert text({"x": 1.0, "y": [1, 1.4]}, desired, atol={"x": 0.5, "y": 0.0})
        check_close([1.4, ONES], [1.0, ONES], atol=[0.5, 0.0])
        with pytest.raises(SuiteError, match="items"):
            check_close([1.4, ONES], [1.0, ONES], atol=[0.5])

    def test_text_and_booleans_are_equal_or_not(self) -> None:
        check_close("no_decay", "no_decay")
        assert text("No decay", "no_decay") == "The result is 'No decay', but 'no_decay' is expected."
        assert text(None, "no_decay")
        assert text(1.0, "no_decay")
        check_close(np.True_, True)
        check_close([True, False], np.array([True, False]))
        for actual in (1, 1.0, None, False, [True]):
            assert text(actual, True)

    @pytest.mark.parametrize("desired", [None, [None], object(), [1.0, None]])
    def test_what_cannot_be_expected_is_the_suites_fault(self, desired: Any) -> None:
        with pytest.raises(SuiteError):
            check_close([1.0, 1.0][: np.size(desired)], desired)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(arrays(np.float64, array_shapes(max_dims=3), elements=st.floats(allow_nan=True, allow_infinity=True)))
def test_every_array_equals_itself_and_its_nested_list(array: np.ndarray) -> None:
    check_close(array.copy(), array)
    check_close(array.tolist(), array)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(arrays(np.float64, array_shapes(max_dims=2), elements=st.floats(1e-3, 1e3)), st.data())
def test_a_change_of_one_entry_beyond_the_tolerance_is_found(array: np.ndarray, data: st.DataObject) -> None:
    changed = array.copy()
    index = data.draw(st.tuples(*(st.integers(0, n - 1) for n in array.shape)))
    changed[index] += 1.1e-6 * abs(array[index]) + 1.1e-9 * np.abs(array).max()
    assert f"Entry {list(index)} is" in text(changed, array)
    assert "1 of" in text(changed, array)


class TestAgain:
    def test_judges_another_value_of_the_call(self) -> None:
        call = FakeCall("f", (1.0,), value=np.zeros(3))
        with pytest.raises(CheckFailure) as caught:
            check_close(call.value, ONES, call=call)
        failure = caught.value
        assert failure.call is call
        assert failure.again is not None
        failure.again(ONES)
        with pytest.raises(CheckFailure, match="is 2") as second:
            failure.again(2 * ONES)
        assert second.value.call is call

    def test_judges_the_same_part_of_another_value(self) -> None:
        call = FakeCall("f", value=(ONES, {"history": [1.0, 2.0]}))
        with pytest.raises(CheckFailure) as caught:
            check_close(call.value[1]["history"], [3.0, 4.0], call=call)
        again = caught.value.again
        assert again is not None
        again((None, {"history": [3.0, 4.0]}))
        for value in ((None, {"history": [3.0, 5.0]}), (ONES,), None, (ONES, {}), Handle()):
            with pytest.raises(CheckFailure):
                again(value)

    def test_is_missing_for_a_derived_value(self) -> None:
        call = FakeCall("f", value=np.zeros(3))
        with pytest.raises(CheckFailure) as caught:
            check_close(call.value.sum(), 1.0, call=call)
        assert caught.value.call is call
        assert caught.value.again is None

    def test_locate_needs_one_way(self) -> None:
        assert locate(ONES, ONES) == ()
        assert locate([0, {"x": ONES}], ONES) == (1, "x")
        assert locate([ONES, ONES], ONES) is None
        assert locate([0], ONES) is None


class TestBetween:
    def test_ends_belong_to_it(self) -> None:
        for actual in (10, 10.0, np.float32(12), np.array(11.0), 1e300):
            check_between(actual, 10, math.inf)
        check_between(1, 0, 1)

    @pytest.mark.parametrize(
        "actual", [9.999, math.inf, math.nan, None, True, [10.5], np.array([10.5]), "11", 11j, []]
    )
    def test_anything_else_fails(self, actual: Any) -> None:
        with pytest.raises(CheckFailure):
            check_between(actual, 10, math.inf)

    def test_says_the_bound(self) -> None:
        with pytest.raises(CheckFailure, match="The result is 9; at least 10 is expected"):
            check_between(9.0, 10, 20)
        with pytest.raises(CheckFailure, match="The result is 21; at most 20 is expected"):
            check_between(21.0, 10, 20)

    def test_an_empty_range_is_the_suites_fault(self) -> None:
        with pytest.raises(SuiteError):
            check_between(1.0, 2.0, 1.0)
        with pytest.raises(SuiteError):
            check_between(1.0, math.nan, 1.0)


def test_check_shape() -> None:
    check_shape([[1, 2, 3]], (1, 3))
    check_shape(np.nan, ())
    for actual in (None, ONES, np.ones((3, 1)), [[True, True, True]], "abc", np.empty((0, 3))):
        with pytest.raises(CheckFailure):
            check_shape(actual, (1, 3))


_EDGES = [0.0, 1.0, -1.0, 3.3, 1e-7, -2.5e10, 1e-300, 5e-324, 1e308, math.nan, math.inf]


@pytest.mark.parametrize("kind", [float, np.float64])
@pytest.mark.parametrize("rtol", [None, 0.0, 1e-6, 1e-3, 2.0])
def test_two_numbers_are_as_close_as_two_arrays_of_one(kind: type, rtol: float | None) -> None:
    close = 0
    for due in _EDGES:
        for factor in (1.0, 1 + 1e-6, 1 + 1.0000001e-6, 1 - 1e-6, 1 + 0.9999e-3, 1 + 1e-3, -1.0, 4.0):
            for offset in (0.0, 5e-324, 1e-15, 0.9999e-12, 1.0001e-12, 1e-6):
                given = due * factor + offset
                as_arrays = differences(np.array(given), np.array(due), rtol)
                assert bool(differences(kind(given), due, rtol)) == bool(as_arrays), (given, due)
                close += not as_arrays
    assert 100 < close < 500


def test_neighbours_set_the_scale_of_a_single_number_too() -> None:
    # 1e-3 of the tolerance of the largest one: 1e-6 * 1e-3 * 1e6.
    assert not differences([1e6, 0.9e-3], [1e6, 0.0])
    assert differences([1e6, 1.1e-3], [1e6, 0.0])
    assert not differences((1e6, 0.9e-3, "a"), (1e6, 0.0, "a"))
    assert differences((1e6, 1.1e-3, "a"), (1e6, 0.0, "a"))

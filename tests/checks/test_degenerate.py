"""No comparator passes on nothing: one table of degenerate answers, given to each of them.

Some of these never cross the wire as they are (masked and object arrays, subclasses); what checks are given by a
reference, or by `autograde try`, has not crossed it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.checks import (
    CheckFailure,
    check_between,
    check_close,
    check_finite,
    check_gradient,
    check_no_warning,
    check_raises,
    check_same,
    check_shape,
    check_unchanged,
)
from autograder.checks.closeness import differences
from autograder.errors import StudentFault
from autograder.language import say
from tests.checks.fake import FakeTarget


class Liar(np.ndarray):
    """Equal to everything, as far as it is asked."""

    def __eq__(self, other: object) -> Any:
        return True

    def __array_ufunc__(self, *inputs: Any, **options: Any) -> Any:
        return np.True_

    def __array_function__(self, *inputs: Any, **options: Any) -> Any:
        return np.True_

    __hash__ = None  # type: ignore[assignment]


class Float(float):
    def __eq__(self, other: object) -> bool:
        return True

    def __sub__(self, other: object) -> float:
        return 0.0

    __hash__ = float.__hash__


class Anything:
    def __eq__(self, other: object) -> bool:
        return True

    def __array__(self, *args: Any, **options: Any) -> Any:
        return np.array([1.0, 2.0])

    def __float__(self) -> float:
        return 1.0

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Any:
        return iter([1.0, 2.0])

    __hash__ = None  # type: ignore[assignment]


def structured(shape: tuple[int, ...]) -> Any:
    return np.zeros(shape, dtype=[("a", float), ("b", float)])


# Whatever number or pair of numbers is expected: none of these is it.
NEVER = {
    "None": None,
    "text": "1.0",
    "bytes": b"1.0",
    "a dict": {0: 1.0, 1: 2.0},
    "a set": {1.0, 2.0},
    "a generator": (value for value in (1.0, 2.0)),
    "a range": range(1, 3),
    "an object": Anything(),
    "a function": math.sqrt,
    "no entries": [],
    "no entries, as an array": np.empty(0),
    "no rows": np.empty((0, 1)),
    "no columns": np.empty((2, 0)),
    "empty lists": [[], []],
    "a batch of one": np.array([[1.0, 2.0]]),
    "a column": np.array([[1.0], [2.0]]),
    "three entries": [1.0, 2.0, 1.0],
    "ragged": [1.0, [2.0]],
    "nan": math.nan,
    "all nan": np.full(2, np.nan),
    "one nan": [1.0, math.nan],
    "infinite": [math.inf, math.inf],
    "an infinite number": math.inf,
    "an int beyond float64": 10**400,
    "ints beyond float64": [10**400, 10**400],
    "True": True,
    "booleans": np.array([True, True]),
    "a list of booleans": [True, 2.0],
    "complex": np.array([1.0 + 0j, 2.0 + 0j]),
    "a complex number": 1.0 + 0j,
    "one complex": [1.0, 2.0 + 0j],
    "objects": np.array([1.0, 2.0], dtype=object),
    "a 0-d object": np.array(1.0, dtype=object),
    "a list of None": [None, None],
    "None among numbers": [1.0, None],
    "digits": np.array(["1.0", "2.0"]),
    "a list of digits": ["1.0", "2.0"],
    "dates": np.array([1, 2], dtype="datetime64[s]"),
    "durations": np.array([1, 2], dtype="timedelta64[s]"),
    "structured": structured((2,)),
    "one structured": structured(()),
    "void": np.zeros(2, dtype="V8"),
    "masked": np.ma.masked_all(2),
    "half masked": np.ma.array([1.0, 2.0], mask=[False, True]),
    "masked, nothing hidden": np.ma.array([1.0, 2.0]),
    "the masked constant": np.ma.masked,
    "a list of masked": [np.ma.masked, np.ma.masked],
    "a liar of wrong values": np.array([7.0, 7.0]).view(Liar),
    "a liar of wrong shape": np.array([[7.0]]).view(Liar),
    "a list of liars": [np.array(7.0).view(Liar), np.array(7.0).view(Liar)],
    "a float that equals all": Float(7.0),
    "floats that equal all": [Float(7.0), Float(7.0)],
}
# Right for a pair, wrong for a number, and the other way round.
NUMBERS = {"a number": 1.0, "0-d": np.array(1.0), "a NumPy number": np.float64(1.0)}
PAIRS = {"a list": [1.0, 2.0], "a tuple": (1.0, 2.0), "an array": np.array([1.0, 2.0])}
X = np.array([0.5, 1.0])


def of_two(x: Any) -> Any:
    return np.array([1.0, 2.0])


def same(check: Callable[..., None]) -> Callable[[Any], None]:
    """A check of calls as one of an answer."""
    return lambda answer: check(FakeTarget(f=lambda x: answer), FakeTarget(f=of_two), "f", [(X,)])


PAIR_CHECKS: dict[str, Callable[[Any], None]] = {
    "check_close, of an array": lambda answer: check_close(answer, np.array([1.0, 2.0])),
    "check_close, of a list": lambda answer: check_close(answer, [1.0, 2.0]),
    "check_close, of items": lambda answer: check_close([answer], [np.array([1.0, 2.0])]),
    "check_close, in a dict": lambda answer: check_close({"x": answer}, {"x": np.array([1.0, 2.0])}),
    "check_close, with a wide tolerance": lambda answer: check_close(answer, [1.0, 2.0], rtol=0.5, atol=0.5),
    "check_same": same(check_same),
    "check_unchanged": same(check_unchanged),
    "check_no_warning": same(check_no_warning),
    "check_gradient": lambda answer: check_gradient(lambda x: np.sum(x**2), answer, X),
}
NUMBER_CHECKS: dict[str, Callable[[Any], None]] = {
    "check_close, of a number": lambda answer: check_close(answer, 1.0),
    "check_close, of a whole number": lambda answer: check_close(answer, 1),
    "check_close, of 0-d": lambda answer: check_close(answer, np.array(1.0)),
    "check_between": lambda answer: check_between(answer, 0.5, 1.5),
    "check_gradient, of a number": lambda answer: check_gradient(lambda x: x, answer, 2.0),
}
# These judge the form only: values that are wrong, or not finite, may pass check_shape.
FORM_CHECKS: dict[str, Callable[[Any], None]] = {
    "check_shape": lambda answer: check_shape(answer, (2,)),
    "check_finite": lambda answer: check_finite(FakeTarget(f=lambda x: answer), "f", [(X,)], like=0),
}
VALUES_ONLY = {"a liar of wrong values", "a list of liars", "floats that equal all"}
NOT_FINITE = {"all nan", "one nan", "infinite", "ints beyond float64"}


@pytest.mark.parametrize("check", PAIR_CHECKS)
@pytest.mark.parametrize("answer", [*NEVER, *NUMBERS])
def test_what_is_not_the_pair_fails(check: str, answer: str) -> None:
    with np.errstate(all="raise"), pytest.raises((CheckFailure, StudentFault)):
        PAIR_CHECKS[check]((NEVER | NUMBERS)[answer])


@pytest.mark.parametrize("check", NUMBER_CHECKS)
@pytest.mark.parametrize("answer", [*NEVER, *PAIRS])
def test_what_is_not_the_number_fails(check: str, answer: str) -> None:
    with np.errstate(all="raise"), pytest.raises((CheckFailure, StudentFault)):
        NUMBER_CHECKS[check]((NEVER | PAIRS)[answer])


@pytest.mark.parametrize("check", FORM_CHECKS)
@pytest.mark.parametrize("answer", [*NEVER, *NUMBERS])
def test_what_has_not_the_form_fails(check: str, answer: str) -> None:
    if answer in VALUES_ONLY or (check == "check_shape" and answer in NOT_FINITE):
        FORM_CHECKS[check](NEVER[answer])
        return
    with pytest.raises((CheckFailure, StudentFault)):
        FORM_CHECKS[check]((NEVER | NUMBERS)[answer])


def test_the_table_can_be_passed() -> None:
    """So that the checks above fail for what they are given."""
    for form in PAIRS.values():
        for name, check in (PAIR_CHECKS | FORM_CHECKS).items():
            check(form)
            assert name
    for form in NUMBERS.values():
        for check in NUMBER_CHECKS.values():
            check(form)


BOOLEANS = {
    **{
        name: NEVER[name]
        for name in ("None", "text", "no entries", "no rows", "masked", "all nan", "an object")
    },
    "numbers": [1.0, 0.0],
    "ones": np.array([1, 0]),
    "one": True,
    "three": [True, False, True],
    "a column": [[True], [False]],
    "objects": np.array([True, False], dtype=object),
    "masked booleans": np.ma.array([True, False], mask=[True, True]),
    "booleans, nothing hidden": np.ma.array([True, False]),
    "a liar": np.array([False, True]).view(Liar),
}


@pytest.mark.parametrize("answer", BOOLEANS)
def test_what_are_not_the_booleans_fails(answer: str) -> None:
    assert differences(BOOLEANS[answer], np.array([True, False]))
    assert differences(BOOLEANS[answer], [True, False])


@pytest.mark.parametrize("desired", [[], (), np.empty(0), np.empty((0, 3)), {}])
def test_only_nothing_is_as_good_as_nothing(desired: Any) -> None:
    for answer in (None, 0.0, math.nan, [0.0], [None], [[]], np.empty((1, 0)), "", {"x": 1.0}, np.ma.masked):
        assert differences(answer, desired), answer


@pytest.mark.parametrize("answer", [np.empty((0, 2)), np.empty(0), [], [[]]])
def test_an_empty_shape_is_exact(answer: Any) -> None:
    due = np.empty((0, 3))
    assert differences(answer, due)
    check_close(np.empty((0, 3)), due)


def test_minus_zero_is_zero() -> None:
    check_close(-0.0, 0.0)
    check_close(np.array([0.0, -0.0]), np.array([-0.0, 0.0]))
    # What differs is what comes of it.
    assert differences(1 / np.float64(1.0) * -math.inf, math.inf)


@pytest.mark.parametrize("desired", [2**53 + 1, 2**63 - 1, 10**30, np.int64(2**62 + 1), np.uint64(2**64 - 1)])
def test_large_counts_are_exact_too(desired: Any) -> None:
    check_close(desired, desired)
    check_close([desired], [desired])
    assert differences(int(desired) - 1, desired)
    assert differences([int(desired) - 1], [desired])
    assert differences(10**400, desired)


def test_large_numbers_need_not_be_of_an_integer_type() -> None:
    check_close(float(2**60), 2**60)
    # 25! has more digits than a float64, and a float64 is as good as the next one.
    check_close(float(math.factorial(25)), math.factorial(25))
    check_close(2**60 + 1, float(2**60))
    check_close(2**60 + 2**40, 2**60, atol=2.0**41)
    check_close(2**60 + 2**40, 2**60, rtol=0.1)
    assert "is 1152921504606846977, but 1152921504606846976 is" in " ".join(
        say(one, "en") for one in differences(2**60 + 1, 2**60)
    )


def test_one_value_does_not_stand_for_many() -> None:
    desired = np.ones((3, 2))
    for answer in (
        1.0,
        np.array(1.0),
        np.ones(2),
        np.ones((1, 2)),
        np.ones((3, 1)),
        np.ones((1, 3, 2)),
        [1.0],
    ):
        assert differences(answer, desired)
        assert differences([answer, answer], [desired, desired])


class TestRaising:
    @pytest.mark.parametrize("answer", NEVER)
    def test_an_answer_instead_of_an_error_fails(self, answer: str) -> None:
        student = FakeTarget(f=lambda x: 1.0 if x > 0 else NEVER[answer])
        with pytest.raises(CheckFailure, match="should raise"):
            check_raises(student, "f", ValueError, legal=(1.0,), illegal=[(-1.0,)])

    def test_a_legal_call_that_gives_nothing_fails(self) -> None:
        def nothing(x: float) -> None:
            if x < 0:
                raise ValueError

        with pytest.raises(CheckFailure, match="legal"):
            check_raises(FakeTarget(f=nothing), "f", ValueError, legal=(1.0,), illegal=[(-1.0,)])


def test_an_argument_that_was_changed_to_the_answer_is_no_answer() -> None:
    def in_place(x: Any) -> None:
        x[:] = [1.0, 2.0]

    def and_gives_it_back(x: Any) -> Any:
        x[:] = [1.0, 2.0]
        return x

    for check in (check_same, check_unchanged, check_no_warning):
        with pytest.raises(CheckFailure, match="None"):
            check(FakeTarget(f=in_place), FakeTarget(f=of_two), "f", [(X,)])
    with pytest.raises(CheckFailure, match="changed its argument"):
        check_unchanged(FakeTarget(f=and_gives_it_back), FakeTarget(f=of_two), "f", [(X,)])

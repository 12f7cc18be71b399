"""Hidden suite for `losses`: the values of the two losses."""

import numpy as np
import pytest

from autograder.checks import check_between, check_no_warning, check_same, check_unchanged, forms

# The contract lets an epsilon in the logarithm be as large as 1e-7; the rest is rounding.
EPSILON = 1.01e-7

ENDS = [
    ([1.0], [1.0]),
    ([0.0], [0.0]),
    ([0, 1, 1], [0, 1, 1]),
    (1.0, 1.0),
    (0, 0),
    (np.ones((2, 3)), np.ones((2, 3))),
]


def allowance(y, p):
    """How far an epsilon of 1e-7 may move the loss: log(p + e) is at most e/p above log p."""
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return EPSILON * np.mean(y / p + (1 - y) / (1 - p))


def allowance_or_finite(y, p):
    """The same, but where some p is exactly 0 or 1 each epsilon gives a loss of its own: any finite one will do."""
    p = np.asarray(p, dtype=float)
    return np.finfo(float).max / 4 if np.any((p < 1e-6) | (p > 1 - 1e-6)) else allowance(y, p)


def truths(rng, shape):
    return rng.integers(0, 2, size=shape).astype(float)


def single(case):
    return tuple(np.asarray(argument, dtype=np.float32) for argument in case)


@pytest.mark.function("squared_error")
@pytest.mark.weight(2)
def test_squared_error_is_the_mean_of_the_squares(student, reference, rng):
    """the mean of the squared differences, for one example and for many"""
    cases = [([1.0], [0.5]), ([0.0, 1.0], [0.25, 0.5])]
    cases += [(truths(rng, n), rng.uniform(size=n)) for n in (1, 2, 7, 50)]
    cases += [tuple(size * rng.normal(size=(2, 5))) for size in (1e-4, 1.0, 1e4)]
    check_same(student, reference, "squared_error", cases)


@pytest.mark.function("squared_error")
@pytest.mark.weight(0.5)
@pytest.mark.hint("How many digits do the numbers have that you compute with?")
def test_squared_error_of_a_close_prediction(student, reference, rng):
    """where truth and prediction nearly agree, their small difference still counts"""
    y = rng.uniform(0.1, 0.9, size=5)
    check_same(
        student, reference, "squared_error", [(y[:1], y[:1] + 1e-4), (y, y + 1e-4 * rng.normal(size=5))]
    )


@pytest.mark.function("squared_error")
@pytest.mark.hint("N counts all elements, however they are arranged.")
def test_squared_error_of_any_shape(student, reference, rng):
    """the mean over all elements of a table, and of a single number"""
    cases = [(1.0, 0.25), (rng.uniform(), rng.uniform())]
    cases += [tuple(rng.uniform(size=(2, *shape))) for shape in ((1, 1), (1, 4), (3, 2), (2, 3, 4))]
    check_same(student, reference, "squared_error", cases)


@pytest.mark.function("squared_error")
@pytest.mark.hint("Convert both arguments before you compute with them.")
def test_squared_error_takes_any_numbers(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    cases = forms(tuple(4 * rng.uniform(size=(2, 6))), integers=True) + forms((0.25, 0.75), float32=False)
    cases += forms(tuple(rng.uniform(size=(2, 2, 3))), float32=False)
    cases += [([0, 1, 1], [0.25, 0.5, 0.75]), (np.array([0, 1]), rng.uniform(size=2)), (1, 0.75)]
    cases += [([0, 2], [1, 0])]
    check_same(student, reference, "squared_error", cases)


@pytest.mark.function("squared_error")
@pytest.mark.weight(0.5)
def test_squared_error_changes_nothing(student, reference, rng):
    """y and p stay as they were"""
    check_unchanged(student, reference, "squared_error", [tuple(rng.uniform(size=(2, n))) for n in (1, 4)])


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.weight(2)
def test_binary_cross_entropy_is_the_mean(student, reference, rng):
    """the mean of -[y log p + (1 - y) log(1 - p)], for one example and for many"""
    cases = [([1.0], [0.5]), ([0.0], [0.25]), ([1.0], [0.25])]
    cases += [(truths(rng, n), rng.uniform(0.02, 0.98, size=n)) for n in (1, 2, 7, 50)]
    check_same(student, reference, "binary_cross_entropy", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy")
def test_binary_cross_entropy_of_any_shape(student, reference, rng):
    """the mean over all elements of a table, and of a single number"""
    cases = [(1.0, 0.25), (0.0, rng.uniform(0.1, 0.9))]
    cases += [
        (truths(rng, shape), rng.uniform(0.02, 0.98, size=shape))
        for shape in ((1, 1), (1, 4), (3, 2), (2, 3, 4))
    ]
    check_same(student, reference, "binary_cross_entropy", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.hint("Both terms of the formula count for every example.")
def test_binary_cross_entropy_of_soft_truths(student, reference, rng):
    """a truth between 0 and 1 uses both terms"""
    cases = [([0.5], [0.5]), ([0.25], [0.75])]
    cases += [(rng.uniform(size=n), rng.uniform(0.02, 0.98, size=n)) for n in (1, 3, 9)]
    check_same(student, reference, "binary_cross_entropy", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.hint("An epsilon that protects the logarithm must be too small to change a prediction of 1e-6.")
def test_binary_cross_entropy_near_the_ends(student, reference, rng):
    """a prediction may come as close as 1e-6 to 0 or 1 and still counts as it is"""
    near = [1e-6, 1e-5, 3e-4, 1 - 3e-4, 1 - 1e-5, 1 - 1e-6]
    cases = [([y], [p]) for p in near for y in (0.0, 1.0)]
    cases += [(truths(rng, 6), rng.permutation(near))]
    check_same(student, reference, "binary_cross_entropy", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.weight(1.5)
def test_certain_and_right_costs_nothing(student, reference):
    """y = p = 0 and y = p = 1 cost nothing, in float32 too; p = 1/2 does"""
    check_same(student, reference, "binary_cross_entropy", [([0.0], [0.5]), ([1.0], [0.5])], atol=allowance)
    for call in student.calls("binary_cross_entropy", ENDS + [single(case) for case in ENDS]):
        check_between(call.result(), -5e-7, 5e-7, call=call)


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.weight(1.5)
def test_certain_and_wrong_is_dear_but_finite(student, reference):
    """being certain and wrong costs more than 10, but not infinity, in float32 too; being unsure costs little"""
    check_same(student, reference, "binary_cross_entropy", [([0.0], [0.5]), ([1.0], [0.5])], atol=allowance)
    wrong = [(y, 1 - np.asarray(p)) for y, p in ENDS]
    wrong += [([1.0], [0.0]), ([0, 1, 1], [1, 0, 0]), (0.0, 1.0)]
    for call in student.calls("binary_cross_entropy", wrong + [single(case) for case in wrong]):
        check_between(call.result(), 10, np.inf, call=call)


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.hint("log 0 is not finite: see to it that no 0 ever reaches the logarithm.")
def test_no_nan_and_no_warning(student, reference, rng):
    """never nan, inf or a warning for p from 0 to 1, both ends included"""
    ends = ENDS + [(y, 1 - np.asarray(p)) for y, p in ENDS]
    mixed = np.array([0.0, 0.0, 1.0, 1.0, 0.5, rng.uniform()])
    ends += [(truths(rng, 6), mixed), (rng.uniform(size=6), mixed), ([0.3, 0.3], [0.0, 1.0])]
    ends += [([1.0, 0.0], [5e-324, 1 - 2**-53])]
    inside = [([0.0], [0.25]), (truths(rng, 6), rng.uniform(0.1, 0.9, size=6))]
    cases = inside + ends + [single(case) for case in ends]
    check_no_warning(student, reference, "binary_cross_entropy", cases, atol=allowance_or_finite)


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.hint("Convert both arguments before you compute with them.")
def test_binary_cross_entropy_takes_any_numbers(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    y, p = truths(rng, 6), rng.uniform(0.1, 0.9, size=6)
    cases = forms((y, p)) + forms((1.0, 0.25), float32=False)
    cases += forms((y.reshape(2, 3), p.reshape(2, 3)), float32=False)
    cases += [([0, 1, 1], [0.25, 0.5, 0.75]), (y.astype(int), p), (1, 0.75)]
    check_same(student, reference, "binary_cross_entropy", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.weight(0.5)
@pytest.mark.hint("Clip into a new array.")
def test_binary_cross_entropy_changes_nothing(student, reference, rng):
    """y and p stay as they were, also where p is 0 or 1"""
    cases = [(truths(rng, n), rng.uniform(0.1, 0.9, size=n)) for n in (1, 4)]
    cases += [(np.array([1.0, 0.0, 1.0]), np.array([0.0, 0.0, 1.0]))]
    check_unchanged(student, reference, "binary_cross_entropy", cases, atol=allowance_or_finite)

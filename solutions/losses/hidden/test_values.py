"""Hidden suite for `losses`: the values of the two losses."""

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import check_between, check_no_warning, check_same, check_unchanged, fail
from autograder.checks.strategies import (
    alike,
    elements_from,
    forms_of,
    probabilities,
    reals,
    shapes,
    sizes,
    truths,
    wholes,
)

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

MANY = sizes(1, 30)
TABLES = shapes((0, 3), sizes(1, 4))
NUMBERS = reals(-3, 3)
PROBABILITIES = probabilities()
SHARES = reals(0, 1)
CERTAIN = elements_from([0.0, 1.0, 0.5, 0.25, 1e-300, 1 - 2**-53, 0.999])


def allowance(y, p):
    """How far an epsilon of 1e-7 may move the loss: log(p + e) is at most e/p above log p."""
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    return EPSILON * np.mean(y / p + (1 - y) / (1 - p))


def allowance_or_finite(y, p):
    """The same, but where some p is exactly 0 or 1 each epsilon gives a loss of its own: any finite one will do."""
    p = np.asarray(p, dtype=float)
    # A float32 of 1e-6 is a little less than that.
    return np.finfo(float).max / 4 if np.any((p < 0.99e-6) | (p > 1 - 0.99e-6)) else allowance(y, p)


def single(case):
    return tuple(np.asarray(argument, dtype=np.float32) for argument in case)


def nearly(case):
    """A truth, and a prediction that is off by at most 1e-4."""
    y, off = case
    return y, y + 1e-4 * off


def agreeing(case):
    """A truth, and the same as a prediction."""
    (y,) = case
    return y, y.copy()


def as_it_is(case):
    return case


def last_to_first(case):
    return tuple(argument[::-1].copy() for argument in case)


def each_twice(case):
    return tuple(np.concatenate([argument, argument]) for argument in case)


def exchanged(case):
    y, p = case
    return p, y


def opposite(case):
    """The same examples with 0 and 1 in exchanged roles."""
    return tuple(1 - argument for argument in case)


def changed(examples, *changes):
    """The examples of a strategy after one of the changes."""
    return st.builds(lambda change, case: change(case), st.sampled_from(changes), examples)


@pytest.mark.function("squared_error")
@pytest.mark.weight(2)
def test_squared_error_is_the_mean_of_the_squares(student, reference, drawn):
    """the mean of the squared differences, for one example and for many"""
    cases = [([1.0], [0.5]), ([0.0, 1.0], [0.25, 0.5])]
    cases += drawn(alike(MANY, truths(), SHARES), 4)
    cases += drawn(alike(MANY, NUMBERS, NUMBERS), 4)
    cases += [(size * y, size * p) for size, (y, p) in zip((1e-4, 1e4), cases[-2:], strict=True)]
    check_same(student, reference, "squared_error", cases)


@pytest.mark.function("squared_error")
@pytest.mark.weight(0.5)
@pytest.mark.hint("How many digits do the numbers have that you compute with?")
def test_squared_error_of_a_close_prediction(student, reference, drawn):
    """where truth and prediction nearly agree, their small difference still counts"""
    off = reals(-1, 1, zero=False)
    check_same(
        student, reference, "squared_error", drawn(alike(sizes(), reals(0.1, 0.9), off).map(nearly), 5)
    )


@pytest.mark.function("squared_error")
@pytest.mark.hint("N counts all elements, however they are arranged.")
def test_squared_error_of_any_shape(student, reference, drawn):
    """the mean over all elements of a table, and of a single number"""
    cases = [(1.0, 0.25), (0.5, 0.125), *drawn(alike(TABLES, NUMBERS, NUMBERS), 7)]
    check_same(student, reference, "squared_error", cases)


@pytest.mark.function("squared_error")
@pytest.mark.weight(0.5)
@pytest.mark.hint("What should the order of truth and prediction change, and what the order of the examples?")
def test_squared_error_is_symmetric(student, reference, drawn):
    """truth and prediction may change places, examples their order, and each may come twice: the mean stays"""
    examples = changed(alike(MANY, NUMBERS, NUMBERS), as_it_is, last_to_first, each_twice, exchanged)
    check_same(student, reference, "squared_error", drawn(examples, 6))


@pytest.mark.function("squared_error")
@pytest.mark.weight(0.5)
@pytest.mark.hint("What do two errors cost that are of one size, one too low and one too high?")
def test_squared_error_is_zero_only_where_all_agree(student, reference, drawn):
    """0 where truth and prediction agree everywhere, and nowhere else"""
    agree = drawn(alike(TABLES, NUMBERS).map(agreeing), 3)
    # Errors of both signs that add up to nothing.
    differ = [([1.0, -1.0], [0.0, 0.0]), ([0.5, 0.5, 1.0], [0.75, 0.25, 1.0])]
    # Multiplied out, (y - p)^2 is 0 up to rounding only.
    check_same(student, reference, "squared_error", agree, atol=1e-12)
    check_same(student, reference, "squared_error", differ)


@pytest.mark.function("squared_error")
@pytest.mark.hint("Convert both arguments before you compute with them.")
def test_squared_error_takes_any_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    cases = [([0, 1, 1], [0.25, 0.5, 0.75]), (1, 0.75), ([0, 2], [1, 0]), (np.float64(0.25), np.array(0.75))]
    cases += drawn(forms_of(alike(shapes((1, 2), sizes(2, 4)), NUMBERS, NUMBERS), integers=True), 8)
    cases += drawn(alike(sizes(1, 5), wholes(0, 1), SHARES), 2)
    check_same(student, reference, "squared_error", cases)


@pytest.mark.function("squared_error")
@pytest.mark.weight(0.5)
def test_squared_error_changes_nothing(student, reference, drawn):
    """y and p stay as they were"""
    check_unchanged(student, reference, "squared_error", drawn(alike(sizes(), NUMBERS, NUMBERS), 3))


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.weight(2)
def test_binary_cross_entropy_is_the_mean(student, reference, drawn):
    """the mean of -[y log p + (1 - y) log(1 - p)], for one example and for many"""
    cases = [([1.0], [0.5]), ([0.0], [0.25]), ([1.0], [0.25])]
    cases += drawn(alike(MANY, truths(), probabilities(0.02)), 10)
    check_same(student, reference, "binary_cross_entropy", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy")
def test_binary_cross_entropy_of_any_shape(student, reference, drawn):
    """the mean over all elements of a table, and of a single number"""
    cases = [(1.0, 0.25), (0.0, 0.125), *drawn(alike(TABLES, truths(), probabilities(0.02)), 7)]
    check_same(student, reference, "binary_cross_entropy", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.hint("Both terms of the formula count for every example.")
def test_binary_cross_entropy_of_soft_truths(student, reference, drawn):
    """a truth between 0 and 1 uses both terms"""
    cases = [([0.5], [0.5]), ([0.25], [0.75]), *drawn(alike(MANY, SHARES, probabilities(0.02)), 6)]
    check_same(student, reference, "binary_cross_entropy", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.hint("An epsilon that protects the logarithm must be too small to change a prediction of 1e-6.")
def test_binary_cross_entropy_near_the_ends(student, reference, drawn):
    """a prediction may come as close as 1e-6 to 0 or 1 and still counts as it is"""
    near = [1e-6, 1e-5, 3e-4, 1 - 3e-4, 1 - 1e-5, 1 - 1e-6]
    cases = [([y], [p]) for p in near for y in (0.0, 1.0)]
    cases += drawn(alike(sizes(), truths(), PROBABILITIES), 4)
    check_same(student, reference, "binary_cross_entropy", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.weight(0.5)
@pytest.mark.hint("Exchange 0 and 1 in truths and predictions. What should become of the loss?")
def test_binary_cross_entropy_treats_both_outcomes_alike(student, reference, drawn):
    """0 and 1 may change roles, examples their order, and each may come twice: the mean stays"""
    examples = changed(
        alike(MANY, SHARES, probabilities(0.02)), as_it_is, last_to_first, each_twice, opposite
    )
    check_same(student, reference, "binary_cross_entropy", drawn(examples, 6), atol=allowance)


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.weight(0.5)
def test_binary_cross_entropy_is_least_where_the_prediction_is_the_truth(student):
    """of all predictions, the truth itself costs least"""
    grid = [k / 8 for k in range(1, 8)]
    for y in (0.25, 0.5, 0.875):
        calls = student.calls("binary_cross_entropy", [([y], [p]) for p in grid])
        for call in calls:
            check_between(call.result(), 0, 10, call=call)
        costs = [float(np.asarray(call.value)) for call in calls]
        if costs.index(min(costs)) != grid.index(y):
            fail("Another prediction costs less than the truth itself.", calls[grid.index(y)])


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
def test_no_nan_and_no_warning(student, reference, drawn):
    """never nan, inf or a warning for p from 0 to 1, both ends included"""
    ends = ENDS + [(y, 1 - np.asarray(p)) for y, p in ENDS]
    ends += [([0.3, 0.3], [0.0, 1.0]), ([1.0, 0.0], [5e-324, 1 - 2**-53])]
    mixed = forms_of(alike(shapes((0, 2)), SHARES, CERTAIN))
    cases = ends + [single(case) for case in ends[::2]] + drawn(mixed, 8)
    cases += drawn(alike(sizes(), truths(), PROBABILITIES), 2)
    check_no_warning(student, reference, "binary_cross_entropy", cases, atol=allowance_or_finite)


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.hint("Convert both arguments before you compute with them.")
def test_binary_cross_entropy_takes_any_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    cases = [([0, 1, 1], [0.25, 0.5, 0.75]), (1, 0.75), (np.float64(1.0), np.array(0.25))]
    cases += drawn(forms_of(alike(shapes((1, 2), sizes(2, 4)), truths(), PROBABILITIES)), 8)
    cases += drawn(alike(sizes(1, 5), wholes(0, 1), PROBABILITIES), 2)
    check_same(student, reference, "binary_cross_entropy", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy")
@pytest.mark.weight(0.5)
@pytest.mark.hint("Clip into a new array.")
def test_binary_cross_entropy_changes_nothing(student, reference, drawn):
    """y and p stay as they were, also where p is 0 or 1"""
    cases = [(np.array([1.0, 0.0, 1.0]), np.array([0.0, 0.0, 1.0]))]
    cases += drawn(alike(sizes(), truths(), PROBABILITIES), 3)
    check_unchanged(student, reference, "binary_cross_entropy", cases, atol=allowance_or_finite)

"""Hidden suite for `losses`: the slopes of the two losses, and the step that they make."""

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import check_finite, check_gradient, check_same, check_unchanged, fail
from autograder.checks.strategies import (
    alike,
    arguments,
    arrays,
    elements_from,
    forms_of,
    probabilities,
    reals,
    shapes,
    sizes,
    truths,
    wholes,
)

# The contract lets an epsilon in the loss be as large as 1e-7; the rest is rounding.
EPSILON = 1.01e-7

MANY = sizes(1, 30)
TABLES = shapes((0, 3), sizes(1, 4))
SMALL_TABLES = shapes((1, 2), sizes(2, 4))
NUMBERS = reals(-3, 3)
PROBABILITIES = probabilities()
INSIDE = probabilities(0.05)
SHARES = reals(0, 1)
ENDS = elements_from([0.0, 1.0, 0.5, 0.25])
RATES = reals(0.01, 1)


def allowance(y, p):
    """How far an epsilon of 1e-7 may move the slope of binary cross-entropy, element by element.

    Added inside the logarithms it moves y/p by at most e y/p^2, and (1 - y)/(1 - p) likewise; added to p (1 - p) it
    moves the quotient by at most e |p - y| / (p (1 - p))^2.
    """
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    in_the_logarithm = y / p**2 + (1 - y) / (1 - p) ** 2
    in_the_denominator = np.abs(p - y) / (p * (1 - p)) ** 2
    return EPSILON * (in_the_logarithm + in_the_denominator) / p.size


def ratio_allowance(y, p):
    """The same for the ratio of that slope to 2 |p - y| / N."""
    p = np.asarray(p, dtype=float)
    return allowance(y, p) * p.size / (2 * np.abs(p - np.asarray(y)))


def nearly(case):
    """A truth, and a prediction that is off by at most 1e-4."""
    y, off = case
    return y, y + 1e-4 * off


def exchanged(case):
    y, p = case
    return p, y


def as_it_is(case):
    return case


def last_to_first(case):
    return tuple(argument[::-1].copy() for argument in case)


def each_twice(case):
    return tuple(np.concatenate([argument, argument]) for argument in case)


def opposite(case):
    """The same examples with 0 and 1 in exchanged roles."""
    return tuple(1 - argument for argument in case)


def changed(examples, *changes):
    """The examples of a strategy after one of the changes."""
    return st.builds(lambda change, case: change(case), st.sampled_from(changes), examples)


@pytest.mark.function("squared_error_gradient")
@pytest.mark.weight(2)
def test_squared_error_gradient_is_the_slope_of_the_mean(student, reference, drawn):
    """the slope of the mean squared error, for one example and for many"""
    cases = [([1.0], [0.5]), ([0.0, 1.0], [0.25, 0.5])]
    cases += drawn(alike(MANY, truths(), SHARES), 4)
    cases += drawn(alike(MANY, NUMBERS, NUMBERS), 4)
    cases += [(size * y, size * p) for size, (y, p) in zip((1e-4, 1e4), cases[-2:], strict=True)]
    cases += drawn(alike(sizes(), reals(0.1, 0.9), reals(-1, 1, zero=False)).map(nearly), 2)
    check_same(student, reference, "squared_error_gradient", cases)


@pytest.mark.function("squared_error_gradient")
@pytest.mark.weight(0.5)
@pytest.mark.hint("Move one prediction by a thousandth: by how much does the mean squared error change?")
def test_squared_error_gradient_agrees_with_differences(student):
    """the loss rises by as much as the slope says when a prediction moves a little"""
    y, p = np.array([1.0, 0.0]), np.array([0.25, 2.0])
    call = student.call("squared_error_gradient", y, p)
    check_gradient(lambda q: np.mean((y - q) ** 2), call.result(), p, call=call)


@pytest.mark.function("squared_error_gradient")
@pytest.mark.weight(0.5)
@pytest.mark.hint(
    "What should the order of the examples change, and what the exchange of truth and prediction?"
)
def test_squared_error_gradient_follows_its_examples(student, reference, drawn):
    """examples in another order take their slopes along; twice as many have half the slope; exchanged, its sign turns"""
    examples = changed(alike(MANY, NUMBERS, NUMBERS), as_it_is, last_to_first, each_twice, exchanged)
    check_same(student, reference, "squared_error_gradient", drawn(examples, 6))


@pytest.mark.function("squared_error_gradient")
def test_squared_error_gradient_has_the_shape_of_p(student, reference, drawn):
    """one slope for each element of a table, and for a single number"""
    cases = [(1.0, 0.25), (0.5, 0.125), *drawn(alike(TABLES, NUMBERS, NUMBERS), 7)]
    check_same(student, reference, "squared_error_gradient", cases)


@pytest.mark.function("squared_error_gradient")
@pytest.mark.hint("Convert both arguments before you compute with them.")
def test_squared_error_gradient_takes_any_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    cases = [([0, 1, 1], [0.25, 0.5, 0.75]), (1, 0.75), ([0, 2], [1, 0]), (np.float64(0.25), np.array(0.75))]
    cases += drawn(forms_of(alike(SMALL_TABLES, NUMBERS, NUMBERS), integers=True), 8)
    cases += drawn(alike(sizes(1, 5), wholes(0, 1), SHARES), 2)
    check_same(student, reference, "squared_error_gradient", cases)


@pytest.mark.function("squared_error_gradient")
@pytest.mark.weight(0.5)
def test_squared_error_gradient_changes_nothing(student, reference, drawn):
    """y and p stay as they were"""
    check_unchanged(student, reference, "squared_error_gradient", drawn(alike(sizes(), NUMBERS, NUMBERS), 3))


@pytest.mark.function("binary_cross_entropy_gradient")
@pytest.mark.weight(2)
def test_binary_cross_entropy_gradient_is_the_slope_of_the_mean(student, reference, drawn):
    """the slope of the mean cross-entropy, for one example and for many"""
    cases = [([1.0], [0.5]), ([0.0], [0.25])]
    cases += drawn(alike(MANY, truths(), INSIDE), 8)
    cases += drawn(alike(MANY, SHARES, INSIDE), 4)
    check_same(student, reference, "binary_cross_entropy_gradient", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy_gradient")
@pytest.mark.weight(0.5)
@pytest.mark.hint("Move one prediction by a thousandth: by how much does the mean cross-entropy change?")
def test_binary_cross_entropy_gradient_agrees_with_differences(student):
    """the loss rises by as much as the slope says when a prediction moves a little"""
    y, p = np.array([1.0, 0.0]), np.array([0.25, 0.375])
    call = student.call("binary_cross_entropy_gradient", y, p)

    def loss(q):
        return np.mean(-y * np.log(q) - (1 - y) * np.log(1 - q))

    check_gradient(loss, call.result(), p, domain=(0, 1), call=call)


@pytest.mark.function("binary_cross_entropy_gradient")
@pytest.mark.weight(0.5)
@pytest.mark.hint("Exchange 0 and 1 in truths and predictions: what should become of each slope?")
def test_binary_cross_entropy_gradient_follows_its_examples(student, reference, drawn):
    """examples in another order take their slopes along; with 0 and 1 in exchanged roles each slope turns its sign"""
    examples = changed(alike(MANY, SHARES, INSIDE), as_it_is, last_to_first, each_twice, opposite)
    check_same(student, reference, "binary_cross_entropy_gradient", drawn(examples, 6), atol=allowance)


@pytest.mark.function("binary_cross_entropy_gradient")
def test_binary_cross_entropy_gradient_has_the_shape_of_p(student, reference, drawn):
    """one slope for each element of a table, and for a single number"""
    cases = [(1.0, 0.25), (0.0, 0.125), *drawn(alike(TABLES, truths(), INSIDE), 7)]
    check_same(student, reference, "binary_cross_entropy_gradient", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy_gradient")
@pytest.mark.hint("An epsilon that protects the quotient must be too small to change a prediction of 1e-6.")
def test_binary_cross_entropy_gradient_near_the_ends(student, reference, drawn):
    """at a confident mistake the slope is as steep as 1/p, down to p = 1e-6"""
    near = [1e-6, 1e-5, 3e-4, 1 - 3e-4, 1 - 1e-5, 1 - 1e-6]
    cases = [([y], [p]) for p in near for y in (0.0, 1.0)]
    cases += drawn(alike(sizes(), truths(), PROBABILITIES), 4)
    check_same(student, reference, "binary_cross_entropy_gradient", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy_gradient")
@pytest.mark.weight(1.5)
@pytest.mark.hint("What do you divide by where p is 0 or 1?")
def test_binary_cross_entropy_gradient_is_finite_at_the_ends(student, reference, drawn):
    """finite also where p is exactly 0 or 1, in float32 too"""
    inside = [([1.0], [0.5]), ([0.0, 1.0], [0.25, 0.25])]
    check_same(student, reference, "binary_cross_entropy_gradient", inside, atol=allowance)
    ends = [([y], [p]) for y in (0.0, 1.0) for p in (0.0, 1.0)]
    ends += [([0, 1, 1, 0], [0, 1, 0, 1]), (1.0, 0.0), (1.0, 1.0), (np.eye(2), np.ones((2, 2)))]
    ends += [([0.3, 1.0, 0.0], [0.0, 0.5, 1.0])]
    single = [tuple(np.asarray(argument, dtype=np.float32) for argument in case) for case in ends]
    ends += drawn(forms_of(alike(shapes((0, 2)), SHARES, ENDS)), 8)
    check_finite(student, "binary_cross_entropy_gradient", ends + single, like=1)


@pytest.mark.function("binary_cross_entropy_gradient")
@pytest.mark.hint("Convert both arguments before you compute with them.")
def test_binary_cross_entropy_gradient_takes_any_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    cases = [([0, 1, 1], [0.25, 0.5, 0.75]), (1, 0.75), (np.float64(1.0), np.array(0.25))]
    cases += drawn(forms_of(alike(SMALL_TABLES, truths(), INSIDE)), 8)
    cases += drawn(alike(sizes(1, 5), wholes(0, 1), INSIDE), 2)
    check_same(student, reference, "binary_cross_entropy_gradient", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy_gradient")
@pytest.mark.weight(0.5)
@pytest.mark.hint("Clip into a new array.")
def test_binary_cross_entropy_gradient_changes_nothing(student, reference, drawn):
    """y and p stay as they were, also where p is 0 or 1"""
    name = "binary_cross_entropy_gradient"
    check_unchanged(student, reference, name, drawn(alike(sizes(), truths(), INSIDE), 3), atol=allowance)
    # The slopes at the ends depend on the epsilon: any finite number is right there.
    ends = [(np.array([1.0, 0.0, 1.0]), np.array([0.0, 0.0, 1.0]))]
    check_finite(student, name, ends, like=1)
    check_unchanged(student, reference, name, ends, atol=np.finfo(float).max / 4)


@pytest.mark.function("steepness_ratio")
@pytest.mark.weight(2)
def test_steepness_ratio_compares_the_slopes(student, reference, drawn):
    """the slope of cross-entropy over that of squared error, for each element"""
    cases = [([1.0], [0.1]), ([0.0], [0.1]), ([1.0], [0.5])]
    cases += drawn(alike(MANY, truths(), INSIDE), 8)
    check_same(student, reference, "steepness_ratio", cases, atol=ratio_allowance)


@pytest.mark.function("steepness_ratio")
def test_steepness_ratio_has_the_shape_of_p(student, reference, drawn):
    """one ratio for each element of a table, and for a single number"""
    cases = [(1.0, 0.25), (0.0, 0.125), *drawn(alike(TABLES, truths(), INSIDE), 7)]
    check_same(student, reference, "steepness_ratio", cases, atol=ratio_allowance)


@pytest.mark.function("steepness_ratio")
def test_steepness_ratio_near_the_ends(student, reference, drawn):
    """the more confident a prediction, the larger the ratio, without bound"""
    near = (1e-6, 1e-4, 1e-2, 1 - 1e-2, 1 - 1e-4, 1 - 1e-6)
    cases = [([y], [p]) for p in near for y in (0.0, 1.0)]
    cases += drawn(alike(sizes(), truths(), PROBABILITIES), 4)
    check_same(student, reference, "steepness_ratio", cases, atol=ratio_allowance)


@pytest.mark.function("steepness_ratio")
def test_steepness_ratio_is_least_in_the_middle(student, reference, drawn):
    """2 at p = 1/2, and never below"""
    cases = [
        ([1.0], [0.5]),
        ([0.0], [0.5]),
        ([0, 1, 1], [0.5, 0.5, 0.5]),
        ([1.0, 1.0, 0.0], [0.5, 0.25, 0.75]),
        *drawn(alike(sizes(), truths(), probabilities(0.45)), 3),
    ]
    check_same(student, reference, "steepness_ratio", cases, atol=ratio_allowance)
    for call in student.calls("steepness_ratio", cases):
        # The contract's "never below 2" is up to rounding, and up to an epsilon in either slope.
        if np.min(np.asarray(call.result(), dtype=float)) < 2 - 1e-5:
            fail("A ratio is below 2.", call)


@pytest.mark.function("steepness_ratio")
@pytest.mark.hint("Convert both arguments before you compute with them.")
def test_steepness_ratio_takes_any_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    cases = [([0, 1, 1], [0.25, 0.5, 0.75]), (1, 0.75), (np.float64(1.0), np.array(0.25))]
    cases += drawn(forms_of(alike(SMALL_TABLES, truths(), INSIDE)), 8)
    cases += drawn(alike(sizes(1, 5), wholes(0, 1), INSIDE), 2)
    check_same(student, reference, "steepness_ratio", cases, atol=ratio_allowance)


@pytest.mark.function("steepness_ratio")
@pytest.mark.weight(0.5)
def test_steepness_ratio_changes_nothing(student, reference, drawn):
    """y and p stay as they were"""
    cases = drawn(alike(sizes(), truths(), INSIDE), 3)
    check_unchanged(student, reference, "steepness_ratio", cases, atol=ratio_allowance)


def steps(parameters, rates):
    """(theta, gradient, learning rate)."""
    return st.builds(lambda pair, rate: (*pair, rate), parameters, rates)


def nearly_to_zero(case):
    """A step that ends at a thousandth of its length."""
    gradient, rate = case
    return 1.001 * rate * gradient, gradient, rate


def atol_of_a_step(theta, gradient, learning_rate):
    """theta - alpha * gradient may cancel: float32 is as good as the larger of the two terms."""
    single = any(np.asarray(argument).dtype == np.float32 for argument in (theta, gradient, learning_rate))
    return (1e-5 if single else 1e-12) * (np.max(np.abs(theta)) + np.max(np.abs(gradient)))


@pytest.mark.function("gradient_descent_step")
@pytest.mark.weight(2)
def test_gradient_descent_step_goes_downhill(student, reference, drawn):
    """theta minus alpha times the gradient"""
    cases = [([1.0], [2.0], 0.25), ([1.0, -1.0], [0.5, -0.5], 1.0), ([1.0, 2.0], [0.0, 0.0], 0.5)]
    cases += drawn(steps(alike(MANY, NUMBERS, NUMBERS), RATES), 8)
    cases += [(size * t, size * g, rate) for size, (t, g, rate) in zip((1e2, 1e-2), cases[-2:], strict=True)]
    # A step that ends near 0 shows how many digits were carried.
    cases += drawn(arguments(arrays(sizes(), reals(1, 2)), reals(0.1, 0.9)).map(nearly_to_zero), 2)
    check_same(student, reference, "gradient_descent_step", cases, atol=atol_of_a_step)


@pytest.mark.function("gradient_descent_step")
@pytest.mark.weight(0.5)
@pytest.mark.hint(
    "Which part of the step should alpha change, and what is left of the step where alpha is 0?"
)
def test_gradient_descent_step_is_as_long_as_alpha_says(student, reference, drawn):
    """twice the alpha makes twice the step, and alpha = 0 makes none"""
    alphas = st.sampled_from([0.0, 0.25, 0.5, 1.0])
    cases = drawn(steps(alike(MANY, NUMBERS, NUMBERS), alphas), 8)
    check_same(student, reference, "gradient_descent_step", cases, atol=atol_of_a_step)


@pytest.mark.function("gradient_descent_step")
def test_gradient_descent_step_has_the_shape_of_theta(student, reference, drawn):
    """a table of parameters stays a table, a single number stays one"""
    cases = [(1.0, 2.0, 0.25), (-0.75, 0.5, 0.125), *drawn(steps(alike(TABLES, NUMBERS, NUMBERS), RATES), 7)]
    check_same(student, reference, "gradient_descent_step", cases, atol=atol_of_a_step)


@pytest.mark.function("gradient_descent_step")
@pytest.mark.hint("Convert theta and the gradient before you compute with them.")
def test_gradient_descent_step_takes_any_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    cases = [([3, 4], [1, 2], 0.5), (3, 1, 0.5), (np.float64(1.5), np.array(-0.5), 0.25), ([3], [1], 1)]
    cases += drawn(forms_of(steps(alike(SMALL_TABLES, NUMBERS, NUMBERS), RATES), integers=True), 8)
    cases += drawn(steps(alike(sizes(1, 5), wholes(), NUMBERS), RATES), 2)
    check_same(student, reference, "gradient_descent_step", cases, atol=atol_of_a_step)


@pytest.mark.function("gradient_descent_step")
@pytest.mark.weight(1.5)
@pytest.mark.hint("theta -= ... writes into the caller's array.")
def test_gradient_descent_step_changes_nothing(student, reference, drawn):
    """the old parameters stay as they were, also those in an array of a single number"""
    cases = [(np.array(1.5), np.array(0.5), np.array(0.25))]
    cases += drawn(steps(alike(shapes((1, 2)), NUMBERS, NUMBERS), RATES), 5)
    check_unchanged(student, reference, "gradient_descent_step", cases, atol=atol_of_a_step)

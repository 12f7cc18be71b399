"""Hidden suite for `losses`: the slopes of the two losses, and the step that they make."""

import numpy as np
import pytest

from autograder.checks import check_finite, check_same, check_unchanged, forms

# The contract lets an epsilon in the loss be as large as 1e-7; the rest is rounding.
EPSILON = 1.01e-7


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


def truths(rng, shape):
    return rng.integers(0, 2, size=shape).astype(float)


@pytest.mark.function("squared_error_gradient")
@pytest.mark.weight(2)
def test_squared_error_gradient_is_the_slope_of_the_mean(student, reference, rng):
    """the slope of the mean squared error, for one example and for many"""
    cases = [([1.0], [0.5]), ([0.0, 1.0], [0.25, 0.5])]
    cases += [(truths(rng, n), rng.uniform(size=n)) for n in (1, 2, 7, 50)]
    cases += [tuple(size * rng.normal(size=(2, 5))) for size in (1e-4, 1.0, 1e4)]
    y = rng.uniform(0.1, 0.9, size=5)
    cases += [(y, y + 1e-4 * rng.normal(size=5))]
    check_same(student, reference, "squared_error_gradient", cases)


@pytest.mark.function("squared_error_gradient")
def test_squared_error_gradient_has_the_shape_of_p(student, reference, rng):
    """one slope for each element of a table, and for a single number"""
    cases = [(1.0, 0.25), (rng.uniform(), rng.uniform())]
    cases += [tuple(rng.uniform(size=(2, *shape))) for shape in ((1, 1), (1, 4), (3, 2), (2, 3, 4))]
    check_same(student, reference, "squared_error_gradient", cases)


@pytest.mark.function("squared_error_gradient")
@pytest.mark.hint("Convert both arguments before you compute with them.")
def test_squared_error_gradient_takes_any_numbers(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    y, p = 4 * rng.uniform(size=(2, 6))
    cases = forms((y, p), integers=True) + forms((0.25, 0.75), float32=False)
    cases += [([0, 1, 1], [0.25, 0.5, 0.75]), (np.array([0, 1]), rng.uniform(size=2)), (1, 0.75)]
    check_same(student, reference, "squared_error_gradient", cases)


@pytest.mark.function("squared_error_gradient")
@pytest.mark.weight(0.5)
def test_squared_error_gradient_changes_nothing(student, reference, rng):
    """y and p stay as they were"""
    cases = [tuple(rng.uniform(size=(2, n))) for n in (1, 4)]
    check_unchanged(student, reference, "squared_error_gradient", cases)


@pytest.mark.function("binary_cross_entropy_gradient")
@pytest.mark.weight(2)
def test_binary_cross_entropy_gradient_is_the_slope_of_the_mean(student, reference, rng):
    """the slope of the mean cross-entropy, for one example and for many"""
    cases = [([1.0], [0.5]), ([0.0], [0.25])]
    cases += [(truths(rng, n), rng.uniform(0.05, 0.95, size=n)) for n in (1, 2, 7, 50)]
    cases += [(rng.uniform(size=4), rng.uniform(0.05, 0.95, size=4))]
    check_same(student, reference, "binary_cross_entropy_gradient", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy_gradient")
def test_binary_cross_entropy_gradient_has_the_shape_of_p(student, reference, rng):
    """one slope for each element of a table, and for a single number"""
    cases = [(1.0, 0.25), (0.0, rng.uniform(0.1, 0.9))]
    cases += [
        (truths(rng, shape), rng.uniform(0.1, 0.9, size=shape))
        for shape in ((1, 1), (1, 4), (3, 2), (2, 3, 4))
    ]
    check_same(student, reference, "binary_cross_entropy_gradient", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy_gradient")
@pytest.mark.hint("An epsilon that protects the quotient must be too small to change a prediction of 1e-6.")
def test_binary_cross_entropy_gradient_near_the_ends(student, reference, rng):
    """at a confident mistake the slope is as steep as 1/p, down to p = 1e-6"""
    near = [1e-6, 1e-5, 3e-4, 1 - 3e-4, 1 - 1e-5, 1 - 1e-6]
    cases = [([y], [p]) for p in near for y in (0.0, 1.0)]
    cases += [(truths(rng, 6), rng.permutation(near))]
    check_same(student, reference, "binary_cross_entropy_gradient", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy_gradient")
@pytest.mark.weight(1.5)
@pytest.mark.hint("What do you divide by where p is 0 or 1?")
def test_binary_cross_entropy_gradient_is_finite_at_the_ends(student, reference):
    """finite also where p is exactly 0 or 1, in float32 too"""
    inside = [([1.0], [0.5]), ([0.0, 1.0], [0.25, 0.25])]
    check_same(student, reference, "binary_cross_entropy_gradient", inside, atol=allowance)
    ends = [([y], [p]) for y in (0.0, 1.0) for p in (0.0, 1.0)]
    ends += [([0, 1, 1, 0], [0, 1, 0, 1]), (1.0, 0.0), (1.0, 1.0), (np.eye(2), np.ones((2, 2)))]
    ends += [([0.3, 1.0, 0.0], [0.0, 0.5, 1.0])]
    single = [tuple(np.asarray(argument, dtype=np.float32) for argument in case) for case in ends]
    check_finite(student, "binary_cross_entropy_gradient", ends + single, like=1)


@pytest.mark.function("binary_cross_entropy_gradient")
@pytest.mark.hint("Convert both arguments before you compute with them.")
def test_binary_cross_entropy_gradient_takes_any_numbers(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    y, p = truths(rng, 6), rng.uniform(0.1, 0.9, size=6)
    cases = forms((y, p)) + forms((1.0, 0.25), float32=False)
    cases += [([0, 1, 1], [0.25, 0.5, 0.75]), (y.astype(int), p), (1, 0.75)]
    check_same(student, reference, "binary_cross_entropy_gradient", cases, atol=allowance)


@pytest.mark.function("binary_cross_entropy_gradient")
@pytest.mark.weight(0.5)
@pytest.mark.hint("Clip into a new array.")
def test_binary_cross_entropy_gradient_changes_nothing(student, reference, rng):
    """y and p stay as they were, also where p is 0 or 1"""
    cases = [(truths(rng, n), rng.uniform(0.1, 0.9, size=n)) for n in (1, 4)]
    # The slopes at the ends depend on the epsilon: any finite number is right there.
    cases += [(np.array([1.0, 0.0, 1.0]), np.array([0.0, 0.0, 1.0]))]
    check_unchanged(student, reference, "binary_cross_entropy_gradient", cases[:2], atol=allowance)
    check_finite(student, "binary_cross_entropy_gradient", cases[2:], like=1)
    check_unchanged(
        student, reference, "binary_cross_entropy_gradient", cases[2:], atol=np.finfo(float).max / 4
    )


@pytest.mark.function("steepness_ratio")
@pytest.mark.weight(2)
def test_steepness_ratio_compares_the_slopes(student, reference, rng):
    """the slope of cross-entropy over that of squared error, for each element"""
    cases = [([1.0], [0.1]), ([0.0], [0.1]), ([1.0], [0.5])]
    cases += [(truths(rng, n), rng.uniform(0.05, 0.95, size=n)) for n in (1, 2, 7, 50)]
    check_same(student, reference, "steepness_ratio", cases, atol=ratio_allowance)


@pytest.mark.function("steepness_ratio")
def test_steepness_ratio_has_the_shape_of_p(student, reference, rng):
    """one ratio for each element of a table, and for a single number"""
    cases = [(1.0, 0.25), (0.0, rng.uniform(0.1, 0.9))]
    cases += [
        (truths(rng, shape), rng.uniform(0.1, 0.9, size=shape))
        for shape in ((1, 1), (1, 4), (3, 2), (2, 3, 4))
    ]
    check_same(student, reference, "steepness_ratio", cases, atol=ratio_allowance)


@pytest.mark.function("steepness_ratio")
def test_steepness_ratio_near_the_ends(student, reference):
    """the more confident a prediction, the larger the ratio, without bound"""
    near = (1e-6, 1e-4, 1e-2, 1 - 1e-2, 1 - 1e-4, 1 - 1e-6)
    check_same(
        student,
        reference,
        "steepness_ratio",
        [([y], [p]) for p in near for y in (0.0, 1.0)],
        atol=ratio_allowance,
    )


@pytest.mark.function("steepness_ratio")
def test_steepness_ratio_is_least_in_the_middle(student, reference):
    """2 at p = 1/2, and more on either side"""
    cases = [
        ([1.0], [0.5]),
        ([0.0], [0.5]),
        ([0, 1, 1], [0.5, 0.5, 0.5]),
        ([1.0, 1.0, 0.0], [0.5, 0.25, 0.75]),
    ]
    check_same(student, reference, "steepness_ratio", cases, atol=ratio_allowance)


@pytest.mark.function("steepness_ratio")
@pytest.mark.hint("Convert both arguments before you compute with them.")
def test_steepness_ratio_takes_any_numbers(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    y, p = truths(rng, 6), rng.uniform(0.1, 0.9, size=6)
    cases = forms((y, p)) + forms((1.0, 0.25), float32=False)
    cases += [([0, 1, 1], [0.25, 0.5, 0.75]), (y.astype(int), p), (1, 0.75)]
    check_same(student, reference, "steepness_ratio", cases, atol=ratio_allowance)


@pytest.mark.function("steepness_ratio")
@pytest.mark.weight(0.5)
def test_steepness_ratio_changes_nothing(student, reference, rng):
    """y and p stay as they were"""
    cases = [(truths(rng, n), rng.uniform(0.1, 0.9, size=n)) for n in (1, 4)]
    check_unchanged(student, reference, "steepness_ratio", cases, atol=ratio_allowance)


@pytest.mark.function("gradient_descent_step")
@pytest.mark.weight(2)
def test_gradient_descent_step_goes_downhill(student, reference, rng):
    """theta minus alpha times the gradient"""
    cases = [([1.0], [2.0], 0.25), ([1.0, -1.0], [0.5, -0.5], 1.0)]
    cases += [
        (*(size * rng.normal(size=(2, n))), rng.uniform(0.01, 1)) for n, size in ((1, 1), (3, 100), (8, 0.01))
    ]
    cases += [(rng.normal(size=3), rng.normal(size=3), 0.0), (rng.normal(size=3), np.zeros(3), 0.5)]
    # A step that ends near 0 shows how many digits were carried.
    gradient, alpha = rng.normal(size=3), rng.uniform(0.1, 0.9)
    cases += [(1.001 * alpha * gradient, gradient, alpha)]
    check_same(student, reference, "gradient_descent_step", cases)


@pytest.mark.function("gradient_descent_step")
def test_gradient_descent_step_has_the_shape_of_theta(student, reference, rng):
    """a table of parameters stays a table, a single number stays one"""
    cases = [(1.0, 2.0, 0.25), (rng.normal(), rng.normal(), 0.1)]
    cases += [(*rng.normal(size=(2, *shape)), 0.1) for shape in ((1, 1), (1, 4), (3, 2), (2, 3, 4))]
    check_same(student, reference, "gradient_descent_step", cases)


@pytest.mark.function("gradient_descent_step")
@pytest.mark.hint("Convert theta and the gradient before you compute with them.")
def test_gradient_descent_step_takes_any_numbers(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    theta, gradient = 4 + rng.uniform(size=6), 4 * rng.normal(size=6)
    cases = forms((theta, gradient, 0.125), integers=True) + forms((1.5, -0.5, 0.25), float32=False)
    cases += [([3, 4], [1, 2], 0.5), (3, 1, 0.5), (np.array([3, 4]), rng.normal(size=2), 1)]
    # theta - alpha * gradient may cancel: float32 is as good as the larger of the two terms.
    single = 1e-5 * float(np.max(np.abs(theta)) + np.max(np.abs(gradient)))
    exact = [case for case in cases if not _is_single(case)]
    check_same(student, reference, "gradient_descent_step", exact)
    check_same(
        student, reference, "gradient_descent_step", [case for case in cases if _is_single(case)], atol=single
    )


def _is_single(case):
    return any(np.asarray(argument).dtype == np.float32 for argument in case)


@pytest.mark.function("gradient_descent_step")
@pytest.mark.weight(1.5)
@pytest.mark.hint("theta -= ... writes into the caller's array.")
def test_gradient_descent_step_changes_nothing(student, reference, rng):
    """the old parameters stay as they were, also those in an array of a single number"""
    cases = [(*rng.normal(size=(2, n)), 0.5) for n in (1, 4)]
    cases += [(*rng.normal(size=(2, 2, 3)), 0.5), (np.array(1.5), np.array(0.5), np.array(0.25))]
    check_unchanged(student, reference, "gradient_descent_step", cases)

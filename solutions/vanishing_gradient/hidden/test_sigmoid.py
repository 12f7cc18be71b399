"""Hidden suite for `vanishing_gradient`: the sigmoid and its slope."""

import numpy as np
import pytest

from autograder.checks import check_no_warning, check_same, check_unchanged, forms

SHAPES = [(1,), (2,), (9,), (1, 4), (3, 4), (2, 3, 2)]
EXTREMES = [800.0, -800.0, 1e300, -1e300, float(np.finfo(np.float64).max), -float(np.finfo(np.float64).max)]
# Ordinary numbers among them: a step from 0 to 1, or a slope of 0 everywhere, is not the answer.
MIXED = np.array([*EXTREMES, 0.0, 1.0, -0.5])
MIXED_FLOAT32 = np.array([100.0, -100.0, 800.0, -800.0, 3e38, -3e38, 0.0, 1.0, -0.5], dtype=np.float32)


def tail(x):
    """What the contract allows in the tails: 1e-12, or 1e-6 where the argument is float32."""
    return 1e-6 if getattr(x, "dtype", None) == np.float32 else 1e-12


def out_to_45(rng):
    """One number between 12 and 15, one between 15 and 18, and so on."""
    return np.arange(12, 45, 3) + rng.uniform(0, 3, size=11)


def numbers(rng):
    return [(0.0,), (1.0,), (-1.0,)] + [(rng.uniform(-6, 6, size=shape),) for shape in SHAPES]


@pytest.mark.function("sigmoid")
@pytest.mark.weight(3)
@pytest.mark.hint("Compare with the formula at x = 0, 1 and -1, worked out by hand.")
def test_sigmoid_follows_the_formula(student, reference, rng):
    """the value is 1 / (1 + e^(-x)), in the shape of x"""
    check_same(student, reference, "sigmoid", numbers(rng), atol=tail)


@pytest.mark.function("sigmoid")
@pytest.mark.weight(2)
def test_sigmoid_far_out(student, reference, rng):
    """far out the value is 0 or 1, never nan"""
    cases = [(x,) for x in EXTREMES] + [(MIXED,), (MIXED_FLOAT32,), ([800, 0, -800],)]
    check_same(student, reference, "sigmoid", cases, atol=tail)


@pytest.mark.function("sigmoid")
def test_sigmoid_tails(student, reference, rng):
    """in the tails the error is at most 1e-12"""
    x = out_to_45(rng)
    check_same(student, reference, "sigmoid", [(x,), (-x,)], rtol=0.0, atol=1e-12)


@pytest.mark.function("sigmoid")
@pytest.mark.weight(2)
@pytest.mark.hint("Which power of e is too large for the computer, and for which x do you ask for it?")
def test_sigmoid_does_not_overflow(student, reference, rng):
    """no overflow warning, however large x is"""
    cases = [(x,) for x in EXTREMES] + [(MIXED,), (MIXED_FLOAT32,)]
    # Only an overflow costs something; any other warning is the student's own affair.
    others = ("underflow", "invalid", "divide", "deprecat")
    check_no_warning(student, reference, "sigmoid", cases, ignore=others, atol=tail)


@pytest.mark.function("sigmoid")
@pytest.mark.hint("Convert the argument first: np.asarray(x, dtype=float).")
def test_sigmoid_takes_all_kinds_of_numbers(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays and single numbers are welcome"""
    cases = forms((rng.uniform(-5, 5, size=6),)) + forms((rng.uniform(-5, 5, size=(3, 4)),))
    cases += [([-2, 0, 3],), (np.array([[-1, 4], [2, -3]]),), (2,), (np.float32(-1.5),), (np.array(0.75),)]
    check_same(student, reference, "sigmoid", cases, atol=tail)


@pytest.mark.function("sigmoid")
def test_sigmoid_leaves_x_alone(student, reference, rng):
    """x is unchanged afterwards"""
    cases = [(rng.uniform(-5, 5, size=5),), (rng.normal(size=(2, 3)),)]
    check_unchanged(student, reference, "sigmoid", cases)


@pytest.mark.function("sigmoid_derivative")
@pytest.mark.weight(3)
@pytest.mark.hint("At x = 0 the sigmoid is 1/2; what is its slope there?")
def test_derivative_follows_the_formula(student, reference, rng):
    """the slope is s (1 - s) with s = sigmoid(x), in the shape of x"""
    check_same(student, reference, "sigmoid_derivative", numbers(rng), atol=tail)


@pytest.mark.function("sigmoid_derivative")
@pytest.mark.weight(2)
def test_derivative_far_out(student, reference, rng):
    """far out the slope is 0, never nan"""
    cases = [(x,) for x in EXTREMES] + [(MIXED,), (MIXED_FLOAT32,), ([800, 0, -800],)]
    cases += [(sign * out_to_45(rng),) for sign in (1, -1)]
    check_same(student, reference, "sigmoid_derivative", cases, atol=tail)


@pytest.mark.function("sigmoid_derivative")
@pytest.mark.hint("Convert the argument first: np.asarray(x, dtype=float).")
def test_derivative_takes_all_kinds_of_numbers(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays and single numbers are welcome"""
    cases = forms((rng.uniform(-4, 4, size=6),)) + forms((rng.uniform(-4, 4, size=(3, 4)),))
    cases += [([-2, 0, 3],), (np.array([[-1, 4], [2, -3]]),), (2,), (np.float32(-1.5),), (np.array(0.75),)]
    check_same(student, reference, "sigmoid_derivative", cases, atol=tail)


@pytest.mark.function("sigmoid_derivative")
def test_derivative_leaves_x_alone(student, reference, rng):
    """x is unchanged afterwards"""
    cases = [(rng.uniform(-5, 5, size=5),), (rng.normal(size=(2, 3)),)]
    check_unchanged(student, reference, "sigmoid_derivative", cases)

"""Hidden suite for `vanishing_gradient`: the sigmoid and its slope."""

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import check_gradient, check_no_warning, check_same, check_unchanged
from autograder.checks.strategies import arguments, arrays, elements_from, forms_of, reals, shapes, sizes

EXTREMES = [800.0, -800.0, 1e300, -1e300, float(np.finfo(np.float64).max), -float(np.finfo(np.float64).max)]
# Ordinary numbers among them: a step from 0 to 1, or a slope of 0 everywhere, is not the answer.
MIXED = np.array([*EXTREMES, 0.0, 1.0, -0.5])
MIXED_FLOAT32 = np.array([100.0, -100.0, 800.0, -800.0, 3e38, -3e38, 0.0, 1.0, -0.5], dtype=np.float32)

NUMBERS = reals(-8, 8)
ANY_SHAPE = arguments(arrays(shapes((0, 3)), NUMBERS))
SIZES = [88.5, 89.0, 103.5, 104.5, 709.5, 710.5, 745.0, 746.0, 1e4, 1e17, 1e100]
"""Where a power of e leaves float32 or float64, and far beyond."""

SCALES = elements_from([0.0, 1.0, -1.0, 2.5, -2.5, *SIZES, *[-size for size in SIZES], *EXTREMES])
SCALES_FLOAT32 = elements_from([0.0, 1.0, -1.0, *SIZES[:9], *[-size for size in SIZES[:9]], 3e38, -3e38])
FAR = arguments(arrays(shapes((0, 2)), SCALES))
FAR_FLOAT32 = arguments(arrays(shapes((1, 2)), SCALES_FLOAT32).map(np.float32))
OUT_TO_45 = st.builds(
    lambda steps, sign: (sign * (np.arange(12, 45, 3) + steps),),
    arrays(11, reals(0, 3)),
    st.sampled_from([-1, 1]),
)
"""One number between 12 and 15, one between 15 and 18, and so on, or the same below 0."""


def tail(x):
    """What the contract allows in the tails: 1e-12, or 1e-6 where the argument is float32."""
    return 1e-6 if getattr(x, "dtype", None) == np.float32 else 1e-12


def as_it_is(x):
    return x


def with_its_opposite(x):
    return np.concatenate([x, -x])


def in_another_order(x):
    return x[::-1].copy()


def in_a_table(x):
    return np.stack([x, x])


SAME_ELEMENTS = st.builds(
    lambda change, x: (change(x),),
    st.sampled_from([as_it_is, with_its_opposite, in_another_order, in_a_table]),
    arrays(sizes(1, 6), NUMBERS),
)


@pytest.mark.function("sigmoid")
@pytest.mark.weight(3)
@pytest.mark.hint("Compare with the formula at x = 0, 1 and -1, worked out by hand.")
def test_sigmoid_follows_the_formula(student, reference, drawn):
    """the value is 1 / (1 + e^(-x)), in the shape of x"""
    cases = [(0.0,), (1.0,), (-1.0,), (np.array([[0.5, -2.0, 4.0]]),), *drawn(ANY_SHAPE, 8)]
    check_same(student, reference, "sigmoid", cases, atol=tail)


@pytest.mark.function("sigmoid")
@pytest.mark.weight(0.5)
@pytest.mark.hint("What should the value at one x have to do with the other elements of the array?")
def test_sigmoid_looks_at_each_number_alone(student, reference, drawn):
    """each element by itself, whatever stands beside it; x and -x add up to 1"""
    check_same(student, reference, "sigmoid", drawn(SAME_ELEMENTS, 6), atol=tail)


@pytest.mark.function("sigmoid")
@pytest.mark.weight(2)
def test_sigmoid_far_out(student, reference, drawn):
    """far out the value is 0 or 1, never nan"""
    cases = [(x,) for x in EXTREMES] + [(MIXED,), (MIXED_FLOAT32,), ([800, 0, -800],), *drawn(FAR, 3)]
    check_same(student, reference, "sigmoid", cases, atol=tail)


@pytest.mark.function("sigmoid")
def test_sigmoid_tails(student, reference, drawn):
    """in the tails the error is at most 1e-12"""
    # On both sides: in float32 the error is 3e-8 near 1 and, by its nature, hardly any near 0.
    cases = [(np.arange(12.5, 45.0, 3.0),), (-np.arange(12.5, 45.0, 3.0),), *drawn(OUT_TO_45, 4)]
    check_same(student, reference, "sigmoid", cases, rtol=0.0, atol=1e-12)


@pytest.mark.function("sigmoid")
@pytest.mark.weight(2)
@pytest.mark.hint("Which power of e is too large for the computer, and for which x do you ask for it?")
def test_sigmoid_does_not_overflow(student, reference, drawn):
    """no overflow warning, however large x is"""
    cases = [(x,) for x in EXTREMES] + [(MIXED,), (MIXED_FLOAT32,), *drawn(FAR, 3), *drawn(FAR_FLOAT32, 3)]
    # Only an overflow costs something; any other warning is the student's own affair.
    others = ("underflow", "invalid", "divide", "deprecat")
    check_no_warning(student, reference, "sigmoid", cases, ignore=others, atol=tail)


@pytest.mark.function("sigmoid")
@pytest.mark.hint("Convert the argument first: np.asarray(x, dtype=float).")
def test_sigmoid_takes_all_kinds_of_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays and single numbers are welcome"""
    cases = [([-2, 0, 3],), (np.array([[-1, 4], [2, -3]]),), (2,), (np.float32(-1.5),), (np.array(0.75),)]
    cases += drawn(forms_of(ANY_SHAPE, integers=True), 8)
    check_same(student, reference, "sigmoid", cases, atol=tail)


@pytest.mark.function("sigmoid")
def test_sigmoid_leaves_x_alone(student, reference, drawn):
    """x is unchanged afterwards"""
    check_unchanged(student, reference, "sigmoid", [(MIXED,), *drawn(ANY_SHAPE, 3)], atol=tail)


@pytest.mark.function("sigmoid_derivative")
@pytest.mark.weight(3)
@pytest.mark.hint("At x = 0 the sigmoid is 1/2; what is its slope there?")
def test_derivative_follows_the_formula(student, reference, drawn):
    """the slope is s (1 - s) with s = sigmoid(x), in the shape of x"""
    cases = [(0.0,), (1.0,), (-1.0,), (np.array([[0.5, -2.0, 4.0]]),), *drawn(ANY_SHAPE, 8)]
    check_same(student, reference, "sigmoid_derivative", cases, atol=tail)


@pytest.mark.function("sigmoid_derivative")
@pytest.mark.weight(0.5)
@pytest.mark.hint("Move x by a thousandth: by how much does the sigmoid rise?")
def test_derivative_agrees_with_differences(student):
    """the sigmoid rises by as much as the slope says when x moves a little"""
    x = np.array([-3.0, 0.5])
    call = student.call("sigmoid_derivative", x)
    check_gradient(lambda q: np.sum(1 / (1 + np.exp(-q))), call.result(), x, call=call)


@pytest.mark.function("sigmoid_derivative")
@pytest.mark.weight(0.5)
@pytest.mark.hint("The curve is as steep at -x as at x.")
def test_derivative_looks_at_each_number_alone(student, reference, drawn):
    """each element by itself, whatever stands beside it; x and -x have the same slope"""
    check_same(student, reference, "sigmoid_derivative", drawn(SAME_ELEMENTS, 6), atol=tail)


@pytest.mark.function("sigmoid_derivative")
@pytest.mark.weight(2)
def test_derivative_far_out(student, reference, drawn):
    """far out the slope is 0, never nan"""
    cases = [(x,) for x in EXTREMES] + [(MIXED,), (MIXED_FLOAT32,), ([800, 0, -800],)]
    cases += [*drawn(FAR, 3), *drawn(OUT_TO_45, 3)]
    check_same(student, reference, "sigmoid_derivative", cases, atol=tail)


@pytest.mark.function("sigmoid_derivative")
@pytest.mark.hint("Convert the argument first: np.asarray(x, dtype=float).")
def test_derivative_takes_all_kinds_of_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays and single numbers are welcome"""
    cases = [([-2, 0, 3],), (np.array([[-1, 4], [2, -3]]),), (2,), (np.float32(-1.5),), (np.array(0.75),)]
    cases += drawn(forms_of(ANY_SHAPE, integers=True), 8)
    check_same(student, reference, "sigmoid_derivative", cases, atol=tail)


@pytest.mark.function("sigmoid_derivative")
def test_derivative_leaves_x_alone(student, reference, drawn):
    """x is unchanged afterwards"""
    check_unchanged(student, reference, "sigmoid_derivative", [(MIXED,), *drawn(ANY_SHAPE, 3)], atol=tail)

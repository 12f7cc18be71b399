"""Hidden suite for `cnn_layers`: the activation layer, relu and relu_backward."""

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import check_close, check_gradient, check_same, check_shape, check_unchanged
from autograder.checks.strategies import (
    alike,
    arguments,
    arrays,
    elements_from,
    forms_of,
    reals,
    shapes,
    sizes,
)

relu = pytest.mark.function("relu")
relu_backward = pytest.mark.function("relu_backward")

# Both signs and many orders of magnitude, none of them 0.
_PLAIN = [1.0, 2.0, 0.5, 3.0, 10.0, 0.1, 1e-3, 1e3, 1e-6, 1e-9, 1e6]
_DIGITS = [np.pi * 10.0**k for k in range(-8, 8)]
AWAY = elements_from([sign * value for value in [*_PLAIN, *_DIGITS] for sign in (1, -1)])
WHOLE = elements_from([float(value) for k in range(1, 10) for value in (k, -k)])
SEVENTHS = elements_from([value / 7 for k in range(1, 30) for value in (k, -k)])
UPSTREAM = reals(-5, 5, zero=False)

TABLES = shapes((0, 3), sizes(1, 4))
IMAGES = shapes(3, sizes(1, 3))
NUMBERS = arguments(AWAY)
PAIRS = arguments(UPSTREAM, AWAY)


def exact(*arguments):
    """Relative tolerance: these functions choose numbers and round none, so double precision stays."""
    return 1e-3 if any(getattr(argument, "dtype", None) == np.float32 for argument in arguments) else 1e-12


def as_it_is(case):
    return case


def opposite(case):
    return tuple(-argument for argument in case)


def doubled(case):
    return tuple(2 * argument for argument in case)


def last_to_first(case):
    return tuple(argument[::-1].copy() for argument in case)


def changed(cases, *changes):
    """The cases of a strategy after one of the changes."""
    return st.builds(lambda change, case: change(case), st.sampled_from(changes), cases)


def convolved_twice(x, first, second):
    """Two one-dimensional convolutions of the sequence x, with ReLU between them."""
    between = np.convolve(x, first, "valid")
    return np.convolve(np.where(between > 0, between, 0.0), second, "valid")


@relu
@pytest.mark.weight(2)
def test_relu(student, reference, drawn):
    """the larger of 0 and x, element by element, for arrays of any shape"""
    cases = [(np.array([-1.0, 1.0]),), (np.array([[-2.0], [3.0]]),)]
    cases += drawn(arguments(arrays(TABLES, AWAY)), 10)
    cases += drawn(arguments(arrays(IMAGES, AWAY)), 3)
    # The sign decides, however small the number.
    cases += [(np.array([1e-60, -1e-60]),)]
    check_same(student, reference, "relu", cases, rtol=exact, atol=0)


@relu
@pytest.mark.weight(0.5)
def test_relu_of_numbers(student, reference, drawn):
    """a single number is rectified as well, and 0 stays 0"""
    cases = [(0.0,), (3,), (-4,), ([0.0, -2.0, 2.0],), *drawn(forms_of(NUMBERS), 9)]
    check_same(student, reference, "relu", cases)


@relu
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the argument first: np.asarray(x, dtype=float).")
def test_relu_takes_every_form(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    cases = [
        ([-1, 2],),
        ([[0.5, -0.25]],),
        *drawn(forms_of(arguments(arrays(IMAGES, WHOLE)), integers=True), 8),
    ]
    cases += drawn(arguments(arrays(sizes(1, 5), SEVENTHS)), 2)
    check_same(student, reference, "relu", cases, rtol=exact)


@relu
@pytest.mark.weight(0.5)
@pytest.mark.hint("The network still needs the values before the activation: make a new array.")
def test_relu_leaves_its_argument_alone(student, reference, drawn):
    """x is not changed"""
    cases = [(np.array([-1.0, 1.0]),), *drawn(arguments(arrays(IMAGES, AWAY)), 3)]
    check_unchanged(student, reference, "relu", cases)


@relu
@pytest.mark.weight(0.5)
@pytest.mark.hint("What is relu(x) - relu(-x), and what is relu(2x)?")
def test_relu_keeps_or_drops(student, reference, drawn):
    """of x and -x one is kept and the other becomes 0; twice the values make twice the result"""
    values = arguments(arrays(sizes(1, 6), AWAY))
    check_same(
        student, reference, "relu", drawn(changed(values, as_it_is, opposite, doubled, last_to_first), 8)
    )


@relu
@pytest.mark.weight(0.5)
def test_relu_is_not_linear(student, rng):
    """two convolutions with ReLU between them are not one linear map"""
    x, first, second = rng.normal(size=12), rng.normal(size=3), rng.normal(size=3)
    signals = [(np.convolve(sign * x, first, "valid"),) for sign in (1, -1)]
    for call, sign in zip(student.calls("relu", signals), (1, -1), strict=True):
        rectified = call.result()
        check_shape(rectified, (10,), call=call)
        actual = np.convolve(np.asarray(rectified, dtype=float), second, "valid")
        check_close(actual, convolved_twice(sign * x, first, second), atol=1e-9, call=call)


@relu_backward
@pytest.mark.weight(2)
def test_relu_backward(student, reference, drawn):
    """the upstream gradient where x > 0, and 0 where x < 0"""
    cases = [(np.array([2.0, 3.0]), np.array([1.0, -1.0])), (np.array([-2.0, -3.0]), np.array([1.0, -1.0]))]
    cases += drawn(alike(TABLES, UPSTREAM, AWAY), 8)
    cases += drawn(alike(IMAGES, UPSTREAM, AWAY), 3)
    # The sign decides, however small the number.
    cases += [(np.array([2.0, 3.0]), np.array([1e-60, -1e-60]))]
    check_same(student, reference, "relu_backward", cases)


@relu_backward
@pytest.mark.weight(0.5)
def test_relu_backward_of_numbers(student, reference, drawn):
    """a single number has a gradient as well"""
    cases = [(-2.0, 3.0), (-2.0, -3.0), (4, 1), (4, -1), *drawn(forms_of(PAIRS), 9)]
    check_same(student, reference, "relu_backward", cases)


@relu_backward
@pytest.mark.weight(0.5)
def test_relu_backward_at_zero(student):
    """where x is exactly 0, any slope from 0 to 1 is right"""
    upstream = np.array([2.0, -3.0, 1.5, -0.5, 0.25, 4.0])
    x = np.array([0.0, 0.0, 1.0, -1.0, 2.0, 0.0])
    call = student.call("relu_backward", upstream, x)
    gradient = call.result()
    check_shape(gradient, x.shape, call=call)
    # Equal to `upstream` or 0 where the slope is known, and unconstrained between the two where it is not.
    low = np.where(x > 0, upstream, np.where(x < 0, 0.0, np.minimum(upstream, 0.0)))
    high = np.where(x > 0, upstream, np.where(x < 0, 0.0, np.maximum(upstream, 0.0)))
    nearest = np.clip(np.nan_to_num(np.asarray(gradient, dtype=float)), low, high)
    check_close(gradient, nearest, atol=1e-9, call=call)


@relu_backward
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the arguments first: np.asarray(x, dtype=float).")
def test_relu_backward_takes_every_form(student, reference, drawn):
    """lists, integers (with a fractional gradient too), float32, read-only and strided arrays are numbers"""
    cases = [([2, 3], [1, -1]), (np.array([0.5, -0.5]), np.array([1, 2]))]
    cases += drawn(forms_of(alike(IMAGES, WHOLE, WHOLE), integers=True), 8)
    cases += drawn(alike(sizes(1, 5), SEVENTHS, elements_from([1, -1, 2, -2, 3, -3])), 2)
    check_same(student, reference, "relu_backward", cases, rtol=exact)


@relu_backward
@pytest.mark.weight(0.5)
@pytest.mark.hint("Who hands you upstream may need it again: write into a new array.")
def test_relu_backward_leaves_its_arguments_alone(student, reference, drawn):
    """neither the upstream gradient nor x is changed"""
    cases = [(np.array([2.0, 3.0]), np.array([1.0, -1.0])), *drawn(alike(IMAGES, UPSTREAM, AWAY), 3)]
    check_unchanged(student, reference, "relu_backward", cases)


@relu_backward
def test_relu_backward_is_the_slope(student, rng):
    """the gradient of a weighted sum of relu(x)"""
    upstream, x = rng.normal(size=6), np.array([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])
    gradient = student.relu_backward(upstream, x)
    check_gradient(lambda values: np.sum(upstream * np.where(values > 0, values, 0)), gradient, x)

"""Hidden suite for `cnn_layers`: the activation layer, relu and relu_backward."""

import numpy as np
import pytest

from autograder.checks import check_close, check_gradient, check_same, check_shape, check_unchanged, forms

relu = pytest.mark.function("relu")
relu_backward = pytest.mark.function("relu_backward")

SHAPES = [(1,), (2,), (7,), (4, 3), (1, 1, 1), (3, 3, 2), (2, 5, 3)]


def away_from_zero(rng, shape):
    """Values of both signs and many sizes, none of them 0."""
    return rng.choice([-1.0, 1.0], size=shape) * 10.0 ** rng.uniform(-3, 3, size=shape)


def exact(*arguments):
    """Relative tolerance: these functions choose numbers and round none, so double precision stays."""
    return 1e-3 if any(getattr(argument, "dtype", None) == np.float32 for argument in arguments) else 1e-12


def convolved_twice(x, first, second):
    """Two one-dimensional convolutions of the sequence x, with ReLU between them."""
    between = np.convolve(x, first, "valid")
    return np.convolve(np.where(between > 0, between, 0.0), second, "valid")


@relu
@pytest.mark.weight(2)
def test_relu(student, reference, rng):
    """the larger of 0 and x, element by element, for arrays of any shape"""
    cases = [(away_from_zero(rng, shape),) for shape in SHAPES]
    small = [(1e-6 * x,) for (x,) in cases]
    check_same(student, reference, "relu", [*cases, *small])


@relu
@pytest.mark.weight(0.5)
def test_relu_of_numbers(student, reference):
    """a single number is rectified as well, and 0 stays 0"""
    cases = [*forms((2.5,)), *forms((-1.5,)), (0.0,), (3,), (-4,), ([0.0, -2.0, 2.0],)]
    check_same(student, reference, "relu", cases)


@relu
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the argument first: np.asarray(x, dtype=float).")
def test_relu_takes_every_form(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    x = rng.permutation(12).reshape(3, 2, 2) - 5.0
    check_same(student, reference, "relu", [*forms((x,), integers=True), (x / 7,)], rtol=exact)


@relu
@pytest.mark.weight(0.5)
@pytest.mark.hint("The network still needs the values before the activation: make a new array.")
def test_relu_leaves_its_argument_alone(student, reference, rng):
    """x is not changed"""
    cases = [(away_from_zero(rng, shape),) for shape in [(5,), (3, 3, 2)]]
    check_unchanged(student, reference, "relu", cases)


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
def test_relu_backward(student, reference, rng):
    """the upstream gradient where x > 0, and 0 where x < 0"""
    cases = [(rng.normal(size=shape), away_from_zero(rng, shape)) for shape in SHAPES]
    small = [(upstream, 1e-6 * x) for upstream, x in cases]
    check_same(student, reference, "relu_backward", [*cases, *small])


@relu_backward
@pytest.mark.weight(0.5)
def test_relu_backward_of_numbers(student, reference):
    """a single number has a gradient as well"""
    cases = [*forms((2.0, 3.0)), *forms((2.0, -3.0)), (-2.0, 3.0), (-2.0, -3.0), (4, 1), (4, -1)]
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
def test_relu_backward_takes_every_form(student, reference, rng):
    """lists, integers (with a fractional gradient too), float32, read-only and strided arrays are numbers"""
    upstream, x = (rng.permutation(12).reshape(3, 2, 2) - 5.5 for _ in range(2))
    cases = [*forms((upstream, x)), *forms((2 * upstream, 2 * x), float32=False, integers=True)]
    mixed = (upstream / 7, (2 * x).astype(int))
    check_same(student, reference, "relu_backward", [*cases, mixed], rtol=exact)


@relu_backward
@pytest.mark.weight(0.5)
def test_relu_backward_leaves_its_arguments_alone(student, reference, rng):
    """neither the upstream gradient nor x is changed"""
    cases = [(rng.normal(size=shape), away_from_zero(rng, shape)) for shape in [(5,), (3, 3, 2)]]
    check_unchanged(student, reference, "relu_backward", cases)


@relu_backward
def test_relu_backward_is_the_slope(student, rng):
    """the gradient of a weighted sum of relu(x)"""
    upstream, x = rng.normal(size=6), np.array([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0])
    gradient = student.relu_backward(upstream, x)
    check_gradient(lambda values: np.sum(upstream * np.where(values > 0, values, 0)), gradient, x)

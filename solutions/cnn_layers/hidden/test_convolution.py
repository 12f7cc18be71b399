"""Hidden suite for `cnn_layers`: the convolution layer."""

import functools
import itertools

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import check_close, check_raises, check_same, check_shape, check_unchanged
from autograder.checks.strategies import arrays, elements_from, forms_of, reals, sizes

pytestmark = pytest.mark.function("convolve")

NUMBERS = reals(-5, 5)
NOT_ZERO = reals(-5, 5, zero=False)
WHOLE = elements_from([float(value) for k in range(10) for value in (k, -k)])
SEVENTHS = elements_from([value / 7 for k in range(1, 30) for value in (k, -k)])


def rounding(x, filters, bias):
    """What the order of the additions may change: so many units in the last place of the largest sum."""
    x, filters, bias = (np.asarray(argument) for argument in (x, filters, bias))
    precision = 1e-6 if np.float32 in (x.dtype, filters.dtype, bias.dtype) else 1e-13
    sums = np.abs(filters).sum(axis=(1, 2, 3)) * np.abs(x).max() + np.abs(bias)
    return float(precision * sums.max())


def precision(x, filters, bias):
    """Relative tolerance: `rounding` covers what sums lose, so double precision stays."""
    single = any(getattr(argument, "dtype", None) == np.float32 for argument in (x, filters, bias))
    return 1e-3 if single else 1e-9


SIDES = st.tuples(sizes(1, 3), sizes(1, 3))
# Made once for each shape: to make a strategy takes longer than to draw from it.
tables = functools.cache(arrays)


@st.composite
def layers(draw, n=1, depth=1, window=None, places=None, elements=NUMBERS, of_filters=None, of_bias=None):
    """(image, filters, bias): n filters of the size `window`, which fit an image at so many `places` down and across.

    window, places  (down, across), both of which may be strategies; from 1 to 3 by default
    """
    n, depth = (draw(value) if isinstance(value, st.SearchStrategy) else value for value in (n, depth))
    height, width = draw(SIDES if window is None else window)
    down, across = draw(SIDES if places is None else places)
    x = draw(tables((height + down - 1, width + across - 1, depth), elements))
    filters = draw(tables((n, height, width, depth), elements if of_filters is None else of_filters))
    return x, filters, draw(tables(n, elements if of_bias is None else of_bias))


SQUARES = sizes(1, 3).map(lambda side: (side, side))
ONE = layers(window=SQUARES, places=SQUARES, elements=NOT_ZERO)
DEEP = layers(depth=sizes(2, 4), window=SQUARES, places=SQUARES, elements=NOT_ZERO)
MANY = layers(n=sizes(2, 4), depth=sizes(1, 3), window=SQUARES, places=SQUARES, elements=NOT_ZERO)
ANY = layers(n=sizes(1, 3), depth=sizes(1, 3))
UNEQUAL = st.sampled_from(list(itertools.permutations((1, 2, 3), 2)))
NOT_SQUARE = layers(n=sizes(1, 3), depth=sizes(1, 2), window=UNEQUAL, places=UNEQUAL, elements=NOT_ZERO)
ONE_PIXEL = layers(n=sizes(1, 2), depth=sizes(1, 2), window=st.just((1, 1)))
ONE_PLACE = layers(n=sizes(1, 2), depth=sizes(1, 2), places=st.just((1, 1)))
ALL_FORMS = forms_of(layers(n=sizes(1, 3), depth=sizes(1, 3), elements=WHOLE), integers=True)
BIASED = layers(n=sizes(1, 3), depth=sizes(1, 2), of_bias=reals(5, 9))
DIGITS = layers(n=sizes(1, 2), depth=sizes(1, 2), elements=SEVENTHS)


PLACES = st.sampled_from([(0,), (1,), (2,), (0, 1), (0, 2), (1, 2)])


@st.composite
def mixed(draw):
    """Whole numbers in some of the three arguments, and fractions in the others."""
    case = list(draw(DIGITS))
    for place in draw(PLACES):
        case[place] = np.rint(7 * case[place]).astype(int)
    return tuple(case)


CHANGES = st.sampled_from(["as it is", "half a turn", "transposed", "twice", "filters", "slices", "shifted"])


@st.composite
def moved(draw):
    """A layer, and what makes its result follow: another order, a multiple, a shift, a turn of image and filters."""
    x, filters, bias = draw(ANY)
    change = draw(CHANGES)
    if change == "half a turn":
        return x[::-1, ::-1].copy(), filters[:, ::-1, ::-1].copy(), bias
    if change == "transposed":
        return x.swapaxes(0, 1).copy(), filters.swapaxes(1, 2).copy(), bias
    if change == "twice":
        return 2 * x, filters, bias
    if change == "filters":
        return x, filters[::-1].copy(), bias[::-1].copy()
    if change == "slices":
        return x[:, :, ::-1].copy(), filters[:, :, :, ::-1].copy(), bias
    if change == "shifted":
        return np.pad(x, ((1, 0), (1, 0), (0, 0))), filters, bias
    return x, filters, bias


@st.composite
def misfits(draw):
    """(image, filters, bias) with filters that are not as deep as the image."""
    x, filters, bias = draw(ANY)
    other = draw(sizes(1, 3))
    other += other >= x.shape[2]
    return x, draw(tables((*filters.shape[:3], other), NUMBERS)), bias


MIXED = mixed()
MOVED = moved()
MISFITS = misfits()


def check_cases(student, reference, cases, rtol=None):
    check_same(student, reference, "convolve", cases, atol=rounding, rtol=rtol)


def grid(*rows):
    """An image, or a filter, of one slice."""
    return np.array(rows, dtype=float)[:, :, np.newaxis]


@pytest.mark.weight(2)
def test_one_filter_on_one_slice(student, reference, drawn):
    """one filter slides over one slice: valid positions only, and not flipped"""
    filters = grid([1, 0], [0, 2])[np.newaxis]
    cases = [(grid([2, 3]), np.ones((1, 1, 1, 1)), np.zeros(1)), (grid([2, 3], [5, 7]), filters, np.zeros(1))]
    check_cases(student, reference, [*cases, *drawn(ONE, 8)])


def test_depth_is_summed(student, reference, drawn):
    """the products of all depth slices are added up into one number"""
    cases = [(np.array([[[2.0, 3.0]]]), np.ones((1, 1, 1, 2)), np.zeros(1))]
    cases += [(np.arange(1.0, 7).reshape(1, 1, 6), np.ones((1, 1, 1, 6)), np.zeros(1)), *drawn(DEEP, 7)]
    check_cases(student, reference, cases)


def test_filters_make_slices(student, reference, drawn):
    """K filters make K depth slices, however deep the image is"""
    cases = [(grid([2]), np.array([1.0, 3.0]).reshape(2, 1, 1, 1), np.zeros(2))]
    cases += [(grid([2]), np.arange(1.0, 7).reshape(6, 1, 1, 1), np.zeros(6)), *drawn(MANY, 7)]
    check_cases(student, reference, cases)


def test_bias(student, reference, drawn):
    """each filter adds its own bias once to every pixel of its slice"""
    # An image of zeros shows the bias alone.
    cases = [(np.zeros((1, 2, 1)), np.ones((2, 1, 1, 1)), np.array([1.0, 2.0])), *drawn(BIASED, 6)]
    check_cases(student, reference, cases)


def test_not_square(student, reference, drawn):
    """height and width may differ, in the image and in the filters"""
    cases = [(grid([1, 2, 3]), grid([1, 1])[np.newaxis], np.zeros(1)), *drawn(NOT_SQUARE, 9)]
    check_cases(student, reference, cases)


@pytest.mark.weight(0.5)
def test_extreme_filters(student, reference, drawn):
    """filters of one pixel, and filters as large as the image"""
    check_cases(student, reference, [*drawn(ONE_PIXEL, 3), *drawn(ONE_PLACE, 3)])


@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the arguments first: np.asarray(x, dtype=float).")
def test_takes_every_form(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are images and filters too"""
    cases = [([[[1], [2]]], [[[[3]]]], [4]), *drawn(ALL_FORMS, 7)]
    check_cases(student, reference, cases)


@pytest.mark.weight(0.5)
@pytest.mark.hint("What is the dtype of the array that you fill?")
def test_whole_numbers_and_fractions(student, reference, drawn):
    """fractions in the image, the filters or the bias give fractions, whatever is whole beside them"""
    cases = [(np.array([[[1]]]), np.array([[[[0.5]]]]), np.array([0])), *drawn(MIXED, 5), *drawn(DIGITS, 2)]
    check_cases(student, reference, cases, precision)


@pytest.mark.weight(0.5)
def test_leaves_its_arguments_alone(student, reference, drawn):
    """neither image nor filters nor bias are changed"""
    check_unchanged(student, reference, "convolve", drawn(ANY, 4), atol=rounding)


@pytest.mark.weight(0.5)
@pytest.mark.hint("Turn both image and filters by half a turn: what should become of the result?")
def test_result_follows_its_arguments(student, reference, drawn):
    """image and filters turned or transposed together turn the result; filters in another order give slices in another order"""
    check_cases(student, reference, drawn(MOVED, 6))


@pytest.mark.weight(0.5)
@pytest.mark.hint("NumPy stretches an axis of length 1 without a word: compare the depths yourself.")
def test_errors(student, drawn):
    """ValueError where the filters are not as deep as the image"""
    x, filters, bias = np.ones((3, 3, 2)), np.ones((2, 2, 2, 2)), np.ones(2)
    illegal = [(x, np.ones((2, 2, 2, 3)), bias), (x, np.ones((2, 2, 2, 1)), bias)]
    illegal += [(np.ones((3, 3, 1)), filters, bias), (np.ones((3, 3, 3)), filters, bias), *drawn(MISFITS, 5)]
    check_raises(student, "convolve", ValueError, legal=(x, filters, bias), illegal=illegal)


def test_two_convolutions_are_one_linear_map(student, reference, rng):
    """two convolutions with nothing between them: the result for a sum is the sum of the results"""
    first, second = rng.normal(size=(3, 2, 2, 2)), rng.normal(size=(2, 2, 1, 3))
    x, y = rng.normal(size=(2, 4, 4, 2))
    images = [x, y, 2 * x - 3 * y]
    between = student.calls("convolve", [(image, first, np.zeros(3)) for image in images])
    for call in between:
        check_shape(call.result(), (3, 3, 3), call=call)
    twice = student.calls("convolve", [(call.value, second, np.zeros(2)) for call in between])
    for call, image in zip(twice, images, strict=True):
        desired = reference.convolve(reference.convolve(image, first, np.zeros(3)), second, np.zeros(2))
        check_close(call.result(), desired, atol=1e-9, call=call)
    of_x, of_y, of_sum = (np.asarray(call.value, dtype=float) for call in twice)
    check_close(of_sum, 2 * of_x - 3 * of_y, atol=1e-9)

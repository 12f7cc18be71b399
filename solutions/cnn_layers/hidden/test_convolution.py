"""Hidden suite for `cnn_layers`: the convolution layer."""

import numpy as np
import pytest

from autograder.checks import check_close, check_raises, check_same, check_shape, check_unchanged, forms

pytestmark = pytest.mark.function("convolve")


def rounding(x, filters, bias):
    """What the order of the additions may change: so many units in the last place of the largest sum."""
    x, filters, bias = (np.asarray(argument) for argument in (x, filters, bias))
    precision = 1e-6 if np.float32 in (x.dtype, filters.dtype, bias.dtype) else 1e-13
    sums = np.abs(filters).sum(axis=(1, 2, 3)) * np.abs(x).max() + np.abs(bias)
    return float(precision * sums.max())


def case(rng, h, w, d, k, fh, fw):
    """(image h x w x d, k filters fh x fw x d, bias)."""
    return rng.normal(size=(h, w, d)), rng.normal(size=(k, fh, fw, d)), rng.normal(size=k)


def check_cases(student, reference, cases):
    check_same(student, reference, "convolve", cases, atol=rounding)


@pytest.mark.weight(2)
def test_one_filter_on_one_slice(student, reference, rng):
    """one filter slides over one slice: valid positions only, and not flipped"""
    rows = [(1, 1, 1, 1, 1, 1), (2, 2, 1, 1, 2, 2), (3, 3, 1, 1, 2, 2), (5, 5, 1, 1, 3, 3)]
    check_cases(student, reference, [case(rng, *row) for row in rows])


def test_depth_is_summed(student, reference, rng):
    """the products of all depth slices are added up into one number"""
    rows = [(1, 1, 2, 1, 1, 1), (3, 3, 2, 1, 2, 2), (4, 4, 5, 1, 2, 2)]
    check_cases(student, reference, [case(rng, *row) for row in rows])


def test_filters_make_slices(student, reference, rng):
    """K filters make K depth slices, however deep the image is"""
    rows = [(2, 2, 1, 3, 1, 1), (3, 3, 2, 4, 2, 2), (4, 4, 3, 2, 3, 3), (4, 4, 2, 2, 2, 2)]
    check_cases(student, reference, [case(rng, *row) for row in rows])


def test_bias(student, reference, rng):
    """each filter adds its own bias once to every pixel of its slice"""
    cases = [case(rng, 3, 3, d, k, 2, 2) for d, k in [(1, 1), (2, 3), (3, 2)]]
    # An image of zeros shows the bias alone.
    check_cases(
        student,
        reference,
        [(x, filters, bias + 5) for image, filters, bias in cases for x in (image, 0 * image)],
    )


def test_not_square(student, reference, rng):
    """height and width may differ, in the image and in the filters"""
    images = [(3, 5, 1, 1, 2, 2), (6, 3, 2, 2, 2, 2)]
    rows = [*images, (4, 4, 1, 1, 1, 3), (5, 4, 2, 3, 3, 1), (4, 6, 3, 2, 2, 3)]
    check_cases(student, reference, [case(rng, *row) for row in rows])


@pytest.mark.weight(0.5)
def test_extreme_filters(student, reference, rng):
    """filters of one pixel, and filters as large as the image"""
    rows = [(3, 4, 2, 3, 1, 1), (3, 3, 2, 2, 3, 3), (2, 4, 3, 1, 2, 4), (1, 5, 1, 2, 1, 2)]
    check_cases(student, reference, [case(rng, *row) for row in rows])


@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the arguments first: np.asarray(x, dtype=float).")
def test_takes_every_form(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are images and filters too"""
    x = rng.permutation(24).reshape(3, 4, 2) - 8.0
    filters = rng.permutation(24).reshape(3, 2, 2, 2) - 9.0
    check_cases(student, reference, forms((x, filters, np.array([2.0, -3.0, 5.0])), integers=True))


@pytest.mark.weight(0.5)
def test_whole_numbers_and_fractions(student, reference, rng):
    """fractions in the image, the filters or the bias give fractions, whatever is whole beside them"""
    x, filters, bias = case(rng, 3, 3, 2, 2, 2, 2)
    whole_x, whole_filters = rng.permutation(18).reshape(3, 3, 2), rng.permutation(16).reshape(2, 2, 2, 2)
    mixed = [(whole_x, filters, bias), (x, whole_filters, bias), (x, filters, np.array([3, -2]))]
    check_cases(student, reference, [*mixed, (whole_x, whole_filters, bias)])


@pytest.mark.weight(0.5)
def test_leaves_its_arguments_alone(student, reference, rng):
    """neither image nor filters nor bias are changed"""
    cases = [case(rng, 3, 4, 2, 3, 2, 2), case(rng, 2, 2, 1, 1, 1, 1)]
    check_unchanged(student, reference, "convolve", cases, atol=rounding)


@pytest.mark.weight(0.5)
@pytest.mark.hint("NumPy stretches an axis of length 1 without a word: compare the depths yourself.")
def test_errors(student, rng):
    """ValueError where the filters are not as deep as the image"""
    x, filters, bias = case(rng, 3, 3, 2, 2, 2, 2)
    wrong = [
        (x, rng.normal(size=(2, 2, 2, 3)), bias),
        (x, rng.normal(size=(2, 2, 2, 1)), bias),
        (rng.normal(size=(3, 3, 1)), filters, bias),
        (rng.normal(size=(3, 3, 3)), filters, bias),
    ]
    check_raises(student, "convolve", ValueError, legal=(x, filters, bias), illegal=wrong)


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

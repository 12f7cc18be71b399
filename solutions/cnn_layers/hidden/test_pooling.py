"""Hidden suite for `cnn_layers`: the pooling layer forward, max_pool and average_pool."""

import numpy as np
import pytest

from autograder.checks import call_with, check_raises, check_same, check_unchanged, forms

max_pool = pytest.mark.function("max_pool")
average_pool = pytest.mark.function("average_pool")


def images(rng, *cases):
    """Cases (image, size, stride) from rows (H, W, D, size, stride)."""
    return [(rng.normal(size=(h, w, d)), size, stride) for h, w, d, size, stride in cases]


def plain(rng):
    square = images(rng, (2, 2, 1, 2, 2), (4, 4, 1, 2, 2), (6, 6, 1, 3, 3), (8, 8, 1, 2, 2))
    return [*square, *((scale * rng.uniform(-9, -5, size=(4, 4, 1)), 2, 2) for scale in (1, 1e12))]


def deep(rng):
    return images(rng, (2, 2, 3, 2, 2), (4, 4, 2, 2, 2), (6, 6, 5, 3, 3))


def not_square(rng):
    return images(rng, (2, 4, 1, 2, 2), (6, 2, 1, 2, 2), (4, 8, 2, 2, 2), (3, 9, 3, 3, 3))


def with_rest(rng):
    return images(rng, (3, 3, 1, 2, 2), (5, 4, 1, 2, 2), (4, 7, 2, 3, 3), (5, 8, 2, 3, 3), (7, 7, 3, 4, 2))


def overlapping(rng):
    return images(rng, (3, 3, 1, 2, 1), (3, 3, 2, 2, 1), (4, 5, 2, 3, 1), (7, 5, 2, 3, 2))


def with_gaps(rng):
    return images(rng, (4, 4, 1, 1, 2), (5, 5, 1, 2, 3), (3, 2, 2, 2, 5), (8, 7, 2, 2, 4))


def extreme(rng):
    return images(rng, (1, 1, 1, 1, 1), (2, 3, 2, 1, 1), (3, 3, 2, 3, 3), (4, 4, 1, 4, 1), (3, 5, 2, 3, 1))


def with_defaults(rng):
    x, y = rng.normal(size=(6, 6, 2)), rng.normal(size=(5, 7, 1))
    return [
        (x,),
        (y,),
        call_with(x, size=3),
        call_with(x, stride=1),
        call_with(y, stride=3, size=2),
        call_with(x=y, size=2, stride=1),
    ]


def every_form(rng):
    # Whole numbers, whose means over windows of nine are not whole.
    x = rng.permutation(50).reshape(5, 5, 2) - 20.0
    return [*forms((x, 3, 2), integers=True), (x / 7, 3, 2)]


def precision(x, size, stride):
    """Relative tolerance: at most a mean is rounded, in the precision of the image."""
    return 1e-3 if getattr(x, "dtype", None) == np.float32 else 1e-9


def illegal(rng):
    low, wide, x = rng.normal(size=(2, 5, 1)), rng.normal(size=(5, 2, 2)), rng.normal(size=(4, 4, 1))
    sizes = [(low, 3, 1), (wide, 3, 1), (x, 5, 1)]
    return [*sizes, (x, 0, 1), (x, -1, 1), (x, 2, 0), (x, 2, -1), (x, 4, -1)]


@max_pool
@pytest.mark.weight(2)
def test_max(student, reference, rng):
    """the largest value of each window, also where all are negative"""
    check_same(student, reference, "max_pool", plain(rng))


@max_pool
def test_max_of_each_slice(student, reference, rng):
    """each depth slice on its own"""
    check_same(student, reference, "max_pool", deep(rng))


@max_pool
def test_max_of_images_that_are_not_square(student, reference, rng):
    """height and width may differ"""
    check_same(student, reference, "max_pool", not_square(rng))


@max_pool
def test_max_drops_the_rest(student, reference, rng):
    """rows and columns that fill no window are dropped"""
    check_same(student, reference, "max_pool", with_rest(rng))


@max_pool
def test_max_with_overlap(student, reference, rng):
    """a stride smaller than the size: windows overlap"""
    check_same(student, reference, "max_pool", overlapping(rng))


@max_pool
@pytest.mark.weight(0.5)
def test_max_with_gaps(student, reference, rng):
    """a stride larger than the size: rows and columns between the windows are skipped"""
    check_same(student, reference, "max_pool", with_gaps(rng))


@max_pool
@pytest.mark.weight(0.5)
def test_max_of_extreme_windows(student, reference, rng):
    """windows of one pixel, and windows as large as the image allows"""
    check_same(student, reference, "max_pool", extreme(rng))


@max_pool
@pytest.mark.weight(0.5)
def test_max_defaults(student, reference, rng):
    """size and stride are 2 unless given, and may be given by name"""
    check_same(student, reference, "max_pool", with_defaults(rng))


@max_pool
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the argument first: np.asarray(x, dtype=float).")
def test_max_takes_every_form(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are images too"""
    check_same(student, reference, "max_pool", every_form(rng), rtol=precision)


@max_pool
@pytest.mark.weight(0.5)
def test_max_leaves_its_argument_alone(student, reference, rng):
    """the image is not changed"""
    check_unchanged(student, reference, "max_pool", [*deep(rng), *overlapping(rng)])


@max_pool
@pytest.mark.weight(0.5)
def test_max_errors(student, rng):
    """ValueError for a size or stride below 1, and for a window too high or too wide for the image"""
    legal = (rng.normal(size=(3, 3, 1)), 3, 1)
    check_raises(student, "max_pool", ValueError, legal=legal, illegal=illegal(rng))


@average_pool
@pytest.mark.weight(2)
def test_average(student, reference, rng):
    """the mean of each window"""
    check_same(student, reference, "average_pool", plain(rng))


@average_pool
def test_average_of_each_slice(student, reference, rng):
    """each depth slice on its own"""
    check_same(student, reference, "average_pool", deep(rng))


@average_pool
def test_average_of_images_that_are_not_square(student, reference, rng):
    """height and width may differ"""
    check_same(student, reference, "average_pool", not_square(rng))


@average_pool
def test_average_drops_the_rest(student, reference, rng):
    """rows and columns that fill no window are dropped"""
    check_same(student, reference, "average_pool", with_rest(rng))


@average_pool
def test_average_with_overlap(student, reference, rng):
    """a stride smaller than the size: windows overlap"""
    check_same(student, reference, "average_pool", overlapping(rng))


@average_pool
@pytest.mark.weight(0.5)
def test_average_with_gaps(student, reference, rng):
    """a stride larger than the size: rows and columns between the windows are skipped"""
    check_same(student, reference, "average_pool", with_gaps(rng))


@average_pool
@pytest.mark.weight(0.5)
def test_average_of_extreme_windows(student, reference, rng):
    """windows of one pixel, and windows as large as the image allows"""
    check_same(student, reference, "average_pool", extreme(rng))


@average_pool
@pytest.mark.weight(0.5)
def test_average_defaults(student, reference, rng):
    """size and stride are 2 unless given, and may be given by name"""
    check_same(student, reference, "average_pool", with_defaults(rng))


@average_pool
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the argument first: np.asarray(x, dtype=float). A mean of integers is seldom one.")
def test_average_takes_every_form(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are images too"""
    check_same(student, reference, "average_pool", every_form(rng), rtol=precision)


@average_pool
@pytest.mark.weight(0.5)
def test_average_leaves_its_argument_alone(student, reference, rng):
    """the image is not changed"""
    check_unchanged(student, reference, "average_pool", [*deep(rng), *overlapping(rng)])


@average_pool
@pytest.mark.weight(0.5)
def test_average_errors(student, rng):
    """ValueError for a size or stride below 1, and for a window too high or too wide for the image"""
    legal = (rng.normal(size=(3, 3, 1)), 3, 1)
    check_raises(student, "average_pool", ValueError, legal=legal, illegal=illegal(rng))

"""Hidden suite for `cnn_layers`: the pooling layer forward, max_pool and average_pool."""

import functools

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import call_with, check_raises, check_same, check_unchanged
from autograder.checks.strategies import arrays, elements_from, forms_of, reals, sizes

max_pool = pytest.mark.function("max_pool")
average_pool = pytest.mark.function("average_pool")

NUMBERS = reals(-10, 10)
NEGATIVE = reals(-20, -1)
# Whole numbers, whose means over windows of four or nine are not whole.
WHOLE = elements_from([float(value) for k in range(60) for value in (k, -k)])
SEVENTHS = elements_from([value / 7 for k in range(1, 100) for value in (k, -k)])

# Made once for each shape: to make a strategy takes longer than to draw from it.
tables = functools.cache(arrays)


@st.composite
def pooled(draw, size=(1, 3), stride=None, windows=((1, 3), (1, 3)), rest=0, depth=(1, 1), elements=NUMBERS):
    """(image, size, stride) whose size is chosen from the windows that fill it.

    size     from (least, most)
    stride   from size + least to size + most, at least 1, of (least, most); the size itself where None
    windows  how many down and across, from ((least, most), (least, most))
    rest     the most rows and columns at the end that fill no window, of which there is at least one unless 0
    """
    size = draw(sizes(*size))
    step = size if stride is None else draw(sizes(max(1, size + stride[0]), max(1, size + stride[1])))
    down, across = (draw(sizes(*number)) for number in windows)
    below = beside = 0
    if rest and step > 1:
        below = draw(sizes(0, min(rest, step - 1)))
        beside = draw(sizes(0 if below else 1, min(rest, step - 1)))
    shape = (down - 1) * step + size + below, (across - 1) * step + size + beside, draw(sizes(*depth))
    return draw(tables(shape, elements)), size, step


PLAIN = pooled((2, 3))
ALL_NEGATIVE = pooled((2, 3), windows=((1, 2), (1, 2)), elements=NEGATIVE)
DEEP = pooled((2, 2), windows=((1, 2), (1, 2)), depth=(2, 5))
WIDE = pooled((2, 3), windows=((1, 1), (2, 3)), depth=(1, 2))
HIGH = pooled((2, 3), windows=((3, 3), (1, 2)), depth=(1, 2))
WITH_REST = pooled((2, 3), rest=2, windows=((1, 2), (1, 2)), depth=(1, 2))
OVERLAPPING = pooled((2, 3), stride=(-2, -1), depth=(1, 2))
WITH_GAPS = pooled((1, 2), stride=(1, 3), rest=3, windows=((1, 2), (2, 2)), depth=(1, 2))
ONE_PIXEL = pooled((1, 1), stride=(0, 1), depth=(1, 2))
ONE_WINDOW = pooled((1, 4), stride=(-3, 2), windows=((1, 1), (1, 1)), depth=(1, 2))
ANY = pooled((1, 3), stride=(-2, 2), windows=((1, 2), (1, 2)), rest=2, depth=(1, 3))
ALL_FORMS = forms_of(
    pooled((2, 3), stride=(-1, 0), windows=((1, 2), (1, 2)), depth=(1, 2), elements=WHOLE), integers=True
)
DIGITS = pooled((2, 3), stride=(-1, 0), windows=((1, 2), (1, 2)), elements=SEVENTHS)


LARGE_ENOUGH = arrays((sizes(4, 7), sizes(4, 7), sizes(1, 2)), NUMBERS)
BY_NAME = st.booleans()
NAMED = st.sampled_from(
    [{}, {"size": 3}, {"stride": 1}, {"size": 1}, {"stride": 3, "size": 2}, {"stride": 3}]
)


@st.composite
def with_defaults(draw):
    """Calls that leave size or stride out, or give them by name."""
    x = draw(LARGE_ENOUGH)
    named = draw(NAMED)
    return call_with(x=x, **named) if draw(BY_NAME) else call_with(x, **named)


CHANGES = st.sampled_from(
    ["as it is", "less 100000", "plus 1000", "times 1000", "transposed", "slices", "one more row"]
)


@st.composite
def moved(draw):
    """A pooling, and what makes its result follow: a number added to all pixels, a multiple, a turn, another order."""
    x, size, stride = draw(ANY)
    change = draw(CHANGES)
    if change == "less 100000":
        x = x - 1e5
    if change == "plus 1000":
        x = x + 1e3
    if change == "times 1000":
        x = 1e3 * x
    if change == "transposed":
        x = x.swapaxes(0, 1).copy()
    if change == "slices":
        x = x[:, :, ::-1].copy()
    if change == "one more row":
        x = np.concatenate([x[:1], x])
    return x, size, stride


WRONG = st.sampled_from(["too large", "no size", "no stride"])


@st.composite
def illegal(draw):
    """A window that is too high or too wide for the image, or a size or stride below 1."""
    height, width, depth = draw(sizes(1, 4)), draw(sizes(1, 4)), draw(sizes(1, 2))
    least, most = sorted((height, width))
    what = draw(WRONG)
    if what == "too large":
        size, stride = draw(sizes(least + 1, most + 2)), draw(sizes(1, 3))
    elif what == "no size":
        size, stride = draw(sizes(-2, 0)), draw(sizes(1, 3))
    else:
        size, stride = draw(sizes(1, least)), draw(sizes(-3, 0))
    return draw(tables((height, width, depth), NUMBERS)), size, stride


WITH_DEFAULTS = with_defaults()
MOVED = moved()
ILLEGAL = illegal()


def grid(*rows):
    """An image of one slice."""
    return np.array(rows, dtype=float)[:, :, np.newaxis]


def plain(drawn):
    cases = [(grid([1, 2], [4, 3]), 2, 2), (grid([-1, -2], [-4, -3]), 2, 2)]
    return [*cases, *drawn(PLAIN, 6), *drawn(ALL_NEGATIVE, 3)]


def deep(drawn):
    return [(np.array([[[1.0, 2.0]]]), 1, 1), (np.arange(1.0, 7).reshape(1, 1, 6), 1, 1), *drawn(DEEP, 7)]


def not_square(drawn):
    return [(grid([1, 2, 3, 4]), 1, 1), *drawn(WIDE, 4), *drawn(HIGH, 4)]


def with_rest(drawn):
    return [(grid([1, 2, 3], [4, 5, 6]), 2, 2), (grid([1, 2], [3, 4], [5, 6]), 2, 2), *drawn(WITH_REST, 8)]


def overlapping(drawn):
    return [(grid([1, 2, 4], [3, 5, 9]), 2, 1), *drawn(OVERLAPPING, 8)]


def with_gaps(drawn):
    return [(grid([1, 2, 3]), 1, 2), *drawn(WITH_GAPS, 6)]


def extreme(drawn):
    return [*drawn(ONE_PIXEL, 3), *drawn(ONE_WINDOW, 4)]


def left_out(drawn):
    x = grid([1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16])
    return [(x,), call_with(x, size=3), call_with(x, stride=1), *drawn(WITH_DEFAULTS, 5)]


def every_form(drawn):
    return [([[[1], [2]], [[3], [4]]], 2, 2), *drawn(ALL_FORMS, 7), *drawn(DIGITS, 2)]


def refused(drawn):
    x = grid([1, 2, 3], [4, 5, 6], [7, 8, 9])
    wrong = [
        (x, 4, 1),
        (x[:2], 3, 1),
        (x[:, :2], 3, 1),
        (x, 0, 1),
        (x, -1, 1),
        (x, 2, 0),
        (x, 2, -1),
        (x, 3, -1),
    ]
    return {"legal": (x, 3, 1), "illegal": [*wrong, *drawn(ILLEGAL, 4)]}


def precision(x, size, stride):
    """Relative tolerance: at most a mean is rounded, in the precision of the image."""
    return 1e-3 if getattr(x, "dtype", None) == np.float32 else 1e-9


@max_pool
@pytest.mark.weight(2)
def test_max(student, reference, drawn):
    """the largest value of each window, also where all are negative"""
    check_same(student, reference, "max_pool", plain(drawn))


@max_pool
def test_max_of_each_slice(student, reference, drawn):
    """each depth slice on its own"""
    check_same(student, reference, "max_pool", deep(drawn))


@max_pool
def test_max_of_images_that_are_not_square(student, reference, drawn):
    """height and width may differ"""
    check_same(student, reference, "max_pool", not_square(drawn))


@max_pool
def test_max_drops_the_rest(student, reference, drawn):
    """rows and columns that fill no window are dropped"""
    check_same(student, reference, "max_pool", with_rest(drawn))


@max_pool
def test_max_with_overlap(student, reference, drawn):
    """a stride smaller than the size: windows overlap"""
    check_same(student, reference, "max_pool", overlapping(drawn))


@max_pool
@pytest.mark.weight(0.5)
def test_max_with_gaps(student, reference, drawn):
    """a stride larger than the size: rows and columns between the windows are skipped"""
    check_same(student, reference, "max_pool", with_gaps(drawn))


@max_pool
@pytest.mark.weight(0.5)
def test_max_of_extreme_windows(student, reference, drawn):
    """windows of one pixel, and windows as large as the image allows"""
    check_same(student, reference, "max_pool", extreme(drawn))


@max_pool
@pytest.mark.weight(0.5)
def test_max_defaults(student, reference, drawn):
    """size and stride are 2 unless given, and may be given by name"""
    check_same(student, reference, "max_pool", left_out(drawn))


@max_pool
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the argument first: np.asarray(x, dtype=float).")
def test_max_takes_every_form(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are images too"""
    check_same(student, reference, "max_pool", every_form(drawn), rtol=precision)


@max_pool
@pytest.mark.weight(0.5)
@pytest.mark.hint("Add 1000 to every pixel: what should happen to each largest value?")
def test_max_follows_the_image(student, reference, drawn):
    """a number added to all pixels is added to the result; exchanged axes or slices are exchanged in the result"""
    check_same(student, reference, "max_pool", [(grid([-1e12]), 1, 1), *drawn(MOVED, 6)])


@max_pool
@pytest.mark.weight(0.5)
def test_max_leaves_its_argument_alone(student, reference, drawn):
    """the image is not changed"""
    check_unchanged(student, reference, "max_pool", [*drawn(DEEP, 2), *drawn(OVERLAPPING, 3)])


@max_pool
@pytest.mark.weight(0.5)
def test_max_errors(student, drawn):
    """ValueError for a size or stride below 1, and for a window too high or too wide for the image"""
    check_raises(student, "max_pool", ValueError, **refused(drawn))


@average_pool
@pytest.mark.weight(2)
def test_average(student, reference, drawn):
    """the mean of each window"""
    check_same(student, reference, "average_pool", plain(drawn))


@average_pool
def test_average_of_each_slice(student, reference, drawn):
    """each depth slice on its own"""
    check_same(student, reference, "average_pool", deep(drawn))


@average_pool
def test_average_of_images_that_are_not_square(student, reference, drawn):
    """height and width may differ"""
    check_same(student, reference, "average_pool", not_square(drawn))


@average_pool
def test_average_drops_the_rest(student, reference, drawn):
    """rows and columns that fill no window are dropped"""
    check_same(student, reference, "average_pool", with_rest(drawn))


@average_pool
def test_average_with_overlap(student, reference, drawn):
    """a stride smaller than the size: windows overlap"""
    check_same(student, reference, "average_pool", overlapping(drawn))


@average_pool
@pytest.mark.weight(0.5)
def test_average_with_gaps(student, reference, drawn):
    """a stride larger than the size: rows and columns between the windows are skipped"""
    check_same(student, reference, "average_pool", with_gaps(drawn))


@average_pool
@pytest.mark.weight(0.5)
def test_average_of_extreme_windows(student, reference, drawn):
    """windows of one pixel, and windows as large as the image allows"""
    check_same(student, reference, "average_pool", extreme(drawn))


@average_pool
@pytest.mark.weight(0.5)
def test_average_defaults(student, reference, drawn):
    """size and stride are 2 unless given, and may be given by name"""
    check_same(student, reference, "average_pool", left_out(drawn))


@average_pool
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the argument first: np.asarray(x, dtype=float). A mean of integers is seldom one.")
def test_average_takes_every_form(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are images too"""
    check_same(student, reference, "average_pool", every_form(drawn), rtol=precision)


@average_pool
@pytest.mark.weight(0.5)
@pytest.mark.hint("Add 1000 to every pixel: what should happen to each mean?")
def test_average_follows_the_image(student, reference, drawn):
    """a number added to all pixels is added to the result; exchanged axes or slices are exchanged in the result"""
    check_same(student, reference, "average_pool", [(grid([-1e12]), 1, 1), *drawn(MOVED, 6)])


@average_pool
@pytest.mark.weight(0.5)
def test_average_leaves_its_argument_alone(student, reference, drawn):
    """the image is not changed"""
    check_unchanged(student, reference, "average_pool", [*drawn(DEEP, 2), *drawn(OVERLAPPING, 3)])


@average_pool
@pytest.mark.weight(0.5)
def test_average_errors(student, drawn):
    """ValueError for a size or stride below 1, and for a window too high or too wide for the image"""
    check_raises(student, "average_pool", ValueError, **refused(drawn))

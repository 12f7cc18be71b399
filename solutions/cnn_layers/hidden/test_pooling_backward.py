"""Hidden suite for `cnn_layers`: the pooling layer backward, max_pool_backward and average_pool_backward."""

import functools

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import (
    call_with,
    check_close,
    check_gradient,
    check_raises,
    check_same,
    check_shape,
    check_unchanged,
)
from autograder.checks.strategies import arrays, elements_from, forms_of, reals, sizes

max_pool_backward = pytest.mark.function("max_pool_backward")
average_pool_backward = pytest.mark.function("average_pool_backward")

# The values of an image are all different, so no window has a tie.
NUMBERS = reals(-10, 10)
UPSTREAM = reals(-5, 5, zero=False)
WHOLE = elements_from([float(value) for k in range(1, 100) for value in (k, -k)])
# Odd numbers do not share out evenly over windows of four.
ODD = elements_from([float(value) for k in range(1, 40, 2) for value in (k, -k)])
SEVENTHS = elements_from([value / 7 for k in range(1, 40) for value in (k, -k)])
CLOSE = elements_from([1 + 1e-6 * k for k in range(100)])
CLOSEST = elements_from([1 + 1e-9 * k for k in range(100)])

# Made once for each shape: to make a strategy takes longer than to draw from it.
tables = functools.cache(arrays)


@st.composite
def pooled(
    draw,
    size=(1, 3),
    stride=None,
    windows=((1, 3), (1, 3)),
    rest=0,
    depth=(1, 1),
    elements=NUMBERS,
    upstream=UPSTREAM,
):
    """(upstream, image, size, stride) whose size is chosen from the windows that fill it.

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
    depth = draw(sizes(*depth))
    shape = (down - 1) * step + size + below, (across - 1) * step + size + beside, depth
    x = draw(tables(shape, elements, distinct=True))
    return draw(tables((down, across, depth), upstream)), x, size, step


PLAIN = pooled((2, 3))
NEAR = pooled((2, 2), windows=((1, 2), (1, 2)), elements=CLOSE)
NEAREST = pooled((2, 2), windows=((1, 2), (1, 2)), elements=CLOSEST)
DEEP = pooled((2, 2), windows=((1, 2), (1, 2)), depth=(2, 5))
WIDE = pooled((2, 2), windows=((1, 1), (2, 3)), depth=(1, 2))
HIGH = pooled((2, 2), windows=((3, 3), (1, 2)), depth=(1, 2))
WITH_REST = pooled((2, 3), rest=2, windows=((1, 2), (1, 2)), depth=(1, 2))
OVERLAPPING = pooled((2, 3), stride=(-2, -1), windows=((1, 3), (2, 3)), depth=(1, 2))
WITH_GAPS = pooled((1, 2), stride=(1, 3), rest=3, windows=((1, 2), (2, 2)), depth=(1, 2))
ONE_PIXEL = pooled((1, 1), stride=(0, 1), depth=(1, 2))
ONE_WINDOW = pooled((1, 4), stride=(-3, 2), windows=((1, 1), (1, 1)), depth=(1, 2))
ANY = pooled((1, 3), stride=(-2, 2), windows=((1, 2), (1, 2)), rest=2, depth=(1, 2))
FORMED = pooled((2, 3), stride=(-1, 0), windows=((1, 2), (1, 2)), depth=(1, 2), elements=WHOLE, upstream=ODD)
ALL_FORMS = forms_of(FORMED, integers=True)
DIGITS = pooled((2, 3), stride=(-1, 0), windows=((1, 2), (1, 2)), elements=WHOLE, upstream=SEVENTHS)


@st.composite
def repeated(draw):
    """The same numbers in every window, which have nothing to do with their neighbours'."""
    size, down, across = draw(sizes(2, 3)), draw(sizes(1, 2)), 2
    window = draw(tables((size, size, 1), NUMBERS, distinct=True))
    return draw(tables((down, across, 1), UPSTREAM)), np.tile(window, (down, across, 1)), size, size


def in_whole_pixels(case):
    """An image of integers, and a gradient with fractions."""
    upstream, x, size, stride = case
    return upstream, x.astype(int), size, stride


BY_NAME = st.booleans()
NAMED = st.sampled_from([{}, {"size": 3}, {"stride": 1}, {"stride": 3, "size": 2}, {"stride": 3}])


@st.composite
def with_defaults(draw):
    """Calls that leave size or stride out, or give them by name."""
    named = draw(NAMED)
    size, stride = named.get("size", 2), named.get("stride", 2)
    height, width, depth = draw(sizes(3, 6)), draw(sizes(3, 6)), draw(sizes(1, 2))
    x = draw(tables((height, width, depth), NUMBERS, distinct=True))
    upstream = draw(tables(((height - size) // stride + 1, (width - size) // stride + 1, depth), UPSTREAM))
    return call_with(upstream=upstream, x=x, **named) if draw(BY_NAME) else call_with(upstream, x, **named)


CHANGES = st.sampled_from(["as it is", "twice", "plus 1000", "times 1000", "transposed", "slices"])


@st.composite
def moved(draw):
    """A pooling, and what its gradient follows or does not mind: a multiple, other axes, another order, another offset."""
    upstream, x, size, stride = draw(ANY)
    change = draw(CHANGES)
    if change == "twice":
        upstream = 2 * upstream
    if change == "plus 1000":
        x = x + 1e3
    if change == "times 1000":
        x = 1e3 * x
    if change == "transposed":
        upstream, x = upstream.swapaxes(0, 1).copy(), x.swapaxes(0, 1).copy()
    if change == "slices":
        upstream, x = upstream[:, :, ::-1].copy(), x[:, :, ::-1].copy()
    return upstream, x, size, stride


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
    upstream = draw(tables((1, 1, depth), UPSTREAM))
    return upstream, draw(tables((height, width, depth), NUMBERS, distinct=True)), size, stride


REPEATED = repeated()
WHOLE_PIXELS = DIGITS.map(in_whole_pixels)
WITH_DEFAULTS = with_defaults()
MOVED = moved()
ILLEGAL = illegal()


def grid(*rows):
    """An image of one slice."""
    return np.array(rows, dtype=float)[:, :, np.newaxis]


def plain(drawn):
    cases = [(grid([10]), grid([1, 2], [4, 3]), 2, 2), (grid([-6]), grid([-4, -3], [-1, -2]), 2, 2)]
    return [*cases, *drawn(PLAIN, 5), *drawn(REPEATED, 2), *drawn(NEAR, 2), *drawn(NEAREST, 2)]


def deep(drawn):
    six = np.arange(1.0, 7).reshape(1, 1, 6)
    cases = [(np.array([[[3.0, 5.0]]]), np.array([[[1.0, 2.0]]]), 1, 1), (six, six, 1, 1)]
    return [*cases, *drawn(DEEP, 7)]


def with_rest(drawn):
    return [
        (grid([10]), grid([1, 2, 9], [4, 3, 8]), 2, 2),
        *drawn(WITH_REST, 6),
        *drawn(WIDE, 2),
        *drawn(HIGH, 2),
    ]


def overlapping(drawn):
    return [(grid([10, 20]), grid([1, 9, 2], [4, 3, 5]), 2, 1), *drawn(OVERLAPPING, 8)]


def with_gaps(drawn):
    return [(grid([10, 20]), grid([1, 3, 2]), 1, 2), *drawn(WITH_GAPS, 6)]


def extreme(drawn):
    return [*drawn(ONE_PIXEL, 3), *drawn(ONE_WINDOW, 4)]


def left_out(drawn):
    # Another size or stride would find other largest values.
    x = grid([3, 11, 1, 15], [7, 6, 4, 9], [8, 12, 16, 2], [13, 14, 10, 5])
    four, nine = grid([10, 20], [30, 50]), grid([1, 2, 4], [8, 16, 32], [64, 128, 256])
    cases = [(four, x), call_with(grid([10]), x, size=3), call_with(nine, x, stride=1)]
    return [*cases, *drawn(WITH_DEFAULTS, 5)]


def every_form(drawn):
    cases = [
        ([[[5]]], [[[1], [2]], [[4], [3]]], 2, 2),
        (grid([0.5]), np.array([[[1], [2]], [[4], [3]]]), 2, 2),
    ]
    return [*cases, *drawn(ALL_FORMS, 7), *drawn(WHOLE_PIXELS, 2), *drawn(DIGITS, 2)]


def refused(drawn):
    u, x = grid([10]), grid([1, 2, 3], [4, 5, 6], [7, 8, 9])
    wrong = [(u, x, 4, 1), (u, x[:2], 3, 1), (u, x[:, :2], 3, 1)]
    wrong += [(u, x, 0, 3), (u, x, -1, 3), (u, x, 3, 0), (u, x, 3, -1)]
    return {"legal": (u, x, 3, 3), "illegal": [*wrong, *drawn(ILLEGAL, 4)]}


def precision(upstream, x, size, stride):
    """Relative tolerance: sums and shares are rounded, in the precision of the arguments."""
    return 1e-3 if np.float32 in (getattr(upstream, "dtype", None), getattr(x, "dtype", None)) else 1e-9


@max_pool_backward
@pytest.mark.weight(2)
def test_max(student, reference, drawn):
    """the gradient goes to the largest value of each window, and nowhere else"""
    check_same(student, reference, "max_pool_backward", plain(drawn))


@max_pool_backward
def test_max_of_each_slice(student, reference, drawn):
    """each depth slice has largest values of its own"""
    check_same(student, reference, "max_pool_backward", deep(drawn))


@max_pool_backward
def test_max_with_rest(student, reference, drawn):
    """rows and columns that fill no window have gradient 0"""
    check_same(student, reference, "max_pool_backward", with_rest(drawn))


@max_pool_backward
@pytest.mark.hint("What if one pixel is the largest of two windows?")
def test_max_with_overlap(student, reference, drawn):
    """gradients of overlapping windows add up"""
    check_same(student, reference, "max_pool_backward", overlapping(drawn))


@max_pool_backward
@pytest.mark.weight(0.5)
def test_max_with_gaps(student, reference, drawn):
    """a stride larger than the size: what lies between the windows has gradient 0"""
    check_same(student, reference, "max_pool_backward", with_gaps(drawn))


@max_pool_backward
@pytest.mark.weight(0.5)
def test_max_of_extreme_windows(student, reference, drawn):
    """windows of one pixel, and windows as large as the image allows"""
    check_same(student, reference, "max_pool_backward", extreme(drawn))


@max_pool_backward
@pytest.mark.weight(0.5)
def test_max_defaults(student, reference, drawn):
    """size and stride are 2 unless given, and may be given by name"""
    check_same(student, reference, "max_pool_backward", left_out(drawn))


@max_pool_backward
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the arguments first: np.asarray(x, dtype=float).")
def test_max_takes_every_form(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are images too"""
    check_same(student, reference, "max_pool_backward", every_form(drawn), rtol=precision)


@max_pool_backward
@pytest.mark.weight(0.5)
@pytest.mark.hint("Which pixel is the largest of a window after 1000 has been added to all?")
def test_max_follows_upstream(student, reference, drawn):
    """the gradient follows upstream, and does not mind a number added to all pixels"""
    check_same(student, reference, "max_pool_backward", drawn(MOVED, 6))


@max_pool_backward
@pytest.mark.weight(0.5)
def test_max_leaves_its_arguments_alone(student, reference, drawn):
    """neither the upstream gradient nor the image is changed"""
    check_unchanged(student, reference, "max_pool_backward", [*drawn(DEEP, 2), *drawn(OVERLAPPING, 3)])


@max_pool_backward
@pytest.mark.weight(0.5)
def test_max_errors(student, drawn):
    """ValueError for a size or stride below 1, and for a window too high or too wide for the image"""
    check_raises(student, "max_pool_backward", ValueError, **refused(drawn))


@max_pool_backward
def test_max_is_the_slope(student, rng):
    """the gradient of a weighted sum of the windows' largest values"""
    upstream, x = rng.normal(size=(2, 3, 2)), rng.permutation(24).reshape(3, 4, 2) - 12.0

    def weighted_sum(image):
        total = 0.0
        for i, j in np.ndindex(2, 3):
            total += np.sum(upstream[i, j] * image[i : i + 2, j : j + 2].max(axis=(0, 1)))
        return total

    check_gradient(weighted_sum, student.max_pool_backward(upstream, x, 2, 1), x)


@average_pool_backward
@pytest.mark.weight(2)
def test_average(student, reference, drawn):
    """each pixel of a window gets an equal share of its gradient"""
    check_same(student, reference, "average_pool_backward", plain(drawn))


@average_pool_backward
def test_average_of_each_slice(student, reference, drawn):
    """each depth slice on its own"""
    check_same(student, reference, "average_pool_backward", deep(drawn))


@average_pool_backward
def test_average_with_rest(student, reference, drawn):
    """rows and columns that fill no window have gradient 0"""
    check_same(student, reference, "average_pool_backward", with_rest(drawn))


@average_pool_backward
def test_average_with_overlap(student, reference, drawn):
    """shares of overlapping windows add up"""
    check_same(student, reference, "average_pool_backward", overlapping(drawn))


@average_pool_backward
@pytest.mark.weight(0.5)
def test_average_with_gaps(student, reference, drawn):
    """a stride larger than the size: what lies between the windows has gradient 0"""
    check_same(student, reference, "average_pool_backward", with_gaps(drawn))


@average_pool_backward
@pytest.mark.weight(0.5)
def test_average_of_extreme_windows(student, reference, drawn):
    """windows of one pixel, and windows as large as the image allows"""
    check_same(student, reference, "average_pool_backward", extreme(drawn))


@average_pool_backward
@pytest.mark.weight(0.5)
def test_average_defaults(student, reference, drawn):
    """size and stride are 2 unless given, and may be given by name"""
    check_same(student, reference, "average_pool_backward", left_out(drawn))


@average_pool_backward
@pytest.mark.weight(0.5)
@pytest.mark.hint("A share of a whole number is seldom whole: fill an array of floats, np.zeros(x.shape).")
def test_average_takes_every_form(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are images too"""
    check_same(student, reference, "average_pool_backward", every_form(drawn), rtol=precision)


@average_pool_backward
@pytest.mark.weight(0.5)
@pytest.mark.hint("Does a pixel's share of the mean depend on its value?")
def test_average_follows_upstream(student, reference, drawn):
    """the gradient follows upstream, and does not mind a number added to all pixels"""
    check_same(student, reference, "average_pool_backward", drawn(MOVED, 6))


@average_pool_backward
@pytest.mark.weight(0.5)
def test_average_leaves_its_arguments_alone(student, reference, drawn):
    """neither the upstream gradient nor the image is changed"""
    check_unchanged(student, reference, "average_pool_backward", [*drawn(DEEP, 2), *drawn(OVERLAPPING, 3)])


@average_pool_backward
@pytest.mark.weight(0.5)
def test_average_errors(student, drawn):
    """ValueError for a size or stride below 1, and for a window too high or too wide for the image"""
    check_raises(student, "average_pool_backward", ValueError, **refused(drawn))


@average_pool_backward
def test_average_is_the_slope(student, reference, rng, drawn):
    """gradient times a step is the change of the weighted sum of means, because the mean is linear"""
    for upstream, x, size, stride in drawn(OVERLAPPING, 4):
        call = student.call("average_pool_backward", upstream, x, size, stride)
        gradient = call.result()
        check_shape(gradient, x.shape, call=call)
        step = rng.normal(size=x.shape)
        change = np.sum(upstream * reference.average_pool(step, size, stride))
        check_close(np.sum(np.asarray(gradient, dtype=float) * step), change, atol=1e-9, call=call)

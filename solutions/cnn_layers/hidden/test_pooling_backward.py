"""Hidden suite for `cnn_layers`: the pooling layer backward, max_pool_backward and average_pool_backward."""

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
    forms,
)

max_pool_backward = pytest.mark.function("max_pool_backward")
average_pool_backward = pytest.mark.function("average_pool_backward")


def case(rng, h, w, d, size, stride):
    """(upstream, image, size, stride); the image's values are all different, so no window has a tie."""
    upstream = rng.normal(size=((h - size) // stride + 1, (w - size) // stride + 1, d))
    x = rng.permutation(h * w * d).reshape(h, w, d) - h * w * d / 2
    return upstream, x, size, stride


def cases(rng, *rows):
    return [case(rng, *row) for row in rows]


def plain(rng):
    different = cases(rng, (2, 2, 1, 2, 2), (4, 4, 1, 2, 2), (2, 6, 1, 2, 2), (6, 3, 1, 3, 3))
    # The same largest value in every window, which has nothing to do with its neighbours' …
    upstream, x, size, stride = case(rng, 4, 4, 1, 2, 2)
    repeated = np.tile(rng.permutation(4).reshape(2, 2, 1) + 0.5, (2, 2, 1))
    # … and values that are close without being equal.
    return [*different, (upstream, repeated, size, stride), (upstream, 1 + 1e-6 * x, size, stride)]


def deep(rng):
    return cases(rng, (2, 2, 3, 2, 2), (4, 4, 2, 2, 2), (3, 6, 5, 3, 3))


def with_rest(rng):
    return cases(rng, (3, 3, 1, 2, 2), (5, 4, 1, 2, 2), (4, 7, 2, 3, 3), (8, 5, 2, 3, 3))


def overlapping(rng):
    return cases(rng, (2, 3, 1, 2, 1), (3, 3, 1, 2, 1), (4, 5, 2, 3, 1), (7, 5, 2, 3, 2))


def with_gaps(rng):
    return cases(rng, (4, 4, 1, 1, 2), (5, 5, 1, 2, 3), (3, 2, 2, 2, 5), (8, 7, 2, 2, 4))


def extreme(rng):
    return cases(rng, (1, 1, 1, 1, 1), (2, 3, 2, 1, 1), (3, 3, 2, 3, 3), (3, 5, 2, 3, 1))


def with_defaults(rng):
    u, x, _, _ = case(rng, 4, 6, 2, 2, 2)
    v, y, _, _ = case(rng, 5, 4, 1, 2, 1)
    w, z, _, _ = case(rng, 7, 5, 1, 3, 2)
    by_name = call_with(upstream=w, x=z, stride=2, size=3)
    return [(u, x), call_with(v, y, stride=1), call_with(w, z, size=3), by_name]


def every_form(rng):
    # Whole numbers; the odd upstream values do not share out evenly over windows of four or nine.
    upstream, x, size, stride = case(rng, 5, 5, 2, 3, 2)
    upstream = 2 * rng.permutation(upstream.size).reshape(upstream.shape) - 7.0
    mixed = (upstream / 7, x.astype(int), size, stride)
    return [*forms((upstream, x, size, stride), integers=True), mixed]


def precision(upstream, x, size, stride):
    """Relative tolerance: sums and shares are rounded, in the precision of the arguments."""
    return 1e-3 if np.float32 in (getattr(upstream, "dtype", None), getattr(x, "dtype", None)) else 1e-9


def illegal(rng):
    upstream = rng.normal(size=(1, 1, 1))
    low, wide, x = rng.normal(size=(2, 5, 1)), rng.normal(size=(5, 2, 1)), rng.normal(size=(3, 3, 1))
    sizes = [(upstream, low, 3, 1), (upstream, wide, 3, 1), (upstream, x, 4, 1)]
    return [*sizes, (upstream, x, 0, 3), (upstream, x, -1, 3), (upstream, x, 3, 0), (upstream, x, 3, -1)]


@max_pool_backward
@pytest.mark.weight(2)
def test_max(student, reference, rng):
    """the gradient goes to the largest value of each window, and nowhere else"""
    check_same(student, reference, "max_pool_backward", plain(rng))


@max_pool_backward
def test_max_of_each_slice(student, reference, rng):
    """each depth slice has largest values of its own"""
    check_same(student, reference, "max_pool_backward", deep(rng))


@max_pool_backward
def test_max_with_rest(student, reference, rng):
    """rows and columns that fill no window have gradient 0"""
    check_same(student, reference, "max_pool_backward", with_rest(rng))


@max_pool_backward
@pytest.mark.hint("What if one pixel is the largest of two windows?")
def test_max_with_overlap(student, reference, rng):
    """gradients of overlapping windows add up"""
    check_same(student, reference, "max_pool_backward", overlapping(rng))


@max_pool_backward
@pytest.mark.weight(0.5)
def test_max_with_gaps(student, reference, rng):
    """a stride larger than the size: what lies between the windows has gradient 0"""
    check_same(student, reference, "max_pool_backward", with_gaps(rng))


@max_pool_backward
@pytest.mark.weight(0.5)
def test_max_of_extreme_windows(student, reference, rng):
    """windows of one pixel, and windows as large as the image allows"""
    check_same(student, reference, "max_pool_backward", extreme(rng))


@max_pool_backward
@pytest.mark.weight(0.5)
def test_max_defaults(student, reference, rng):
    """size and stride are 2 unless given, and may be given by name"""
    check_same(student, reference, "max_pool_backward", with_defaults(rng))


@max_pool_backward
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the arguments first: np.asarray(x, dtype=float).")
def test_max_takes_every_form(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are images too"""
    check_same(student, reference, "max_pool_backward", every_form(rng), rtol=precision)


@max_pool_backward
@pytest.mark.weight(0.5)
def test_max_leaves_its_arguments_alone(student, reference, rng):
    """neither the upstream gradient nor the image is changed"""
    check_unchanged(student, reference, "max_pool_backward", [*deep(rng), *overlapping(rng)])


@max_pool_backward
@pytest.mark.weight(0.5)
def test_max_errors(student, rng):
    """ValueError for a size or stride below 1, and for a window too high or too wide for the image"""
    legal = case(rng, 3, 3, 1, 3, 3)
    check_raises(student, "max_pool_backward", ValueError, legal=legal, illegal=illegal(rng))


@max_pool_backward
def test_max_is_the_slope(student, rng):
    """the gradient of a weighted sum of the windows' largest values"""
    upstream, x, size, stride = case(rng, 3, 4, 2, 2, 1)

    def weighted_sum(image):
        total = 0.0
        for i, j in np.ndindex(2, 3):
            total += np.sum(upstream[i, j] * image[i : i + 2, j : j + 2].max(axis=(0, 1)))
        return total

    check_gradient(weighted_sum, student.max_pool_backward(upstream, x, size, stride), x)


@average_pool_backward
@pytest.mark.weight(2)
def test_average(student, reference, rng):
    """each pixel of a window gets an equal share of its gradient"""
    check_same(student, reference, "average_pool_backward", plain(rng))


@average_pool_backward
def test_average_of_each_slice(student, reference, rng):
    """each depth slice on its own"""
    check_same(student, reference, "average_pool_backward", deep(rng))


@average_pool_backward
def test_average_with_rest(student, reference, rng):
    """rows and columns that fill no window have gradient 0"""
    check_same(student, reference, "average_pool_backward", with_rest(rng))


@average_pool_backward
def test_average_with_overlap(student, reference, rng):
    """shares of overlapping windows add up"""
    check_same(student, reference, "average_pool_backward", overlapping(rng))


@average_pool_backward
@pytest.mark.weight(0.5)
def test_average_with_gaps(student, reference, rng):
    """a stride larger than the size: what lies between the windows has gradient 0"""
    check_same(student, reference, "average_pool_backward", with_gaps(rng))


@average_pool_backward
@pytest.mark.weight(0.5)
def test_average_of_extreme_windows(student, reference, rng):
    """windows of one pixel, and windows as large as the image allows"""
    check_same(student, reference, "average_pool_backward", extreme(rng))


@average_pool_backward
@pytest.mark.weight(0.5)
def test_average_defaults(student, reference, rng):
    """size and stride are 2 unless given, and may be given by name"""
    check_same(student, reference, "average_pool_backward", with_defaults(rng))


@average_pool_backward
@pytest.mark.weight(0.5)
@pytest.mark.hint("A share of a whole number is seldom whole: fill an array of floats, np.zeros(x.shape).")
def test_average_takes_every_form(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are images too"""
    check_same(student, reference, "average_pool_backward", every_form(rng), rtol=precision)


@average_pool_backward
@pytest.mark.weight(0.5)
def test_average_leaves_its_arguments_alone(student, reference, rng):
    """neither the upstream gradient nor the image is changed"""
    check_unchanged(student, reference, "average_pool_backward", [*deep(rng), *overlapping(rng)])


@average_pool_backward
@pytest.mark.weight(0.5)
def test_average_errors(student, rng):
    """ValueError for a size or stride below 1, and for a window too high or too wide for the image"""
    legal = case(rng, 3, 3, 1, 3, 3)
    check_raises(student, "average_pool_backward", ValueError, legal=legal, illegal=illegal(rng))


@average_pool_backward
def test_average_is_the_slope(student, reference, rng):
    """gradient times a step is the change of the weighted sum of means, because the mean is linear"""
    for upstream, x, size, stride in overlapping(rng):
        call = student.call("average_pool_backward", upstream, x, size, stride)
        gradient = call.result()
        check_shape(gradient, x.shape, call=call)
        step = rng.normal(size=x.shape)
        change = np.sum(upstream * reference.average_pool(step, size, stride))
        check_close(np.sum(np.asarray(gradient, dtype=float) * step), change, atol=1e-9, call=call)

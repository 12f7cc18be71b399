"""Hidden suite for `describing_data`: numbers that describe a sample."""

import numpy as np
import pytest

from autograder.checks import check_close, check_raises, check_same, check_unchanged, forms


@pytest.mark.function("mean")
@pytest.mark.hint("Divide by the number of elements.")
def test_mean(student, reference, rng):
    """the sum of the elements, divided by their number"""
    check_same(student, reference, "mean", [(rng.uniform(1, 2, size=n),) for n in (1, 2, 7)])


@pytest.mark.function("mean")
@pytest.mark.hint("Convert the argument first: np.asarray(x, dtype=float).")
def test_mean_takes_lists_and_more(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    check_same(student, reference, "mean", forms((rng.uniform(1, 2, size=6),)))


@pytest.mark.function("sample_variance")
@pytest.mark.weight(2)
@pytest.mark.hint("What does numpy's var divide by, unless it is told otherwise?")
def test_variance(student, reference, rng):
    """the squared distances from the mean, divided by N - 1"""
    check_same(student, reference, "sample_variance", [(rng.normal(size=n),) for n in (2, 3, 10)])


@pytest.mark.function("sample_variance")
@pytest.mark.hint("Subtract the mean first: the difference of two large squares has few digits left.")
def test_variance_far_from_zero(student, reference, rng):
    """a small variance around a large mean"""
    check_same(student, reference, "sample_variance", [(1e7 + rng.uniform(size=5),)])


@pytest.mark.function("sample_variance")
@pytest.mark.hint("Raise an error where the formula would divide by zero.")
def test_variance_of_one_number(student):
    """a ValueError for fewer than two numbers"""
    check_raises(student, "sample_variance", ValueError, legal=([1.0, 2.0],), illegal=[([1.0],), ([],)])


@pytest.mark.function("standardise")
@pytest.mark.weight(2)
@pytest.mark.hint("Divide by a standard deviation, the one that belongs to sample_variance.")
def test_standardise(student, reference, rng):
    """mean 0 and sample variance 1 afterwards"""
    check_same(student, reference, "standardise", forms((rng.normal(3, 2, size=6),)), atol=1e-6)


@pytest.mark.function("standardise")
@pytest.mark.hint("x -= ... changes the array of the caller.")
def test_standardise_leaves_its_argument_alone(student, reference, rng):
    """the argument stays unchanged"""
    check_unchanged(student, reference, "standardise", [(rng.normal(size=5),)])


@pytest.mark.function("correlation")
@pytest.mark.weight(2)
@pytest.mark.hint("The standardised samples have neither unit nor scale; the correlation has none either.")
def test_correlation(student, reference, rng):
    """the products of the standardised samples, divided by N - 1"""
    check_same(student, reference, "correlation", [tuple(rng.normal(3, 2, size=(2, n))) for n in (3, 4, 9)])


@pytest.mark.function("correlation")
@pytest.mark.hint("Points on a falling line have the correlation -1.")
def test_correlation_on_a_line(student, rng):
    """1 for a rising line and -1 for a falling one"""
    x = rng.normal(size=6)
    for slope in (2.5, -0.5):
        call = student.call("correlation", x, slope * x + 1)
        check_close(call.result(), np.sign(slope), call=call)

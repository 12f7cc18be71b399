"""Hidden suite for `hw`."""

import numpy as np
import pytest

from autograder.checks import check_same, check_unchanged

SECRET = "canary_5e1f0c2a9b7d4e36"


@pytest.mark.function("double")
def test_double_of_numbers(student, reference, rng):
    """twice a number"""
    check_same(student, reference, "double", [(float(rng.uniform(1, 9)),), (-2.5,)])


@pytest.mark.function("double")
@pytest.mark.hint("Multiply each element by 2.")
def test_double_of_arrays(student, reference, rng):
    """twice each element of an array"""
    check_same(student, reference, "double", [(rng.uniform(1, 9, size=n),) for n in (2, 3, 5)])


@pytest.mark.function("mean_square")
def test_mean_square(student, reference, rng):
    """the mean of the squares"""
    check_same(student, reference, "mean_square", [tuple(rng.uniform(size=(2, n))) for n in (2, 3, 5)])


@pytest.mark.function("mean_square")
def test_mean_square_of_two_dimensions(student, reference, rng):
    """one mean over all elements"""
    check_same(student, reference, "mean_square", [tuple(rng.uniform(size=(2, 3, 4)))])


@pytest.mark.function("shift")
def test_shift(student, reference, rng):
    """the mean is taken away"""
    check_same(student, reference, "shift", [(rng.uniform(1, 9, size=n),) for n in (2, 3, 5)])


@pytest.mark.function("shift")
def test_shift_leaves_its_argument_alone(student, reference, rng):
    """the argument stays unchanged"""
    check_unchanged(student, reference, "shift", [(rng.uniform(1, 9, size=4),)])


@pytest.mark.function("shift")
def test_shift_of_equal_numbers(student, reference):
    """equal numbers become zeros"""
    check_same(student, reference, "shift", [(np.full(3, 2.0),)])

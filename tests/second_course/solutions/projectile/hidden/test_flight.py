"""Hidden suite for `projectile`: the time and the range of a flight."""

import numpy as np
import pytest

from autograder.checks import call_with, check_same, check_unchanged, forms


def throws(rng, size):
    return rng.uniform(5, 30, size=size), rng.uniform(0.2, 1.4, size=size)


@pytest.mark.function("flight_time")
@pytest.mark.weight(2)
@pytest.mark.hint("The ball goes up and comes down again; numpy's sines take radians.")
def test_time_of_one_throw(student, reference, rng):
    """the time of a single throw, up and down"""
    check_same(student, reference, "flight_time", [throws(rng, None) for _ in range(3)])


@pytest.mark.function("flight_time")
def test_time_of_many_throws(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    check_same(student, reference, "flight_time", forms(throws(rng, (2, 3))))


@pytest.mark.function("flight_time")
def test_time_on_the_moon(student, reference, rng):
    """another gravity"""
    check_same(student, reference, "flight_time", [call_with(*throws(rng, None), g=1.62)])


@pytest.mark.function("horizontal_range")
@pytest.mark.weight(2)
def test_range_of_many_throws(student, reference, rng):
    """the range of single throws and of arrays of them"""
    check_same(student, reference, "horizontal_range", [throws(rng, size) for size in (None, 1, (2, 3))])


@pytest.mark.function("horizontal_range")
@pytest.mark.hint("g is an argument of yours; do all the functions that you call know it?")
def test_range_on_the_moon(student, reference, rng):
    """another gravity"""
    check_same(student, reference, "horizontal_range", [call_with(*throws(rng, 4), g=1.62)])


@pytest.mark.function("horizontal_range")
def test_range_leaves_its_arguments_alone(student, reference, rng):
    """the arguments stay unchanged"""
    check_unchanged(student, reference, "horizontal_range", [throws(rng, 4)])


@pytest.mark.function("horizontal_range")
def test_flat_throw_has_no_range(student, reference):
    """at angle 0 the ball lands where it starts"""
    check_same(student, reference, "horizontal_range", [(np.full(2, 10.0), np.zeros(2))])

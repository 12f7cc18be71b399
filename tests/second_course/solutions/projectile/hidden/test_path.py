"""Hidden suite for `projectile`: the path, and the angle that reaches a target."""

import numpy as np
import pytest

from autograder.checks import call_with, check_close, check_raises, check_same, check_shape


@pytest.mark.function("trajectory")
@pytest.mark.hint("A row for each moment, a column each for distance and height.")
def test_shape(student, rng):
    """n rows and two columns"""
    call = student.call("trajectory", rng.uniform(5, 30), rng.uniform(0.2, 1.4), 7)
    check_shape(call.result(), (7, 2))


@pytest.mark.function("trajectory")
@pytest.mark.weight(2)
@pytest.mark.hint("n moments have n - 1 gaps between them.")
def test_path(student, reference, rng):
    """every position, from the start to the landing, both included"""
    cases = [(rng.uniform(5, 30), rng.uniform(0.2, 1.4), n) for n in (2, 3, 10)]
    check_same(student, reference, "trajectory", [*cases, call_with(*cases[-1], g=1.62)], atol=1e-9)


@pytest.mark.function("launch_angle")
@pytest.mark.weight(2)
@pytest.mark.hint("Two angles reach a target: a flat one, and a steep one.")
def test_flat_angle(student, reference, rng):
    """the flatter of the two angles"""
    check_same(student, reference, "launch_angle", [(30.0, d) for d in rng.uniform(5, 80, size=4)])


@pytest.mark.function("launch_angle")
def test_straight_and_farthest(student):
    """0 for no distance, and a quarter of pi for the greatest one"""
    call = student.call("launch_angle", 20.0, 39.9999999, g=10.0)
    check_close(call.result(), np.pi / 4, rtol=1e-3, call=call)
    call = student.call("launch_angle", 20.0, 0.0)
    check_close(call.result(), 0.0, atol=1e-12, call=call)


@pytest.mark.function("launch_angle")
def test_out_of_reach(student, rng):
    """a ValueError for a distance out of reach"""
    illegal = [(10.0, distance) for distance in (*rng.uniform(11, 20, size=2), 1000.0)]
    check_raises(student, "launch_angle", ValueError, legal=(10.0, 10.0), illegal=illegal)

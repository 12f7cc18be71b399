"""Public checks for `projectile`: literals only, no points."""

import numpy as np
import pytest

from autograder.checks import check_close, check_raises


@pytest.mark.function("flight_time")
def test_straight_up(student):
    """straight up at 10 m/s with g = 10: 2 seconds"""
    check_close(student.flight_time(10.0, np.pi / 2, g=10.0), 2.0)


@pytest.mark.function("horizontal_range")
def test_half_a_right_angle(student):
    """20 m/s at 45 degrees with g = 10: 40 m"""
    check_close(student.horizontal_range(20.0, np.pi / 4, g=10.0), 40.0)


@pytest.mark.function("trajectory")
def test_three_positions(student):
    """20 m/s at 45 degrees with g = 10: start, top, landing"""
    path = student.trajectory(20.0, np.pi / 4, 3, g=10.0)
    check_close(path, [[0.0, 0.0], [20.0, 10.0], [40.0, 0.0]], atol=1e-9)


@pytest.mark.function("launch_angle")
def test_twenty_metres(student):
    """20 m away at 20 m/s with g = 10: 15 degrees; 50 m are out of reach"""
    check_close(student.launch_angle(20.0, 20.0, g=10.0), np.pi / 12)
    check_raises(student, "launch_angle", ValueError, legal=(20.0, 20.0), illegal=[(20.0, 50.0)])

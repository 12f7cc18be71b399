"""Public checks for `hw`: no points."""

import pytest

from autograder.checks import check_close


@pytest.mark.function("double")
def test_double_of_three(student):
    """twice 3 is 6"""
    check_close(student.double(3.0), 6.0)


@pytest.mark.function("mean_square")
def test_mean_square_of_two(student):
    """(1 - 0)² and (3 - 0)² are 5 on average"""
    check_close(student.mean_square([1.0, 3.0], [0.0, 0.0]), 5.0)

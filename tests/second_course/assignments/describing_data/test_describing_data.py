"""Public checks for `describing_data`: literals only, no points."""

import pytest

from autograder.checks import check_close, check_raises


@pytest.mark.function("mean")
def test_mean_of_three(student):
    """the mean of 1, 2 and 6 is 3"""
    check_close(student.mean([1.0, 2.0, 6.0]), 3.0)


@pytest.mark.function("sample_variance")
def test_variance_of_three(student):
    """the sample variance of 1, 2 and 6 is 7; one number has none"""
    check_close(student.sample_variance([1.0, 2.0, 6.0]), 7.0)
    check_raises(student, "sample_variance", ValueError, legal=([1.0, 2.0],), illegal=[([1.0],)])


@pytest.mark.function("standardise")
def test_standardise_three(student):
    """1, 2 and 3 become -1, 0 and 1"""
    check_close(student.standardise([1.0, 2.0, 3.0]), [-1.0, 0.0, 1.0])


@pytest.mark.function("correlation")
def test_correlation_of_three(student):
    """the correlation of 1, 2, 3 with 1, 3, 2 is 0.5"""
    check_close(student.correlation([1.0, 2.0, 3.0], [1.0, 3.0, 2.0]), 0.5)


@pytest.mark.function("Histogram")
def test_two_empty_bins(student):
    """three edges make two bins"""
    check_close(student.Histogram([0, 1, 2]).counts, [0, 0])


@pytest.mark.function("Histogram.add")
def test_three_values(student):
    """0.5, 1.5 and 1.6 fall into the bins from 0 to 1 to 2"""
    histogram = student.Histogram([0, 1, 2])
    histogram.add([0.5, 1.5, 1.6])
    check_close(histogram.counts, [1, 2])

"""Hidden suite for `describing_data`: the histogram."""

import numpy as np
import pytest

from autograder.checks import check_close, check_raises


@pytest.mark.function("Histogram")
@pytest.mark.hint("M + 1 edges enclose M bins.")
def test_starts_empty(student, rng):
    """a zero for each bin at first"""
    for bins in (1, 4):
        check_close(student.Histogram(np.sort(rng.normal(size=bins + 1))).counts, np.zeros(bins))


@pytest.mark.function("Histogram")
@pytest.mark.hint("Compare each edge with the next one.")
def test_edges_increase(student):
    """a ValueError for edges that do not increase"""
    check_raises(student, "Histogram", ValueError, legal=([0, 1, 2],), illegal=[([0, 2, 1],), ([0, 1, 1],)])


@pytest.mark.function("Histogram.add")
@pytest.mark.weight(2)
@pytest.mark.hint("Values outside all bins are not counted.")
def test_counts(student, reference, rng):
    """as many values as lie between the edges"""
    edges, values = [-1.0, 0.0, 0.5, 2.0], rng.normal(size=40)
    mine, right = student.Histogram(edges), reference.Histogram(edges)
    mine.add(values)
    right.add(values)
    check_close(mine.counts, right.counts)


@pytest.mark.function("Histogram.add")
@pytest.mark.hint("Which bin does a value on an edge belong to?")
def test_values_on_edges(student):
    """the left edge belongs to a bin, the right one only to the last bin"""
    histogram = student.Histogram([0, 1, 2, 3])
    histogram.add([0, 1, 1, 2, 3])
    check_close(histogram.counts, [1, 2, 2])


@pytest.mark.function("Histogram.add")
@pytest.mark.hint("Add to the counts that are there.")
def test_adds_up(student):
    """values added twice count twice"""
    histogram = student.Histogram([0, 1, 2])
    histogram.add([0.5, 1.5, 1.6])
    histogram.add([0.5])
    check_close(histogram.counts, [2, 2])

"""Describing a sample of numbers.  Try it with: autograde check describing_data"""

import numpy as np


def mean(x):
    """Mean of a sample.

    x        list or array of N numbers, N >= 1; stays unchanged
    Returns  scalar: the sum of x, divided by N
    """
    # TODO mean: your code instead of the next line.
    raise NotImplementedError("mean is not written yet")


def sample_variance(x):
    """Variance of the population, estimated from a sample.

    x        list or array of N numbers; stays unchanged
    Returns  scalar: the sum of the squared distances from the mean, divided by N - 1
    Raises   ValueError when N < 2
    """
    # TODO sample_variance: your code instead of the next line.
    raise NotImplementedError("sample_variance is not written yet")


def standardise(x):
    """The sample in units of its standard deviation, around its mean.

    x        list or array of N numbers, N >= 2, not all the same; stays unchanged
    Returns  array (N,): (x - mean) / s, where s is the root of the sample variance
    """
    # TODO standardise: your code instead of the next line.
    raise NotImplementedError("standardise is not written yet")


def correlation(x, y):
    """Correlation coefficient of two samples.

    x, y     lists or arrays of N numbers each, N >= 2, neither all the same; both stay unchanged
    Returns  scalar, -1 to 1: the sum of the products of the standardised samples, divided by N - 1
    """
    # TODO correlation: your code instead of the next line.
    raise NotImplementedError("correlation is not written yet")


class Histogram:
    """How many values lie in each of M bins.

    Histogram(edges)
    edges    list or array of M + 1 numbers, M >= 1; stays unchanged
    .counts  array (M,) of integers, zeros at first
    Raises   ValueError when the edges do not increase
    """

    def __init__(self, edges):
        # TODO Histogram.__init__: your code instead of the next line.
        raise NotImplementedError("Histogram.__init__ is not written yet")

    def add(self, values):
        """Count values into the bins, in addition to those counted before.

        values   list or array of numbers; stays unchanged
                 bin i takes edges[i] <= value < edges[i+1], the last one its right edge too;
                 a value outside all bins is not counted
        Returns  None
        """
        # TODO Histogram.add: your code instead of the next line.
        raise NotImplementedError("Histogram.add is not written yet")

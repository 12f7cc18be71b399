"""Describing a sample of numbers.  Try it with: autograde check describing_data"""

import numpy as np


def mean(x):
    """Mean of a sample.

    x        list or array of N numbers, N >= 1; stays unchanged
    Returns  scalar: the sum of x, divided by N
    """
    # BEGIN SOLUTION
    return np.sum(np.asarray(x, dtype=float)) / len(x)
    # END SOLUTION


def sample_variance(x):
    """Variance of the population, estimated from a sample.

    x        list or array of N numbers; stays unchanged
    Returns  scalar: the sum of the squared distances from the mean, divided by N - 1
    Raises   ValueError when N < 2
    """
    # BEGIN SOLUTION
    if len(x) < 2:
        raise ValueError("one number does not vary")
    return np.sum((np.asarray(x, dtype=float) - mean(x)) ** 2) / (len(x) - 1)
    # END SOLUTION


def standardise(x):
    """The sample in units of its standard deviation, around its mean.

    x        list or array of N numbers, N >= 2, not all the same; stays unchanged
    Returns  array (N,): (x - mean) / s, where s is the root of the sample variance
    """
    # BEGIN SOLUTION
    return (np.asarray(x, dtype=float) - mean(x)) / np.sqrt(sample_variance(x))
    # END SOLUTION


def correlation(x, y):
    """Correlation coefficient of two samples.

    x, y     lists or arrays of N numbers each, N >= 2, neither all the same; both stay unchanged
    Returns  scalar, -1 to 1: the sum of the products of the standardised samples, divided by N - 1
    """
    # BEGIN SOLUTION
    return np.sum(standardise(x) * standardise(y)) / (len(x) - 1)
    # END SOLUTION


class Histogram:
    """How many values lie in each of M bins.

    Histogram(edges)
    edges    list or array of M + 1 numbers, M >= 1; stays unchanged
    .counts  array (M,) of integers, zeros at first
    Raises   ValueError when the edges do not increase
    """

    def __init__(self, edges):
        # BEGIN SOLUTION
        self.edges = np.array(edges, dtype=float)
        if np.any(np.diff(self.edges) <= 0):
            raise ValueError("the edges must increase")
        self.counts = np.zeros(len(self.edges) - 1, dtype=int)
        # END SOLUTION

    def add(self, values):
        """Count values into the bins, in addition to those counted before.

        values   list or array of numbers; stays unchanged
                 bin i takes edges[i] <= value < edges[i+1], the last one its right edge too;
                 a value outside all bins is not counted
        Returns  None
        """
        # BEGIN SOLUTION
        self.counts += np.histogram(values, self.edges)[0]
        # END SOLUTION

"""What numpy has ready."""

import numpy as np


def mean(x):
    return np.mean(x)


def sample_variance(x):
    if np.size(x) < 2:
        raise ValueError("too few")
    return np.var(x, ddof=1)


def standardise(x):
    return (x - np.mean(x)) / np.std(x, ddof=1)


def correlation(x, y):
    return np.corrcoef(x, y)[0, 1]


class Histogram:
    def __init__(self, edges):
        self.edges = np.asarray(edges)
        if not np.all(self.edges[1:] > self.edges[:-1]):
            raise ValueError("not increasing")
        self.counts = np.zeros(self.edges.size - 1)

    def add(self, values):
        inside = np.asarray(values)[(values >= self.edges[0]) & (values <= self.edges[-1])]
        bins = np.minimum(np.searchsorted(self.edges, inside, side="right"), self.counts.size) - 1
        np.add.at(self.counts, bins, 1.0)

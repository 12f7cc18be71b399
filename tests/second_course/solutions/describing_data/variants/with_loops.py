"""Loops, no numpy, lists returned."""

from itertools import pairwise


def mean(x):
    return sum(float(v) for v in x) / len(x)


def sample_variance(x):
    if len(x) < 2:
        raise ValueError
    m = mean(x)
    return sum((float(v) - m) ** 2 for v in x) / (len(x) - 1)


def standardise(x):
    m, s = mean(x), sample_variance(x) ** 0.5
    return [(float(v) - m) / s for v in x]


def correlation(x, y):
    return sum(a * b for a, b in zip(standardise(x), standardise(y), strict=True)) / (len(x) - 1)


class Histogram:
    def __init__(self, edges):
        self.bins = list(pairwise(edges))
        if any(left >= right for left, right in self.bins):
            raise ValueError
        self.counts = [0] * len(self.bins)

    def add(self, values):
        for value in values:
            for i, (left, right) in enumerate(self.bins):
                if left <= value < right or (value == right and i == len(self.bins) - 1):
                    self.counts[i] += 1

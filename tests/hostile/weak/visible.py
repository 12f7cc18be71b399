"""Tests that are the examples of the statement, and nothing else."""

import unittest

import hw


class Visible(unittest.TestCase):
    def test_double(self):
        assert hw.double(3.0) == 6.0

    def test_mean_square(self):
        assert hw.mean_square([1.0, 3.0], [0.0, 0.0]) == 5.0

    def test_shift(self):
        assert list(hw.shift([1.0, 3.0])) == [-1.0, 1.0]

"""Hidden suite for `cnn_layers`: how many numbers a network trains."""

import pytest

from autograder.checks import check_same, check_unchanged

pytestmark = pytest.mark.function("count_parameters")


def sizes(rng, n):
    return tuple(int(number) for number in rng.integers(1, 9, size=n))


def check_counts(student, reference, networks):
    check_same(student, reference, "count_parameters", [(network,) for network in networks], rtol=1e-12)


def test_convolution(student, reference, rng):
    """K filters of h x w x D numbers, and a bias for each filter"""
    layers = [(1, 1, 1, 1), (8, 3, 3, 1), (4, 2, 5, 3), (32, 3, 3, 16), *(sizes(rng, 4) for _ in range(3))]
    check_counts(student, reference, [[("convolution", *layer)] for layer in layers])


def test_fully_connected(student, reference, rng):
    """m x n weights, and a bias for each of the m outputs"""
    layers = [(1, 1), (3, 8), (8, 3), (10, 72), (4096, 25088), *(sizes(rng, 2) for _ in range(3))]
    check_counts(student, reference, [[("fully_connected", *layer)] for layer in layers])


def test_whole_networks(student, reference, rng):
    """a network has the sum over its layers; ReLU, pooling and flatten have nothing to train"""
    lecture = [
        ("convolution", 6, 3, 3, 3),
        ("relu",),
        ("pool", 2, 2),
        ("convolution", 9, 3, 3, 6),
        ("relu",),
        ("pool", 3, 2),
        ("flatten",),
        ("fully_connected", 20, 81),
        ("fully_connected", 3, 20),
    ]
    drawn = [("convolution", *sizes(rng, 4)), ("pool", *sizes(rng, 2)), ("fully_connected", *sizes(rng, 2))]
    same_twice = [("fully_connected", 5, 5), ("relu",), ("fully_connected", 5, 5), ("fully_connected", 2, 5)]
    nothing = [("relu",), ("pool", 2, 2), ("flatten",)]
    check_counts(student, reference, [lecture, drawn, same_twice, nothing, [*drawn, ("flatten",), *lecture]])


@pytest.mark.weight(0.5)
def test_leaves_its_argument_alone(student, reference, rng):
    """the list of layers is not changed"""
    network = [("convolution", *sizes(rng, 4)), ("relu",), ("fully_connected", *sizes(rng, 2))]
    check_unchanged(student, reference, "count_parameters", [(network,)])

"""Hidden suite for `cnn_layers`: how many numbers a network trains."""

import hypothesis.strategies as st
import pytest

from autograder.checks import check_same, check_unchanged
from autograder.checks.strategies import arguments, sizes

pytestmark = pytest.mark.function("count_parameters")


def layers(kind, count, high=9):
    """Layers of one kind, with so many sizes."""
    return st.tuples(st.just(kind), *[sizes(1, high)] * count)


CONVOLUTION = layers("convolution", 4)
FULLY_CONNECTED = layers("fully_connected", 2, 99)
UNTRAINED = st.one_of(st.just(("relu",)), st.just(("flatten",)), layers("pool", 2))
TRAINED = st.one_of(FULLY_CONNECTED, CONVOLUTION)
NETWORKS = arguments(st.lists(st.one_of(TRAINED, UNTRAINED), min_size=1, max_size=8))


def alone(layer):
    """A network of one layer, as the only argument."""
    return ([layer],)


def check_counts(student, reference, cases):
    check_same(student, reference, "count_parameters", cases, rtol=1e-12)


def test_convolution(student, reference, drawn):
    """K filters of h x w x D numbers, and a bias for each filter"""
    cases = [
        ([("convolution", 1, 1, 1, 1)],),
        ([("convolution", 4, 2, 5, 3)],),
        ([("convolution", 32, 3, 3, 16)],),
    ]
    check_counts(student, reference, [*cases, *drawn(CONVOLUTION.map(alone), 8)])


def test_fully_connected(student, reference, drawn):
    """m x n weights, and a bias for each of the m outputs"""
    cases = [
        ([("fully_connected", 3, 8)],),
        ([("fully_connected", 4097, 25089)],),
        ([("fully_connected", 65536, 65536)],),
    ]
    check_counts(student, reference, [*cases, *drawn(FULLY_CONNECTED.map(alone), 8)])


def test_whole_networks(student, reference, drawn):
    """a network has the sum over its layers; ReLU, pooling and flatten have nothing to train"""
    nothing = [[("relu",)], [("flatten",)], [("pool", 2, 2)], [("relu",), ("pool", 2, 2), ("flatten",)]]
    same_twice = [("fully_connected", 5, 5), ("relu",), ("fully_connected", 5, 5), ("fully_connected", 2, 5)]
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
    cases = [(network,) for network in (*nothing, same_twice, lecture)]
    check_counts(student, reference, [*cases, *drawn(NETWORKS, 8)])


@pytest.mark.weight(0.5)
def test_leaves_its_argument_alone(student, reference, drawn):
    """the list of layers is not changed"""
    check_unchanged(student, reference, "count_parameters", drawn(NETWORKS, 5))

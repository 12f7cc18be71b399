"""Hidden suite for `vanishing_gradient`: the network forwards, and its gradients."""

from itertools import pairwise

import numpy as np
import pytest

from autograder.checks import check_same, check_unchanged, forms

EPSILON = 1e-7  # the largest that a solution may add, or clip to, to keep a logarithm or a quotient finite


def network(rng, *sizes, spread=1.0):
    """Input and matrices of a network with these widths, input first."""
    thetas = [spread * rng.normal(size=(after, before)) for before, after in pairwise(sizes)]
    return rng.normal(size=sizes[0]), thetas


def example(rng, *sizes, soft=False, spread=1.0):
    """A case (x, y, thetas) for `gradients`, whose outputs are neither 0 nor 1 for practical purposes."""
    while True:
        x, thetas = network(rng, *sizes, spread=spread)
        p = activations_of(x, thetas)[-1]
        if p.min() > 0.01 and p.max() < 0.99:
            y = rng.uniform(0, 1, size=p.size) if soft else rng.integers(0, 2, size=p.size).astype(float)
            return x, y, thetas


def activations_of(x, thetas):
    activations = [np.asarray(x, dtype=float)]
    for theta in thetas:
        activations.append(1 / (1 + np.exp(-np.asarray(theta, dtype=float) @ activations[-1])))
    return activations


def backwards(delta, activations, thetas):
    """The gradients by all matrices, from the one by the last product."""
    layers = []
    for theta, before in zip(reversed(thetas), reversed(activations[:-1]), strict=True):
        layers.insert(0, np.outer(delta, before))
        delta = (np.asarray(theta, dtype=float).T @ delta) * before * (1 - before)
    return layers


def allowance(x, y, thetas):
    """For each gradient, the absolute tolerance: what an ε in the loss may change, and rounding."""
    activations = activations_of(x, thetas)
    p, y = activations[-1], np.asarray(y, dtype=float)
    change = EPSILON * (y / p + (1 - y) / (1 - p)) / p.size
    # Each output may be off by that much, and they need not be off in the same direction.
    by_unit = [backwards(delta, activations, thetas) for delta in np.diag(change)]
    gradients = backwards((p - y) / p.size, activations, thetas)
    return [
        sum(map(np.abs, layers)) + 1e-9 * np.abs(gradient).max()
        for *layers, gradient in zip(*by_unit, gradients, strict=True)
    ]


@pytest.mark.function("forward")
@pytest.mark.weight(2)
def test_forward_one_layer(student, reference, rng):
    """one layer: the input, then the sigmoid of theta times the input"""
    cases = [network(rng, 1, 1), network(rng, 2, 2), network(rng, 3, 3)]
    check_same(student, reference, "forward", cases)


@pytest.mark.function("forward")
@pytest.mark.weight(2)
@pytest.mark.hint("A matrix of shape (n_i, n_(i-1)) times a vector of n_(i-1) numbers gives n_i numbers.")
def test_forward_different_widths(student, reference, rng):
    """layers may differ in width"""
    cases = [network(rng, 1, 3), network(rng, 3, 1), network(rng, 2, 4, 3), network(rng, 4, 1, 2, 3)]
    check_same(student, reference, "forward", cases)


@pytest.mark.function("forward")
@pytest.mark.weight(2)
@pytest.mark.hint("What goes into layer 2 is what came out of layer 1.")
def test_forward_ten_layers(student, reference, rng):
    """two, five, ten and twelve layers: each takes what the one before it gave"""
    cases = [network(rng, *[2] * (depth + 1)) for depth in (2, 5, 10, 12)]
    check_same(student, reference, "forward", [*cases, network(rng, *[1] * 11, spread=2.0)])


@pytest.mark.function("forward")
@pytest.mark.hint("Convert the arguments first: np.asarray(theta, dtype=float).")
def test_forward_takes_all_kinds_of_numbers(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are welcome"""
    cases = [*forms(network(rng, 3, 4, 2)), ([1, -2], [[[1, 2], [0, -1], [3, 1]], [[1, 0, -1]]])]
    check_same(student, reference, "forward", cases)


@pytest.mark.function("forward")
def test_forward_leaves_its_arguments_alone(student, reference, rng):
    """x and thetas are unchanged afterwards"""
    lists = ([1, -2], [[[1, 2], [0, -1], [3, 1]], [[1, 0, -1]]])
    check_unchanged(student, reference, "forward", [network(rng, 3, 3, 3), network(rng, 2, 4, 1), lists])


@pytest.mark.function("gradients")
@pytest.mark.weight(2)
@pytest.mark.hint("With one output and one layer it is the chain rule with three factors.")
def test_gradients_one_layer(student, reference, rng):
    """one layer with one output"""
    cases = [example(rng, 1, 1), example(rng, 2, 1), example(rng, 4, 1)]
    check_same(student, reference, "gradients", cases, atol=allowance)


@pytest.mark.function("gradients")
@pytest.mark.weight(2)
@pytest.mark.hint("J is a mean over the outputs. And which way round is the outer product?")
def test_gradients_several_outputs(student, reference, rng):
    """several outputs: J is the mean over them"""
    cases = [example(rng, 1, 2), example(rng, 3, 2), example(rng, 2, 4)]
    check_same(student, reference, "gradients", cases, atol=allowance)


@pytest.mark.function("gradients")
@pytest.mark.weight(2)
@pytest.mark.hint("Back through a layer: its transposed matrix, then the slope of the sigmoid below it.")
def test_gradients_two_layers(student, reference, rng):
    """two layers of different widths"""
    cases = [example(rng, 1, 1, 1), example(rng, 2, 3, 1), example(rng, 3, 2, 2)]
    check_same(student, reference, "gradients", cases, atol=allowance)


@pytest.mark.function("gradients")
@pytest.mark.weight(2)
@pytest.mark.hint("One sigmoid derivative more for each layer further down.")
def test_gradients_ten_layers(student, reference, rng):
    """three, six and ten layers, down to the tiny gradients of the first"""
    cases = [example(rng, *[1] * (depth + 1), spread=2.0) for depth in (3, 6, 10)]
    cases += [example(rng, 2, 3, 2, 1), example(rng, *[2] * 10, 1)]
    check_same(student, reference, "gradients", cases, atol=allowance)


@pytest.mark.function("gradients")
@pytest.mark.weight(0.5)
def test_gradients_of_many_flat_layers(student, reference, rng):
    """twenty-four layers of small matrices: the first gradient is about 1e-60, and not 0 yet"""
    thetas = [rng.uniform(0.01, 0.02, size=(1, 1)) for _ in range(24)]
    check_same(student, reference, "gradients", [(np.ones(1), np.ones(1), thetas)], atol=allowance)


@pytest.mark.function("gradients")
def test_gradients_soft_targets(student, reference, rng):
    """targets between 0 and 1"""
    cases = [example(rng, 2, 1, soft=True), example(rng, 3, 2, soft=True), example(rng, 2, 2, 1, soft=True)]
    check_same(student, reference, "gradients", cases, atol=allowance)


@pytest.mark.function("gradients")
def test_gradients_near_certainty(student, reference, rng):
    """outputs close to 0 and 1, right and wrong"""
    total = rng.uniform(11, 13.5, size=4)
    cases = [
        (np.array([1.0]), np.array([target]), [np.array([[sign * z]])])
        for target, sign, z in zip((0.0, 1.0, 0.0, 1.0), (1, -1, -1, 1), total, strict=True)
    ]
    check_same(student, reference, "gradients", cases, atol=allowance)


@pytest.mark.function("gradients")
@pytest.mark.hint("Convert the arguments first: np.asarray(theta, dtype=float).")
def test_gradients_take_all_kinds_of_numbers(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are welcome"""
    x, y, thetas = example(rng, 3, 2, 1)
    cases = [*forms((x, y, thetas)), ([1, -2], [1], [[[1, 0], [0, 1]], [[1, -1]]])]
    check_same(student, reference, "gradients", cases, atol=allowance)


@pytest.mark.function("gradients")
def test_gradients_leave_their_arguments_alone(student, reference, rng):
    """x, y and thetas are unchanged afterwards"""
    cases = [example(rng, 2, 2, 1), example(rng, 3, 2), ([1, -2], [1], [[[1, 0], [0, 1]], [[1, -1]]])]
    check_unchanged(student, reference, "gradients", cases, atol=allowance)

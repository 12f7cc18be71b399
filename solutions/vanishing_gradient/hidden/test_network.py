"""Hidden suite for `vanishing_gradient`: the network forwards, and its gradients."""

from itertools import pairwise
from math import prod

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import check_close, check_gradient, check_same, check_unchanged
from autograder.checks.strategies import arrays, elements_from, forms_of, reals, sizes, wholes

# The largest that a solution may add, or clip to, to keep a logarithm or a quotient finite: at 1e-6, 1/(p - 1e-7) is
# more than 1/p by 1.12 · 1e-7/p.
EPSILON = 1.12e-7

NUMBERS = reals(-2, 2)
STEEP = reals(-9, 9)
SHARES = reals(0, 1)
WIDTHS = sizes(1, 4)
OUTPUTS = sizes(1, 3)


# -- networks -----------------------------------------------------------------------------------------------------


def layered(widths, numbers):
    """The first numbers as the input, the next ones as the first matrix, and so on: (x, thetas)."""
    x, used, thetas = numbers[: widths[0]], widths[0], []
    for before, after in pairwise(widths):
        thetas.append(numbers[used : used + after * before].reshape(after, before).copy())
        used += after * before
    return x.copy(), thetas


@st.composite
def networks(draw, layers=(1, 4), width=WIDTHS, elements=NUMBERS):
    """(x, thetas) of a network with so many layers."""
    widths = [draw(width) for _ in range(draw(sizes(*layers)) + 1)]
    total = widths[0] + sum(prod(pair) for pair in pairwise(widths))
    return layered(widths, draw(arrays(total, elements)))


@st.composite
def examples(draw, layers=(1, 4), width=WIDTHS, outputs=OUTPUTS, soft=False, elements=NUMBERS):
    """(x, y, thetas) with outputs that are neither 0 nor 1 for practical purposes. soft: targets between 0 and 1."""
    widths = [draw(width) for _ in range(draw(sizes(*layers)))] + [draw(outputs)]
    total = widths[0] + sum(prod(pair) for pair in pairwise(widths))
    x, thetas = layered(widths, draw(arrays(total, elements)))
    y = draw(arrays(widths[-1], SHARES if soft else elements_from([1.0, 0.0])))
    return unsure(x, y, thetas)


def unsure(x, y, thetas):
    """The last matrix scaled down so far that the outputs lie between 0.01 and 0.99."""
    far = np.abs(thetas[-1] @ activations_of(x, thetas[:-1])[-1]).max()
    if far > 4.5:
        thetas[-1] = thetas[-1] * (4.5 / far)
    return x, y, thetas


@st.composite
def renumbered(draw):
    """An example, its neurons in another order or its outputs twice."""
    x, y, thetas = draw(examples(layers=(2, 3)))
    change = draw(st.sampled_from(["hidden", "outputs", "inputs", "twice"]))
    if change == "hidden":
        thetas[0], thetas[1] = thetas[0][::-1].copy(), thetas[1][:, ::-1].copy()
    elif change == "outputs":
        y, thetas[-1] = y[::-1].copy(), thetas[-1][::-1].copy()
    elif change == "inputs":
        x, thetas[0] = x[::-1].copy(), thetas[0][:, ::-1].copy()
    else:
        y, thetas[-1] = np.tile(y, 2), np.tile(thetas[-1], (2, 1))
    return x, y, thetas


@st.composite
def confident(draw):
    """One weight that makes the output 1e-5 or less, or as close to 1."""
    total, sign = draw(reals(11, 13.5)), draw(st.sampled_from([1, -1]))
    return np.ones(1), draw(arrays(1, elements_from([1.0, 0.0]))), [np.array([[sign * total]])]


@st.composite
def cancelling(draw):
    """Weights near ±1000 that cancel, on the way forwards and on the way back; what is left shows all digits.

    The two inputs and the two neurons of each layer are nearly alike, and the matrices take their differences.
    """
    off = draw(arrays(10, reals(0.1, 0.9)))
    large = draw(reals(500, 1000))
    first = np.array([large, off[0] - large])
    thetas = [
        np.stack([first, first + 1e-3 * off[1:3]]),
        large * np.array([[1.0, -1.0], [-1.0, 1.0]]) + 1e-2 * off[3:7].reshape(2, 2),
        np.array([[1.0, 1.0 + 1e-3 * off[7]]]),
    ]
    x = (0.5 + off[8]) / 3
    return np.array([x, x + 1e-3 * off[9]]), thetas


def with_target(network):
    x, thetas = network
    return x, np.ones(1), thetas


# -- what they allow ----------------------------------------------------------------------------------------------


def activations_of(x, thetas):
    activations = [np.asarray(x, dtype=float)]
    for theta in thetas:
        activations.append(1 / (1 + np.exp(-np.asarray(theta, dtype=float) @ activations[-1])))
    return activations


def backwards(delta, activations, thetas):
    """The gradients by all matrices, from the one by the last product."""
    layers = []
    for theta, before in zip(reversed(thetas), reversed(activations[:-1]), strict=True):
        layers.append(np.outer(delta, before))
        delta = (theta.T @ delta) * before * (1 - before)
    return layers[::-1]


def units_of(*arguments):
    """What a sigmoid's tail may be off by, and what rounding may do to a sum in units of its terms."""
    single = any(getattr(a, "dtype", None) == np.float32 for a in arguments)
    return (1e-6, 1e-6) if single else (1e-12, 1e-14)


def errors_of(activations, thetas, tail, rounding):
    """How far each activation may be off: its own tail, and what the error of the one before makes of it."""
    errors = [np.zeros(activations[0].shape)]
    for theta, before, after in zip(thetas, activations[:-1], activations[1:], strict=True):
        product = np.abs(theta) @ (errors[-1] + rounding * np.abs(before))
        errors.append(tail + after * (1 - after) * product)
    return errors


def forward_allowance(x, thetas):
    """For each activation, the absolute tolerance."""
    units = units_of(x, *thetas)
    thetas = [np.asarray(theta, dtype=float) for theta in thetas]
    return errors_of(activations_of(x, thetas), thetas, *units)


def allowance(x, y, thetas):
    """For each gradient, the absolute tolerance: what an ε in the loss may change, tails and rounding."""
    tail, rounding = units_of(x, y, *thetas)
    thetas = [np.asarray(theta, dtype=float) for theta in thetas]
    activations = activations_of(x, thetas)
    errors = errors_of(activations, thetas, tail, rounding)
    p, y = activations[-1], np.asarray(y, dtype=float)
    change = EPSILON * (y / p + (1 - y) / (1 - p)) / p.size
    # Each output may be off by that much, and they need not be off in the same direction.
    by_unit = [backwards(delta, activations, thetas) for delta in np.diag(change)]
    allowed = [sum(map(np.abs, layers)) for layers in zip(*by_unit, strict=True)]
    delta = (p - y) / p.size
    off = (errors[-1] + rounding * (p + y)) / p.size
    for i in reversed(range(len(thetas))):
        before, magnitudes = activations[i], np.abs(thetas[i])
        gradient = np.abs(np.outer(delta, before))
        allowed[i] += np.outer(off, np.abs(before)) + np.outer(np.abs(delta), errors[i]) + rounding * gradient
        # Where the terms of a sum cancel, what is left of it may still be as far off as they are.
        allowed[i] += 1e-9 * gradient.max()
        slope = before * (1 - before)
        off = (magnitudes.T @ off) * slope + (magnitudes.T @ np.abs(delta)) * (errors[i] + rounding * slope)
        delta = (thetas[i].T @ delta) * slope
    return allowed


def in_integers(case):
    x, y, thetas = case
    return x, y.astype(int), thetas


INTEGERS = examples((1, 2), sizes(1, 2), elements=wholes(-1, 1)).map(in_integers)
LISTS = ([1, -2], [[[1, 2], [0, -1], [3, 1]], [[1, 0, -1]]])
LISTS_WITH_TARGET = ([1, -2], [1], [[[1, 0], [0, 1]], [[1, -1]]])


@pytest.mark.function("forward")
@pytest.mark.weight(2)
def test_forward_one_layer(student, reference, drawn):
    """one layer: the input, then the sigmoid of theta times the input"""
    cases = [
        (np.array([1.0]), [np.array([[0.5]])]),
        (np.array([1.0, 2.0]), [np.array([[1.0, 0.0], [0.5, -0.5]])]),
    ]
    check_same(student, reference, "forward", cases + drawn(networks((1, 1)), 6), atol=forward_allowance)


@pytest.mark.function("forward")
@pytest.mark.weight(2)
@pytest.mark.hint("A matrix of shape (n_i, n_(i-1)) times a vector of n_(i-1) numbers gives n_i numbers.")
def test_forward_different_widths(student, reference, drawn):
    """layers may differ in width"""
    cases = [
        (np.array([1.0]), [np.array([[1.0], [-1.0], [0.5]])]),
        (np.array([1.0, -1.0, 0.5]), [np.array([[1.0, 0.5, 2.0]])]),
        *drawn(networks((2, 4)), 7),
    ]
    check_same(student, reference, "forward", cases, atol=forward_allowance)


@pytest.mark.function("forward")
@pytest.mark.weight(2)
@pytest.mark.hint("What goes into layer 2 is what came out of layer 1.")
def test_forward_ten_layers(student, reference, drawn):
    """two, five, ten and twelve layers: each takes what the one before it gave"""
    cases = [case for depth in (2, 5, 10, 12) for case in drawn(networks((depth, depth), sizes(1, 3)), 2)]
    check_same(student, reference, "forward", cases, atol=forward_allowance)


@pytest.mark.function("forward")
@pytest.mark.weight(0.5)
@pytest.mark.hint("How many digits do the numbers have that you compute with?")
def test_forward_of_steep_layers(student, reference, drawn):
    """large weights: activations close to 0 and 1, and sums whose terms nearly cancel"""
    cases = drawn(networks((1, 3), sizes(1, 3), STEEP), 3) + drawn(cancelling(), 3)
    check_same(student, reference, "forward", cases, atol=forward_allowance)


@pytest.mark.function("forward")
@pytest.mark.hint("Convert the arguments first: np.asarray(theta, dtype=float).")
def test_forward_takes_all_kinds_of_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are welcome"""
    cases = [LISTS, *drawn(forms_of(networks((1, 3)), integers=True), 8)]
    check_same(student, reference, "forward", cases, atol=forward_allowance)


@pytest.mark.function("forward")
def test_forward_leaves_its_arguments_alone(student, reference, drawn):
    """x and thetas are unchanged afterwards"""
    cases = [LISTS, *drawn(networks((1, 3)), 4)]
    check_unchanged(student, reference, "forward", cases, atol=forward_allowance)


@pytest.mark.function("gradients")
@pytest.mark.weight(2)
@pytest.mark.hint("With one output and one layer it is the chain rule with three factors.")
def test_gradients_one_layer(student, reference, drawn):
    """one layer with one output"""
    cases = [(np.array([1.0]), np.array([target]), [np.array([[0.5]])]) for target in (1.0, 0.0)]
    # A large gradient too: nothing limits it.
    cases += [(np.array([8.0]), np.array([0.0]), [np.array([[0.25]])])]
    cases += drawn(examples((1, 1), outputs=st.just(1)), 6)
    check_same(student, reference, "gradients", cases, atol=allowance)


@pytest.mark.function("gradients")
@pytest.mark.weight(2)
@pytest.mark.hint("J is a mean over the outputs. And which way round is the outer product?")
def test_gradients_several_outputs(student, reference, drawn):
    """several outputs: J is the mean over them"""
    cases = [(np.array([1.0]), np.array([1.0, 0.0]), [np.array([[0.5], [1.0]])])]
    cases += drawn(examples((1, 1), outputs=sizes(2, 4)), 6)
    check_same(student, reference, "gradients", cases, atol=allowance)


@pytest.mark.function("gradients")
@pytest.mark.weight(2)
@pytest.mark.hint("Back through a layer: its transposed matrix, then the slope of the sigmoid below it.")
def test_gradients_two_layers(student, reference, drawn):
    """two layers of different widths"""
    cases = [(np.array([1.0]), np.array([1.0]), [np.array([[0.5]]), np.array([[1.0]])])]
    cases += drawn(examples((2, 2)), 8)
    check_same(student, reference, "gradients", cases, atol=allowance)


@pytest.mark.function("gradients")
@pytest.mark.weight(2)
@pytest.mark.hint("One sigmoid derivative more for each layer further down.")
def test_gradients_ten_layers(student, reference, drawn):
    """three, six and ten layers, down to the tiny gradients of the first"""
    ten = examples((10, 10), sizes(1, 2), sizes(1, 2))
    cases = drawn(examples((3, 3)), 2) + drawn(examples((6, 6), sizes(1, 3)), 2) + drawn(ten, 2)
    check_same(student, reference, "gradients", cases, atol=allowance)


@pytest.mark.function("gradients")
@pytest.mark.weight(0.5)
def test_gradients_of_many_flat_layers(student, reference, drawn):
    """twenty-four layers of small matrices: the first gradient is about 1e-60, and not 0 yet"""
    flat = arrays(24, reals(0.01, 0.02)).map(
        lambda weights: (np.ones(1), np.ones(1), list(weights.reshape(24, 1, 1)))
    )
    check_same(student, reference, "gradients", drawn(flat, 1), atol=allowance)


@pytest.mark.function("gradients")
@pytest.mark.weight(0.5)
@pytest.mark.hint("Move one weight by a thousandth: by how much does J change?")
def test_gradients_agree_with_differences(student):
    """J rises by as much as the gradient says when a weight moves a little"""
    x, y = np.array([1.5]), np.array([0.25])
    thetas = [np.array([[1.0]]), np.array([[2.0]])]
    call = student.call("gradients", x, y, thetas)
    # Are these arrays of the matrices' shapes at all?
    check_close(call.result(), [np.zeros(theta.shape) for theta in thetas], atol=1e6, call=call)
    for i, gradient in enumerate(call.value):

        def loss(theta, i=i):
            p = activations_of(x, [*thetas[:i], theta, *thetas[i + 1 :]])[-1]
            return np.mean(-y * np.log(p) - (1 - y) * np.log(1 - p))

        check_gradient(loss, gradient, thetas[i], call=call)


@pytest.mark.function("gradients")
@pytest.mark.weight(0.5)
@pytest.mark.hint("Number the neurons of one layer differently: what should become of the gradients?")
def test_gradients_follow_their_neurons(student, reference, drawn):
    """neurons in another order take their gradients along; outputs that come twice halve theirs"""
    check_same(student, reference, "gradients", drawn(renumbered(), 6), atol=allowance)


@pytest.mark.function("gradients")
def test_gradients_soft_targets(student, reference, drawn):
    """targets between 0 and 1"""
    cases = [(np.array([1.0]), np.array([0.25]), [np.array([[0.5]])])]
    cases += drawn(examples((1, 2), soft=True), 6)
    check_same(student, reference, "gradients", cases, atol=allowance)


@pytest.mark.function("gradients")
def test_gradients_near_certainty(student, reference, drawn):
    """outputs close to 0 and 1, right and wrong"""
    certain = [(target, weight) for target in (1.0, 0.0) for weight in (12.0, -12.0)]
    cases = [(np.array([1.0]), np.array([target]), [np.array([[weight]])]) for target, weight in certain]
    check_same(student, reference, "gradients", cases + drawn(confident(), 4), atol=allowance)


@pytest.mark.function("gradients")
@pytest.mark.weight(0.5)
@pytest.mark.hint("How many digits do the numbers have that you compute with?")
def test_gradients_of_steep_layers(student, reference, drawn):
    """large weights: hidden activations close to 0 and 1, and sums whose terms nearly cancel"""
    steep = examples((2, 3), sizes(1, 3), elements=STEEP)
    cases = drawn(steep, 3) + drawn(cancelling().map(with_target), 3)
    check_same(student, reference, "gradients", cases, atol=allowance)


@pytest.mark.function("gradients")
@pytest.mark.hint("Convert the arguments first: np.asarray(theta, dtype=float).")
def test_gradients_take_all_kinds_of_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are welcome"""
    cases = [LISTS_WITH_TARGET, *drawn(forms_of(examples((1, 3))), 8)]
    cases += drawn(INTEGERS, 2)
    check_same(student, reference, "gradients", cases, atol=allowance)


@pytest.mark.function("gradients")
def test_gradients_leave_their_arguments_alone(student, reference, drawn):
    """x, y and thetas are unchanged afterwards"""
    cases = [LISTS_WITH_TARGET, *drawn(examples((1, 3)), 3)]
    check_unchanged(student, reference, "gradients", cases, atol=allowance)

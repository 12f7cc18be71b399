"""Hidden suite for `cnn_layers`: from the vector to the loss; fully_connected, softmax and cross_entropy."""

import numpy as np
import pytest

from autograder.checks import check_between, check_close, check_same, check_unchanged, forms

fully_connected = pytest.mark.function("fully_connected")
softmax = pytest.mark.function("softmax")
cross_entropy = pytest.mark.function("cross_entropy")


def single(*arguments):
    """Whether an argument is of single precision."""
    return any(getattr(argument, "dtype", None) == np.float32 for argument in arguments)


def rounding(v, weights, bias):
    """What the order of the additions may change: so many units in the last place of the largest sum."""
    precision = 1e-6 if single(v, weights, bias) else 1e-13
    sums = np.abs(np.asarray(weights)) @ np.abs(np.asarray(v)) + np.abs(np.asarray(bias))
    return float(precision * sums.max())


def precision(z):
    """Relative tolerance for moderate scores: rounding alone, in the precision of the scores."""
    return 1e-3 if single(z) else 1e-9


def tail(z):
    """Probabilities below this are as good as 0."""
    return 1e-6 if single(z) else 1e-12


def epsilon(probabilities, one_hot):
    """What an epsilon of 1e-7 in the logarithm may change, clipped (at both ends) or added."""
    true = np.asarray(one_hot, dtype=float) == 1
    return float(1.5e-7 / np.asarray(probabilities, dtype=float)[true].min())


def layer(rng, m, n):
    """(v, weights, bias) of a layer with n inputs and m outputs."""
    return rng.normal(size=n), rng.normal(size=(m, n)), rng.normal(size=m)


def prediction(rng, n, smallest=0.0):
    """(probabilities, one_hot) for n classes, each true class equally likely."""
    weights = rng.uniform(0.01, 1, size=n)
    true = rng.integers(n)
    if smallest:
        weights[true] = 0
        weights *= (1 - smallest) / weights.sum()
        weights[true] = smallest
    return weights / weights.sum(), np.eye(n)[true]


@fully_connected
@pytest.mark.weight(2)
def test_fully_connected(student, reference, rng):
    """weights times vector plus bias, with more inputs than outputs and fewer"""
    sizes = [(1, 1), (1, 3), (3, 1), (2, 2), (3, 8), (8, 3), (10, 72)]
    check_same(student, reference, "fully_connected", [layer(rng, m, n) for m, n in sizes], atol=rounding)


@fully_connected
@pytest.mark.weight(0.5)
def test_fully_connected_bias(student, reference, rng):
    """every output adds its own bias"""
    v, weights, _ = layer(rng, 3, 4)
    bias = np.array([5.0, -6.0, 7.0])
    cases = [(v, weights, bias), (0 * v, weights, bias), (v, weights, 0 * bias)]
    check_same(student, reference, "fully_connected", cases, atol=rounding)


@fully_connected
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the arguments first: np.asarray(v, dtype=float).")
def test_fully_connected_takes_every_form(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    v, weights = rng.permutation(4) - 1.0, rng.permutation(12).reshape(3, 4) - 5.0
    case = v, weights, rng.permutation(3) + 1.0
    whole = [argument.astype(int) for argument in case]
    mixed = [(v, weights / 7, whole[2]), (whole[0], weights / 7, case[2] / 7), (v / 7, whole[1], case[2])]
    cases = [*forms(case, integers=True), *mixed]
    check_same(student, reference, "fully_connected", cases, atol=rounding)


@fully_connected
@pytest.mark.weight(0.5)
def test_fully_connected_leaves_its_arguments_alone(student, reference, rng):
    """neither vector nor weights nor bias are changed"""
    check_unchanged(student, reference, "fully_connected", [layer(rng, 3, 4), layer(rng, 2, 2)])


@softmax
@pytest.mark.weight(2)
def test_softmax(student, reference, rng):
    """e to the score, divided by the sum over all classes"""
    cases = [(rng.normal(scale=2, size=n),) for n in (1, 2, 3, 5, 10)]
    check_same(student, reference, "softmax", [*cases, (np.array([2.0, 1.0, 0.0]),)], atol=tail)


@softmax
@pytest.mark.hint(
    "Subtracting one number from all scores changes nothing. Which number makes overflow impossible?"
)
def test_softmax_is_stable(student, reference):
    """scores so large that e to the score overflows, up to 1e300, still give probabilities"""
    scores = [
        [1000.0, 999.0, 998.0],
        [-1000.0, -1001.0, -1002.0],
        [800.0, -800.0],
        [-800.0, 800.0],
        [0.0, 1000.0, -1000.0],
        [1e6, 1e6, -1e6],
        [1e300],
        [-1e300, -1e300],
        [1e300, -1e300, 0.0],
        [1e300, 1e300, 1.0, -1e300],
        [0.0, -1e300, 0.0],
    ]
    check_same(student, reference, "softmax", [(np.array(z),) for z in scores], atol=tail)


@softmax
@pytest.mark.weight(0.5)
def test_softmax_gives_a_distribution(student, reference, rng):
    """the probabilities sum to 1, and adding one number to all scores changes none of them"""
    scores = [rng.normal(scale=3, size=n) for n in (2, 4, 9)]
    shifts = [0.0, 50.0, -800.0]
    cases = [(z + shift,) for z in scores for shift in shifts]
    for (z,), call in zip(cases, student.calls("softmax", cases), strict=True):
        probabilities = call.result()
        check_close(probabilities, reference.softmax(z), atol=1e-12, call=call)
        check_close(np.sum(np.asarray(probabilities, dtype=float)), 1.0, call=call)


@softmax
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the argument first: np.asarray(z, dtype=float).")
def test_softmax_takes_every_form(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are scores too"""
    z = rng.permutation(6) - 3.0
    cases = [*forms((z,), integers=True), (z / 7,)]
    check_same(student, reference, "softmax", cases, rtol=precision, atol=tail)


@softmax
@pytest.mark.weight(0.5)
def test_softmax_leaves_its_argument_alone(student, reference, rng):
    """the scores are not changed"""
    check_unchanged(student, reference, "softmax", [(rng.normal(size=n),) for n in (3, 6)])


@cross_entropy
@pytest.mark.weight(2)
def test_cross_entropy(student, reference, rng):
    """minus the natural logarithm of the true class's probability, not averaged over the classes"""
    cases = [prediction(rng, n) for n in (2, 2, 3, 3, 10)]
    probabilities, _ = prediction(rng, 5)
    every_class = [(probabilities, one_hot) for one_hot in np.eye(5)]
    check_same(student, reference, "cross_entropy", [*cases, *every_class], atol=epsilon)


@cross_entropy
@pytest.mark.weight(0.5)
def test_cross_entropy_of_unlikely_classes(student, reference, rng):
    """a true class of small probability, down to 1e-6"""
    cases = [prediction(rng, n, smallest) for n in (2, 4) for smallest in (0.01, 1e-4, 1e-6)]
    check_same(student, reference, "cross_entropy", cases, atol=epsilon)


@cross_entropy
@pytest.mark.hint("0 times the logarithm of 0 is not a number.")
def test_cross_entropy_ignores_other_classes(student, reference):
    """a probability of 0 for another class adds nothing"""
    cases = [
        ([0.25, 0.0, 0.75], [0.0, 0.0, 1.0]),
        ([0.25, 0.0, 0.75], [1.0, 0.0, 0.0]),
        ([0.0, 1.0], [0.0, 1.0]),
        ([0.0, 0.5, 0.0, 0.5], [0.0, 1.0, 0.0, 0.0]),
    ]
    arrays = [(np.array(probabilities), np.array(one_hot)) for probabilities, one_hot in cases]
    check_same(student, reference, "cross_entropy", arrays, atol=epsilon)


@cross_entropy
@pytest.mark.hint("Keep the logarithm away from 0 by a number of at most 1e-7.")
def test_cross_entropy_is_finite(student, reference):
    """a probability of 0 for the true class costs more than 5, but not infinity; one of 1/2 costs little"""
    half = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    check_same(student, reference, "cross_entropy", [half], atol=epsilon)
    cases = [([0.0, 1.0], [1.0, 0.0]), ([0.5, 0.0, 0.5], [0.0, 1.0, 0.0]), ([0.0, 0.0, 1.0], [1.0, 0.0, 0.0])]
    arrays = [(np.array(probabilities), np.array(one_hot)) for probabilities, one_hot in cases]
    for call in student.calls("cross_entropy", arrays):
        check_between(call.result(), 5, np.inf, call=call)


@cross_entropy
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the arguments first: np.asarray(probabilities, dtype=float).")
def test_cross_entropy_takes_every_form(student, reference):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    fractions = forms((np.array([0.125, 0.25, 0.5, 0.125]), np.array([0.0, 1.0, 0.0, 0.0])))
    whole = forms((np.array([0.0, 1.0, 0.0]), np.array([0.0, 1.0, 0.0])), float32=False, integers=True)
    mixed = [([0.25, 0.75], [0, 1]), (np.array([0.25, 0.75]), np.array([1, 0]))]
    check_same(student, reference, "cross_entropy", [*fractions, *whole, *mixed], atol=epsilon)


@cross_entropy
@pytest.mark.weight(0.5)
def test_cross_entropy_leaves_its_arguments_alone(student, reference):
    """neither probabilities nor target are changed"""
    cases = [([0.25, 0.0, 0.75], [0.0, 0.0, 1.0]), ([0.5, 0.5], [1.0, 0.0])]
    arrays = [(np.array(probabilities), np.array(one_hot)) for probabilities, one_hot in cases]
    check_unchanged(student, reference, "cross_entropy", arrays)

"""Hidden suite for `cnn_layers`: from the vector to the loss; fully_connected, softmax and cross_entropy."""

import functools

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import check_between, check_close, check_same, check_unchanged
from autograder.checks.strategies import arguments, arrays, elements_from, forms_of, one_hots, reals, sizes

fully_connected = pytest.mark.function("fully_connected")
softmax = pytest.mark.function("softmax")
cross_entropy = pytest.mark.function("cross_entropy")

NUMBERS = reals(-5, 5)
NOT_ZERO = reals(-5, 5, zero=False)
WHOLE = elements_from([float(value) for k in range(10) for value in (k, -k)])
SEVENTHS = elements_from([value / 7 for k in range(1, 30) for value in (k, -k)])
WEIGHTS = elements_from([1.0, 2.0, 0.5, 0.25, 3.0, 0.1, 0.05, 0.7, 1.3, 0.02, np.pi, np.e])
SMALL = elements_from([0.01, 0.001, 1e-4, 1e-5, 1e-6, 0.002345, 0.0003141, 2.718e-5, 1.618e-6])
LARGE = elements_from([0.0, 1e3, -1e3, 800.0, -800.0, 999.0, -999.0, 1e6, -1e6, 1e300, -1e300])


def single(*arguments):
    """Whether an argument is of single precision."""
    return any(getattr(argument, "dtype", None) == np.float32 for argument in arguments)


def rounding(v, weights, bias):
    """What the order of the additions may change: so many units in the last place of the largest sum."""
    precision = 1e-6 if single(v, weights, bias) else 1e-13
    sums = np.abs(np.asarray(weights)) @ np.abs(np.asarray(v)) + np.abs(np.asarray(bias))
    return float(precision * sums.max())


def precision(v, weights, bias):
    """Relative tolerance: `rounding` covers what sums lose, so double precision stays."""
    return 1e-3 if single(v, weights, bias) else 1e-9


def tail(z):
    """Probabilities below this are as good as 0."""
    return 1e-6 if single(z) else 1e-12


def epsilon(probabilities, one_hot):
    """What an epsilon of 1e-7 in the logarithm may change, clipped (at both ends) or added."""
    true = np.asarray(one_hot, dtype=float) == 1
    return float(1.5e-7 / np.asarray(probabilities, dtype=float)[true].min())


# Made once for each shape: to make a strategy takes longer than to draw from it.
tables = functools.cache(arrays)


@st.composite
def layers(draw, outputs=None, inputs=None, elements=NOT_ZERO, of_bias=None):
    """(v, weights, bias) of a layer with so many outputs and inputs, from 1 to 5 by default."""
    m, n = (draw(sizes(1, 5) if number is None else number) for number in (outputs, inputs))
    return draw(tables(n, elements)), draw(tables((m, n), elements)), draw(tables(m, of_bias or elements))


LAYERS = layers()
SQUARE = sizes(2, 3).flatmap(lambda side: layers(st.just(side), st.just(side)))
LONG = layers(sizes(1, 3), sizes(20, 40))
BIASED = layers(of_bias=reals(5, 9))
WHOLE_LAYERS = layers(elements=WHOLE)
DIGITS = layers(elements=SEVENTHS)


PLACES = st.sampled_from([(0,), (1,), (2,), (0, 1), (0, 2), (1, 2)])


@st.composite
def mixed(draw):
    """Whole numbers in some of the three arguments, and fractions in the others."""
    case = list(draw(DIGITS))
    for place in draw(PLACES):
        case[place] = np.rint(7 * case[place]).astype(int)
    return tuple(case)


MIXED = mixed()
ALL_FORMS = forms_of(WHOLE_LAYERS, integers=True)


@fully_connected
@pytest.mark.weight(2)
def test_fully_connected(student, reference, drawn):
    """weights times vector plus bias, with more inputs than outputs and fewer"""
    cases = [(np.array([1.0, 2.0]), np.array([[3.0, 5.0]]), np.zeros(1))]
    cases += [*drawn(LAYERS, 7), *drawn(SQUARE, 2), *drawn(LONG, 1)]
    check_same(student, reference, "fully_connected", cases, atol=rounding)


@fully_connected
@pytest.mark.weight(0.5)
def test_fully_connected_bias(student, reference, drawn):
    """every output adds its own bias"""
    cases = [(np.zeros(1), np.ones((2, 1)), np.array([1.0, 2.0])), *drawn(BIASED, 5)]
    check_same(student, reference, "fully_connected", cases, atol=rounding)


@fully_connected
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the arguments first: np.asarray(v, dtype=float).")
def test_fully_connected_takes_every_form(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    cases = [([1, 2], [[3, 4]], [5]), (np.array([0.5]), np.array([[1], [3]]), np.array([0, 1]))]
    cases += [*drawn(ALL_FORMS, 7), *drawn(MIXED, 4), *drawn(DIGITS, 2)]
    check_same(student, reference, "fully_connected", cases, atol=rounding, rtol=precision)


@fully_connected
@pytest.mark.weight(0.5)
def test_fully_connected_leaves_its_arguments_alone(student, reference, drawn):
    """neither vector nor weights nor bias are changed"""
    check_unchanged(student, reference, "fully_connected", drawn(LAYERS, 3), atol=rounding)


SCORES = arrays(sizes(1, 10), reals(-6, 6))
PLAIN_SCORES = arguments(SCORES)
LARGE_SCORES = arguments(arrays(sizes(1, 5), LARGE))
FAR_SCORES = st.builds(lambda z, far: (z + far,), SCORES, st.sampled_from([0.0, 50.0, -800.0, 800.0]))
FORMED_SCORES = forms_of(arguments(arrays(sizes(1, 6), WHOLE)), integers=True)
# Far from 0, single precision loses the digits that tell the classes apart.
OFFSET_SCORES = arguments(arrays(sizes(2, 6), SEVENTHS).map(lambda z: z + 500))


@softmax
@pytest.mark.weight(2)
def test_softmax(student, reference, drawn):
    """e to the score, divided by the sum over all classes"""
    cases = [(np.array([1.0, 0.0]),), (np.array([2.0, 1.0, 0.0]),), *drawn(PLAIN_SCORES, 9)]
    check_same(student, reference, "softmax", cases, atol=tail)


@softmax
@pytest.mark.hint(
    "Subtracting one number from all scores changes nothing. Which number makes overflow impossible?"
)
def test_softmax_is_stable(student, reference, drawn):
    """scores so large that e to the score overflows, up to 1e300, still give probabilities"""
    scores = [
        [1000.0],
        [1000.0, 999.0],
        [-1000.0, -1001.0],
        [-800.0, 800.0],
        [1e6, 1e6, -1e6],
        [1e300, 1e300, 1.0, -1e300],
    ]
    cases = [*((np.array(z),) for z in scores), *drawn(LARGE_SCORES, 6)]
    check_same(student, reference, "softmax", cases, atol=tail)


@softmax
@pytest.mark.weight(0.5)
def test_softmax_gives_a_distribution(student, reference, drawn):
    """the probabilities sum to 1, and adding one number to all scores changes none of them"""
    cases = drawn(FAR_SCORES, 8)
    for case, call in zip(cases, student.calls("softmax", cases), strict=True):
        probabilities = call.result()
        (z,) = case
        check_close(probabilities, reference.softmax(z), atol=1e-12, call=call)
        check_close(np.sum(np.asarray(probabilities, dtype=float)), 1.0, call=call)


@softmax
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the argument first: np.asarray(z, dtype=float).")
def test_softmax_takes_every_form(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are scores too"""
    cases = [([2, 1, 0],), *drawn(FORMED_SCORES, 8), *drawn(OFFSET_SCORES, 2)]
    check_same(student, reference, "softmax", cases, atol=tail)


@softmax
@pytest.mark.weight(0.5)
@pytest.mark.hint("Subtract into a new array: z = z - ..., not z -= ...")
def test_softmax_leaves_its_argument_alone(student, reference, drawn):
    """the scores are not changed"""
    check_unchanged(
        student, reference, "softmax", [(np.array([1.0, 2.0]),), *drawn(PLAIN_SCORES, 2)], atol=tail
    )


ONE_HOTS = one_hots(sizes(2, 10))


@st.composite
def predictions(draw, smallest=None, targets=ONE_HOTS):
    """(probabilities, one_hot), the true class as unlikely as `smallest` where that is given."""
    one_hot = draw(targets)
    weights = draw(tables(one_hot.size, WEIGHTS))
    probabilities = weights / weights.sum()
    if smallest is not None:
        rare = draw(smallest)
        others = weights * (one_hot == 0)
        probabilities = np.where(one_hot == 1, rare, others * ((1 - rare) / others.sum()))
    return probabilities, one_hot


@st.composite
def with_zeros(draw):
    """(probabilities, one_hot) where some other class has probability 0."""
    probabilities, one_hot = draw(LIKELY)
    gone = draw(sizes(0, one_hot.size - 1)) if one_hot.size > 2 else int(one_hot.argmin())
    kept = np.where((np.arange(one_hot.size) == gone) & (one_hot == 0), 0.0, probabilities)
    return kept / kept.sum(), one_hot


@st.composite
def impossible(draw):
    """(probabilities, one_hot) where the true class has probability 0."""
    probabilities, one_hot = draw(LIKELY)
    kept = np.where(one_hot == 1, 0.0, probabilities)
    return kept / kept.sum(), one_hot


LIKELY = predictions()
UNLIKELY = predictions(SMALL, one_hots(sizes(2, 5)))
WITH_ZEROS = with_zeros()
IMPOSSIBLE = impossible()
QUARTERS = st.permutations([0.125, 0.25, 0.5, 0.125]).map(np.array)
FORMED = forms_of(arguments(QUARTERS, one_hots(4)))
CERTAIN = forms_of(
    one_hots(sizes(2, 4)).map(lambda one_hot: (one_hot, one_hot.copy())), float32=False, integers=True
)


@cross_entropy
@pytest.mark.weight(2)
def test_cross_entropy(student, reference, drawn):
    """minus the natural logarithm of the true class's probability, not averaged over the classes"""
    cases = [(np.array([0.25, 0.75]), np.array([1.0, 0.0])), (np.array([0.25, 0.75]), np.array([0.0, 1.0]))]
    check_same(student, reference, "cross_entropy", [*cases, *drawn(LIKELY, 10)], atol=epsilon)


@cross_entropy
@pytest.mark.weight(0.5)
@pytest.mark.hint("An epsilon that protects the logarithm must be too small to change a probability of 1e-6.")
def test_cross_entropy_of_unlikely_classes(student, reference, drawn):
    """a true class of small probability, down to 1e-6"""
    cases = [(np.array([p, 1 - p]), np.array([1.0, 0.0])) for p in (0.01, 1e-4, 1e-6)]
    check_same(student, reference, "cross_entropy", [*cases, *drawn(UNLIKELY, 7)], atol=epsilon)


@cross_entropy
@pytest.mark.hint("0 times the logarithm of 0 is not a number.")
def test_cross_entropy_ignores_other_classes(student, reference, drawn):
    """a probability of 0 for another class adds nothing"""
    cases = [
        (np.array([0.0, 1.0]), np.array([0.0, 1.0])),
        (np.array([0.25, 0.0, 0.75]), np.array([1.0, 0.0, 0.0])),
    ]
    check_same(student, reference, "cross_entropy", [*cases, *drawn(WITH_ZEROS, 7)], atol=epsilon)


@cross_entropy
@pytest.mark.hint("Keep the logarithm away from 0 by a number of at most 1e-7.")
def test_cross_entropy_is_finite(student, reference, drawn):
    """a probability of 0 for the true class costs more than 5, but not infinity; one of 1/2 costs little"""
    half = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    check_same(student, reference, "cross_entropy", [half], atol=epsilon)
    cases = [(np.array([0.0, 1.0]), np.array([1.0, 0.0])), ([0, 1], [1, 0])]
    cases += [(np.array([0, 1], dtype=np.float32), np.array([1, 0], dtype=np.float32)), *drawn(IMPOSSIBLE, 5)]
    for call in student.calls("cross_entropy", cases):
        check_between(call.result(), 5, np.inf, call=call)


@cross_entropy
@pytest.mark.weight(0.5)
@pytest.mark.hint("Convert the arguments first: np.asarray(probabilities, dtype=float).")
def test_cross_entropy_takes_every_form(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    mixed = [([0.25, 0.75], [0, 1]), (np.array([0.25, 0.75]), np.array([1, 0]))]
    cases = [*mixed, *drawn(FORMED, 8), *drawn(CERTAIN, 4)]
    check_same(student, reference, "cross_entropy", cases, atol=epsilon)


@cross_entropy
@pytest.mark.weight(0.5)
@pytest.mark.hint("Clip into a new array.")
def test_cross_entropy_leaves_its_arguments_alone(student, reference, drawn):
    """neither probabilities nor target are changed"""
    cases = [(np.array([0.0, 1.0]), np.array([0.0, 1.0])), *drawn(LIKELY, 2), *drawn(WITH_ZEROS, 2)]
    check_unchanged(student, reference, "cross_entropy", cases, atol=epsilon)

"""Hidden suite for `momentum`: one step, and what its factors mean."""

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import check_close, check_raises, check_same, check_unchanged, forms
from autograder.checks.strategies import alike, arguments, elements_from, forms_of, reals, shapes, sizes

RATES = reals(0.001, 5)
FRACTIONS = reals(0, 1)


@pytest.mark.function("decay_learning_rate")
@pytest.mark.weight(2)
def test_decay_is_a_product(student, reference, drawn):
    """delta times alpha"""
    cases = [(0.5, 0.1), (0.5, 0.9), (2.0, 0.25), *drawn(arguments(RATES, FRACTIONS), 8)]
    check_same(student, reference, "decay_learning_rate", cases)


@pytest.mark.function("decay_learning_rate")
def test_both_ends_of_delta_are_legal(student, reference, drawn):
    """delta = 0 and delta = 1 are legal"""
    cases = [(0.5, 0.0), (0.5, 1.0), (0.5, 0), (0.5, 1)]
    cases += drawn(arguments(RATES, elements_from([0.0, 1.0])), 4)
    check_same(student, reference, "decay_learning_rate", cases)


@pytest.mark.function("decay_learning_rate")
@pytest.mark.weight(2)
def test_delta_outside_its_range(student, drawn):
    """delta below 0 or above 1 is a ValueError"""
    illegal = [(0.5, delta) for delta in (1.5, 1.0001, 2, 100.0, -0.5, -0.0001, -1)]
    illegal += drawn(arguments(RATES, st.one_of(reals(1.001, 9), reals(-9, -0.001))), 4)
    for legal in (0.5, 1.0, 0.0):
        check_raises(student, "decay_learning_rate", ValueError, legal=(0.5, legal), illegal=illegal)


@pytest.mark.function("decay_learning_rate")
def test_decay_takes_any_numbers(student, reference, drawn):
    """integers, float32 and arrays of a single number are numbers too"""
    single = [(np.float32(0.5), 0.25), (np.array(0.5, dtype=np.float32), np.float32(0.3))]
    cases = [(2, 1), (3, 0.5), *single, *forms((0.5, 0.3), float32=False)]
    cases += drawn(forms_of(arguments(RATES, FRACTIONS), float32=False), 4)
    check_same(student, reference, "decay_learning_rate", cases)


@pytest.mark.function("decay_learning_rate")
@pytest.mark.weight(0.5)
def test_decay_changes_nothing(student, reference):
    """alpha stays as it was, also in an array of a single number"""
    cases = [(np.array(0.5), 0.5), (np.array(0.5), np.array(0.25))]
    check_unchanged(student, reference, "decay_learning_rate", cases)


ROWS = shapes(1, sizes(1, 8))
ANY_SHAPE = shapes((0, 3), sizes(1, 4))
ENTRIES = reals(-5, 5)
STILL = elements_from([0.0])
ALPHAS = reals(0.01, 1.5)


def steps(shape=ROWS, velocity=ENTRIES, gradient=ENTRIES, beta=FRACTIONS, size=1.0):
    """(theta, velocity, gradient, learning_rate, beta) with three arrays of one shape, so many times as large."""
    return st.builds(
        lambda three, alpha, b: (*(size * array for array in three), alpha, b),
        alike(shape, ENTRIES, velocity, gradient),
        ALPHAS,
        beta,
    )


def off(theta, velocity, gradient, learning_rate, beta):
    """What may be lost where terms of either sign cancel: a part of the largest of them."""
    values = (theta, velocity, gradient)
    single = any(np.asarray(a).dtype == np.float32 for a in (*values, learning_rate, beta))
    return (1e-5 if single else 1e-12) * max(float(np.max(np.abs(a))) for a in values)


@pytest.mark.function("momentum_step")
@pytest.mark.weight(2)
@pytest.mark.hint("In which order do the two lines of the lecture's algorithm stand?")
def test_step_with_momentum(student, reference, drawn):
    """the velocity keeps a part of itself and takes the gradient in; theta moves by the new velocity"""
    cases = [([1.0], [0.5], [2.0], 0.25, 0.5)]
    cases += drawn(steps(), 6) + drawn(steps(size=1e4), 2) + drawn(steps(size=1e-4), 2)
    check_same(student, reference, "momentum_step", cases, atol=off)


@st.composite
def steps_to_zero(draw):
    """From rest, a step that ends near 0: theta is 1.001 times as long as the step."""
    (gradient,) = draw(alike(ROWS, reals(-5, 5, zero=False)))
    alpha = draw(ALPHAS)
    return 1.001 * alpha * gradient, np.zeros(gradient.shape), gradient, alpha, draw(FRACTIONS)


@pytest.mark.function("momentum_step")
def test_step_from_rest(student, reference, drawn):
    """from rest, the velocity is alpha times the gradient"""
    # A step that ends near 0 shows how many digits were carried.
    cases = [([1.0], [0.0], [2.0], 0.25, 0.5), ([0.3003], [0.0], [1.0], 0.3, 0.5)]
    cases += drawn(steps(velocity=STILL), 4) + drawn(steps_to_zero(), 3)
    check_same(student, reference, "momentum_step", cases, atol=off)


@pytest.mark.function("momentum_step")
def test_step_on_level_ground(student, reference, drawn):
    """where the gradient is 0, what is left of the velocity carries theta on"""
    cases = [([1.0], [0.5], [0.0], 0.25, 0.5), ([0.3003], [1.0], [0.0], 0.5, 0.3)]
    cases += drawn(steps(gradient=STILL), 4)
    check_same(student, reference, "momentum_step", cases, atol=off)


@pytest.mark.function("momentum_step")
def test_step_at_the_ends_of_beta(student, reference, drawn):
    """beta = 0 forgets the velocity, beta = 1 keeps all of it"""
    cases = [([1.0], [0.5], [2.0], 0.25, beta) for beta in (0.0, 1.0, 0, 1)]
    cases += drawn(steps(beta=elements_from([0.0, 1.0])), 6)
    check_same(student, reference, "momentum_step", cases, atol=off)


@pytest.mark.function("momentum_step")
def test_step_has_the_shape_of_theta(student, reference, drawn):
    """tables of parameters stay tables, single numbers stay single"""
    cases = [(1.0, 0.5, 2.0, 0.25, 0.5), *drawn(steps(ANY_SHAPE), 8)]
    cases += drawn(st.tuples(ENTRIES, ENTRIES, ENTRIES, ALPHAS, FRACTIONS), 2)
    check_same(student, reference, "momentum_step", cases, atol=off)


@pytest.mark.function("momentum_step")
@pytest.mark.hint("Convert theta, velocity and gradient before you compute with them.")
def test_step_takes_any_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    cases = [([3, 4], [1, 0], [1, 2], 0.5, 0.5), (3, 1, 2, 0.5, 0.5), ([[1, 2]], [[0, 1]], [[2, 1]], 0.25, 1)]
    cases += forms((np.array([1.5, -0.5]), np.array([0.5, 2.0]), np.array([-1.0, 3.0]), 0.25, 0.875))
    cases += drawn(forms_of(steps(ANY_SHAPE), integers=True), 12)
    check_same(student, reference, "momentum_step", cases, atol=off)


@pytest.mark.function("momentum_step")
@pytest.mark.weight(1.5)
@pytest.mark.hint("theta -= ... and velocity *= ... write into the caller's arrays.")
def test_step_changes_nothing(student, reference, drawn):
    """the old theta and the old velocity stay as they were"""
    cases = [tuple(np.array(value) for value in (1.0, 0.5, 2.0, 0.25, 0.5)), *drawn(steps(ANY_SHAPE), 6)]
    check_unchanged(student, reference, "momentum_step", cases, atol=off)


@pytest.mark.function("gradient_contributions")
@pytest.mark.weight(2)
@pytest.mark.hint("Write v_1, v_2 and v_3 out, with g_1, g_2 and g_3 in them.")
def test_contributions_are_powers_of_beta(student, reference, drawn):
    """the oldest gradient first, each weight beta times the next one's"""
    cases = [(2, 0.9), (3, 0.5), (4, 0.9), (10, 0.9), (300, 0.99)]
    cases += drawn(arguments(sizes(1, 12), FRACTIONS), 8)
    check_same(student, reference, "gradient_contributions", cases, rtol=1e-6, atol=1e-9)


@pytest.mark.function("gradient_contributions")
def test_the_newest_gradient_counts_in_full(student, drawn):
    """g_n has weight 1, also when it is the only one"""
    alone = [(1, 0.9), (1, 0.0), (1, 1.0), *drawn(arguments(1, FRACTIONS), 3)]
    for call in student.calls("gradient_contributions", alone):
        check_close(call.result(), np.ones(1), call=call)
    for call in student.calls("gradient_contributions", [(2, 0.9), (2, 0.25)]):
        check_close(call.result(), np.array([call.args[1], 1.0]), call=call)


@pytest.mark.function("gradient_contributions")
def test_contributions_at_the_ends_of_beta(student, drawn):
    """beta = 0 keeps the newest gradient only, beta = 1 keeps all of them"""
    numbers = [5, *(n for (n,) in drawn(arguments(sizes(2, 9)), 3))]
    for call in student.calls("gradient_contributions", [(n, beta) for n in numbers for beta in (0.0, 0)]):
        check_close(call.result(), np.eye(call.args[0])[-1], call=call)
    for call in student.calls("gradient_contributions", [(n, beta) for n in numbers for beta in (1.0, 1)]):
        check_close(call.result(), np.ones(call.args[0]), call=call)


@pytest.mark.function("gradient_contributions")
@pytest.mark.weight(0.5)
def test_contributions_take_any_numbers(student, reference, drawn):
    """beta may be a float32 or an array of a single number"""
    cases = [*forms((4, 0.9), float32=False), (4, np.float32(0.9)), (4, np.array(0.5, dtype=np.float32))]
    cases += drawn(forms_of(arguments(sizes(1, 6), FRACTIONS), float32=False), 4)
    check_same(student, reference, "gradient_contributions", cases)


@pytest.mark.function("gradient_contributions")
@pytest.mark.weight(0.5)
def test_contributions_change_nothing(student, reference):
    """beta stays as it was, also in an array of a single number"""
    check_unchanged(student, reference, "gradient_contributions", [(4, np.array(0.75))])


@pytest.mark.function("effect_of")
@pytest.mark.weight(2)
@pytest.mark.hint("Put the value into the lecture's update and see what is left of it.")
def test_the_four_questions(student, reference):
    """what delta = 0, delta = 1, beta = 0 and beta = 1 do"""
    check_same(student, reference, "effect_of", [("delta", 0), ("delta", 1), ("beta", 0), ("beta", 1)])


@pytest.mark.function("effect_of")
def test_the_four_questions_in_floats(student, reference):
    """0.0 and 1.0 count as 0 and 1"""
    check_same(
        student, reference, "effect_of", [("delta", 0.0), ("delta", 1.0), ("beta", 0.0), ("beta", 1.0)]
    )


@pytest.mark.function("effect_of")
def test_no_other_question(student, drawn):
    """another parameter or another value is a ValueError"""
    illegal = [
        ("delta", 0.5),
        ("beta", 0.9),
        ("delta", 2),
        ("beta", -1),
        ("alpha", 0),
        ("theta", 1),
        ("gamma", 0.5),
        ("Delta", 0),
        ("beta", 0.001),
        ("delta", 0.999),
    ]
    illegal += drawn(arguments(st.sampled_from(["delta", "beta"]), reals(0.01, 0.99)), 4)
    for legal in (("delta", 0), ("beta", 1)):
        check_raises(student, "effect_of", ValueError, legal=legal, illegal=illegal)

"""Hidden suite for `momentum`: one step, and what its factors mean."""

import numpy as np
import pytest

from autograder.checks import check_close, check_raises, check_same, check_unchanged, forms


@pytest.mark.function("decay_learning_rate")
@pytest.mark.weight(2)
def test_decay_is_a_product(student, reference, rng):
    """delta times alpha"""
    cases = [(0.5, 0.1), (0.5, 0.9), (2.0, 0.25)] + [tuple(rng.uniform(size=2)) for _ in range(4)]
    check_same(student, reference, "decay_learning_rate", cases)


@pytest.mark.function("decay_learning_rate")
def test_both_ends_of_delta_are_legal(student, reference):
    """delta = 0 and delta = 1 are legal"""
    cases = [(0.5, 0.0), (0.5, 1.0), (0.5, 0), (0.5, 1)]
    check_same(student, reference, "decay_learning_rate", cases)


@pytest.mark.function("decay_learning_rate")
@pytest.mark.weight(2)
def test_delta_outside_its_range(student):
    """delta below 0 or above 1 is a ValueError"""
    above = [(0.5, delta) for delta in (1.5, 1.0001, 2, 100.0)]
    below = [(0.5, delta) for delta in (-0.5, -0.0001, -1)]
    for legal in (0.5, 1.0, 0.0):
        check_raises(student, "decay_learning_rate", ValueError, legal=(0.5, legal), illegal=above + below)


@pytest.mark.function("decay_learning_rate")
def test_decay_takes_any_numbers(student, reference):
    """integers, float32 and arrays of a single number are numbers too"""
    single = [(np.float32(0.5), 0.25), (np.array(0.5, dtype=np.float32), np.float32(0.3))]
    check_same(
        student, reference, "decay_learning_rate", [*forms((0.5, 0.3), float32=False), (2, 1), *single]
    )


def step(rng, shape, size=1.0):
    theta, velocity, gradient = size * rng.normal(size=(3, *shape))
    return theta, velocity, gradient, rng.uniform(0.05, 0.5), rng.uniform(0.3, 0.95)


@pytest.mark.function("momentum_step")
@pytest.mark.weight(2)
@pytest.mark.hint("In which order do the two lines of the lecture's algorithm stand?")
def test_step_with_momentum(student, reference, rng):
    """the velocity keeps a part of itself and takes the gradient in; theta moves by the new velocity"""
    cases = [([1.0], [0.5], [2.0], 0.25, 0.5)]
    cases += [step(rng, (n,), size) for n, size in ((1, 1.0), (3, 1.0), (8, 100.0), (8, 0.01))]
    check_same(student, reference, "momentum_step", cases)


@pytest.mark.function("momentum_step")
def test_step_from_rest(student, reference, rng):
    """from rest, the velocity is alpha times the gradient"""
    cases = []
    for n in (1, 4):
        theta, _, gradient, alpha, beta = step(rng, (n,))
        cases.append((theta, np.zeros(n), gradient, alpha, beta))
    # A step that ends near 0 shows how many digits were carried.
    cases.append((1.001 * alpha * gradient, np.zeros(n), gradient, alpha, beta))
    check_same(student, reference, "momentum_step", cases)


@pytest.mark.function("momentum_step")
def test_step_on_level_ground(student, reference, rng):
    """where the gradient is 0, what is left of the velocity carries theta on"""
    cases = []
    for n in (1, 4):
        theta, velocity, _, alpha, beta = step(rng, (n,))
        cases.append((theta, velocity, np.zeros(n), alpha, beta))
    check_same(student, reference, "momentum_step", cases)


@pytest.mark.function("momentum_step")
def test_step_at_the_ends_of_beta(student, reference, rng):
    """beta = 0 forgets the velocity, beta = 1 keeps all of it"""
    cases = [(*step(rng, (3,))[:4], beta) for beta in (0.0, 1.0, 0, 1)]
    check_same(student, reference, "momentum_step", cases)


@pytest.mark.function("momentum_step")
def test_step_has_the_shape_of_theta(student, reference, rng):
    """tables of parameters stay tables, single numbers stay single"""
    cases = [step(rng, shape) for shape in ((), (1, 1), (1, 4), (3, 2), (2, 3, 4))]
    cases += [(1.0, 0.5, 2.0, 0.25, 0.5)]
    check_same(student, reference, "momentum_step", cases)


def _off(theta, velocity, gradient, learning_rate, beta):
    """What may be lost where terms of either sign cancel: a part of the largest of them."""
    arguments = (theta, velocity, gradient)
    single = any(np.asarray(a).dtype == np.float32 for a in (*arguments, learning_rate, beta))
    return (1e-5 if single else 1e-12) * max(float(np.max(np.abs(a))) for a in arguments)


@pytest.mark.function("momentum_step")
@pytest.mark.hint("Convert theta, velocity and gradient before you compute with them.")
def test_step_takes_any_numbers(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    theta, velocity, gradient = 4 * rng.normal(size=(3, 6))
    cases = forms((theta, velocity, gradient, 0.25, 0.875), integers=True)
    cases += forms((theta.reshape(2, 3), velocity.reshape(2, 3), gradient.reshape(2, 3), 0.25, 0.875))
    cases += forms((1.5, -0.5, 0.75, 0.25, 0.875), float32=False)
    cases += [([3, 4], [1, 0], [1, 2], 0.5, 0.5), (3, 1, 2, 0.5, 0.5)]
    check_same(student, reference, "momentum_step", cases, atol=_off)


@pytest.mark.function("momentum_step")
@pytest.mark.weight(1.5)
@pytest.mark.hint("theta -= ... and velocity *= ... write into the caller's arrays.")
def test_step_changes_nothing(student, reference, rng):
    """the old theta and the old velocity stay as they were"""
    cases = [step(rng, shape) for shape in ((1,), (4,), (2, 3))]
    cases += [tuple(np.array(value) for value in (1.0, 0.5, 2.0, 0.25, 0.5))]
    check_unchanged(student, reference, "momentum_step", cases)


@pytest.mark.function("gradient_contributions")
@pytest.mark.weight(2)
@pytest.mark.hint("Write v_1, v_2 and v_3 out, with g_1, g_2 and g_3 in them.")
def test_contributions_are_powers_of_beta(student, reference, rng):
    """the oldest gradient first, each weight beta times the next one's"""
    cases = [(4, 0.9), (3, 0.5), (2, 0.9), (10, 0.9), (300, 0.99)]
    cases += [(int(rng.integers(2, 12)), rng.uniform(0.2, 0.95)) for _ in range(3)]
    check_same(student, reference, "gradient_contributions", cases, rtol=1e-6, atol=1e-14)


@pytest.mark.function("gradient_contributions")
def test_the_newest_gradient_counts_in_full(student):
    """g_n has weight 1, also when it is the only one"""
    for call in student.calls("gradient_contributions", [(1, 0.9), (1, 0.0), (1, 1.0)]):
        check_close(call.result(), np.ones(1), call=call)
    for call in student.calls("gradient_contributions", [(2, 0.9), (2, 0.25)]):
        check_close(call.result(), np.array([call.args[1], 1.0]), call=call)


@pytest.mark.function("gradient_contributions")
def test_contributions_at_the_ends_of_beta(student):
    """beta = 0 keeps the newest gradient only, beta = 1 keeps all of them"""
    for call in student.calls("gradient_contributions", [(5, 0.0), (5, 0)]):
        check_close(call.result(), np.array([0.0, 0.0, 0.0, 0.0, 1.0]), call=call)
    for call in student.calls("gradient_contributions", [(5, 1.0), (5, 1)]):
        check_close(call.result(), np.ones(5), call=call)


@pytest.mark.function("gradient_contributions")
@pytest.mark.weight(0.5)
def test_contributions_take_any_numbers(student, reference):
    """beta may be a float32 or an array of a single number"""
    cases = [*forms((4, 0.9), float32=False), (4, np.float32(0.9)), (4, np.array(0.5, dtype=np.float32))]
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
def test_no_other_question(student):
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
    for legal in (("delta", 0), ("beta", 1)):
        check_raises(student, "effect_of", ValueError, legal=legal, illegal=illegal)

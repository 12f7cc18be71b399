"""Hidden suite for `momentum`: the whole walk."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import assume

from autograder.checks import call_with, check_close, check_raises, check_same, check_unchanged, fail
from autograder.checks.strategies import alike, arguments, arrays, forms_of, reals, shapes, sizes

pytestmark = pytest.mark.function("minimize")


def bowl(curvature, bottom=0.0):
    """The gradient of a bowl, curvature (theta - bottom)^2 / 2."""

    def gradient(theta):
        return np.asarray(curvature) * (np.asarray(theta, dtype=float) - bottom)

    return gradient


def slope(constant):
    """The gradient of a plane: the same wherever theta is."""

    def gradient(theta):
        return np.broadcast_to(np.asarray(constant, dtype=float), np.shape(theta)) + 0.0

    return gradient


def two_valleys(theta):
    """The gradient of theta^4/4 - theta^3/3 - 2 theta^2 + 4 theta: a shallow valley at 2, a hill at 1, a deep one at -2."""
    theta = np.asarray(theta, dtype=float)
    return (theta - 2) * (theta - 1) * (theta + 2)


FEW = shapes(1, sizes(1, 4))
TABLES = shapes((1, 2), sizes(1, 3))
ANY_SHAPE = shapes((0, 3), sizes(1, 3))
STARTS = reals(-5, 5)
CURVATURES = reals(0.1, 2)
BOTTOMS = reals(-2, 2)
ALPHAS = reals(0.05, 1.5)
BETAS = reals(0, 1)
DELTAS = reals(0, 1)
AS_IT_IS = st.just(1.0)


@st.composite
def walks(draw, shape=FEW, delta=AS_IT_IS, beta=BETAS, steps=5):
    """Up to so many steps down a bowl: of an array of the shape, or of a number where the shape is None."""
    if shape is None:
        theta, curvature, bottom = draw(STARTS), draw(CURVATURES), draw(BOTTOMS)
    else:
        theta, curvature, bottom = draw(alike(shape, STARTS, CURVATURES, BOTTOMS))
    return call_with(
        bowl(curvature, bottom),
        theta,
        alpha=draw(ALPHAS),
        delta=draw(delta),
        beta=draw(beta),
        steps=draw(sizes(1, steps)),
    )


@st.composite
def walks_that_may_end(draw, shape, steps=8):
    """A walk with a tolerance, on a slope or in a bowl, whose end does not hang on the last digit."""
    theta, strength, bottom = draw(alike(shape, STARTS, reals(-2, 2), BOTTOMS))
    gradient = bowl(np.abs(strength), bottom) if draw(st.booleans()) else slope(strength)
    alpha, delta, beta = draw(reals(0.05, 0.5)), draw(reals(0.2, 1)), draw(reals(0, 0.9))
    tolerance = draw(reals(0.01, 0.5))
    point, velocity, rate = theta, 0.0, alpha
    for _ in range(steps):
        rate *= delta
        velocity = beta * velocity + rate * gradient(point)
        point = point - velocity
        assume(abs(float(np.max(np.abs(velocity))) - tolerance) > 1e-3 * tolerance)
    return call_with(gradient, theta, alpha=alpha, delta=delta, beta=beta, steps=steps, tolerance=tolerance)


def off(_gradient, theta, *_, **__):
    """A point near 0 is as exact as the walk is long."""
    single = np.asarray(theta).dtype == np.float32
    return (1e-4 if single else 1e-9) * (2.0 + float(np.max(np.abs(theta))))


@pytest.mark.weight(2)
def test_walk_with_momentum(student, reference, drawn):
    """each step keeps a part of the velocity of the step before"""
    cases = [call_with(bowl(1.0), np.array([1.0]), alpha=0.25, beta=0.5, steps=3), *drawn(walks(), 8)]
    check_same(student, reference, "minimize", cases, atol=off)


@pytest.mark.weight(0.5)
def test_walk_with_what_is_not_said(student, reference, drawn):
    """by default alpha is 0.5, delta 1, beta 0.9, with 100 steps and no early end"""
    check_same(student, reference, "minimize", drawn(arguments(bowl(0.1), arrays(2, STARTS)), 2)[1:])


@pytest.mark.weight(2)
@pytest.mark.hint("Write down which alpha the first step uses, and which the second.")
def test_the_learning_rate_decays(student, reference, drawn):
    """every step makes alpha smaller once more, and before it moves"""
    cases = [
        call_with(bowl(1.0), np.array([1.0]), alpha=0.5, delta=0.5, beta=0.0, steps=1),
        call_with(bowl(1.0), np.array([1.0]), alpha=0.5, delta=0.5, beta=0.0, steps=3),
        call_with(bowl(0.5), np.array([1.0]), alpha=0.5, delta=0.95, beta=0.0, steps=30),
        call_with(bowl(0.5), np.array([1.0]), alpha=0.1, delta=0.9, beta=0.99, steps=12),
        call_with(bowl(1.0), np.array([1.0]), alpha=0.5, delta=0.5, beta=0.0, steps=30),
        # Only delta has to stay below 1.
        call_with(bowl(0.25), np.array([1.0]), alpha=2.0, delta=0.5, beta=0.0, steps=2),
        *drawn(walks(delta=DELTAS), 8),
    ]
    check_same(student, reference, "minimize", cases, atol=off)


def test_beta_zero_is_gradient_descent(student, drawn):
    """with beta = 0 and delta = 1 it is gradient descent, up to the rounding of the last digit"""
    for case in drawn(walks(TABLES, beta=st.just(0.0)), 4):
        gradient, theta = case.args
        expected = [theta]
        for _ in range(case.kwargs["steps"]):
            expected.append(expected[-1] - case.kwargs["alpha"] * gradient(expected[-1]))
        call = student.call("minimize", *case.args, **case.kwargs)
        # A longdouble on the way may round the last bit differently.
        largest = 2.0 + float(np.max(np.abs(expected)))
        check_close(call.result(), np.array(expected), rtol=1e-13, atol=1e-14 * largest, call=call)


@pytest.mark.weight(0.5)
def test_delta_zero_stays(student, drawn):
    """with delta = 0 theta stays where it was, and all steps are taken; with delta = 1 it moves"""
    theta = np.array([1.0, -2.0, 0.5])
    call = student.call("minimize", bowl(1.0), theta, alpha=0.5, delta=1.0, beta=0.9, steps=1)
    check_close(call.result(), np.stack([theta, theta / 2]), call=call)
    for case in drawn(walks(ANY_SHAPE, delta=st.just(0.0)), 3):
        call = student.call("minimize", *case.args, **case.kwargs)
        still = np.array([case.args[1]] * (case.kwargs["steps"] + 1))
        check_close(call.result(), still, rtol=0.0, atol=0.0, call=call)


@pytest.mark.weight(0.5)
def test_beta_one_never_settles(student, drawn):
    """with beta = 1 and a constant slope each step is longer than the one before by the same amount"""
    k = np.arange(7.0)[:, np.newaxis]
    for start, constant in [(np.array([1.0]), np.array([2.0])), *drawn(alike(FEW, STARTS, reals(-3, 3)), 2)]:
        call = student.call("minimize", slope(constant), start, alpha=0.25, delta=1.0, beta=1.0, steps=6)
        walk = start - 0.25 * constant * k * (k + 1) / 2
        check_close(call.result(), walk, atol=off(None, start), call=call)


def test_out_of_the_shallow_valley(student, reference):
    """gradient descent stops in the shallow valley, momentum 0.9 leaves it for the deep one"""
    cases = [call_with(two_valleys, np.array([3.0]), alpha=0.02, beta=beta, steps=160) for beta in (0.0, 0.9)]
    check_same(student, reference, "minimize", cases, atol=1e-3)


@pytest.mark.hint("What do you compare with the tolerance, and is equal enough?")
def test_stops_at_the_tolerance(student, reference, drawn):
    """it stops after the first step whose largest |velocity| is at most the tolerance"""
    cases = [
        # v' is 0.25 in the first step, exactly: at the tolerance is enough, just above it is not.
        call_with(slope(0.5), np.array([1.0]), alpha=0.5, beta=0.0, steps=4, tolerance=0.25),
        call_with(slope(0.5), np.array([1.0]), alpha=0.5, beta=0.0, steps=4, tolerance=0.2499),
        call_with(slope(-0.5), np.array([1.0]), alpha=0.5, beta=0.0, steps=4, tolerance=0.2499),
        # Halves in each step: 0.5, 0.25, 0.125, …
        call_with(bowl(1.0), np.array([-1.0]), alpha=0.5, beta=0.0, steps=9, tolerance=0.125),
        call_with(bowl(1.0), np.array([-1.0]), alpha=0.5, beta=0.0, steps=3, tolerance=0.001),
        call_with(slope(1.0), np.array([1.0]), alpha=0.5, delta=0.5, beta=0.0, steps=9, tolerance=0.03),
        *drawn(walks_that_may_end(1), 5),
    ]
    check_same(student, reference, "minimize", cases, atol=off)


@pytest.mark.hint("Of several parameters, which one decides whether the walk may end?")
def test_every_parameter_has_to_be_slow(student, reference, drawn):
    """of several parameters, the fastest one decides"""
    cases = [
        call_with(
            slope([0.0, 1.0, -2.0]), np.zeros(3), alpha=0.5, delta=0.5, beta=0.0, steps=9, tolerance=0.2
        ),
        call_with(
            slope([[0.0, 0.1], [-1.0, -3.0]]),
            np.zeros((2, 2)),
            alpha=0.5,
            delta=0.5,
            beta=0.0,
            steps=9,
            tolerance=0.2,
        ),
        # The second one is slow from the start; it keeps its velocity all the same.
        call_with(bowl([1.0, 0.05]), np.array([1.0, 0.5]), alpha=0.5, beta=0.5, steps=30, tolerance=0.02),
        # Both velocities are 0.25 in the first step, so the largest is; the length of the arrow is more.
        call_with(slope([1.0, -1.0]), np.zeros(2), alpha=0.25, beta=0.0, steps=3, tolerance=0.25),
        *drawn(walks_that_may_end(shapes((1, 2), sizes(2, 3))), 5),
    ]
    check_same(student, reference, "minimize", cases, atol=off)


@pytest.mark.hint("Where the gradient vanishes, does the walk stand still?")
def test_the_velocity_decides_not_the_gradient(student, reference):
    """a vanishing gradient alone does not end the walk"""
    # The bottom is crossed at once, at full speed: theta 1, 0, -0.5, …
    cases = [
        call_with(bowl(1.0), np.array([1.0]), alpha=1.0, beta=0.5, steps=6, tolerance=0.01),
        call_with(bowl(1.0), np.array([1.0, 0.0]), alpha=1.0, beta=0.5, steps=30, tolerance=0.01),
    ]
    check_same(student, reference, "minimize", cases)


@pytest.mark.hint("May a velocity of exactly 0 end the walk?")
def test_tolerance_zero_never_stops(student, reference):
    """with tolerance 0.0 all steps are taken, even at a standstill"""
    cases = [
        call_with(bowl(1.0), np.zeros(2), steps=4),
        call_with(bowl(1.0), np.zeros(2), steps=4, tolerance=0.0),
        call_with(bowl(1.0), np.array([1.0]), alpha=1.0, beta=0.0, steps=5, tolerance=0.0),
        call_with(bowl(1.0), np.array([1.0]), delta=0.0, steps=3, tolerance=0.0),
    ]
    check_same(student, reference, "minimize", cases)


def test_the_start_comes_first(student, reference, drawn):
    """the start is the first point; with steps = 0 it is the only one"""
    cases = [call_with(bowl(1.0), 1.5, steps=0), call_with(bowl(1.0), np.array([1.0, 2.0]), steps=1)]
    cases += drawn(arguments(bowl(1.0), arrays(ANY_SHAPE, STARTS), steps=0), 4)
    check_same(student, reference, "minimize", cases)


def test_parameters_of_any_shape(student, reference, drawn):
    """shape (steps taken + 1, *theta.shape), for a single number and a table too"""
    cases = [call_with(bowl(0.7), np.ones(shape), alpha=0.3, steps=2) for shape in ((), (1,), (1, 1), (1, 3))]
    cases += [call_with(bowl(1.0), 1.0, alpha=0.5, beta=0.0, steps=9, tolerance=0.1)]
    cases += drawn(walks(None, delta=DELTAS), 2)
    cases += drawn(walks(ANY_SHAPE, delta=DELTAS), 6)
    check_same(student, reference, "minimize", cases, atol=off)


@pytest.mark.weight(0.5)
@pytest.mark.hint("What does the second call still know of the first?")
def test_each_walk_starts_anew(student, reference):
    """every call starts at rest, with the alpha it is given, whatever was called before"""
    once = call_with(bowl(1.0), np.array([1.0]), alpha=0.5, delta=0.5, beta=0.5, steps=3)
    other = call_with(bowl(1.0), np.array([1.0, -1.0]), alpha=0.25, delta=1.0, beta=0.9, steps=3)
    check_same(student, reference, "minimize", [once, once, other, once])


@pytest.mark.weight(0.5)
def test_what_the_gradient_is_called_with(student, rng):
    """gradient is called with an array shaped like theta, or a number where theta is one"""
    for theta in (rng.normal(size=3), rng.normal(size=(2, 2)), [1.0, 2.0], 1.5):
        given = []

        def gradient(point, given=given):
            given.append(point)
            return 0.5 * np.asarray(point, dtype=float)

        call = student.call("minimize", gradient, theta, steps=3)
        walk = np.asarray(call.result())
        # Where the walk leads is for the other checks; but who returns no walk at all has not taken it.
        if (
            walk.shape != (4, *np.shape(theta))
            or walk.dtype.kind not in "iuf"
            or not np.allclose(walk[0], theta)
        ):
            fail("The result has to be the start and the point after each step.", call=call)
        if len(given) < 3:
            fail("The gradient is asked for in every step.", call=call)
        for point in given:
            if np.ndim(theta) and not isinstance(point, np.ndarray):
                fail("The gradient has to be called with an array.", call=call)
            if np.shape(point) != np.shape(theta):
                fail("The gradient has to be called with something of theta's shape.", call=call)


def test_delta_outside_its_range(student):
    """delta below 0 or above 1 is a ValueError"""
    theta = np.array([1.0])
    outside = (1.5, 1.0001, 2, -0.5, -0.0001, -1)
    illegal = [call_with(bowl(1.0), theta, delta=delta, steps=2) for delta in outside]
    for legal in (0.5, 0.0, 1.0):
        case = call_with(bowl(1.0), theta, delta=legal, steps=2)
        check_raises(student, "minimize", ValueError, legal=case, illegal=illegal)


@pytest.mark.hint("Convert theta before you compute with it.")
def test_walk_takes_any_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    gradient = bowl(0.7)
    cases = [(gradient, theta, 0.25, 0.875, 0.5, 4) for theta in ([3, 4], 3, np.array([[1, 2], [3, 4]]))]
    cases += [(gradient, [1.0, 2.0], 1, 1, 0, 2), (gradient, np.float32(1.5), 0.25, 1.0, 0.5, 4)]
    plain = arguments(gradient, arrays(TABLES, STARTS), 0.25, 0.875, 0.5, 4)
    cases += drawn(forms_of(plain, integers=True), 12)
    check_same(student, reference, "minimize", cases, atol=off)


@pytest.mark.hint("theta -= ... writes into the caller's array.")
def test_walk_changes_nothing(student, reference, drawn):
    """the start stays as it was"""
    check_unchanged(student, reference, "minimize", drawn(walks(ANY_SHAPE), 6), atol=off)

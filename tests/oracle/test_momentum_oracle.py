"""The reference of `momentum` against closed forms, exact fractions and HIPS autograd's gradients of curves."""

from __future__ import annotations

import importlib.util
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

REFERENCE = Path(__file__).parents[2] / "solutions" / "momentum" / "momentum.py"


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("momentum_reference", REFERENCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def two_valleys(theta: Any) -> Any:
    """The statement's curve: a shallow valley at 2, a hill at 1, a deep valley at -2."""
    return theta**4 / 4 - theta**3 / 3 - 2 * theta**2 + 4 * theta


def rosenbrock(theta: Any) -> Any:
    return (1 - theta[0]) ** 2 + 5 * (theta[1] - theta[0] ** 2) ** 2 + anp.sin(theta[0])


def test_a_walk_in_exact_fractions(reference: ModuleType) -> None:
    """On theta^2 / 2, against the lecture's three lines in rational numbers."""
    alpha, delta, beta = Fraction(1, 2), Fraction(3, 4), Fraction(9, 10)
    theta, velocity, way = Fraction(1), Fraction(0), [Fraction(1)]
    for _ in range(12):
        alpha = delta * alpha
        velocity = beta * velocity + alpha * theta
        theta = theta - velocity
        way.append(theta)
    ours = reference.minimize(lambda t: t, 1.0, alpha=0.5, delta=0.75, beta=0.9, steps=12)
    np.testing.assert_allclose(ours, [float(point) for point in way], rtol=1e-13)


def test_a_step_in_exact_fractions(reference: ModuleType) -> None:
    theta, velocity = reference.momentum_step([1.0, -2.0], [0.5, 0.25], [4.0, -1.0], 0.125, 0.5)
    # 1/2 * 1/2 + 1/8 * 4 = 3/4; 1/2 * 1/4 - 1/8 = 0
    assert velocity.tolist() == [0.75, 0.0]
    assert theta.tolist() == [0.25, -2.0]


@pytest.mark.parametrize(("n", "beta"), [(1, 0.9), (4, 0.9), (7, 0.25), (5, 0.0), (5, 1.0)])
def test_contributions_are_the_velocitys_derivatives(reference: ModuleType, n: int, beta: float) -> None:
    def velocity(gradients: Any) -> Any:
        v = 0.0
        for k in range(n):
            v = beta * v + gradients[k]
        return v

    theirs = autograd.grad(velocity)(np.ones(n))
    np.testing.assert_allclose(reference.gradient_contributions(n, beta), theirs, rtol=1e-14)


def test_the_lectures_weights(reference: ModuleType) -> None:
    np.testing.assert_allclose(reference.gradient_contributions(4, 0.9), [0.729, 0.81, 0.9, 1.0], rtol=1e-14)


def test_contributions_are_what_minimize_adds_up(reference: ModuleType) -> None:
    """The velocity of the last step is alpha times the weighted sum of the gradients met on the way."""
    met: list[Any] = []

    def gradient(theta: Any) -> Any:
        met.append(autograd.grad(two_valleys)(float(theta)))
        return met[-1]

    way = reference.minimize(gradient, 3.0, alpha=0.02, beta=0.9, steps=9)
    weights = reference.gradient_contributions(9, 0.9)
    assert way[-2] - way[-1] == pytest.approx(0.02 * np.dot(weights, met), rel=1e-9)


@pytest.mark.parametrize(("alpha", "delta", "beta"), [(0.02, 1.0, 0.0), (0.02, 1.0, 0.9), (0.05, 0.9, 0.5)])
def test_a_walk_in_closed_form_on_a_curved_valley(
    reference: ModuleType, alpha: float, delta: float, beta: float
) -> None:
    """theta_n = theta_0 - sum of velocities, each velocity the weighted sum of all gradients so far."""
    slope = autograd.grad(rosenbrock)
    points, slopes = [np.array([-0.5, 0.8])], []
    for n in range(1, 21):
        slopes.append(slope(points[-1]))
        velocity = sum(beta ** (n - k) * alpha * delta**k * slopes[k - 1] for k in range(1, n + 1))
        points.append(points[-1] - velocity)
    ours = reference.minimize(slope, points[0], alpha=alpha, delta=delta, beta=beta, steps=20)
    assert ours.shape == (21, 2)
    np.testing.assert_allclose(ours, points, rtol=1e-10)


def test_momentum_leaves_the_shallow_valley(reference: ModuleType) -> None:
    slope = autograd.grad(two_valleys)
    assert two_valleys(2.0) > two_valleys(-2.0)
    assert slope(2.0) == pytest.approx(0.0)
    assert slope(-2.0) == pytest.approx(0.0)
    ends = {beta: reference.minimize(slope, 3.0, alpha=0.02, beta=beta, steps=160)[-1] for beta in (0.0, 0.9)}
    assert ends == pytest.approx({0.0: 2.0, 0.9: -2.0}, abs=0.01)


def test_the_lectures_four_questions(reference: ModuleType) -> None:
    """The answers are what the algorithm does."""
    slope = autograd.grad(rosenbrock)
    start = np.array([0.5, -0.5])
    walk = {"no_update": {"delta": 0.0}, "plain_gradient_descent": {"beta": 0.0}}
    assert reference.effect_of("delta", 0) == "no_update"
    assert np.all(reference.minimize(slope, start, alpha=0.1, steps=5, **walk["no_update"]) == start)
    assert reference.effect_of("beta", 0) == "plain_gradient_descent"
    way = reference.minimize(slope, start, alpha=0.1, steps=5, **walk["plain_gradient_descent"])
    for before, after in pairwise(way):
        assert np.array_equal(after, before - 0.1 * slope(before))
    assert reference.effect_of("delta", 1) == "no_decay"
    assert reference.decay_learning_rate(0.3, 1) == 0.3
    assert reference.effect_of("beta", 1) == "unbounded_velocity"
    steps = -np.diff(reference.minimize(lambda t: 1.0, 0.0, alpha=0.5, beta=1.0, steps=8))
    assert steps.tolist() == [0.5 * k for k in range(1, 9)]


@pytest.mark.parametrize("question", [("delta", 0.5), ("gamma", 0), ("beta", 2)])
def test_other_questions_are_refused(reference: ModuleType, question: tuple[str, float]) -> None:
    with pytest.raises(ValueError, match=question[0]):
        reference.effect_of(*question)


def test_early_stop(reference: ModuleType) -> None:
    """Steps of 1/2, 1/4, 1/8, … on theta^2 / 2."""
    for tolerance, taken in ((0.25, 2), (0.2, 3), (0.0, 9)):
        way = reference.minimize(lambda t: t, [1.0], alpha=0.5, beta=0.0, steps=9, tolerance=tolerance)
        assert way[:, 0].tolist() == [0.5**k for k in range(taken + 1)]
    assert reference.minimize(lambda t: t, np.zeros(2), steps=3).shape == (4, 2)


@pytest.mark.parametrize("delta", [-0.1, 1.1])
def test_delta_outside_its_range(reference: ModuleType, delta: float) -> None:
    with pytest.raises(ValueError, match="dampening"):
        reference.decay_learning_rate(0.5, delta)
    with pytest.raises(ValueError, match="dampening"):
        reference.minimize(lambda t: t, 1.0, delta=delta, steps=0)


def test_nothing_is_changed(reference: ModuleType) -> None:
    theta, velocity, alpha = np.array([1.0, 2.0]), np.array([0.5, 0.0]), np.array(0.5)
    for array in (theta, velocity, alpha):
        array.flags.writeable = False
    reference.momentum_step(theta, velocity, theta, alpha, 0.9)
    reference.minimize(lambda t: t, theta, alpha=alpha, delta=0.5, steps=3)
    assert reference.minimize(lambda t: t, theta, steps=0) is not theta

"""Public checks for `momentum`: a first look, without points. Run them with: autograde check momentum"""

import numpy as np
import pytest
from autograder.checks import check_close, check_raises


def two_valleys(theta):
    """The gradient of the statement's curve: a shallow valley at 2, a hill at 1, a deep valley at -2."""
    return (theta - 2) * (theta - 1) * (theta + 2)


@pytest.mark.function("decay_learning_rate")
def test_decay_learning_rate(student):
    """the lecture's 0.5 with delta = 0.1 becomes 0.05"""
    check_close(student.decay_learning_rate(0.5, 0.1), 0.05)


@pytest.mark.function("decay_learning_rate")
def test_decay_learning_rate_outside_its_range(student):
    """a delta outside [0, 1] is a ValueError"""
    check_raises(student, "decay_learning_rate", ValueError, legal=(0.5, 1.0), illegal=[(0.5, 1.5), (0.5, -0.5)])


@pytest.mark.function("momentum_step")
def test_momentum_step(student):
    """the statement's second step: v = 0.9 * 0.5 + 0.5 * 0.5 = 0.7, theta = 0.5 - 0.7 = -0.2"""
    theta, velocity = student.momentum_step(0.5, 0.5, 0.5, 0.5, 0.9)
    check_close([theta, velocity], [-0.2, 0.7])


@pytest.mark.function("momentum_step")
def test_momentum_step_of_several_parameters(student):
    """theta and velocity keep their shape"""
    theta, velocity = student.momentum_step([[1.0, 2.0]], [[0.0, 1.0]], [[4.0, 0.0]], 0.25, 0.5)
    check_close(theta, [[0.0, 1.5]])
    check_close(velocity, [[1.0, 0.5]])


@pytest.mark.function("gradient_contributions")
def test_gradient_contributions(student):
    """the lecture's 1, 0.9, 0.81 and 0.729, the oldest gradient first"""
    check_close(student.gradient_contributions(4, 0.9), [0.729, 0.81, 0.9, 1.0])


@pytest.mark.function("minimize")
def test_minimize(student):
    """three steps down a bowl, the start included"""
    trajectory = student.minimize(lambda theta: theta, np.array([1.0]), alpha=0.5, beta=0.9, steps=3)
    check_close(trajectory, [[1.0], [0.5], [-0.2], [-0.73]])


@pytest.mark.function("minimize")
def test_minimize_decays_alpha_first(student):
    """with delta = 0.5 the first step is taken with half of alpha, the second with a quarter"""
    trajectory = student.minimize(lambda theta: theta, np.array([1.0]), alpha=0.5, delta=0.5, beta=0.0, steps=2)
    check_close(trajectory, [[1.0], [0.75], [0.65625]])


@pytest.mark.function("minimize")
def test_minimize_stops_early(student):
    """it stops after the step that meets the tolerance"""
    trajectory = student.minimize(lambda theta: theta, np.array([1.0]), alpha=0.5, beta=0.0, steps=9, tolerance=0.25)
    check_close(trajectory, [[1.0], [0.5], [0.25]])


@pytest.mark.function("minimize")
def test_momentum_leaves_the_shallow_valley(student):
    """from 3, gradient descent ends in the shallow valley at 2, momentum 0.9 in the deep one at -2"""
    for beta, valley in ((0.0, 2.0), (0.9, -2.0)):
        trajectory = student.minimize(two_valleys, np.array([3.0]), alpha=0.02, beta=beta, steps=160)
        check_close(trajectory[-1], [valley], atol=0.01)


@pytest.mark.function("effect_of")
def test_effect_of(student):
    """delta = 0 leaves the parameters where they are"""
    check_close(student.effect_of("delta", 0), "no_update")
    check_raises(student, "effect_of", ValueError, legal=("delta", 0), illegal=[("delta", 0.5)])

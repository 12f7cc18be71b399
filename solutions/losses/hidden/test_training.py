"""Hidden suite for `losses`: the logistic model and its training."""

import numpy as np
import pytest

from autograder.checks import call_with, check_raises, check_same, check_unchanged, forms

# The contract lets an epsilon in the loss be as large as 1e-7; the rest is rounding.
EPSILON = 1.01e-7

LOSSES = ("bce", "squared_error")
UNKNOWN = ("mse", "cross_entropy", "squared error", "BCE", "")


def allowance(x, y, theta, beta, loss):
    """How far rounding and an epsilon of 1e-7 may move (dJ/dtheta, dJ/dbeta).

    Both are means of terms of either sign, so rounding counts in units of the terms' size, not of the result. A
    student's own slope of cross-entropy may carry an epsilon (see `allowance` in test_slopes.py), times p (1 - p).
    """
    single = any(np.asarray(a).dtype == np.float32 for a in (x, y, theta, beta))
    x, y, theta, beta = (np.asarray(a, dtype=float) for a in (x, y, theta, beta))
    p = 1 / (1 + np.exp(-(theta * x + beta)))
    slope = p * (1 - p)
    if loss == "bce":
        term = np.abs(p - y)
        epsilon = EPSILON * (y / p**2 + (1 - y) / (1 - p) ** 2 + np.abs(p - y) / slope**2) * slope
    else:
        term = 2 * np.abs(p - y) * slope
        epsilon = 0.0
    off = (1e-5 if single else 1e-12) * term + epsilon
    return np.array([np.mean(off * np.abs(x)), np.mean(off)])


def examples(rng, n):
    """n inputs between -2 and 2 with a truth each."""
    return rng.uniform(-2, 2, size=n), rng.integers(0, 2, size=n).astype(float)


def gradient_cases(rng, loss):
    cases = [
        ([1.0], [1.0], 0.0, 0.0, loss),
        ([2.0], [0.0], 1.0, -1.0, loss),
        ([2.0, 0.0], [1.0, 1.0], 0.5, 0.0, loss),
    ]
    cases += [(*examples(rng, n), rng.uniform(-1.5, 1.5), rng.uniform(-1, 1), loss) for n in (1, 2, 7, 40)]
    return cases


@pytest.mark.function("logistic_gradient")
@pytest.mark.weight(2)
@pytest.mark.hint("Write the chain rule down once more: from J to p, from p to z, from z to theta and beta.")
def test_gradient_of_cross_entropy(student, reference, rng):
    """with "bce": the mean over the examples, by theta and by beta"""
    check_same(student, reference, "logistic_gradient", gradient_cases(rng, "bce"), atol=allowance)


@pytest.mark.function("logistic_gradient")
@pytest.mark.weight(2)
@pytest.mark.hint("Write the chain rule down once more: from J to p, from p to z, from z to theta and beta.")
def test_gradient_of_squared_error(student, reference, rng):
    """with "squared_error": the mean over the examples, by theta and by beta"""
    check_same(student, reference, "logistic_gradient", gradient_cases(rng, "squared_error"), atol=allowance)


@pytest.mark.function("logistic_gradient")
def test_gradient_of_a_confident_model(student, reference, rng):
    """right for a confident model too, up to |theta x + beta| = 13"""
    cases = [
        ([1.0], [y], z, 0.0, loss) for loss in LOSSES for y in (0.0, 1.0) for z in (-13.0, -8.0, 8.0, 13.0)
    ]
    cases += [(*examples(rng, 3), rng.uniform(3, 6), rng.uniform(-1, 1), loss) for loss in LOSSES]
    check_same(student, reference, "logistic_gradient", cases, atol=allowance)


@pytest.mark.function("logistic_gradient")
def test_gradient_of_an_unknown_loss(student, rng):
    """a loss that is neither "bce" nor "squared_error" is a ValueError"""
    x, y = examples(rng, 3)
    illegal = [(x, y, 0.5, 0.0, loss) for loss in UNKNOWN]
    for legal in LOSSES:
        check_raises(student, "logistic_gradient", ValueError, legal=(x, y, 0.5, 0.0, legal), illegal=illegal)


@pytest.mark.function("logistic_gradient")
@pytest.mark.hint("Convert x and y before you compute with them.")
def test_gradient_takes_any_numbers(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    x, y = examples(rng, 6)
    cases = [case for loss in LOSSES for case in forms((x, y, 0.75, -0.25, loss))]
    cases += [
        ([1, 2, -1], [0, 1, 1], theta, beta, loss)
        for loss in LOSSES
        for theta, beta in ((1, 0), (0.75, -0.25), (1, 0.5))
    ]
    check_same(student, reference, "logistic_gradient", cases, atol=allowance)


@pytest.mark.function("logistic_gradient")
@pytest.mark.weight(0.5)
def test_gradient_changes_nothing(student, reference, rng):
    """x, y and the parameters stay as they were"""
    cases = [(*examples(rng, 4), np.array(0.5), np.array(-0.5), loss) for loss in LOSSES]
    check_unchanged(student, reference, "logistic_gradient", cases, atol=allowance)


# A run adds up what its steps are off by. With an epsilon of 1e-7 in the slopes, and |theta x + beta| up to 4 as in
# the runs below, that is about 1e-6.
RUN = {"rtol": 1e-5, "atol": 1e-5}


def rtol_of_a_run(x, y, *_):
    return 1e-3 if np.asarray(x).dtype == np.float32 else 1e-5


def atol_of_a_run(x, y, *_):
    return 1e-4 if np.asarray(x).dtype == np.float32 else 1e-5


def runs(rng, loss):
    return [
        call_with(*examples(rng, n), loss, rate, steps, theta=rng.uniform(-1, 1), beta=rng.uniform(-0.5, 0.5))
        for n, rate, steps in ((1, 0.25, 1), (2, 0.5, 2), (6, 0.5, 8), (20, 1.0, 12))
    ]


@pytest.mark.function("train_logistic")
@pytest.mark.weight(2)
@pytest.mark.hint("Both slopes of a step belong to the point where the step begins.")
def test_training_with_cross_entropy(student, reference, rng):
    """with "bce": parameters and history of a run"""
    check_same(student, reference, "train_logistic", runs(rng, "bce"), **RUN)


@pytest.mark.function("train_logistic")
@pytest.mark.weight(2)
@pytest.mark.hint("Both slopes of a step belong to the point where the step begins.")
def test_training_with_squared_error(student, reference, rng):
    """with "squared_error": parameters and history of a run"""
    check_same(student, reference, "train_logistic", runs(rng, "squared_error"), **RUN)


@pytest.mark.function("train_logistic")
def test_training_starts_at_zero(student, reference, rng):
    """theta and beta start at 0 when nothing else is said"""
    cases = [(*examples(rng, 5), loss, 0.5, 3) for loss in LOSSES]
    cases += [
        call_with(*examples(rng, 5), "bce", 0.5, 3, beta=0.75),
        call_with(*examples(rng, 5), "bce", 0.5, 3, theta=1.25),
    ]
    check_same(student, reference, "train_logistic", cases, **RUN)


@pytest.mark.function("train_logistic")
@pytest.mark.weight(1.5)
def test_history_has_one_more_entry_than_steps(student, reference, rng):
    """steps updates give steps + 1 losses; with steps = 0 nothing moves, and there is the loss at the start"""
    x, y = examples(rng, 4)
    cases = [
        call_with(x, y, loss, 0.5, steps, theta=0.75, beta=-0.5) for loss in LOSSES for steps in (0, 1, 5)
    ]
    # Two examples that contradict each other: the slope at 0 is 0, and the walk stands still.
    cases += [([1.0, 1.0], [0.0, 1.0], loss, 0.5, 4) for loss in LOSSES]
    check_same(student, reference, "train_logistic", cases, **RUN)


@pytest.mark.function("train_logistic")
@pytest.mark.weight(0.5)
def test_training_with_too_large_a_rate(student, reference):
    """with too large a rate the loss rises; theta and beta are still those after the last step"""
    cases = [([2.0, 1.0], [1.0, 0.0], loss, rate, 3) for loss, rate in zip(LOSSES, (4.0, 8.0), strict=True)]
    check_same(student, reference, "train_logistic", cases, **RUN)


@pytest.mark.function("train_logistic")
def test_training_on_an_unknown_loss(student, rng):
    """an unknown loss is a ValueError, with steps = 0 too"""
    x, y = examples(rng, 3)
    illegal = [(x, y, loss, 0.5, steps) for loss in UNKNOWN for steps in (0, 2)]
    for legal in LOSSES:
        check_raises(student, "train_logistic", ValueError, legal=(x, y, legal, 0.5, 1), illegal=illegal)


@pytest.mark.function("train_logistic")
@pytest.mark.hint("Convert x and y before you compute with them.")
def test_training_takes_any_numbers(student, reference, rng):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    x, y = examples(rng, 6)
    cases = [case for loss in LOSSES for case in forms((x, y, loss, 0.5, 3, 0.25, -0.25))]
    cases += [([1, 2, -1], [0, 1, 1], loss, 1, 3, 1, beta) for loss in LOSSES for beta in (0, 0.5)]
    check_same(student, reference, "train_logistic", cases, rtol=rtol_of_a_run, atol=atol_of_a_run)


@pytest.mark.function("train_logistic")
@pytest.mark.weight(0.5)
def test_training_changes_nothing(student, reference, rng):
    """x and y stay as they were"""
    cases = [(*examples(rng, 4), loss, 0.5, 3, 0.5, -0.5) for loss in LOSSES]
    check_unchanged(student, reference, "train_logistic", cases, **RUN)

"""Hidden suite for `losses`: the logistic model and its training."""

import hypothesis.strategies as st
import numpy as np
import pytest

from autograder.checks import call_with, check_gradient, check_raises, check_same, check_unchanged
from autograder.checks.strategies import alike, forms_of, reals, sizes, truths, wholes

# The contract lets an epsilon in the loss be as large as 1e-7; the rest is rounding.
EPSILON = 1.01e-7

LOSSES = ("bce", "squared_error")
UNKNOWN = ("mse", "cross_entropy", "squared error", "BCE", "")

MANY = sizes(1, 30)
FEW = sizes(1, 6)
INPUTS = reals(-2, 2)
THETAS = reals(-1.5, 1.5)
BETAS = reals(-1, 1)
ANY_LOSS = st.sampled_from(LOSSES)


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


def models(number, loss, theta=THETAS):
    """(x, y, theta, beta, loss) with so many examples, inputs between -2 and 2."""
    return st.builds(
        lambda pair, t, b, which: (*pair, t, b, which), alike(number, INPUTS, truths()), theta, BETAS, loss
    )


def as_it_is(x, y, theta, beta, loss):
    return x, y, theta, beta, loss


def last_to_first(x, y, theta, beta, loss):
    return x[::-1].copy(), y[::-1].copy(), theta, beta, loss


def each_twice(x, y, theta, beta, loss):
    return np.concatenate([x, x]), np.concatenate([y, y]), theta, beta, loss


def opposite(x, y, theta, beta, loss):
    """The same examples with 0 and 1 in exchanged roles: every p becomes 1 - p."""
    return x, 1 - y, -theta, -beta, loss


def mirrored(x, y, theta, beta, loss):
    """Inputs and theta with the other sign: every p stays."""
    return -x, y, -theta, beta, loss


def integer_models():
    """Integer inputs, truths and parameters."""
    examples = alike(FEW, wholes(-2, 2), wholes(0, 1))
    return st.builds(
        lambda pair, t, b, loss: (*pair, t, b, loss), examples, wholes(-1, 1), wholes(-1, 1), ANY_LOSS
    )


CHANGES = st.sampled_from([as_it_is, last_to_first, each_twice, opposite, mirrored])


@pytest.mark.function("logistic_gradient")
@pytest.mark.weight(2)
@pytest.mark.hint("Write the chain rule down once more: from J to p, from p to z, from z to theta and beta.")
def test_gradient_of_cross_entropy(student, reference, drawn):
    """with "bce": the mean over the examples, by theta and by beta"""
    cases = [([1.0], [1.0], 0.0, 0.0, "bce"), ([2.0, 0.0], [1.0, 1.0], 0.5, 0.0, "bce")]
    cases += drawn(models(MANY, st.just("bce")), 8)
    check_same(student, reference, "logistic_gradient", cases, atol=allowance)


@pytest.mark.function("logistic_gradient")
@pytest.mark.weight(2)
@pytest.mark.hint("Write the chain rule down once more: from J to p, from p to z, from z to theta and beta.")
def test_gradient_of_squared_error(student, reference, drawn):
    """with "squared_error": the mean over the examples, by theta and by beta"""
    cases = [([1.0], [1.0], 0.0, 0.0, "squared_error"), ([2.0, 0.0], [1.0, 1.0], 0.5, 0.0, "squared_error")]
    cases += drawn(models(MANY, st.just("squared_error")), 8)
    check_same(student, reference, "logistic_gradient", cases, atol=allowance)


@pytest.mark.function("logistic_gradient")
@pytest.mark.weight(0.5)
@pytest.mark.hint("Move theta by a thousandth: by how much does the loss of the whole model change?")
def test_gradient_agrees_with_differences(student):
    """the loss of the model rises by as much as the slopes say when theta or beta moves a little"""
    x, y = np.array([1.0, -2.0, 0.5]), np.array([1.0, 0.0, 0.0])
    where = np.array([0.75, -0.25])

    def squared_error(at):
        return np.mean((y - 1 / (1 + np.exp(-(at[0] * x + at[1])))) ** 2)

    def cross_entropy(at):
        # log(1 + e^z) - y z, with z = theta x + beta
        z = at[0] * x + at[1]
        return np.mean(np.logaddexp(0, z) - y * z)

    for loss, value in (("bce", cross_entropy), ("squared_error", squared_error)):
        call = student.call("logistic_gradient", x, y, 0.75, -0.25, loss)
        check_gradient(value, call.result(), where, call=call)


@pytest.mark.function("logistic_gradient")
@pytest.mark.weight(0.5)
@pytest.mark.hint("Which of the two slopes should change when all inputs and theta change their sign?")
def test_gradient_follows_its_examples(student, reference, drawn):
    """order and repetition of the examples change nothing; exchanged roles or mirrored inputs turn signs"""
    cases = drawn(st.builds(lambda change, case: change(*case), CHANGES, models(MANY, ANY_LOSS)), 10)
    check_same(student, reference, "logistic_gradient", cases, atol=allowance)


@pytest.mark.function("logistic_gradient")
def test_gradient_of_a_confident_model(student, reference, drawn):
    """right for a confident model too, up to |theta x + beta| = 13"""
    cases = [
        ([1.0], [y], z, 0.0, loss) for loss in LOSSES for y in (0.0, 1.0) for z in (-13.0, -8.0, 8.0, 13.0)
    ]
    cases += drawn(models(FEW, ANY_LOSS, reals(3, 6)), 4)
    check_same(student, reference, "logistic_gradient", cases, atol=allowance)


@pytest.mark.function("logistic_gradient")
def test_gradient_of_an_unknown_loss(student):
    """a loss that is neither "bce" nor "squared_error" is a ValueError"""
    x, y = np.array([1.0, -2.0, 0.5]), np.array([1.0, 0.0, 0.0])
    illegal = [(x, y, 0.5, 0.0, loss) for loss in UNKNOWN]
    for legal in LOSSES:
        check_raises(student, "logistic_gradient", ValueError, legal=(x, y, 0.5, 0.0, legal), illegal=illegal)


@pytest.mark.function("logistic_gradient")
@pytest.mark.hint("Convert x and y before you compute with them.")
def test_gradient_takes_any_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    cases = [
        ([1, 2, -1], [0, 1, 1], theta, beta, loss)
        for loss in LOSSES
        for theta, beta in ((1, 0), (0.75, -0.25), (1, 0.5))
    ]
    cases += drawn(forms_of(models(sizes(2, 6), ANY_LOSS, reals(-1, 1))), 8)
    cases += drawn(integer_models(), 2)
    check_same(student, reference, "logistic_gradient", cases, atol=allowance)


@pytest.mark.function("logistic_gradient")
@pytest.mark.weight(0.5)
def test_gradient_changes_nothing(student, reference, drawn):
    """x, y and the parameters stay as they were"""
    cases = [
        (np.array([1.0, -2.0]), np.array([1.0, 0.0]), np.array(0.5), np.array(-0.5), loss) for loss in LOSSES
    ]
    cases += drawn(models(FEW, ANY_LOSS), 3)
    check_unchanged(student, reference, "logistic_gradient", cases, atol=allowance)


# A run adds up what its steps are off by. With an epsilon of 1e-7 in the slopes that is at most 5e-6 in the runs below.
RUN = {"rtol": 1e-5, "atol": 1e-5}


def rtol_of_a_run(x, y, *_):
    return 1e-3 if np.asarray(x).dtype == np.float32 else 1e-5


def atol_of_a_run(x, y, *_):
    return 1e-4 if np.asarray(x).dtype == np.float32 else 1e-5


def runs(number, loss):
    """(x, y, loss, rate, steps, theta, beta)."""
    return st.builds(
        lambda pair, *rest: (*pair, *rest),
        alike(number, INPUTS, truths()),
        loss,
        st.sampled_from([0.25, 0.5, 1.0]),
        sizes(1, 12),
        reals(-1, 1),
        reals(-0.5, 0.5),
    ).filter(stays_in_reach)


def stays_in_reach(case):
    """|theta x + beta| <= 4 all along, and what epsilons may add up to well below the tolerance of a run."""
    x, y, loss, rate, steps, theta, beta = case
    off = 0.0
    for step in range(steps + 1):
        z = theta * x + beta
        p = 1 / (1 + np.exp(-z))
        in_the_loss, in_the_slopes = 0.0, 0.0
        if loss == "bce":
            in_the_loss = EPSILON * np.mean(y / p + (1 - y) / (1 - p))
            in_the_slopes = np.sum(allowance(x, y, theta, beta, loss))
        if np.max(np.abs(z)) > 4 or off + in_the_loss > 5e-6:
            return False
        off += rate * in_the_slopes
        slopes = (p - y) if loss == "bce" else 2 * (p - y) * p * (1 - p)
        if step < steps:
            theta, beta = theta - rate * np.mean(slopes * x), beta - rate * np.mean(slopes)
    return True


def with_names(case):
    *given, theta, beta = case
    return call_with(*given, theta=theta, beta=beta)


@pytest.mark.function("train_logistic")
@pytest.mark.weight(2)
@pytest.mark.hint("Both slopes of a step belong to the point where the step begins.")
def test_training_with_cross_entropy(student, reference, drawn):
    """with "bce": parameters and history of a run"""
    check_same(
        student, reference, "train_logistic", drawn(runs(MANY, st.just("bce")).map(with_names), 6), **RUN
    )


@pytest.mark.function("train_logistic")
@pytest.mark.weight(2)
@pytest.mark.hint("Both slopes of a step belong to the point where the step begins.")
def test_training_with_squared_error(student, reference, drawn):
    """with "squared_error": parameters and history of a run"""
    check_same(
        student,
        reference,
        "train_logistic",
        drawn(runs(MANY, st.just("squared_error")).map(with_names), 6),
        **RUN,
    )


@pytest.mark.function("train_logistic")
def test_training_starts_at_zero(student, reference, drawn):
    """theta and beta start at 0 when nothing else is said"""
    examples = alike(FEW, INPUTS, truths())
    cases = drawn(st.builds(lambda pair, loss: (*pair, loss, 0.5, 3), examples, ANY_LOSS), 3)
    starts = st.sampled_from([{"beta": 0.75}, {"theta": 1.25}])
    cases += drawn(
        st.builds(lambda pair, start: call_with(*pair, "bce", 0.5, 3, **start), examples, starts), 3
    )
    check_same(student, reference, "train_logistic", cases, **RUN)


@pytest.mark.function("train_logistic")
@pytest.mark.weight(1.5)
def test_history_has_one_more_entry_than_steps(student, reference):
    """steps updates give steps + 1 losses; with steps = 0 nothing moves, and there is the loss at the start"""
    x, y = np.array([1.0, -2.0, 0.5, 1.5]), np.array([1.0, 0.0, 0.0, 1.0])
    cases = [
        call_with(x, y, loss, 0.5, steps, theta=0.75, beta=-0.5) for loss in LOSSES for steps in (0, 1, 5)
    ]
    # Two examples that contradict each other: the slope at 0 is 0, and the walk stands still.
    cases += [([1.0, 1.0], [0.0, 1.0], loss, 0.5, 4) for loss in LOSSES]
    # A start where there is little left to learn, and a run that is long.
    cases += [([-2.0, -1.0, 1.0, 2.0], [0.0, 0.0, 1.0, 1.0], loss, 0.5, 6, 4.0) for loss in LOSSES]
    cases += [(x, y, loss, 0.1, 100) for loss in LOSSES]
    check_same(student, reference, "train_logistic", cases, **RUN)


@pytest.mark.function("train_logistic")
@pytest.mark.weight(0.5)
def test_training_with_too_large_a_rate(student, reference):
    """with too large a rate the loss rises; theta and beta are still those after the last step"""
    cases = [([2.0, 1.0], [1.0, 0.0], loss, rate, 3) for loss, rate in zip(LOSSES, (4.0, 8.0), strict=True)]
    check_same(student, reference, "train_logistic", cases, **RUN)


@pytest.mark.function("train_logistic")
def test_training_on_an_unknown_loss(student):
    """an unknown loss is a ValueError, with steps = 0 too"""
    x, y = np.array([1.0, -2.0, 0.5]), np.array([1.0, 0.0, 0.0])
    illegal = [(x, y, loss, 0.5, steps) for loss in UNKNOWN for steps in (0, 2)]
    for legal in LOSSES:
        check_raises(student, "train_logistic", ValueError, legal=(x, y, legal, 0.5, 1), illegal=illegal)


@pytest.mark.function("train_logistic")
@pytest.mark.hint("Convert x and y before you compute with them.")
def test_training_takes_any_numbers(student, reference, drawn):
    """lists, integers, float32, read-only and strided arrays are numbers too"""
    cases = [([1, 2, -1], [0, 1, 1], loss, 1, 3, 1, beta) for loss in LOSSES for beta in (0, 0.5)]
    cases += drawn(forms_of(runs(sizes(2, 6), ANY_LOSS)), 8)
    check_same(student, reference, "train_logistic", cases, rtol=rtol_of_a_run, atol=atol_of_a_run)


@pytest.mark.function("train_logistic")
@pytest.mark.weight(0.5)
def test_training_changes_nothing(student, reference, drawn):
    """x and y stay as they were"""
    check_unchanged(student, reference, "train_logistic", drawn(runs(FEW, ANY_LOSS), 3), **RUN)

"""The rows of the table: random functions, points, and gradients that are right, or wrong by more than the tolerance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.checks.gradient import RTOL, SMALL, UNDECIDED

Array = np.ndarray[Any, Any]
Generator = np.random.Generator


@dataclass(frozen=True)
class Case:
    """A scalar function, a point, the gradient that is to be judged there, and the right one (one of the right ones)."""

    f: Callable[[Array], float]
    x: Array
    given: Array
    right: Array
    domain: tuple[float, float] | None = None


@dataclass(frozen=True)
class Row:
    """name: what is drawn. goal: the answer that ours must give in every case, and why where that is undecidable."""

    name: str
    draw: Callable[[Generator], Case]
    goal: str
    why: str = ""


def off(given: Array, right: Array) -> float:
    """How far a gradient is off, in units of what `RIGHT` promises not to miss: more than 1 is a fault."""
    size = np.abs(right)
    allowed = (1.0 + UNDECIDED) * RTOL * np.maximum(size, SMALL * size.max())
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(given == right, 0.0, np.abs(given - right) / allowed)
    return float(ratio.max())


def planted(
    draw: Callable[[Generator], Case], fault: Callable[[Generator, Case], Array]
) -> Callable[[Generator], Case]:
    """Cases with that fault; drawn again where it changes too little to be one."""

    def drawn(rng: Generator) -> Case:
        for _attempt in range(1000):
            case = draw(rng)
            case = replace(case, given=fault(rng, case))
            if off(case.given, case.right) > 1.0:
                return case
        raise AssertionError("this fault never changes the gradient by more than the tolerance")

    return drawn


# -- functions ------------------------------------------------------------------------------------------------------


def _right(
    f: Callable[[Array], float], x: Array, gradient: Array, domain: tuple[float, float] | None = None
) -> Case:
    return Case(f, x, gradient, gradient, domain)


def logistic(rng: Generator, stretch: float = 1.0, factor: float = 1.0, offset: float = 0.0) -> Case:
    """Mean logistic loss of 1 to 40 examples in 1 to 8 weights and a bias (the last entry)."""
    examples, features = rng.integers(1, 41), rng.integers(1, 9)
    inputs = np.column_stack(
        [rng.normal(size=(examples, features)) * 10.0 ** rng.uniform(-1, 1), np.ones(examples)]
    )
    signs = rng.choice([-1.0, 1.0], size=examples)
    x = rng.normal(size=features + 1) * stretch

    def f(w: Array) -> float:
        return float(factor * np.mean(np.logaddexp(0.0, -signs * (inputs @ w))) + offset)

    with np.errstate(over="ignore"):
        slope = 1.0 / (1.0 + np.exp(signs * (inputs @ x)))
    return _right(f, x, -factor * np.mean(inputs * (signs * slope)[:, None], axis=0))


def saturated(rng: Generator) -> Case:
    """The same with weights 10 to 50 times as large."""
    return logistic(rng, stretch=rng.uniform(10.0, 50.0))


@dataclass(frozen=True)
class _Network:
    """One hidden layer of ReLUs, squared error; x holds the first weights, their biases, the second weights."""

    inputs: Array
    target: Array
    hidden: int

    def parts(self, x: Array) -> tuple[Array, Array, Array]:
        size = self.hidden * self.inputs.shape[1]
        return x[:size].reshape(self.hidden, -1), x[size : size + self.hidden], x[size + self.hidden :]

    def before(self, x: Array) -> Array:
        weights, bias, _second = self.parts(x)
        return self.inputs @ weights.T + bias

    def loss(self, x: Array) -> float:
        return float(np.mean((np.maximum(self.before(x), 0.0) @ self.parts(x)[2] - self.target) ** 2))

    def gradient(self, x: Array, masked: bool = True) -> Array:
        before, second = self.before(x), self.parts(x)[2]
        after = np.maximum(before, 0.0)
        residual = 2.0 * (after @ second - self.target) / len(self.target)
        upstream = residual[:, None] * second * (before > 0 if masked else 1.0)
        return np.concatenate([(upstream.T @ self.inputs).ravel(), upstream.sum(axis=0), after.T @ residual])


def network(rng: Generator, hidden: tuple[int, int] = (1, 6)) -> tuple[_Network, Array]:
    """A network of random sizes and scales, and a point."""
    examples, features = rng.integers(1, 12), rng.integers(1, 6)
    scale = 10.0 ** rng.uniform(-1, 1)
    made = _Network(
        rng.normal(size=(examples, features)) * scale,
        rng.normal(size=examples),
        int(rng.integers(*hidden, endpoint=True)),
    )
    return made, rng.normal(size=made.hidden * (features + 2))


def relu_network(rng: Generator) -> Case:
    """A network whose units stay clear of their kinks."""
    while True:
        made, x = network(rng)
        if np.abs(made.before(x)).min() > 1e-3 and (gradient := made.gradient(x)).any():
            return _right(made.loss, x, gradient)


def near_kink(rng: Generator) -> Case:
    """A network with one unit within 1e-7 to 5e-5 of its kink, on either side."""
    while True:
        made, x = network(rng)
        distance = 10.0 ** rng.uniform(-7.0, np.log10(5e-5)) * rng.choice([-1.0, 1.0])
        x[made.hidden * made.inputs.shape[1]] += distance - made.before(x)[0, 0]
        if (gradient := made.gradient(x)).any():
            return _right(made.loss, x, gradient)


def pooling_ties(rng: Generator) -> Case:
    """Weighted sum of max-pooled small integers, windows overlapping or not. Of equals, the first or the last takes the
    gradient, or the one that comes first in a random order, or all share it."""
    size = int(rng.integers(2, 4))
    stride = int(rng.integers(1, size, endpoint=True))
    rows, columns = size + rng.integers(0, 5), size + rng.integers(0, 5)
    x = rng.integers(0, 3, size=(rows, columns)).astype(float)
    x[:2, :2] = 2.0  # one tie at least
    tops = [(i, j) for i in range(0, rows - size + 1, stride) for j in range(0, columns - size + 1, stride)]
    weights = rng.normal(size=len(tops)) * 10.0 ** rng.uniform(-3, 3)

    def f(image: Array) -> float:
        return float(
            sum(w * image[i : i + size, j : j + size].max() for w, (i, j) in zip(weights, tops, strict=True))
        )

    choice = rng.integers(4)
    order = [np.arange(x.size), -np.arange(x.size), rng.permutation(x.size), np.zeros(x.size)][
        choice
    ].reshape(x.shape)
    gradient = np.zeros_like(x)
    for weight, (i, j) in zip(weights, tops, strict=True):
        there = slice(i, i + size), slice(j, j + size)
        rank = np.where(x[there] == x[there].max(), order[there], np.inf)
        chosen = rank == rank.min()
        gradient[there] += weight * chosen / chosen.sum()
    return _right(f, x, gradient)


def relu_at_zero(rng: Generator) -> Case:
    """Weighted sum of ReLUs, some exactly at 0; for the slope there 0, 1/2, 1 or anything between is taken."""
    x = rng.normal(size=rng.integers(1, 12)) * 10.0 ** rng.uniform(-2, 2)
    x[rng.random(x.size) < 0.5] = 0.0
    x[0] = 0.0
    weights = rng.normal(size=x.size) * 10.0 ** rng.uniform(-3, 3)
    at_zero = rng.choice([0.0, 0.5, 1.0, rng.random()])
    slope = np.where(x > 0, 1.0, np.where(x < 0, 0.0, at_zero))
    return _right(lambda v: float(weights @ np.maximum(v, 0.0)), x, weights * slope)


def cross_entropy(rng: Generator) -> Case:
    """Mean binary cross-entropy of 1 to 12 predictions, at least one of them 1e-6 from 0 or from 1; nothing is clipped."""
    p = rng.uniform(0.01, 0.99, size=rng.integers(1, 13))
    extreme = rng.random(p.size) < 0.3
    extreme[0] = True
    p[extreme] = rng.choice([1e-6, 1.0 - 1e-6], size=extreme.sum())
    y = rng.integers(0, 2, size=p.size).astype(float)

    def f(q: Array) -> float:
        with np.errstate(all="ignore"):
            return float(-np.mean(np.where(y == 1.0, np.log(q), np.log1p(-q))))

    return _right(f, p, (p - y) / (p * (1.0 - p)) / p.size, (0.0, 1.0))


def large_network(rng: Generator) -> Case:
    """A network of 250 to 450 entries; its units lie where they lie."""
    examples, features = int(rng.integers(5, 30)), int(rng.integers(8, 13))
    made = _Network(
        rng.normal(size=(examples, features)), rng.normal(size=examples), int(rng.integers(45, 75))
    )
    x = rng.normal(size=made.hidden * (features + 2)) / np.sqrt(features)
    return _right(made.loss, x, made.gradient(x))


# -- faults ---------------------------------------------------------------------------------------------------------


def one_bias(rng: Generator) -> Case:
    """One bias of a network, 1 % off."""
    while True:
        made, x = network(rng)
        if np.abs(made.before(x)).min() <= 1e-3:
            continue
        right = made.gradient(x)
        wrong = right.copy()
        wrong[made.hidden * made.inputs.shape[1] + rng.integers(made.hidden)] *= 1.01
        if right.any() and off(wrong, right) > 1.0:
            return Case(made.loss, x, wrong, right)


def mask_missing(rng: Generator) -> Case:
    """The derivative of ReLU taken for 1 everywhere."""
    while True:
        made, x = network(rng)
        if np.abs(made.before(x)).min() <= 1e-3:
            continue
        right, wrong = made.gradient(x), made.gradient(x, masked=False)
        if right.any() and off(wrong, right) > 1.0:
            return Case(made.loss, x, wrong, right)


def mean_missing(rng: Generator) -> Case:
    """The sum over the m examples instead of their mean, in a loss of about 1e-6."""
    while True:
        state = rng.bit_generator.state
        examples = int(rng.integers(1, 41))  # the first number that `logistic` draws
        rng.bit_generator.state = state
        case = logistic(rng, factor=1e-6)
        if examples > 1 and off(wrong := case.right * examples, case.right) > 1.0:
            return replace(case, given=wrong)


def _one_doubled(rng: Generator, case: Case) -> Array:
    wrong = case.right.copy()
    wrong[rng.choice(np.flatnonzero(np.abs(wrong) > 0.1 * np.abs(wrong).max()))] *= 2.0
    return wrong


def _one_percent(rng: Generator, case: Case) -> Array:
    wrong = case.right.copy()
    wrong[rng.integers(wrong.size)] *= 1.01
    return wrong


DROWNED = "the offset's round-off, 1e-4 in every value of f, is more than a tolerance of 1e-5 can bear"

ROWS = (
    Row("logistic loss", logistic, "right"),
    Row("logistic loss, saturated", saturated, "right"),
    Row("ReLU network, a unit within 1e-7 to 5e-5 of its kink", near_kink, "right"),
    Row("max-pooling with ties", pooling_ties, "right"),
    Row("ReLU at exactly 0", relu_at_zero, "right"),
    Row("cross-entropy, p = 1e-6", cross_entropy, "right"),
    Row("ReLU network of 250 to 450 entries", large_network, "right"),
    Row("logistic loss + 1e12", lambda rng: logistic(rng, offset=1e12), "undecidable", DROWNED),
    Row("FAULT: one bias 1 % off", one_bias, "wrong"),
    Row("FAULT: all 0.1 % off", planted(logistic, lambda rng, case: 1.001 * case.right), "wrong"),
    Row("FAULT: 1/m missing, loss × 1e-6", mean_missing, "wrong"),
    Row(
        "FAULT: all zeros, loss × 1e-6",
        planted(lambda rng: logistic(rng, factor=1e-6), lambda rng, case: np.zeros_like(case.right)),
        "wrong",
    ),
    Row("FAULT: ReLU mask missing", mask_missing, "wrong"),
    Row("FAULT: one entry of 250 to 450 doubled", planted(large_network, _one_doubled), "wrong"),
    Row(
        "FAULT: one entry 1 % off, loss + 1e12",
        planted(lambda rng: logistic(rng, offset=1e12), _one_percent),
        "undecidable",
        DROWNED,
    ),
)

"""Random computational graphs, smooth and kinked, of huge and tiny terms, with their gradients by `autograd`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import grad

from tests.gradients.rows import Array, Case, Generator, off

_ONE: tuple[Callable[[Any], Any], ...] = (
    lambda a: anp.exp(anp.clip(a, -30.0, 30.0)),
    anp.tanh,
    anp.sin,
    anp.abs,
    lambda a: a * a,
    lambda a: a**3,
    lambda a: anp.log(a * a + 0.1),
    lambda a: anp.log(anp.abs(a) + 1e-4),
    lambda a: anp.sqrt(a * a + 1e-3),
    lambda a: 1.0 / (a * a + 0.05),
    lambda a: 1.0 / (1.0 + anp.exp(-a)),
    lambda a: anp.maximum(a, 0.0),
    lambda a: anp.maximum(a, 0.0) ** 2,
    lambda a: anp.maximum(a, anp.roll(a, 1)),
    lambda a: anp.clip(a, -1.0, 1.0),
    lambda a: anp.where(a > 0.0, a, 0.01 * a),
    lambda a: anp.where(a > 1.0, 2.0 * a - 1.0, a * a),
    lambda a: anp.tanh(200.0 * a),
    lambda a: 1e6 * a,
    lambda a: 1e-6 * a,
    lambda a: a + 1e3,
)

_TWO: tuple[Callable[[Any, Any], Any], ...] = (
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / (b * b + 0.1),
    anp.maximum,
    anp.logaddexp,
)


def graph(rng: Generator, where: str) -> Case:
    """A graph of 1 to 8 operations on 1 to 11 entries; where: "anywhere", at round "kinks", or "near" them.

    Drawn again where autograd has no finite gradient, one that has vanished, or one that is none: where kinks meet in one
    place, x = ReLU(x) - ReLU(-x), its choices do not add up to a slope.
    """
    while True:
        f, x = _function(rng, where)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            slopes = grad(f)
            right = np.asarray(slopes(x))
            value = float(f(x))
            # In huge values, tiny terms are lost: the function itself is another one than autograd's.
            if not np.all(np.isfinite(right)) or not abs(value) < 1e9 or not np.abs(right).max() > 1e-30:
                continue
            if _is_lost(f, x, right):
                continue
            if where == "anywhere" or _is_between(slopes, x, right):
                return Case(lambda v, f=f: float(f(v)), x, right, right)  # type: ignore[misc]


def _is_lost(f: Callable[[Any], Any], x: Array, right: Array) -> bool:
    """Whether what autograd differentiates is finer than float64 shows: a term lost beside a larger one, so that the function
    as computed does not move, or a slope that turns round within steps too short to take."""
    value = float(f(x))
    for index in np.flatnonzero(right):
        step = 0.03 * max(1.0, abs(x[index])) * (np.arange(x.size) == index)
        moves = max(abs(f(x - step) - value), abs(f(x + step) - value))
        due = np.abs(step * right).max()
        if (moves == 0.0 and due > 1e-12 * abs(value)) or 1e-6 * due > moves + 1e-3 * abs(value):
            return True
    return False


def _is_between(slopes: Callable[[Array], Array], x: Array, right: Array) -> bool:
    """Whether each entry lies between the slopes a little to both sides of it."""
    slack = 1e-3 * np.abs(right).max()
    for index in range(x.size):
        step = 1e-9 * max(1.0, abs(x[index])) * (np.arange(x.size) == index)
        sides = slopes(x - step)[index], slopes(x + step)[index]
        if not min(sides) - slack <= right[index] <= max(sides) + slack:
            return False
    return True


def _function(rng: Generator, where: str) -> tuple[Callable[[Any], Any], Array]:
    size = int(rng.integers(1, 12))
    x = rng.normal(size=size) * 10.0 ** rng.uniform(-3.0, 2.0, size=size if rng.random() < 0.5 else 1)
    if where != "anywhere":
        x = np.round(2.0 * x) / 2.0 if rng.random() < 0.7 else rng.choice([0.0, 1.0, -1.0, 0.3], size=size)
    if where == "near":
        x = x + 10.0 ** rng.uniform(-7.0, -3.0, size=size) * rng.choice([-1.0, 0.0, 1.0], size=size)
    steps: list[Callable[[list[Any]], Any]] = []
    for made in range(1, int(rng.integers(2, 10))):
        i, j = rng.integers(made, size=2)
        kind = rng.random()
        if kind < 0.6:
            one = _ONE[rng.integers(len(_ONE))]
            steps.append(lambda values, one=one, i=i: one(values[i]))  # type: ignore[misc]
        elif kind < 0.85:
            two = _TWO[rng.integers(len(_TWO))]
            steps.append(lambda values, two=two, i=i, j=j: two(values[i], values[j]))  # type: ignore[misc]
        else:
            matrix = rng.normal(size=(size, size)) * 10.0 ** rng.uniform(-2.0, 1.0)
            steps.append(lambda values, matrix=matrix, i=i: anp.dot(matrix, values[i]))  # type: ignore[misc]
    # A maximum over near ties has kinks that are nearer than round-off lets anyone see.
    weights, last = rng.normal(size=size), rng.integers(2 if where == "near" else 3)

    def f(v: Any) -> Any:
        values = [v]
        for step in steps:
            values.append(step(values))
        if last == 2:
            return anp.max(values[-1]) + 1e-3 * anp.sum(values[len(values) // 2])
        return anp.sum(weights * values[-1]) if last else anp.mean(values[-1])

    return f, x


def fault(rng: Generator, case: Case) -> Case | None:
    """The same with a random fault; None where it changes too little to be one."""
    wrong, index = case.right.copy(), int(rng.integers(case.right.size))
    match rng.integers(8):
        case 0:
            wrong[index] *= 1.0 + 10.0 ** rng.uniform(-3.0, 0.0)
        case 1:
            wrong *= 1.0 + 10.0 ** rng.uniform(-3.0, 0.0)
        case 2:
            wrong[index] = 0.0
        case 3:
            wrong = -wrong
        case 4:
            wrong = wrong[::-1].copy()
        case 5:
            wrong *= wrong.size
        case 6:
            wrong[index] += np.abs(wrong).max() * 10.0 ** rng.uniform(-1.5, 0.0)
        case 7:
            wrong = np.roll(wrong, 1)
    # Where the slopes are nothing beside how f moves around here, they count as round-off.
    longest = 0.03 * np.maximum(1.0, np.abs(case.x))
    with np.errstate(all="ignore"):
        moves = max(abs(case.f(case.x + side * longest) - case.f(case.x)) for side in (1.0, -1.0))
    vanished = np.abs(wrong - case.right).max() <= 1e-9 * moves
    return None if vanished or not off(wrong, case.right) > 1.0 else replace(case, given=wrong)

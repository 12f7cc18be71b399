"""A step as a matrix: (theta', v') = A (theta, v, g); weights by convolution; typed, with a frozen dataclass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

DELTA_RANGE = (0.0, 1.0)


@dataclass(frozen=True)
class State:
    """Where the ball is, how fast it moves and how large the next step may be."""

    theta: np.ndarray
    velocity: np.ndarray
    alpha: float

    def after(self, gradient: Callable[[Any], Any], delta: float, beta: float) -> State:
        alpha = decay_learning_rate(self.alpha, delta)
        theta, velocity = momentum_step(self.theta, self.velocity, gradient(self.theta), alpha, beta)
        return replace(self, theta=theta, velocity=velocity, alpha=alpha)


def decay_learning_rate(alpha: float, delta: float) -> np.float64:
    """alpha shrinks by delta. Raises ValueError outside DELTA_RANGE."""
    low, high = DELTA_RANGE
    if not low <= delta <= high:
        raise ValueError(f"delta = {delta} is outside {DELTA_RANGE}")
    return np.prod([alpha, delta], dtype=np.float64)


def momentum_step(theta: Any, velocity: Any, gradient: Any, learning_rate: float, beta: float) -> np.ndarray:
    """One step, written as a linear map of the three arrays: the two rows of the answer are theta' and v'."""
    step = np.array([[1.0, -float(beta), -float(learning_rate)], [0.0, float(beta), float(learning_rate)]])
    return np.tensordot(step, np.array([theta, velocity, gradient], dtype=float), axes=1)


def gradient_contributions(n: int, beta: float) -> np.ndarray:
    """The answer of v to a single gradient of 1 at the start, read backwards."""
    answer = np.ones(1)
    for _ in range(n - 1):
        answer = np.append(1.0, np.convolve(answer, [float(beta)]))
    return answer[::-1]


def minimize(
    gradient: Callable[[Any], Any],
    theta: Any,
    alpha: float = 0.5,
    delta: float = 1.0,
    beta: float = 0.9,
    steps: int = 100,
    tolerance: float = 0.0,
) -> np.ndarray:
    """The whole walk."""
    decay_learning_rate(alpha, delta)
    start = np.asarray(theta, dtype=float)
    states = [State(start, np.zeros_like(start), alpha)]
    for _ in range(steps):
        states.append(states[-1].after(gradient, delta, beta))
        if tolerance > 0.0 and np.abs(states[-1].velocity).max() <= tolerance:
            break
    return np.stack([state.theta for state in states])


def effect_of(parameter: str, value: float) -> str:
    """A table with two rows and two columns."""
    rows, columns = ["delta", "beta"], [0, 1]
    table = [["no_update", "no_decay"], ["plain_gradient_descent", "unbounded_velocity"]]
    return table[rows.index(parameter)][columns.index(value)]

"""The columns of the table: ours, rivals as they come, and rules of thumb re-implemented."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from autograder.checks.gradient import judge_gradient
from tests.gradients.rows import Array, Case

Judge = Callable[[Case], str]
"""Gives "right", "wrong" or "undecidable"."""

NUMDIFFTOOLS_RTOL = 1e-5


def ours(case: Case) -> str:
    """`judge_gradient` with its defaults; with the domain, where the case has one."""
    return str(judge_gradient(case.f, case.given, case.x, domain=case.domain).answer)


def torch_gradcheck() -> Judge:
    """`torch.autograd.gradcheck` with its defaults, in float64, on a Function whose backward gives our gradient.

    Raises  ImportError
    """
    import torch

    torch.set_num_threads(1)

    def judge(case: Case) -> str:
        class Given(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):  # type: ignore[no-untyped-def]
                return torch.tensor(case.f(x.detach().numpy().copy()), dtype=torch.float64)

            @staticmethod
            def backward(ctx, upstream):  # type: ignore[no-untyped-def]
                return upstream * torch.from_numpy(case.given)

        x = torch.tensor(case.x, dtype=torch.float64, requires_grad=True)
        return _said(torch.autograd.gradcheck(Given.apply, (x,), raise_exception=False))

    return judge


def numdifftools_gradient() -> Judge:
    """`numdifftools.Gradient` with its defaults: within rtol and its own error estimate, entry by entry.

    Raises  ImportError
    """
    import numdifftools

    def judge(case: Case) -> str:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            flat = numdifftools.Gradient(lambda v: case.f(v.reshape(case.x.shape)), full_output=True)
            found = flat(case.x.reshape(-1))
            value, error = np.reshape(found.estimate, -1), np.reshape(found.error_estimate, -1)
        given = case.given.reshape(-1)
        return _said(bool(np.all(np.abs(given - value) <= NUMDIFFTOOLS_RTOL * np.abs(value) + error)))

    return judge


def cs231n(case: Case) -> str:
    """The notes' strictest rule: central differences at 1e-5, |a - n| / max(|a|, |n|) below 1e-7 in every entry."""
    given, value = case.given.reshape(-1), _central(case, 1e-5)
    with np.errstate(all="ignore"):
        ratio = np.abs(given - value) / np.maximum(np.abs(given), np.abs(value))
    return _said(bool(np.all((ratio < 1e-7) | (given == value))))


def deep_learning_specialization(case: Case) -> str:
    """Norm of the difference by the sum of the norms below 2e-7, central differences at 1e-7."""
    given, value = case.given.reshape(-1), _central(case, 1e-7)
    with np.errstate(all="ignore"):
        return _said(
            bool(np.linalg.norm(given - value) < 2e-7 * (np.linalg.norm(given) + np.linalg.norm(value)))
        )


def _central(case: Case, step: float) -> Array:
    values = np.empty(case.x.size)
    for index in range(case.x.size):
        move = np.zeros(case.x.size)
        move[index] = step
        move = move.reshape(case.x.shape)
        with np.errstate(all="ignore"):
            values[index] = (case.f(case.x + move) - case.f(case.x - move)) / (2.0 * step)
    return values


def _said(accepted: bool) -> str:
    return "right" if accepted else "wrong"


def judges() -> tuple[dict[str, Judge], dict[str, str]]:
    """The columns that can be had here, and those that cannot, with why."""
    columns: dict[str, Judge] = {"ours": ours}
    missing: dict[str, str] = {}
    for name, make in (("torch", torch_gradcheck), ("numdifftools", numdifftools_gradient)):
        try:
            columns[name] = make()
        except ImportError as error:
            missing[name] = f"{error}"
    columns |= {"CS231n": cs231n, "DLS": deep_learning_specialization}
    return columns, missing

"""Wrong functions beside right ones, observed as grading observes them."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from autograder.checks.case import has_single_precision
from autograder.checks.closeness import differences
from autograder.diagnosis.patterns import Found, Observation, find
from autograder.errors import SuiteError

Function = Callable[..., Any]
Calls = Iterable[tuple[tuple[Any, ...], dict[str, Any]]]


def calls(*cases: tuple[Any, ...]) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Cases with positional arguments only."""
    return [(case, {}) for case in cases]


def observe(wrong: Function, right: Function, cases: Calls) -> list[Observation]:
    """Both functions' answers to each case, judged as a check judges them."""
    found = []
    for args, kwargs in cases:
        desired = right(*copy.deepcopy(args), **copy.deepcopy(kwargs))
        given, named = copied(args), {key: copied(value) for key, value in kwargs.items()}
        actual, raised = None, ""
        try:
            with np.errstate(all="ignore"):
                actual = wrong(*given, **named)
        except Exception as error:
            raised = type(error).__name__
        changed = [
            f"argument {n + 1}" for n, (a, b) in enumerate(zip(args, given, strict=True)) if differs(a, b)
        ]
        changed += [f"argument {key}" for key in kwargs if differs(kwargs[key], named[key])]
        rtol = 1e-3 if has_single_precision(args) else 1e-6
        try:
            bad = bool(differences(actual, desired, rtol))
        except SuiteError:
            bad = True
        found.append(
            Observation(args, kwargs, actual, desired, bad or bool(raised or changed), raised, tuple(changed))
        )
    return found


def copied(value: Any) -> Any:
    """A copy that keeps the layout and the flags of an array."""
    if isinstance(value, np.ndarray):
        made = np.array(value, order="K", copy=True)
        if not value.flags.c_contiguous:
            made = np.repeat(value, 2, axis=-1)[..., ::2]
        made.flags.writeable = value.flags.writeable
        return made
    if isinstance(value, (list, tuple)):
        return type(value)(map(copied, value))
    return value


def differs(one: Any, other: Any) -> bool:
    """Whether a call changed this argument."""
    if isinstance(one, np.ndarray):
        return not np.array_equal(one, other, equal_nan=True)
    if isinstance(one, (list, tuple)):
        return len(one) != len(other) or any(map(differs, one, other))
    return False


def look(
    wrong: Function,
    right: Function,
    cases: Calls,
    others: Mapping[str, Function] | None = None,
    name: str = "f",
) -> Found | None:
    """What is found, the reference being `right` for this function and `others` for the other ones."""
    functions = {**(others or {}), name: right}

    def ask(function: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return functions[function](*args, **kwargs)

    parameters = tuple(inspect.signature(right).parameters)
    return find(name, observe(wrong, right, cases), ask, tuple(functions), parameters)

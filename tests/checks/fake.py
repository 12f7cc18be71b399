"""A target that calls plain Python functions in this process, with what the sandbox would report."""

from __future__ import annotations

import copy
import warnings as python_warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.errors import NotWritten, StudentError, StudentFault
from autograder.sandbox.arguments import Arguments, as_arguments


@dataclass(frozen=True, eq=False)
class FakeCall:
    name: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    value: Any = None
    error: StudentFault | None = None
    mutated: tuple[str, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()

    def result(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


class FakeTarget:
    """Answers with these functions; `trips` holds the names and numbers of cases of what was sent."""

    def __init__(self, **functions: Callable[..., Any]) -> None:
        self.functions = functions
        self.trips: list[tuple[str, int]] = []

    def calls(self, name: str, cases: Sequence[Any], /) -> list[FakeCall]:
        self.trips.append((name, len(cases)))
        return [self._one(name, as_arguments(case)) for case in cases]

    def call(self, name: str, /, *args: Any, **kwargs: Any) -> FakeCall:
        return self._one(name, Arguments(args, kwargs))

    def _one(self, name: str, arguments: Arguments) -> FakeCall:
        args, kwargs = copy.deepcopy((arguments.args, dict(arguments.kwargs)))
        for old, new in zip(arguments.args, args, strict=True):
            if isinstance(old, np.ndarray):
                new.flags.writeable = old.flags.writeable
        value, error = None, None
        with python_warnings.catch_warnings(record=True) as caught:
            python_warnings.simplefilter("always")
            try:
                value = self.functions[name](*args, **kwargs)
            except StudentFault as fault:
                error = fault
            except Exception as exception:
                bases = tuple(base.__name__ for base in type(exception).__mro__[:-1])
                kind = NotWritten if isinstance(exception, (KeyError, NotImplementedError)) else StudentError
                error = kind(type(exception).__name__, bases, str(exception))
        before = [*arguments.args, *arguments.kwargs.values()]
        labels = [*(f"argument {i + 1}" for i in range(len(args))), *(f"argument {key}" for key in kwargs)]
        changed = [
            label
            for label, old, new in zip(labels, before, [*args, *kwargs.values()], strict=True)
            if not np.array_equal(old, new)
        ]
        texts = tuple((w.category.__name__, str(w.message)) for w in caught)
        return FakeCall(name, arguments.args, dict(arguments.kwargs), value, error, tuple(changed), texts)


def raises(error: Exception) -> Callable[..., Any]:
    """A function that raises."""

    def function(*_args: Any, **_kwargs: Any) -> Any:
        raise error

    return function

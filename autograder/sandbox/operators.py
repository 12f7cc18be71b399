"""Lets Python's operators be used on what stands for an object elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.sandbox.inside import executor


def forward_operators(kind: type, operate: Callable[..., Any]) -> None:
    """Give `kind` all unary and binary operators, reflected ones too.

    operate  (self, operation, operands in the order in which they stand) → the result
    """
    for name in executor.BINARY:
        setattr(kind, f"__{name.rstrip('_')}__", _binary(operate, name, reflected=False))
        setattr(kind, f"__r{name.rstrip('_')}__", _binary(operate, name, reflected=True))
    for name in executor.UNARY:
        setattr(kind, f"__{name}__", _unary(operate, name))
    # NumPy would otherwise take `array * it` apart, entry by entry.
    kind.__array_ufunc__ = None  # type: ignore[attr-defined]


def _binary(operate: Callable[..., Any], name: str, *, reflected: bool) -> Any:
    def method(self: Any, other: Any) -> Any:
        return operate(self, name, other, self) if reflected else operate(self, name, self, other)

    return method


def _unary(operate: Callable[..., Any], name: str) -> Any:
    def method(self: Any) -> Any:
        return operate(self, name, self)

    return method

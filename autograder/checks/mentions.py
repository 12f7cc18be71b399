"""What does a check notice besides its verdict? A list where an array is described; what each call was compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

_compared: ContextVar[list[Any] | None] = ContextVar("_compared", default=None)
_heard: ContextVar[dict[tuple[str, str], None] | None] = ContextVar("_heard", default=None)


@contextmanager
def listening() -> Iterator[dict[tuple[str, str], None]]:
    """Collects what checks mention meanwhile: (function, "list" or "array"), in order, each once."""
    heard: dict[tuple[str, str], None] = {}
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)


def mention_kind(name: str, actual: Any, desired: Any) -> None:
    """Mention that `name` returned a list where an array is described, or the other way round."""
    heard = _heard.get()
    if heard is None:
        return
    if isinstance(desired, np.ndarray) and desired.ndim and isinstance(actual, (list, tuple)):
        heard[name, "list"] = None
    elif isinstance(desired, (list, tuple)) and isinstance(actual, np.ndarray):
        heard[name, "array"] = None


@contextmanager
def comparing() -> Iterator[list[Any]]:
    """Collects the `Comparison`s that checks make meanwhile, in order: what a diagnosis starts from."""
    comparisons: list[Any] = []
    token = _compared.set(comparisons)
    try:
        yield comparisons
    finally:
        _compared.reset(token)


def note_comparisons(comparisons: Sequence[Any]) -> None:
    """Note the comparisons of a check."""
    noted = _compared.get()
    if noted is not None:
        noted += comparisons

"""What costs nothing but should be said: a list where an array is described."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

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

"""How much does a program keep? Its objects counted, not its pages: those depend on what ran before."""

from __future__ import annotations

import gc
import sys
from types import FunctionType, ModuleType


def pieces() -> int:
    """How many pieces of memory Python holds now, of all that it can still get at."""
    gc.collect()
    return sys.getallocatedblocks()


def reachable(thing: object) -> int:
    """How many objects `thing` leads to, itself among them; code and classes are nobody's own."""
    seen: dict[int, object] = {}
    todo = [thing]
    while todo:
        one = todo.pop()
        if id(one) not in seen and not isinstance(one, (type, ModuleType, FunctionType)):
            seen[id(one)] = one
            todo += gc.get_referents(one)
    return len(seen)

"""Submissions whose every function gives the same empty answer, whatever it is asked."""

from __future__ import annotations

from autograder.course import Assignment

ANSWERS = {
    "none": "return None",
    "zero": "return 0.0",
    "one": "return 1.0",
    "hundred": "return 100.0",
    "nan": "return float('nan')",
    "infinity": "return float('inf')",
    "empty": "return np.array([])",
    "empty_column": "return np.empty((0, 1))",
    "zero_dimensional": "return np.array(0.0)",
    "true": "return True",
    "text": "return 'ok'",
    "echo": "return args[0] if args else next(iter(kwargs.values()), None)",
    "echo_last": "return args[-1] if args else next(iter(kwargs.values()), None)",
    "zeros_like": "return np.zeros_like(args[0]) if args else None",
    "ones_like": "return np.ones_like(args[0]) if args else None",
    "constant_like": "return np.full_like(np.asarray(args[0], dtype=float), 0.1) if args else None",
    "huge": "return np.full(1000, 1e300)",
    "raises_value_error": "raise ValueError('no')",
    "exits": "sys.exit(0)",
    "object": "return Always()",
    "list_of_none": "return [None, None]",
}

PROLOGUE = """
import sys
import numpy as np
class Always:
    value = grad = 0.0
    def __eq__(self, other): return True
    def __array__(self, *a, **k): return np.array(0.0)
    def __float__(self): return 0.0
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    __hash__ = None
"""


def degenerate(assignment: Assignment, answer: str) -> str:
    """A submission in which every function and class of the contract is one that gives this answer."""
    names = dict.fromkeys(function.name.partition(".")[0] for function in assignment.functions)
    return PROLOGUE + "".join(f"def {name}(*args, **kwargs):\n    {answer}\n" for name in names)

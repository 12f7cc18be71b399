"""Submissions that give the same empty answer whatever they are asked, and such that pack right values wrongly."""

from __future__ import annotations

import ast

from autograder.course import Assignment

ANSWERS = {
    "none": "return None",
    "zero": "return 0.0",
    "zero_as_integer": "return 0",
    "one": "return 1.0",
    "hundred": "return 100.0",
    "nan": "return float('nan')",
    "infinity": "return float('inf')",
    "empty": "return np.array([])",
    "empty_column": "return np.empty((0, 1))",
    "empty_list": "return []",
    "empty_tuple": "return ()",
    "empty_dict": "return {}",
    "zero_dimensional": "return np.array(0.0)",
    "zero_dimensional_nan": "return np.array(np.nan)",
    "true": "return True",
    "text": "return 'ok'",
    "digits": "return '0.0'",
    "complex": "return 0j",
    "echo": "return args[0] if args else next(iter(kwargs.values()), None)",
    "echo_last": "return args[-1] if args else next(iter(kwargs.values()), None)",
    "echo_all": "return args",
    "zeros_like": "return np.zeros_like(args[0]) if args else None",
    "ones_like": "return np.ones_like(args[0]) if args else None",
    "constant_like": "return np.full_like(np.asarray(args[0], dtype=float), 0.1) if args else None",
    "huge": "return np.full(1000, 1e300)",
    "huge_array": "return np.zeros(3_000_000)",
    "too_huge_array": "return np.zeros((1 << 20, 1 << 20))",
    "huge_shape": "return np.empty((1 << 40, 0))",
    "huge_integer": "return 10 ** 4000",
    "raises_value_error": "raise ValueError('no')",
    "raises_type_error": "raise TypeError('no')",
    "raises_not_implemented": "raise NotImplementedError",
    "raises_assertion_error": "assert False",
    "raises_skip": "raise Skipped('no')",
    "raises_system_exit": "raise SystemExit(0)",
    "raises_keyboard_interrupt": "raise KeyboardInterrupt",
    "raises_stop_iteration": "raise StopIteration",
    "exits": "sys.exit(0)",
    "exits_at_once": "os._exit(0)",
    "object": "return Always()",
    "float_that_is_equal": "return Float(0.0)",
    "array_that_is_equal": "return np.zeros(3).view(Array)",
    "masked": "return np.ma.masked",
    "masked_array": "return np.ma.masked_all(3)",
    "object_array": "return np.array([Always()] * 3)",
    "list_of_none": "return [None, None]",
    "two_zeros": "return 0.0, 0.0",
    "three_zeros": "return 0.0, 0.0, 0.0",
    "generator": "return (0.0 for _ in range(3))",
    "function": "return lambda *a, **k: 0.0",
    "class": "return Always",
}
"""Name → what every function does. "args" and "kwargs" are what it was given."""

FILLED = {
    "zeros": "np.zeros(np.shape(right))",
    "ones": "np.ones(np.shape(right))",
    "a_tenth": "np.full(np.shape(right), 0.1)",
    "nan": "np.full(np.shape(right), np.nan)",
    "infinity": "np.full(np.shape(right), np.inf)",
    "huge": "np.full(np.shape(right), 1e300)",
    "zeros_that_are_equal": "np.zeros(np.shape(right)).view(Array)",
    "no_rows": "np.empty((0, *np.shape(right)[1:]))",
    "no_columns": "np.empty((*np.shape(right)[:-1], 0))",
    "mean_of_all": "np.mean(right) if np.ndim(right) else np.nan",
    "first_of_all": "np.ravel(right)[0] if np.size(right) and np.ndim(right) else np.nan",
}
"""Name → what every number and array of a right result is replaced by, "right"; its shape and its place stay."""

PACKED = {
    "masked": "np.ma.array(right, mask=True)",
    "partly_masked": "np.ma.array(np.ravel(right), mask=np.arange(np.size(right)) == 0).reshape(np.shape(right))",
    "one_more_axis": "np.asarray(right)[np.newaxis]",
    "one_more_axis_at_the_end": "np.asarray(right)[..., np.newaxis]",
    "flat": "np.ravel(right) if np.ndim(right) > 1 else np.asarray(right)[..., np.newaxis]",
    "as_objects": "np.array(right, dtype=object)",
    "as_texts": "np.asarray(right).astype(str)",
    "as_complex": "np.asarray(right).astype(complex)",
    "as_text": "str(right)",
    "twice": "[right, right]",
    "in_a_dict": "{0: right}",
}
"""The same: every value is right, and nothing else."""

OBJECTS = {"zero": "0.0", "one": "1.0", "nan": "np.nan", "none": "None", "text": "'ok'"}
"""Name → what every value and gradient of an object is."""

PROLOGUE = """
import copy, os, sys
import numpy as np
class Skipped(BaseException):
    pass
class Always:
    value = grad = 0.0
    def __eq__(self, other): return True
    def __array__(self, *a, **k): return np.array(0.0)
    def __float__(self): return 0.0
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    __hash__ = None
class Float(float):
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True
    __abs__ = __sub__ = __rsub__ = lambda self, *other: self
    __hash__ = float.__hash__
class Array(np.ndarray):
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: np.ones(self.shape, bool)
    def __array_function__(self, function, types, args, kwargs): return True
    __hash__ = None
"""

_FILLING = """
def filled(right):
    if isinstance(right, (tuple, list)):
        return type(right)(map(filled, right))
    if isinstance(right, dict):
        return {key: filled(value) for key, value in right.items()}
    if isinstance(right, (int, float, np.generic, np.ndarray)):
        return EXPRESSION
    return None
solution = {"__name__": "solution"}
exec(SOURCE, solution)
def like(name):
    def function(*args, **kwargs):
        try:
            return filled(solution[name](*copy.deepcopy(args), **copy.deepcopy(kwargs)))
        except Exception:
            return 0.0
    return function
"""

_OBJECT = """
class CLASS:
    value = grad = CONSTANT
    def __init__(self, *args, **kwargs): pass
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = lambda self, other: self
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = lambda self, other: self
    __neg__ = __pos__ = __abs__ = lambda self: self
"""


def missing(assignment: Assignment) -> str:
    """A submission in which nothing of the contract is there."""
    return "nothing = None\n"


def degenerate(assignment: Assignment, answer: str) -> str:
    """A submission in which every function and class of the contract is one that does `answer`."""
    return PROLOGUE + "".join(
        f"def {name}(*args, **kwargs):\n    {answer}\n" for name in _names(assignment, classes=True)
    )


def of_right_shape(assignment: Assignment, expression: str) -> str:
    """A submission whose functions return what the reference does with every number or array of it replaced.

    It changes no argument, and answers where an exception is due. Objects are constant.
    """
    source = assignment.reference_source()
    filling = _FILLING.replace("EXPRESSION", expression).replace("SOURCE", repr(source))
    functions = [f"{name} = like({name!r})\n" for name in _names(assignment, classes=False)]
    return PROLOGUE + filling + "".join([*functions, *_constant_objects(assignment, "0.0")])


def of_constant_objects(assignment: Assignment, constant: str) -> str:
    """A submission whose classes know one number only, and whose functions return it."""
    functions = [
        f"def {name}(*args, **kwargs): return {constant}\n" for name in _names(assignment, classes=False)
    ]
    return PROLOGUE + "".join([*functions, *_constant_objects(assignment, constant)])


def _constant_objects(assignment: Assignment, constant: str) -> list[str]:
    return [
        _OBJECT.replace("CLASS", name).replace("CONSTANT", constant) for name in sorted(_classes(assignment))
    ]


def _names(assignment: Assignment, *, classes: bool) -> list[str]:
    names = dict.fromkeys(function.name.partition(".")[0] for function in assignment.functions)
    return [name for name in names if classes or name not in _classes(assignment)]


def _classes(assignment: Assignment) -> set[str]:
    tree = ast.parse(assignment.reference_source())
    return {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def submissions(assignment: Assignment) -> dict[str, str]:
    """All of them: name → source."""
    return {
        "missing": missing(assignment),
        **{name: degenerate(assignment, answer) for name, answer in ANSWERS.items()},
        **{f"shaped_{name}": of_right_shape(assignment, expression) for name, expression in FILLED.items()},
        **{f"packed_{name}": of_right_shape(assignment, expression) for name, expression in PACKED.items()},
        **{f"objects_{name}": of_constant_objects(assignment, value) for name, value in OBJECTS.items()},
    }

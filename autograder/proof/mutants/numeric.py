"""Which slips are NumPy's own? The other reduction, the other logarithm, axis, dtype, memory order, a copy forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder.proof.mutants.operators import Changes, Operator, called, changed, number
from autograder.proof.mutants.place import Place

_PAIRS = (
    ("min", "max"),
    ("amin", "amax"),
    ("argmin", "argmax"),
    ("minimum", "maximum"),
    ("sum", "mean"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("floor", "ceil"),
    ("any", "all"),
    ("sin", "cos"),
    ("vstack", "hstack"),
    ("outer", "inner"),
    ("var", "std"),
)
_ONE_WAY = {
    "log": ("log10", "log1p", "log2"),
    "exp": ("expm1", "exp2"),
    "sum": ("prod",),
    "array": ("asarray",),  # what is not copied is shared
    "abs": ("square",),
    "dot": ("multiply",),
    "append": ("extend",),
}
_BUILTIN = {
    "min": ("max",),
    "max": ("min",),
    "sum": ("max",),
    "float": ("int",),
    "any": ("all",),
    "all": ("any",),
}
_ORDERED = ("ravel", "flatten", "reshape")


def _others(name: str) -> Iterator[str]:
    for one, other in _PAIRS:
        if name in (one, other):
            yield other if name == one else one
    yield from _ONE_WAY.get(name, ())


def function(node: ast.AST, place: Place) -> Changes:
    """The function next to the one that was meant."""
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Name):
        for other in _BUILTIN.get(node.func.id, ()):
            yield changed(node, func=ast.Name(other, ast.Load()))
    elif isinstance(node.func, ast.Attribute):
        # The standard library's math has no exp2 before 3.11 and never a maximum; what is not there is not made.
        module = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        for other in _others(node.func.attr):
            if module != "math" or other in (
                "log10",
                "log1p",
                "log2",
                "expm1",
                "exp2",
                "floor",
                "ceil",
                "sin",
                "cos",
            ):
                yield changed(node, func=changed(node.func, attr=other))


def axis(node: ast.AST, place: Place) -> Changes:
    """Another axis than the one that was meant; the numbers themselves are for `constant`."""
    if isinstance(node, ast.keyword) and node.arg == "axis":
        if isinstance(node.value, ast.Tuple):
            for one in node.value.elts:
                yield changed(node, value=one)
        elif not (isinstance(node.value, ast.Constant) and node.value.value == 0):
            yield changed(node, value=number(0))
        yield changed(node, value=ast.Constant(None))


def keepdims(node: ast.AST, place: Place) -> Changes:
    """keepdims added to a reduction along an axis; what is written is turned round by `constant`."""
    if isinstance(node, ast.Call):
        names = {keyword.arg for keyword in node.keywords}
        if (
            "axis" in names
            and "keepdims" not in names
            and called(node) in ("sum", "mean", "max", "min", "any", "all")
        ):
            yield changed(node, keywords=[*node.keywords, ast.keyword("keepdims", ast.Constant(True))])


def dtype(node: ast.AST, place: Place) -> Changes:
    """float32 or whole numbers instead of float64."""
    if isinstance(node, ast.keyword) and node.arg == "dtype" and place.numpy:
        narrow = ast.Attribute(ast.Name(place.numpy, ast.Load()), "float32", ast.Load())
        if ast.dump(node.value) != ast.dump(narrow):
            yield changed(node, value=narrow)
        yield changed(node, value=ast.Name("int", ast.Load()))
    elif isinstance(node, ast.Attribute) and node.attr == "float64":
        yield changed(node, attr="float32")


def layout(node: ast.AST, place: Place) -> Changes:
    """Not transposed; read column by column."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.Call) and called(node) in _ORDERED:
        if not any(keyword.arg == "order" for keyword in node.keywords):
            yield changed(node, keywords=[*node.keywords, ast.keyword("order", ast.Constant("F"))])
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        yield changed(node, left=ast.Attribute(node.left, "T", ast.Load()))


def size(node: ast.AST, place: Place) -> Changes:
    """The length of the first axis for the number of all elements."""
    if isinstance(node, ast.Attribute) and node.attr == "size":
        yield ast.Subscript(ast.Attribute(node.value, "shape", ast.Load()), ast.Constant(0), ast.Load())
    elif isinstance(node, ast.Attribute) and node.attr == "shape" and place.numpy and place.role == "args":
        yield ast.Attribute(node.value, "size", ast.Load())


OPERATORS: tuple[Operator, ...] = (function, axis, keepdims, dtype, layout, size)

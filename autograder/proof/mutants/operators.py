"""Which small changes fit any Python? Each operator yields what a node could be replaced by.

They are slips of the hand and of the head: another operator, a number one off, arguments swapped, a statement
forgotten, a condition turned round. What a change must do to be worth making is for `make` to say.
"""

from __future__ import annotations

import ast
import copy
import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from autograder.proof.mutants.place import Place

Changes = Iterator[ast.AST]
Operator = Callable[[ast.AST, Place], Changes]
_Node = TypeVar("_Node", bound=ast.AST)

_ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv, ast.Mult),
    ast.Pow: (ast.Mult, ast.Div),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitXor: (ast.BitAnd,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
}
# Their arguments have no order.
_SYMMETRIC = frozenset(("maximum", "minimum", "max", "min", "add", "multiply", "hypot", "gcd", "union"))
_COUNTING = frozenset(("range", "arange", "slice", "linspace", "islice"))
_COMMUTE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
# The neighbour at the boundary, then the opposite.
_COMPARISON: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq, ast.GtE, ast.LtE),
    ast.NotEq: (ast.Eq, ast.Lt, ast.Gt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}


def changed(node: _Node, **fields: object) -> _Node:
    """A copy of the node with other fields."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def number(value: float | complex) -> ast.expr:
    """The expression for a number: Python writes -1 as a sign before 1."""
    if isinstance(value, complex) or not (value < 0 or (value == 0 and math.copysign(1.0, value) < 0)):
        return ast.Constant(value)
    return ast.UnaryOp(ast.USub(), ast.Constant(-value))


def plus(node: ast.expr, step: int) -> ast.expr:
    """node + 1 or node - 1, as a person would write it."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return number(node.value + step)
    return ast.BinOp(node, ast.Add() if step > 0 else ast.Sub(), ast.Constant(abs(step)))


def swapped(items: Sequence[ast.expr]) -> Iterator[list[ast.expr]]:
    """The list with two neighbours in each other's place, for all neighbours that differ."""
    for index, (one, other) in enumerate(pairwise(items)):
        starred = isinstance(one, ast.Starred) or isinstance(other, ast.Starred)
        if not starred and ast.dump(one) != ast.dump(other):
            yield [*items[:index], other, one, *items[index + 2 :]]


def called(call: ast.Call) -> str:
    """The name of the function or method, without what it is looked up in; "" where it has none."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def stored(statement: ast.stmt) -> frozenset[str]:
    """The names to which a statement gives a value."""
    names = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return frozenset(name.id for name in names if isinstance(name.ctx, ast.Store))


# -- expressions ---------------------------------------------------------------------------------------------------


def arithmetic(node: ast.AST, place: Place) -> Changes:
    """Another arithmetic operator."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        for other in _ARITHMETIC[type(node.op)]:
            yield changed(node, op=other())


def operand(node: ast.AST, place: Place) -> Changes:
    """One of two operands only, or the two in each other's place."""
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right
        if not isinstance(node.op, _COMMUTE):
            yield changed(node, left=node.right, right=node.left)


def sign(node: ast.AST, place: Place) -> Changes:
    """A minus or a `not` forgotten."""
    if isinstance(node, ast.UnaryOp):
        yield node.operand


def constant(node: ast.AST, place: Place) -> Changes:
    """A number one more, one less, twice as large, 0, of the other sign; True for False."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        negative = isinstance(place.parent, ast.UnaryOp) and isinstance(place.parent.op, ast.USub)
        others = [value + 1, value - 1, 2 * value, type(value)(0)] + ([] if negative else [-value])
        for other in others:
            if other != value and math.isfinite(other):
                yield number(other)


def word(node: ast.AST, place: Place) -> Changes:
    """A key or a name in quotes misspelt."""
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and not isinstance(place.parent, ast.Expr)
    ):
        yield ast.Constant(f"{node.value}_")


def comparison(node: ast.AST, place: Place) -> Changes:
    """Another comparison; in a chain, one link only."""
    if isinstance(node, ast.Compare):
        words = any(
            isinstance(each, ast.Constant) and isinstance(each.value, str) for each in node.comparators
        )
        for index, op in enumerate(node.ops):
            # Nobody orders words by mistake.
            for other in _COMPARISON[type(op)][: 1 if words else None]:
                yield changed(node, ops=[*node.ops[:index], other(), *node.ops[index + 1 :]])
        if len(node.ops) > 1:
            yield changed(node, ops=node.ops[1:], left=node.comparators[0], comparators=node.comparators[1:])
            yield changed(node, ops=node.ops[:-1], comparators=node.comparators[:-1])


def boolean(node: ast.AST, place: Place) -> Changes:
    """`and` for `or`; one condition of several forgotten."""
    if isinstance(node, ast.BoolOp):
        yield changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        for index in range(len(node.values)):
            rest = [*node.values[:index], *node.values[index + 1 :]]
            yield changed(node, values=rest) if len(rest) > 1 else rest[0]


def condition(node: ast.AST, place: Place) -> Changes:
    """A condition turned round, or always or never met."""
    if isinstance(node, ast.IfExp):
        yield changed(node, body=node.orelse, orelse=node.body)
        yield node.body
        yield node.orelse
    elif isinstance(node, ast.expr) and (
        (place.role == "test" and isinstance(place.parent, (ast.If, ast.While))) or place.role == "ifs"
    ):
        # The opposite of a single comparison is made by `comparison`.
        if not isinstance(node, (ast.Compare, ast.UnaryOp)) or (
            isinstance(node, ast.Compare) and len(node.ops) > 1
        ):
            yield ast.UnaryOp(ast.Not(), node)
        yield ast.Constant(True)
        yield ast.Constant(False)


def arguments(node: ast.AST, place: Place) -> Changes:
    """Two neighbouring arguments swapped; a named one forgotten; the argument itself instead of the call."""
    if not isinstance(node, ast.Call):
        return
    # A course may have an `add` of its own, which is another matter than NumPy's.
    library = (
        place.is_module(node.func.value)
        if isinstance(node.func, ast.Attribute)
        else called(node) in ("max", "min")
    )
    if not (library and called(node) in _SYMMETRIC):
        for args in swapped(node.args):
            yield changed(node, args=args)
    for index in range(len(node.keywords)):
        yield changed(node, keywords=[*node.keywords[:index], *node.keywords[index + 1 :]])
    method = isinstance(node.func, ast.Attribute) and not place.is_module(node.func.value)
    if method and not isinstance(place.parent, ast.Expr):
        assert isinstance(node.func, ast.Attribute)
        yield node.func.value
    elif not method and node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]


def order(node: ast.AST, place: Place) -> Changes:
    """Two neighbours of a tuple, or two values of a dict, in each other's place."""
    # Neither axis=(0, 1) nor what `in` looks through has an order.
    if isinstance(node, ast.Tuple) and not isinstance(place.parent, (ast.keyword, ast.Compare)):
        for items in swapped(node.elts):
            yield changed(node, elts=items)
    elif isinstance(node, ast.Dict):
        for values in swapped(node.values):
            yield changed(node, values=values)


def parameter(node: ast.AST, place: Place) -> Changes:
    """The next parameter of the function in a parameter's place."""
    if isinstance(node, ast.Name) and node.id in place.parameters:
        others = place.parameters
        other = others[(others.index(node.id) + 1) % len(others)]
        if other not in (node.id, "self"):
            yield changed(node, id=other)


def off_by_one(node: ast.AST, place: Place) -> Changes:
    """A range, a slice or an index that begins or ends one too early or too late. Numbers are for `constant`."""
    if isinstance(node, ast.Slice):
        for name, bound in (("lower", node.lower), ("upper", node.upper)):
            if bound is None:
                yield changed(node, **{name: number(1 if name == "lower" else -1)})
            else:
                yield changed(node, **{name: None})
        if node.step is not None:
            yield changed(node, step=None)
    elif isinstance(node, ast.expr) and not isinstance(
        node, (ast.Constant, ast.UnaryOp, ast.Slice, ast.Tuple)
    ):
        counts = (
            place.role in ("lower", "upper")
            or (place.role == "slice" and isinstance(node, (ast.BinOp, ast.Name)))
            or (
                place.role == "args"
                and isinstance(place.parent, ast.Call)
                and called(place.parent) in _COUNTING
            )
        )
        if counts:
            yield plus(node, 1)
            yield plus(node, -1)


# -- statements ----------------------------------------------------------------------------------------------------


def dropped(node: ast.AST, place: Place) -> Changes:
    """A statement forgotten. An assignment whose name holds nothing before would only be a NameError."""
    if isinstance(node, ast.Assign):
        names = stored(node)
        if names <= place.known:
            yield ast.Pass()
    elif isinstance(node, (ast.AugAssign, ast.Expr, ast.Raise, ast.Delete, ast.Assert)):
        yield ast.Pass()
    elif isinstance(node, ast.Return) and place.role in ("body", "orelse"):
        function = isinstance(place.parent, (ast.FunctionDef, ast.Lambda))
        if not function:  # an early return
            yield ast.Pass()


def accumulation(node: ast.AST, place: Place) -> Changes:
    """`=` for `+=`, and the other way round, which changes an array in place."""
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value, lineno=node.lineno)
    elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.value, ast.BinOp):
        target, value = node.targets[0], node.value
        if ast.unparse(target) == ast.unparse(value.left) and isinstance(
            target, (ast.Name, ast.Attribute, ast.Subscript)
        ):
            yield ast.AugAssign(target, value.op, value.right)


def answer(node: ast.AST, place: Place) -> Changes:
    """Only one part of several is returned; or the parts as a list."""
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) > 1:
        yield changed(node, value=node.value.elts[0])


def error(node: ast.AST, place: Place) -> Changes:
    """Another exception."""
    if isinstance(node, ast.Raise) and node.exc is not None:
        kind = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if isinstance(kind, ast.Name):
            other = ast.Name("TypeError" if kind.id != "TypeError" else "ValueError", ast.Load())
            yield changed(
                node, exc=changed(node.exc, func=other) if isinstance(node.exc, ast.Call) else other
            )


def loop(node: ast.AST, place: Place) -> Changes:
    """`continue` for `break`, and the other way round; a loop that is never entered."""
    if isinstance(node, ast.Break):
        yield ast.Continue()
        yield ast.Pass()
    elif isinstance(node, ast.Continue):
        yield ast.Break()
        yield ast.Pass()
    elif place.role == "iter" and isinstance(node, ast.expr):
        yield ast.Tuple([], ast.Load())


OPERATORS: tuple[Operator, ...] = (
    arithmetic,
    operand,
    sign,
    constant,
    word,
    comparison,
    boolean,
    condition,
    arguments,
    order,
    parameter,
    off_by_one,
    dropped,
    accumulation,
    answer,
    error,
    loop,
)

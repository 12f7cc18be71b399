"""What of a function's source is left without comments, names and layout? Parsed, never compiled, never run.

Two sources with one normal form differ only in what does not matter: comments, docstrings, annotations, white space, and
what variables, parameters and helpers are called. Runs in a process of its own (`apart`): parsing somebody's text may
end a process.
"""

from __future__ import annotations

import ast
import builtins
import copy
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

LONGEST_TEXT = 6_000
"""Characters of a normal form that are kept for people and for comparing."""

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_BUILTIN = frozenset(dir(builtins))
_NOT_COUNTED = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)


@dataclass(frozen=True)
class Unit:
    """One function of the contract with the helpers that it uses, in normal form.

    digest      of the whole normal form
    own         size of the statements that are neither the stub's nor the course's, in nodes of the syntax tree
    statements  how many these are
    text        the normal form as source, cut
    """

    digest: str
    own: int
    statements: int
    text: str


def units(
    sources: Iterable[str | Sequence[str]],
    names: Collection[str],
    known: Collection[str] = (),
    wanted: Collection[str] | None = None,
) -> dict[str, Unit]:
    """name → its unit, for those of `names` that `sources` define.

    sources  texts of modules, or lists of cells, the most important first; what does not parse is left out
    names    of the contract, "f" or "Class.method"
    known    statements that are nobody's own, from `known_statements`
    wanted   those of `names` to look at; default: all
    """
    defined: dict[str, _Definition] = {}
    # What a student calls the parts of an object: a method reads what another one sets.
    stored: set[str] = set()
    for source in sources:
        here: dict[str, _Definition] = {}
        for tree in _parsed(source):
            stored |= _stored(tree)
            # As in Python, of two definitions the later one holds; of two files the first.
            here.update(_definitions(tree.body))
        for name, node in here.items():
            defined.setdefault(name, node)
    contract = {name.partition(".")[0] for name in names}
    found = {}
    for name in names if wanted is None else wanted:
        nodes = _unit(name, defined, contract, names)
        if nodes:
            found[name] = _normal(nodes, contract, known, stored)
    return found


def known_statements(sources: Iterable[str], names: Collection[str]) -> set[str]:
    """The statements of sources that are the course's own, each in normal form: what everybody may write."""
    contract = {name.partition(".")[0] for name in names}
    return {
        _statement(statement, contract)[0]
        for source in sources
        for tree in _parsed(source)
        for node in tree.body
        for statement in _statements(node)
    }


def _parsed(source: str | Sequence[str]) -> Iterator[ast.Module]:
    for text in (source,) if isinstance(source, str) else source:
        try:
            yield ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue


def _definitions(body: Iterable[ast.stmt]) -> dict[str, _Definition]:
    found: dict[str, _Definition] = {}
    for node in body:
        if isinstance(node, _Definition):
            found[node.name] = node
        elif isinstance(node, ast.If | ast.Try | ast.With):
            found.update(_definitions(node.body))
        elif (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Lambda)
            and isinstance(node.targets[0], ast.Name)
        ):
            # `f = lambda x: …` is `def f(x): return …`.
            made = ast.FunctionDef(
                name=node.targets[0].id,
                args=node.value.args,
                body=[ast.Return(node.value.body)],
                decorator_list=[],
                returns=None,
                type_comment=None,
            )
            found[made.name] = ast.fix_missing_locations(ast.copy_location(made, node))
    return found


def _unit(
    name: str, defined: Mapping[str, _Definition], contract: Collection[str], names: Collection[str]
) -> list[_Definition]:
    """The definition of `name` and, behind it, the helpers that it uses, in the order in which it does."""
    first, _dot, method = name.partition(".")
    node = defined.get(first)
    if node is None:
        return []
    if method:
        methods = _definitions(node.body) if isinstance(node, ast.ClassDef) else {}
        if method not in methods:
            return []
        node = methods[method]
    elif isinstance(node, ast.ClassDef):
        node = copy.copy(node)
        # Methods with points of their own are units of their own.
        node.body = [
            part
            for part in node.body
            if not (isinstance(part, _Definition) and f"{name}.{part.name}" in names)
        ] or [ast.Pass()]
    found, waiting, seen = [node], [node], {first}
    while waiting:
        for part in ast.walk(waiting.pop(0)):
            if isinstance(part, ast.Name) and part.id not in seen and part.id not in contract:
                seen.add(part.id)
                if part.id in defined:
                    found.append(defined[part.id])
                    waiting.append(defined[part.id])
    return found


def _stored(tree: ast.Module) -> set[str]:
    return {
        part.attr
        for part in ast.walk(tree)
        if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store)
    }


def _normal(
    nodes: Sequence[_Definition], contract: Collection[str], known: Collection[str], stored: Collection[str]
) -> Unit:
    plain = ast.Module([_bare(node) for node in nodes], [])
    whole = copy.deepcopy(plain)
    renamed = _Renamed(contract, stored)
    for node in whole.body:
        renamed.enter(node)
    digest = hashlib.sha256(ast.dump(whole).encode("utf-8", "surrogatepass")).hexdigest()
    own = [
        size
        for node in plain.body
        for text, size in (_statement(statement, contract) for statement in _statements(node))
        if text not in known
    ]
    return Unit(digest[:32], sum(own), len(own), ast.unparse(ast.fix_missing_locations(whole))[:LONGEST_TEXT])


def _bare(node: _Definition) -> _Definition:
    return _Bare().visit(copy.deepcopy(node))  # type: ignore[no-any-return]


class _Bare(ast.NodeTransformer):
    """Takes out docstrings and annotations."""

    def _definition(self, node: _Definition) -> _Definition:
        self.generic_visit(node)
        if (
            node.body
            and isinstance(node.body[0], ast.Expr)
            and isinstance(node.body[0].value, ast.Constant)
            and isinstance(node.body[0].value.value, str)
        ):
            node.body = node.body[1:] or [ast.Pass()]
        if isinstance(node, _Function):
            node.returns = None
            node.type_comment = None
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _definition

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        node.type_comment = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        if node.value is None:
            return node
        return ast.copy_location(ast.Assign([node.target], node.value), node)


class _Renamed(ast.NodeTransformer):
    """Replaces names by v0, v1, … in the order in which they appear; what Python or the contract names stays."""

    def __init__(self, contract: Collection[str], stored: Collection[str]) -> None:
        self._contract, self._stored = contract, stored
        self._names: dict[tuple[int, str], str] = {}
        self._definition_number = 0
        self._local: frozenset[str] = frozenset()

    def enter(self, node: ast.AST) -> None:
        """Rename in the next definition: its own variables are no other one's, though they may be called alike."""
        self._definition_number += 1
        self._local = frozenset(
            part.arg if isinstance(part, ast.arg) else part.id
            for part in ast.walk(node)
            if isinstance(part, ast.arg) or (isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store))
        )
        self.visit(node)

    def _name(self, name: str) -> str:
        local = name in self._local
        if not local and (name in self._contract or name in _BUILTIN):
            return name
        place = self._definition_number if local else 0
        return self._names.setdefault((place, name), f"v{len(self._names)}")

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._name(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg = self._name(node.arg)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.Attribute:
        self.generic_visit(node)
        if node.attr in self._stored:
            node.attr = self._name("." + node.attr)
        return node

    def _definition(self, node: _Definition) -> _Definition:
        # A method's name is its class's business and may be in the contract.
        node.name = node.name if node.name.startswith("__") else self._name(node.name)
        self.generic_visit(node)
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _definition

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        node.name = self._name(node.name) if node.name else None
        self.generic_visit(node)
        return node

    def visit_alias(self, node: ast.alias) -> ast.alias:
        node.asname = self._name(node.asname or node.name.partition(".")[0])
        return node

    def _listed(self, node: ast.Global | ast.Nonlocal) -> ast.AST:
        node.names = [self._name(name) for name in node.names]
        return node

    visit_Global = visit_Nonlocal = _listed

    def _pattern(self, node: ast.MatchAs | ast.MatchStar) -> ast.AST:
        node.name = self._name(node.name) if node.name else None
        self.generic_visit(node)
        return node

    visit_MatchAs = visit_MatchStar = _pattern


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """All statements inside a definition, at any depth; the heads of inner ones count, and not its own."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        yield from _statements(child)


def _statement(statement: ast.stmt, contract: Collection[str]) -> tuple[str, int]:
    """One statement in normal form, without those inside it, and its size."""
    shallow = copy.copy(statement)
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        if isinstance(getattr(shallow, field, None), list):
            setattr(shallow, field, [])
    shallow = copy.deepcopy(shallow)
    if isinstance(shallow, _Definition):
        _Bare().visit(shallow)
    if isinstance(shallow, ast.Expr) and isinstance(shallow.value, ast.Constant):
        return "", 0  # a docstring, or "…": says nothing
    shallow = _Renamed(contract, ()).visit(shallow)
    size = sum(not isinstance(part, _NOT_COUNTED) for part in ast.walk(shallow))
    return ast.dump(shallow), size

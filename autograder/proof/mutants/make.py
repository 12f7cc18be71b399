"""What mutants does a source have? Every change of every operator, made in the text, each once.

A mutant differs from the source in one place of one function; docstrings, comments, annotations and the words of exceptions stay.
What does not compile, equals the source or equals another mutant is not made.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from autograder.proof.mutants import numeric, operators
from autograder.proof.mutants.place import Place

MODULE = "(module)"
"""The function's name of what stands outside all functions."""
_ARROW = " => "
_KEPT = ("annotation", "returns", "decorator_list", "type_params")


@dataclass(frozen=True)
class Mutant:
    """A source with one small change.

    function  whose code is changed: `f`, `Node.backward`, a helper, or MODULE
    operator  the kind of change, e.g. "comparison"
    change    the changed lines before and after, "a < b => a <= b": with the function, the mutant's name. A second
              change of the same words in the same function ends in "#2"
    line      of the original, from 1
    before    the changed lines, their common indentation taken off; `after` what became of them
    source    the whole mutated file
    """

    function: str
    operator: str
    change: str
    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    source: str

    @property
    def id(self) -> str:
        """Its name among all mutants of a source. It does not change with edits elsewhere."""
        return f"{self.function}: {self.change}"


def mutants(source: str) -> list[Mutant]:
    """All mutants of a source, in the order of their places. Raises SyntaxError where it is no Python."""
    return list(_named(_Maker(source).all()))


def _named(made: Iterator[Mutant]) -> Iterator[Mutant]:
    seen: Counter[str] = Counter()
    for one in made:
        seen[one.id] += 1
        number = seen[one.id]
        yield one if number == 1 else replace(one, change=f"{one.change} #{number}")


class _Maker:
    """Makes the mutants of one source."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._lines = source.splitlines(keepends=True)
        # Columns of the syntax tree count bytes.
        starts = [0]
        for line in self._lines:
            starts.append(starts[-1] + len(line.encode()))
        self._starts = starts
        self._bytes = source.encode()
        self._tree = ast.parse(source)
        self._made = {ast.dump(self._tree)}
        self._modules, self._numpy = _imports(self._tree)

    def all(self) -> Iterator[Mutant]:
        yield from self._block(self._tree, MODULE, frozenset(), ())

    # -- the walk ----------------------------------------------------------------------------------------------

    def _block(
        self, node: ast.AST, owner: str, known: frozenset[str], parameters: tuple[str, ...]
    ) -> Iterator[Mutant]:
        """All mutants below a node."""
        for role, value in ast.iter_fields(node):
            if role in _KEPT:
                continue
            children = value if isinstance(value, list) else [value]
            for index, child in enumerate(children):
                if not isinstance(child, ast.AST):
                    continue
                if role == "body" and index == 0 and _is_docstring(child) and _has_docstring(node):
                    continue
                put = _putter(node, role, index if isinstance(value, list) else None)
                place = Place(node, role, self._modules, self._numpy, known, parameters)
                yield from self._node(child, place, put, owner)
                if isinstance(child, ast.stmt):
                    known |= operators.stored(child)

    def _node(
        self, node: ast.AST, place: Place, put: Callable[[ast.AST], None], owner: str
    ) -> Iterator[Mutant]:
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.JoinedStr, ast.Global, ast.Nonlocal)):
            return
        known, parameters = place.known, place.parameters
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            # A function inside another goes by the outer one, which the contract names.
            outer = owner == MODULE or isinstance(place.parent, ast.ClassDef)
            name = f"{owner}.{node.name}" if isinstance(place.parent, ast.ClassDef) else node.name
            owner = name if outer else owner
            if not isinstance(node, ast.ClassDef):
                parameters = tuple(each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg))
                known |= frozenset(parameters)
        elif not isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
            for operator in (*operators.OPERATORS, *numeric.OPERATORS):
                for new in operator(node, place):
                    mutant = self._mutant(node, new, put, owner, operator.__name__)
                    if mutant is not None:
                        yield mutant
        if not isinstance(node, ast.Raise):  # its words are not in the contract
            yield from self._block(node, owner, known, parameters)

    # -- one mutant --------------------------------------------------------------------------------------------

    def _mutant(
        self, node: ast.AST, new: ast.AST, put: Callable[[ast.AST], None], owner: str, operator: str
    ) -> Mutant | None:
        put(new)
        try:
            wanted = ast.dump(self._tree)
        finally:
            put(node)
        if wanted in self._made:
            return None
        source = self._written(node, new, wanted)
        if source is None or not _compiles(source):
            return None
        self._made.add(wanted)
        line, before, after = _difference(self._source, source)
        change = f"{_one_line(before)}{_ARROW}{_one_line(after)}"
        return Mutant(owner, operator, change, line, before, after, source)

    def _written(self, node: ast.AST, new: ast.AST, wanted: str) -> str | None:
        """The source with the node's text replaced; in parentheses where it must be. None where that does not
        mean what is wanted."""
        begin, end = self._span(node)
        text = ast.unparse(ast.fix_missing_locations(new))
        for candidate in (text, f"({text})"):
            source = (self._bytes[:begin] + candidate.encode() + self._bytes[end:]).decode()
            try:
                if ast.dump(_parse(source)) == wanted:
                    return source
            except SyntaxError:
                continue
        return None

    def _span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, (ast.expr, ast.stmt, ast.keyword))
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        begin = self._starts[node.lineno - 1] + node.col_offset
        return begin, self._starts[node.end_lineno - 1] + node.end_col_offset


def _putter(parent: ast.AST, role: str, index: int | None) -> Callable[[ast.AST], None]:
    def put(node: ast.AST) -> None:
        if index is None:
            setattr(parent, role, node)
        else:
            getattr(parent, role)[index] = node

    return put


def _imports(tree: ast.Module) -> tuple[frozenset[str], str]:
    """The names that stand for modules, and the one that stands for NumPy."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {(alias.asname or alias.name.partition(".")[0]): alias.name for alias in node.names}
    return frozenset(names), next((name for name, module in names.items() if module == "numpy"), "")


def _has_docstring(node: ast.AST) -> bool:
    return isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _parse(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return ast.parse(source)


def _compiles(source: str) -> bool:
    """Whether Python takes it: `continue` outside a loop is found only here."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            compile(source, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _difference(old: str, new: str) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """(first changed line from 1, the changed lines before, after), indentation in common taken off."""
    a, b = old.splitlines(), new.splitlines()
    most = min(len(a), len(b))
    begin = next((index for index in range(most) if a[index] != b[index]), most)
    end = next((index for index in range(most - begin) if a[-1 - index] != b[-1 - index]), most - begin)
    before, after = a[begin : len(a) - end], b[begin : len(b) - end]
    lines = [line for line in (*before, *after) if line.strip()]
    indent = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    return begin + 1, tuple(line[indent:] for line in before), tuple(line[indent:] for line in after)


def _one_line(lines: tuple[str, ...]) -> str:
    return " ".join(" ".join(line.partition("  #")[0].split()) for line in lines)

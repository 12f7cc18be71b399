"""How does an assert show what it found? Where it is about one answer of the submission, that answer is handed on.

`assert f(2) == [1, 4]` becomes `check_equal(f(2), [1, 4])`, `assert np.isclose(f(2), 4)` becomes
`check_that(lambda it: np.isclose(it, 4), f(2))`; everything else stays as its author wrote it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_CONDITIONAL = (
    ast.Lambda,
    ast.IfExp,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.BoolOp,
    ast.NamedExpr,
    ast.Await,
    ast.Yield,
    ast.YieldFrom,
)


@dataclass(frozen=True)
class _Edit:
    begin: int
    end: int
    text: str


def shown(source: str, functions: Collection[str], answers: Collection[str] = ()) -> str:
    """The code of a test cell with its asserts rewritten.

    functions  names that are calls of the submission
    answers    names whose values are answers of it
    """
    tree = ast.parse(source)
    text = _Text(source)
    results = set(answers) | {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_call(node.value, functions)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    edits = [
        edit
        for node in _outside_classes(tree)
        if (edit := _rewritten(node, text, functions, results)) is not None
    ]
    return text.edited(edits)


class _Text:
    """A source as bytes, since `ast` counts columns in bytes."""

    def __init__(self, source: str) -> None:
        self._data = source.encode()
        self._starts = [0]
        for line in self._data.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        last, column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[last - 1] + column

    def of(self, node: ast.expr) -> str:
        begin, end = self.span(node)
        return self._data[begin:end].decode()

    def replaced(self, whole: ast.expr, part: ast.expr, by: str) -> str:
        (begin, end), (first, last) = self.span(whole), self.span(part)
        return (self._data[begin:first] + by.encode() + self._data[last:end]).decode()

    def edited(self, edits: list[_Edit]) -> str:
        data = self._data
        for edit in sorted(edits, key=lambda edit: edit.begin, reverse=True):
            data = data[: edit.begin] + edit.text.encode() + data[edit.end :]
        return data.decode()


def _outside_classes(node: ast.AST) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            continue
        if isinstance(child, ast.stmt):
            yield child
        yield from _outside_classes(child)


def _rewritten(
    node: ast.stmt, text: _Text, functions: Collection[str], results: Collection[str]
) -> _Edit | None:
    begin, end = text.span(node)
    if isinstance(node, ast.Assert):
        one = _subject(node.test, functions, results)
        if one is None:
            return None
        name = one.id if isinstance(one, ast.Name) else _free_name(node)
        said = _said(node.msg, text, one, name, {*functions, *results})
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq):
            for value, wanted in ((test.left, test.comparators[0]), (test.comparators[0], test.left)):
                if value is one and not _names_in(wanted) & {name}:
                    return _Edit(begin, end, f"check_equal({text.of(one)}, {text.of(wanted)}{said})")
        holds = text.replaced(test, one, name)
        return _Edit(begin, end, f"check_that(lambda {name}: {_bracketed(holds)}, {text.of(one)}{said})")
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _compares(node.value.func):
        one = _subject(node.value, functions, results)
        if one is None:
            return None
        name = one.id if isinstance(one, ast.Name) else _free_name(node)
        compare = text.replaced(node.value, one, name)
        return _Edit(begin, end, f"check_passes(lambda {name}: {_bracketed(compare)}, {text.of(one)})")
    return None


def _bracketed(text: str) -> str:
    """A condition may reach over several lines where brackets outside it allow that; those are not in its text."""
    return f"({text})" if "\n" in text else text


def _said(message: ast.expr | None, text: _Text, one: ast.expr, name: str, students: set[str]) -> str:
    """What the author says of it; nothing where saying it asks the submission once more."""
    if message is None:
        return ""
    if isinstance(message, ast.Constant):
        return f", said={_bracketed(text.of(message))}" if isinstance(message.value, str) else ""
    same = ast.dump(one)
    again = [part for part in ast.walk(message) if isinstance(part, ast.Call) and ast.dump(part) == same]
    # Parts of an f-string have no place of their own before Python 3.12.
    if again or (_names_in(message) & students) - {name}:
        return ""
    return f", said=lambda {name}: ({text.of(message)})"


def _names_in(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _compares(function: ast.expr) -> bool:
    """Whether it is np.testing.assert_allclose or one of its like, called for what it raises."""
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name.startswith("assert_") and not any(word in name for word in ("raises", "warns", "no_warnings"))


def _is_call(node: ast.AST, functions: Collection[str]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in functions


def _subject(whole: ast.expr, functions: Collection[str], results: Collection[str]) -> ast.expr | None:
    """The one answer that it is about, and that it always asks for; None where there are none, or several."""
    calls = [node for node in ast.walk(whole) if _is_call(node, functions)]
    # Of nested calls the outer one is what the assert is about; its arguments are made before.
    outer = [call for call in calls if all(other in ast.walk(call) for other in calls)]
    if calls:
        found: list[ast.expr] = [node for node in outer if isinstance(node, ast.expr)]
    else:
        found = [node for node in ast.walk(whole) if isinstance(node, ast.Name) and node.id in results]
        if len({node.id for node in found if isinstance(node, ast.Name)}) == 1:
            found = [node for node in found if _always(whole, node)][:1]
    if len(found) != 1:
        return None
    return found[0] if _always(whole, found[0]) else None


def _always(whole: ast.AST, wanted: ast.expr) -> bool:
    """Whether evaluating the whole always evaluates that part, once."""
    if whole is wanted:
        return True
    if isinstance(whole, _CONDITIONAL) or (isinstance(whole, ast.Compare) and len(whole.ops) > 1):
        return False
    return any(_always(child, wanted) for child in ast.iter_child_nodes(whole))


def _free_name(node: ast.AST) -> str:
    name = "it"
    while name in _names_in(node):
        name += "_"
    return name

"""Was every check that an author wrote collected, and will it always be run?

pytest leaves tests out in silence: the first of two of one name, a class with a constructor, a file under another
name, whatever is marked to be skipped. A check that is left out costs nobody a point and finds nothing.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

_MARKS = frozenset(("skip", "skipif", "xfail"))
_CALLS = frozenset(("skip", "xfail", "exit", "importorskip"))


def problems(paths: Sequence[Path], items: Sequence[pytest.Item]) -> list[str]:
    """What is left out of the test files under `paths`, though it is written there; empty where nothing is."""
    found = [
        f"{item.nodeid} is marked {mark.name}. A check that is not run cannot be passed: remove the mark."
        for item in items
        for mark in item.iter_markers()
        if mark.name in _MARKS
    ]
    if found:
        return list(dict.fromkeys(found))
    collected = {(item.path.resolve(), getattr(item, "originalname", item.name)) for item in items}
    for path in _files(paths):
        found += _problems_of_file(path, {name for where, name in collected if where == path})
    return found


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        inside = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        for file in inside:
            parts = file.relative_to(path).parts
            if not any(part.startswith(".") or part == "__pycache__" for part in parts):
                yield file.resolve()


def _problems_of_file(path: Path, collected: set[str]) -> Iterator[str]:
    tree = ast.parse(path.read_bytes(), str(path))
    for scope in ast.walk(tree):
        if isinstance(scope, (ast.Module, ast.ClassDef)):
            names = Counter(part.name for part in _functions(scope.body))
            for name, times in names.items():
                if times > 1:
                    yield f"{path.name} has {name} {times} times; only the last would be run. Rename the others."
        elif isinstance(scope, ast.Call) and _is_skip(scope.func):
            yield f"{path.name}:{scope.lineno}: {ast.unparse(scope.func)}() keeps a check from being run. Remove it."
    for name in dict.fromkeys(_tests(tree.body)):
        if name not in collected:
            yield (
                f"{path.name} has {name}, which pytest does not collect. Files are called test_*.py, classes Test* "
                "(without __init__), functions test*."
            )


def _functions(body: Sequence[ast.stmt]) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The tests that are defined right here."""
    return [
        node
        for node in body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test")
    ]


def _tests(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Names of tests, at the top or in a class, also where only some condition defines them."""
    yield from (function.name for function in _functions(body))
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from _tests(getattr(node, field, []))
        for handler in getattr(node, "handlers", []):
            yield from _tests(handler.body)


def _is_skip(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "pytest"
        and function.attr in _CALLS
    )

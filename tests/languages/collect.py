"""Which texts of the engine are to be translated, and where do they stand?

Python files are read as syntax trees, since a text may be chosen before it is said (`text = "…" if … else "…"`);
templates as Jinja's; the help of commands from the commands themselves, as people see it.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import click
from jinja2 import Environment, nodes

from autograder.cli import speech
from autograder.cli.main import COMMANDS, cli

ROOT = Path(__file__).resolve().parent.parent.parent
ENGINE = ROOT / "autograder"
TEMPLATES = ENGINE / "reports" / "templates"

SAYING = frozenset({"_", "message", "translate", "later"})
"""Functions whose first argument is a text for people."""
SENTENCES = ENGINE / "sandbox" / "inside" / "ingest" / "said.py"
"""A file of sentences in constants; the worker that says them imports nothing."""

_FIELD = re.compile(r"\{(\w+)\}")
_DYNAMIC_ALLOWED = frozenset({"language.py", "grading/source.py", "sandbox/ingest.py", "reports/html.py"})
"""Files that hand on a text from elsewhere."""


@dataclass(frozen=True)
class Text:
    """One text at one place.

    given  names of the fields that the call fills in; None where that cannot be seen (`**fields`), or is not done there
    """

    id: str
    file: str
    line: int
    given: frozenset[str] | None = None

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


class Unseen(Exception):
    """A text that is made up while running, so that it cannot be found here."""


def fields(text: str) -> frozenset[str]:
    """Names of the fields of a text."""
    return frozenset(_FIELD.findall(text))


@cache
def engine_texts() -> tuple[Text, ...]:
    """All texts of the engine, in the order of files and lines."""
    found: list[Text] = []
    for path in sorted(ENGINE.rglob("*.py")):
        found += in_python(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    for path in sorted(TEMPLATES.glob("*.html")):
        found += _in_template(path)
    found += _help()
    return tuple(found)


# -- python ---------------------------------------------------------------------------------------------------


def in_python(source: str, file: str) -> list[Text]:
    """The texts that a Python file says. Raises Unseen for one that cannot be found out."""
    tree = ast.parse(source)
    found: list[Text] = []
    if (ROOT / file) == SENTENCES:
        found += _constants(tree, file)
    for scope in [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))]:
        for call in _own_nodes(scope):
            if isinstance(call, ast.Call) and _name(call.func) in SAYING and call.args:
                found += _said(call, scope, tree, file)
    return sorted(found, key=lambda text: text.line)


def _said(call: ast.Call, scope: ast.AST, tree: ast.Module, file: str) -> Iterator[Text]:
    given: frozenset[str] | None = frozenset(word.arg for word in call.keywords if word.arg)
    if any(word.arg is None for word in call.keywords) or _name(call.func) == "later":
        given = None
    for text in _literals(call.args[0], scope, tree, f"{file}:{call.lineno}"):
        yield Text(text, file, call.lineno, given)


def _literals(node: ast.expr, scope: ast.AST, tree: ast.Module, place: str) -> list[str]:
    """The texts that an expression may be."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return _literals(node.body, scope, tree, place) + _literals(node.orelse, scope, tree, place)
    if isinstance(node, ast.Name):
        values = _before(node, scope) or list(_assigned(node.id, tree))
        texts = [value for value in values if isinstance(value, (ast.Constant, ast.IfExp))]
        if texts:
            return [text for value in texts for text in _literals(value, scope, tree, place)]
    if place.partition(":")[0].removeprefix("autograder/") in _DYNAMIC_ALLOWED:
        return []
    # What `later` or the help of commands marks is found there.
    if isinstance(node, (ast.Subscript, ast.Attribute, ast.Name)):
        return []
    raise Unseen(f"{place}: {ast.unparse(node)} is no text; write it out, or mark its parts with later()")


def _before(name: ast.Name, scope: ast.AST) -> list[ast.expr]:
    """What the name may stand for where it is used: its last assignments before, in each branch that leads there."""
    found: list[ast.expr] = []
    for block in _blocks_around(name, scope):
        for statement in reversed(block):
            values = list(_assigned(name.id, ast.Module([statement], [])))
            found += values
            if values and isinstance(statement, ast.Assign):
                return found
    return found


def _blocks_around(name: ast.Name, scope: ast.AST) -> Iterator[list[ast.stmt]]:
    """The statements before the one that holds `name`, in its own block, then in the one around that, …"""
    for field in ("body", "orelse", "handlers", "finalbody", "cases"):
        block = getattr(scope, field, None)
        for number, part in enumerate(block if isinstance(block, list) else ()):
            if any(node is name for node in ast.walk(part)):
                yield from _blocks_around(name, part)
                yield [statement for statement in block[:number] if isinstance(statement, ast.stmt)]
                return


def _assigned(name: str, scope: ast.AST) -> Iterator[ast.expr]:
    for node in _own_nodes(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id == name:
                    yield node.value
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    for part, value in zip(target.elts, node.value.elts, strict=True):
                        if isinstance(part, ast.Name) and part.id == name:
                            yield value


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """What stands in a scope, without the functions in it."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef):
            waiting += ast.iter_child_nodes(node)
        else:
            waiting += node.decorator_list


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _constants(tree: ast.Module, file: str) -> Iterator[Text]:
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id.isupper()
        ):
            value = node.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield Text(value.value, file, node.lineno)


# -- templates and help ---------------------------------------------------------------------------------------


def _in_template(path: Path) -> Iterator[Text]:
    file = path.relative_to(ROOT).as_posix()
    tree = Environment().parse(path.read_text(encoding="utf-8"))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "_":
            text = call.args[0]
            if not isinstance(text, nodes.Const):
                raise Unseen(f"{file}:{call.lineno}: a text must be written out")
            yield Text(text.value, file, call.lineno, frozenset(word.key for word in call.kwargs))


def commands() -> dict[str, click.Command]:
    """Every command by name."""
    found = {}
    for section in COMMANDS.values():
        for name, entry in section.items():
            module, _, attribute = entry.target.partition(":")
            found[name] = getattr(importlib.import_module(module), attribute)
    return found


def _help() -> Iterator[Text]:
    yield from (Text(text, "autograder/cli/main.py", 0) for text in speech.help_texts(cli))
    for section, entries in COMMANDS.items():
        yield Text(section, "autograder/cli/main.py", 0)
        yield from (Text(entry.short_help, "autograder/cli/main.py", 0) for entry in entries.values())
    for name, command in commands().items():
        yield from (Text(text, f"autograde {name} --help", 0) for text in speech.help_texts(command))

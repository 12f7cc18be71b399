"""Which test cells cannot run outside the notebook's own process, and why?

In nbgrader a test and the student's code are one program. Here they are two: a test calls functions and gets values. What
looks into the other program, or changes it, is left out and named.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from autograder.model import Message, message
from autograder.notebooks.importing.code import Definition, root

_MOCKS = {"mock", "patch", "MagicMock", "Mock", "monkeypatch", "patch_object"}
_KERNEL = {"get_ipython", "In", "Out", "_ih", "_oh", "_i", "_ii"}
_PRINTED = {"StringIO", "redirect_stdout", "redirect_stderr", "capture_output", "capsys", "capture"}
_SOURCE = {"inspect", "dis", "getsource", "signature", "getsourcelines", "getfullargspec"}
_TEXT_AS_CODE = {"eval", "exec", "compile", "globals", "locals", "vars", "__import__", "issubclass"}
_FILES = {
    "open",
    "loadtxt",
    "genfromtxt",
    "read_csv",
    "read_excel",
    "read_json",
    "read_text",
    "load",
    "loadmat",
    "imread",
    "listdir",
}
_PLOTS = {"matplotlib", "pylab", "seaborn", "plotly", "plotchecker"}
_AUTOTEST = ("### AUTOTEST", "### HASHED AUTOTEST")


@dataclass(frozen=True)
class Notebooks:
    """What is known of the notebook around a test cell.

    functions, classes  names that students write
    shared              further names that the students' code takes from the notebook
    modules             name → module, of all imports: {"np": "numpy"}
    random              whether the solution draws random numbers
    """

    functions: Collection[str]
    classes: Collection[str]
    shared: Collection[str]
    modules: Mapping[str, str]
    random: bool


def why_not(source: str, tree: ast.Module, known: Notebooks) -> Message | None:
    """Why the test cell is left out; None where it can be carried."""
    if any(mark in source for mark in _AUTOTEST):
        return message(
            "nbgrader makes these tests by running the solution (### AUTOTEST); write them out instead"
        )
    return next(_reasons(tree, known), None)


def files(tree: ast.AST, modules: Mapping[str, str]) -> bool:
    """Whether the code reads or writes a file."""
    return any(
        isinstance(node, ast.Call)
        and (name := _called(node)) in _FILES
        and not (name == "load" and root(node.func) and modules.get(root(node.func)) in ("json", "pickle"))
        for node in ast.walk(tree)
    ) or any(isinstance(node, ast.Name) and modules.get(node.id) == "pathlib.Path" for node in ast.walk(tree))


def _reasons(tree: ast.Module, known: Notebooks) -> Iterator[Message]:
    students = {*known.functions, *known.classes}
    seeds = False
    for node in ast.walk(tree):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        module = known.modules.get(node.id, "") if isinstance(node, ast.Name) else ""
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None) or node.names[0].name
        top = module.partition(".")[0]
        if name in _MOCKS or "mock" in module:
            yield message("it puts something else in a function's place ({name})", name=name or module)
        elif name in _KERNEL or top == "IPython":
            yield message("it asks the notebook's kernel ({name})", name=name or module)
        elif top in _PLOTS:
            yield message("it looks at a plot ({name})", name=module)
        elif name in _PRINTED or (name == "stdout" and isinstance(node, ast.Attribute)):
            yield message(
                "it reads what is printed ({name}), which stays in the student's process", name=name
            )
        elif (name in _SOURCE and (isinstance(node, ast.Attribute) or module)) or top in ("inspect", "dis"):
            yield message("it reads the code of a function ({name})", name=name or module)
        elif name in _TEXT_AS_CODE and isinstance(node, ast.Name):
            yield message("it uses {name}(), which means something else here", name=name)
        elif isinstance(node, ast.Global):
            yield message("it changes names of the notebook (global {name})", name=node.names[0])
        elif (
            isinstance(node, ast.Attribute)
            and node.attr.startswith("__")
            and isinstance(node.value, ast.Name)
            and node.value.id in students
        ):
            yield message("it looks at {name} itself, not at what it answers", name=ast.unparse(node))
        elif (
            isinstance(node, ast.Attribute | ast.Subscript)
            and isinstance(node.ctx, ast.Store | ast.Del)
            and known.modules.get(root(node))
        ):
            yield message("it changes {name}, and the student's process has its own", name=ast.unparse(node))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            if node.id in students:
                yield (
                    message("it replaces or deletes {name} to see who uses it", name=node.id)
                    if _is_outer(tree, node)
                    else message("it uses the name {name} for something else", name=node.id)
                )
            elif node.id in known.shared and _is_outer(tree, node):
                yield message("it changes {name}, which the student's code reads", name=node.id)
        elif isinstance(node, Definition) and node.name in students:
            yield message("it replaces or deletes {name} to see who uses it", name=node.name)
        elif isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith | ast.Yield):
            yield message("it waits for something (await)")
        elif isinstance(node, ast.Call) and _called(node) == "input":
            yield message("it asks for input")
        elif isinstance(node, ast.Call) and _called(node) == "seed":
            seeds = True
    if files(tree, known.modules):
        yield message("it reads or writes a file")
    if seeds and known.random:
        yield message("it seeds random numbers, and the student's process draws its own")
    if changed := _changed_in_place(tree, known.functions):
        yield message("it looks at what {name} changes in its argument, which is a copy here", name=changed)


def _is_outer(tree: ast.Module, wanted: ast.Name) -> bool:
    """Whether the name stands at the notebook's own level, not in a function of the test's own."""

    def within(node: ast.AST) -> bool:
        if node is wanted:
            return True
        if isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ListComp | ast.GeneratorExp
        ):
            return False
        return any(map(within, ast.iter_child_nodes(node)))

    return within(tree)


def _called(node: ast.Call) -> str:
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _changed_in_place(tree: ast.Module, functions: Collection[str]) -> str:
    """The function whose answer is thrown away and whose argument is asked about later; "" where there is none."""
    for block in ast.walk(tree):
        body = getattr(block, "body", None)
        if not isinstance(body, list) or isinstance(block, ast.Try | ast.With):
            continue
        for number, one in enumerate(body):
            if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)):
                continue
            call = one.value
            if not isinstance(call.func, ast.Name) or call.func.id not in functions:
                continue
            given = {argument.id for argument in call.args if isinstance(argument, ast.Name)}
            later = {
                part.id
                for after in body[number + 1 :]
                for part in ast.walk(after)
                if isinstance(part, ast.Name)
            }
            if given & later:
                return call.func.id
    return ""

"""What does a cell's code define and use, and which of it is the solution? Told from the text alone."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from autograder.course.stub import BEGIN, END, cut
from autograder.errors import CourseError
from autograder.model import Message, message

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_BUILTINS = frozenset(dir(builtins))
_BEGIN, _END = "BEGIN SOLUTION", "END SOLUTION"
_COMMAND = re.compile(r"([ \t]*)(?:[%!]|\?|[\w.]+\?{1,2}\s*$)")
_BODY_IS_PYTHON = frozenset({"%%time", "%%timeit", "%%capture", "%%prun"})
_HIDDEN = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")


@dataclass(frozen=True)
class Statement:
    """One statement at the left edge of a cell.

    text    as written, with the comments above it
    binds   names that it gives a value; `uses` names that it takes from outside
    """

    text: str
    node: ast.stmt
    binds: frozenset[str]
    uses: frozenset[str]

    @property
    def is_import(self) -> bool:
        return isinstance(self.node, ast.Import | ast.ImportFrom)


def parse(source: str) -> ast.Module:
    """Raises SyntaxError, also for what `ast` reads and Python does not, such as a name that cannot be one."""
    try:
        tree = ast.parse(source)
        symtable.symtable(source, "cell", "exec")
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error)) from None
    return tree


def without_commands(source: str) -> tuple[str, list[str]]:
    """A cell without the lines that only Jupyter understands, and those lines.

    Raises  SyntaxError for a cell that is a text for a command, such as %%bash
    """
    lines, dropped = source.split("\n"), list[str]()
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and first.split()[0] not in _BODY_IS_PYTHON:
        raise SyntaxError(f"a cell for {first.split()[0]}")
    if not any(_COMMAND.match(line) for line in lines) or _is_python(source):
        return source, []
    for number, line in enumerate(lines):
        if found := _COMMAND.match(line):
            dropped.append(line.strip())
            lines[number] = f"{found[1]}pass" if found[1] else ""
    return "\n".join(lines), dropped


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def statements(source: str) -> list[Statement]:
    """The statements of a cell, in order. Raises SyntaxError."""
    lines = source.splitlines()
    found: list[Statement] = []
    end = 0
    for node in parse(source).body:
        begin = first_line(node) - 1
        while begin > end and lines[begin - 1].lstrip().startswith("#"):
            begin -= 1
        last = node.end_lineno or node.lineno
        # Two statements on one line share it.
        text = "\n".join(lines[begin:last]) if first_line(node) > end else ast.unparse(node)
        end = max(end, last)
        alone = ast.unparse(node)
        binds, uses = names(alone)
        if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr | ast.Delete):
            uses -= binds  # what a loop or a function takes from itself
        found.append(Statement(text, node, binds | _changed(node), uses))
    return found


def wanted(cell: Iterable[Statement]) -> set[str]:
    """The names that a cell needs from the cells before it."""
    missing, bound = set[str](), set[str]()
    for one in cell:
        missing |= one.uses - bound
        bound |= one.binds
    return missing


def _changed(node: ast.stmt) -> set[str]:
    """Names whose values a statement changes without binding them: `x[0] = 1`, `x.append(1)`, `np.random.seed(1)`."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        function = node.value.func
        # What a module is asked changes nothing of ours, but for what it is to draw next.
        if isinstance(function, ast.Attribute) and (
            isinstance(function.value, ast.Name) or function.attr == "seed"
        ):
            targets = [function]
    return {name for name in map(root, targets) if name}


def root(node: ast.AST) -> str:
    """`x` of `x[0].y`, "" of anything else, of a plain name too."""
    inner: ast.AST = node
    while isinstance(inner, ast.Attribute | ast.Subscript):
        inner = inner.value
    return inner.id if isinstance(inner, ast.Name) and inner is not node else ""


def names(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """What the code binds at its left edge, and which names it needs from elsewhere."""
    table = symtable.symtable(source, "cell", "exec")
    binds = {one.get_name() for one in table.get_symbols() if one.is_assigned() or one.is_imported()}
    uses = {one.get_name() for one in table.get_symbols() if one.is_referenced()}
    for child in _scopes(table):
        for one in child.get_symbols():
            if one.is_global() and one.is_referenced():
                uses.add(one.get_name())
            if one.is_declared_global() and one.is_assigned():
                binds.add(one.get_name())
    return frozenset(binds), frozenset(uses - _BUILTINS | (uses & binds))


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _scopes(child)


def first_line(node: ast.stmt) -> int:
    """The statement's first line, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def definitions(source: str) -> dict[str, Definition]:
    """The functions and classes that stand at the left edge."""
    return {node.name: node for node in ast.parse(source).body if isinstance(node, Definition)}


def needed(wanted: Iterable[str], available: Iterable[Statement]) -> list[Statement]:
    """Those statements that give `wanted` their values, and those that these need, in order."""
    everything = list(available)
    missing, seen, kept = set(wanted), set[str](), set[int]()
    while missing:
        name = missing.pop()
        seen.add(name)
        for number, one in enumerate(everything):
            if name in one.binds and number not in kept:
                kept.add(number)
                missing |= (one.uses | one.binds) - seen
    return [everything[number] for number in sorted(kept)]


# -- hidden tests ------------------------------------------------------------------------------------------------


def visible_part(source: str) -> str:
    """A test cell as students get it: without its hidden tests. Raises CourseError where the marks do not pair up."""
    kept: list[str] = []
    hidden = False
    for number, line in enumerate(source.splitlines(), 1):
        if _HIDDEN[0] in line or _HIDDEN[1] in line:
            if hidden == (_HIDDEN[0] in line):
                raise CourseError(
                    message('line {line}: "{text}" does not pair up', line=number, text=line.strip())
                )
            hidden = _HIDDEN[0] in line
        elif not hidden:
            kept.append(line)
    if hidden:
        raise CourseError(message('"{text}" is never ended', text=_HIDDEN[0]))
    return "\n".join(kept)


def without_hidden_marks(source: str) -> str:
    """A test cell with everything in it but the marks."""
    return "\n".join(line for line in source.splitlines() if not any(mark in line for mark in _HIDDEN))


# -- solutions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Solution:
    """A solution cell as a part of the reference, with our marks; `said` what had to be changed."""

    text: str
    said: Message | None = None


def solution(source: str, contract: Collection[str]) -> Solution:
    """A solution cell with marks that the stub can be cut by.

    contract  names that the stub must keep: what students are to write is shown with its signature
    Raises    CourseError or SyntaxError where that cannot be done
    """
    marked = any(_BEGIN in line for line in source.splitlines())
    if marked and (normal := _with_our_marks(source)) is not None:
        if _is_sound(normal, contract):
            return Solution(normal)
        said = message("whole bodies are cut out, since the marks stand elsewhere")
    elif marked:
        said = message("whole bodies are cut out, since the marks do not pair up")
    else:
        said = message("whole bodies are cut out, since there are no marks")
    whole = marked_whole(without_marks(source))
    if not _is_sound(whole, contract):
        raise CourseError(message("the solution cannot be cut out of it"))
    return Solution(whole, said)


def wrapped(source: str, name: str, given: list[str], results: list[str]) -> Solution:
    """Loose code as a function, so that it can be asked for: it returns the values of `results`.

    given  lines that come first: the answers of earlier cells
    """
    normal = _with_our_marks(source)
    body = (
        normal
        if normal is not None and BEGIN in normal
        else f"{BEGIN}\n{without_marks(source).strip()}\n{END}"
    )
    told = " and ".join(f"`{one}`" for one in results)
    head = f'def {name}():\n    """Compute {told}, and return {"it" if len(results) == 1 else "them"}."""\n'
    text = head + indented("\n".join([*given, body, f"return {', '.join(results)}"]), "    ") + "\n"
    if not _is_sound(text, [name]):
        text = head + indented(
            "\n".join([*given, BEGIN, without_marks(source).strip(), END, f"return {', '.join(results)}"]),
            "    ",
        )
        if not _is_sound(text, [name]):
            raise CourseError(message("the solution cannot be cut out of it"))
    return Solution(text.rstrip("\n"))


def without_marks(source: str) -> str:
    """The code without its marks."""
    return "\n".join(line for line in source.splitlines() if _BEGIN not in line and _END not in line)


def _with_our_marks(source: str) -> str | None:
    """The same code with `# BEGIN SOLUTION`, indented like what it stands around; None where marks do not pair up."""
    lines = source.splitlines()
    made: list[str] = []
    indent: str | None = None
    for number, line in enumerate(lines):
        if _BEGIN in line:
            if indent is not None:
                return None
            following = next((after for after in lines[number + 1 :] if after.strip()), "")
            indent = following[: len(following) - len(following.lstrip())]
            made.append(indent + BEGIN)
        elif _END in line:
            if indent is None:
                return None
            made.append(indent + END)
            indent = None
        else:
            made.append(line)
    return None if indent is not None else "\n".join(made)


def _is_sound(source: str, contract: Collection[str]) -> bool:
    """Whether a stub can be cut of it that has every name of the contract, with something cut out of each."""
    try:
        parse(source)
        stub = cut(source)
        kept = definitions(stub)
    except (CourseError, SyntaxError):
        return False
    whole = definitions(without_marks(source))
    return all(name in kept and ast.dump(kept[name]) != ast.dump(whole[name]) for name in contract)


def marked_whole(source: str) -> str:
    """The same code with every body marked, and what is neither a definition nor an import."""
    tree = parse(source)
    lines = source.splitlines()
    if any(isinstance(node, Definition) and _is_short(node, lines) for node in ast.walk(tree)):
        source = ast.unparse(tree)
        tree, lines = parse(source), source.splitlines()
    before: dict[int, list[str]] = {}
    after: dict[int, list[str]] = {}

    def mark(nodes: list[ast.stmt]) -> None:
        first, last = first_line(nodes[0]), nodes[-1].end_lineno or nodes[-1].lineno
        indent = " " * nodes[0].col_offset
        before.setdefault(first, []).append(indent + BEGIN)
        after.setdefault(last, []).insert(0, indent + END)

    run: list[ast.stmt] = []
    for node in [*tree.body, None]:
        if node is not None and not isinstance(node, Definition | ast.Import | ast.ImportFrom):
            run.append(node)
            continue
        if run:
            mark(run)
            run = []
        for function in _functions(node):
            body = function.body[1:] if ast.get_docstring(function) is not None else function.body
            if body:
                mark(body)
    made: list[str] = []
    for number, line in enumerate(lines, 1):
        made += [*before.get(number, []), line, *after.get(number, [])]
    return "\n".join(made)


def _is_short(node: Definition, lines: list[str]) -> bool:
    """Whether the body stands on the line of the `def`."""
    first = node.body[0]
    return bool(lines[first_line(first) - 1].encode()[: first.col_offset].strip())


def _functions(node: ast.stmt | None) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    if isinstance(node, ast.ClassDef):
        for part in node.body:
            yield from _functions(part)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield node


# -- text -----------------------------------------------------------------------------------------------------------


def indented(source: str, by: str) -> str:
    """The code moved to the right, what stands inside texts of several lines as it is."""
    inside: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        ):
            inside.update(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
    return "\n".join(
        line if number in inside or not line.strip() else by + line
        for number, line in enumerate(source.splitlines(), 1)
    )


def slug(text: str) -> str:
    """A name for a function or a module: small letters, digits and _."""
    made = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return made if made[:1].isalpha() else f"q_{made}" if made else "q"

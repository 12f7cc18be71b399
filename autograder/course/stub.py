"""What does the student start from? The reference with its marked solution regions cut out.

A region is what stands between a line `# BEGIN SOLUTION` and a line `# END SOLUTION`. Inside a function it
becomes a TODO and a NotImplementedError; at module or class level it vanishes. All else stays word for word.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass

from autograder.errors import CourseError

BEGIN = "# BEGIN SOLUTION"
END = "# END SOLUTION"
_LOOKS_LIKE_MARKER = re.compile(r"#[#\s]*(begin|end)[\s_-]*solutions?\b[\s.:#]*", re.IGNORECASE)

_Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Region:
    """A marked region: the lines of its markers (from 1) and their column."""

    begin: int
    end: int
    column: int


def cut(reference_source: str) -> str:
    """The stub of a reference.

    Returns  source that compiles, holds no region, and defines every top-level name that the reference
             defines outside its module-level regions
    Raises   CourseError with the line: markers that are unbalanced, nested, misspelt, on a line with code, or
             around half a statement
    """
    tree = _parse(reference_source, "the reference")
    found = regions(reference_source)
    parents = _parents(tree)
    lines = reference_source.splitlines()
    kept: list[str] = []
    written: set[ast.AST] = set()
    gone: set[ast.AST] = set()
    position = 1
    for region in found:
        outermost = _statements(tree, parents, region)
        owner = _function_around(outermost[0], parents)
        kept += lines[position - 1 : region.begin - 1]
        position = region.end + 1
        if owner is None:
            gone.update(outermost)
        if owner is not None and owner not in written:
            written.add(owner)
            name = _name(owner, parents)
            indent = " " * region.column
            kept.append(f"{indent}# TODO {name}: your code instead of the next line.")
            kept.append(f'{indent}raise NotImplementedError("{name} is not written yet")')
        else:
            blank_before = _drop_blank_end(kept)
            blank_after = 0
            while position <= len(lines) and not lines[position - 1].strip():
                blank_after += 1
                position += 1
            if kept and position <= len(lines):
                most = 1 if lines[position - 1][:1].isspace() else 2
                kept += [""] * min(max(blank_before, blank_after), most)
    kept += lines[position - 1 :]
    _drop_blank_end(kept)
    stub = "\n".join(kept) + "\n" if kept else ""
    names = _names(_parse(stub, "the generated stub").body)
    lost = _names([node for node in tree.body if node not in gone]) - names
    if lost:
        raise CourseError(
            f"The stub would lose the top-level name {sorted(lost)[0]}: move the region's markers."
        )
    return stub


def regions(source: str) -> list[Region]:
    """The regions of a source, in order. Raises CourseError where markers do not pair up."""
    found: list[Region] = []
    opened: tuple[int, int] | None = None
    for line, column, text, alone in _comments(source):
        looks = _LOOKS_LIKE_MARKER.fullmatch(text)
        if not looks:
            continue
        if text not in (BEGIN, END):
            wanted = BEGIN if looks[1].lower() == "begin" else END
            raise CourseError(f'Line {line}: "{text}" looks like a marker; write exactly "{wanted}".')
        if not alone:
            raise CourseError(f'Line {line}: "{text}" must stand on a line of its own.')
        if text == BEGIN:
            if opened:
                raise CourseError(
                    f'Line {line}: "{BEGIN}" inside the region that begins in line {opened[0]}; '
                    f'regions do not nest. End the first with "{END}".'
                )
            opened = line, column
        else:
            if not opened:
                raise CourseError(f'Line {line}: "{END}" without a "{BEGIN}" before it.')
            if column != opened[1]:
                raise CourseError(
                    f'Line {line}: "{END}" is indented by {column}, its "{BEGIN}" in line {opened[0]} by '
                    f"{opened[1]}. Indent both alike."
                )
            found.append(Region(opened[0], line, column))
            opened = None
    if opened:
        raise CourseError(f'Line {opened[0]}: "{BEGIN}" is never ended. Add "{END}".')
    return found


def without_markers(source: str) -> str:
    """The same code with the marker lines taken out and everything between them kept."""
    marked = {line for region in regions(source) for line in (region.begin, region.end)}
    lines = source.splitlines()
    return "\n".join(text for number, text in enumerate(lines, start=1) if number not in marked) + "\n"


def _comments(source: str) -> list[tuple[int, int, str, bool]]:
    """(line, column, text, alone on its line) of each comment; a string that looks like one is none."""
    try:
        return [
            (*token.start, token.string.rstrip(), token.line.strip() == token.string.rstrip())
            for token in tokenize.generate_tokens(io.StringIO(source).readline)
            if token.type == tokenize.COMMENT
        ]
    except (tokenize.TokenError, SyntaxError) as error:
        raise CourseError(f"The reference is not valid Python: {error}.") from None


def _parse(source: str, what: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        place = f", line {line}" if line else ""
        raise CourseError(f"Not valid Python: {what}{place}: {getattr(error, 'msg', error)}.") from None


def _parents(tree: ast.Module) -> dict[ast.AST, ast.AST]:
    return {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}


def _statements(tree: ast.Module, parents: dict[ast.AST, ast.AST], region: Region) -> list[ast.stmt]:
    """The outermost statements inside a region; all of one block, none cut in half."""
    inside = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and region.begin < _first_line(node) and _last_line(node) < region.end
    ]
    outermost = sorted((node for node in inside if parents[node] not in inside), key=_first_line)
    if not outermost:
        raise CourseError(f"Line {region.begin}: the region holds no whole statement. Move its markers.")
    around: set[ast.AST] = set()
    node: ast.AST | None = outermost[0]
    while node is not None:
        around.add(node)
        node = parents.get(node)
    for statement in ast.walk(tree):
        if not isinstance(statement, ast.stmt) or statement in around or statement in inside:
            continue
        first, last = _first_line(statement), _last_line(statement)
        if first < region.end and last > region.begin:
            raise CourseError(f"Line {first}: a marker stands in the middle of this statement. Move it.")
    if len({parents[node] for node in outermost}) > 1 or outermost[0].col_offset != region.column:
        raise CourseError(
            f"Line {region.begin}: the region reaches over several blocks. Indent its markers like the "
            "statements between them, and give each function a region of its own."
        )
    return outermost


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _last_line(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def _function_around(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.AST | None:
    while (node := parents[node]) and not isinstance(node, ast.Module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return node
        if isinstance(node, ast.ClassDef):
            return None
    return None


def _name(function: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
    """`f`, or `Class.method`; a function inside another goes by the outer one, which the contract names."""
    names: list[str] = []
    node = function
    while not isinstance(node, ast.Module):
        if isinstance(node, ast.ClassDef):
            names.insert(0, node.name)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [node.name]
        node = parents[node]
    return ".".join(names)


def _names(statements: list[ast.stmt]) -> set[str]:
    names: set[str] = set()
    for node in statements:
        if isinstance(node, _Scope):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names.update(
                leaf.id for target in targets for leaf in ast.walk(target) if isinstance(leaf, ast.Name)
            )
    return names


def _drop_blank_end(lines: list[str]) -> int:
    count = 0
    while lines and not lines[-1].strip():
        lines.pop()
        count += 1
    return count

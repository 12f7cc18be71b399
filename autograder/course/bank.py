"""What do students write? The banks: known mistakes, and right solutions written differently.

An entry is read, never executed: COSTS, EXPLANATION, HINTS and the docstring are literals. `compose` turns an entry
into the whole file that a student would hand in.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.course.manifest import Assignment
from autograder.course.stub import without_markers
from autograder.errors import CourseError
from autograder.names import did_you_mean

_ABOUT = ("COSTS", "EXPLANATION", "HINTS")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Entry:
    """One file of a bank.

    name         its stem, unique in its bank
    title        first line of its docstring
    costs        functions that must lose points, exactly these; () for a variant
    explanation  language → what was misunderstood; empty for a variant
    source       the file's text; `compose` makes a submission of it
    hints        language → where to look, then which formula: what a student may ask for; () where the function's
                 own hints do
    """

    name: str
    path: Path
    title: str
    costs: tuple[str, ...]
    explanation: Mapping[str, str]
    source: str
    hints: tuple[Mapping[str, str], ...] = ()


def mistakes(assignment: Assignment) -> tuple[Entry, ...]:
    """The known mistakes, by name. Raises CourseError for one that does not say what it costs."""
    return tuple(_entry(path, assignment, is_mistake=True) for path in _files(assignment.mistakes_dir))


def sound_mistakes(assignment: Assignment) -> tuple[Entry, ...]:
    """The known mistakes without those that `mistakes` refuses: a slip in one of them must not stop anybody's grading."""
    found = []
    for path in _files(assignment.mistakes_dir):
        with contextlib.suppress(CourseError, OSError):
            found.append(_entry(path, assignment, is_mistake=True))
    return tuple(found)


def variants(assignment: Assignment) -> tuple[Entry, ...]:
    """The differently written right solutions, by name."""
    return tuple(_entry(path, assignment, is_mistake=False) for path in _files(assignment.variants_dir))


def compose(reference_source: str, entry_source: str) -> str:
    """The file that a student with this mistake, or with this variant, hands in.

    The reference without its markers, each top-level function and class that the entry defines replaced in
    its place; the entry's imports and helpers stand before the reference's first definition. What only the
    course needs (COSTS, EXPLANATION, HINTS, the entry's docstring) is left out.
    """
    reference_source = without_markers(reference_source)
    reference = ast.parse(reference_source)
    entry = ast.parse(entry_source)
    lines, entry_lines = reference_source.splitlines(), entry_source.splitlines()
    places = {node.name: node for node in reference.body if isinstance(node, _Definition)}
    known = {_text(node, lines) for node in reference.body if isinstance(node, ast.Import | ast.ImportFrom)}
    replaced: dict[str, list[str]] = {}
    future: list[str] = []
    imports: list[str] = []
    helpers: list[list[str]] = []
    for number, node in enumerate(entry.body):
        if (number == 0 and _is_docstring(node)) or _assigned(node) in _ABOUT:
            continue
        text = entry_lines[_first_line(node, entry_lines) - 1 : node.end_lineno]
        if isinstance(node, _Definition) and node.name in places:
            replaced[node.name] = text
        elif isinstance(node, ast.Import | ast.ImportFrom):
            if _text(node, entry_lines) not in known:
                of_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
                (future if of_future else imports).extend(text)
        else:
            helpers.append(text)

    edits: list[tuple[int, int, list[str]]] = []  # (first line, line after the last, new lines)
    for name, text in replaced.items():
        node = places[name]
        edits.append((_decorated_line(node), (node.end_lineno or node.lineno) + 1, text))
    body = reference.body[1:] if reference.body and _is_docstring(reference.body[0]) else reference.body
    if future:
        place = _first_line(body[0], lines) if body else len(lines) + 1
        edits.append((place, place, [*future, ""]))
    if imports or helpers:
        first = next((node for node in body if isinstance(node, _Definition)), None)
        place = _first_line(first, lines) if first else len(lines) + 1
        added = [*imports, "", ""] if imports else []
        for number, helper in enumerate(helpers):
            following = helpers[number + 1] if number + 1 < len(helpers) else None
            tight = following is not None and _is_flat(helper) and _is_flat(following)
            added += helper if tight else [*helper, "", ""]
        edits.append((place, place, added))
    for begin, end, text in sorted(edits, key=lambda edit: edit[:2], reverse=True):
        lines[begin - 1 : end - 1] = text
    return "\n".join(lines).rstrip() + "\n"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.py") if not path.name.startswith(("_", ".")))


def _entry(path: Path, assignment: Assignment, *, is_mistake: bool) -> Entry:
    try:
        source = path.read_bytes().decode("utf-8-sig")
        tree = ast.parse(source)
    except UnicodeDecodeError as error:
        raise CourseError(f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8.") from None
    except (SyntaxError, ValueError) as error:
        raise CourseError(
            f"{path}, line {getattr(error, 'lineno', '?')}: not valid Python: {error}."
        ) from None
    title = (ast.get_docstring(tree) or "").strip().partition("\n")[0]
    if not title:
        raise CourseError(
            f"{path} has no docstring. Say in one line what it does, e.g. the sum, not the mean."
        )
    about: dict[str, object] = {}
    for node in tree.body:
        name = _assigned(node)
        if name in _ABOUT and isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            try:
                about[name] = ast.literal_eval(node.value)
            except (ValueError, TypeError, SyntaxError):
                raise CourseError(
                    f"{path}, line {node.lineno}: {name} must be a literal; it is never run."
                ) from None
    costs, explanation = about.get("COSTS", []), about.get("EXPLANATION", {})
    if not is_mistake:
        if costs:
            raise CourseError(f"{path}: a variant keeps every point; move it to mistakes/ or take COSTS out.")
        return Entry(path.stem, path, title, (), {}, source)
    names = [function.name for function in assignment.functions]
    if not isinstance(costs, list | tuple) or not costs:
        raise CourseError(
            f'{path}: COSTS is missing. Name the functions it must lose: COSTS = ["{names[0]}"].'
        )
    for cost in costs:
        if cost not in names:
            raise CourseError(
                f'{path}: COSTS names "{cost}", which {assignment.id} does not have.'
                + did_you_mean(str(cost), names)
            )
    if (
        not isinstance(explanation, dict)
        or not explanation
        or not all(isinstance(text, str) and text.strip() for text in explanation.values())
    ):
        raise CourseError(
            f'{path}: EXPLANATION is missing. Tell the student what went wrong: EXPLANATION = {{"en": "…"}}.'
        )
    return Entry(
        path.stem, path, title, tuple(costs), dict(explanation), source, _hints(path, about.get("HINTS", []))
    )


def _hints(path: Path, hints: object) -> tuple[Mapping[str, str], ...]:
    if not isinstance(hints, list | tuple) or not all(
        isinstance(hint, dict)
        and hint
        and all(isinstance(text, str) and text.strip() for text in hint.values())
        for hint in hints
    ):
        raise CourseError(
            f'{path}: HINTS is a list of texts in each language: HINTS = [{{"en": "…", "vi": "…"}}].'
        )
    return tuple(dict(hint) for hint in hints)


def _assigned(node: ast.stmt) -> str:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return ""


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _is_flat(text: list[str]) -> bool:
    return len(text) == 1


def _text(node: ast.stmt, lines: list[str]) -> str:
    return "\n".join(lines[node.lineno - 1 : node.end_lineno]).strip()


def _decorated_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _first_line(node: ast.stmt, lines: list[str]) -> int:
    """The node's first line, its decorators and the comment directly above it included."""
    line = _decorated_line(node)
    while line > 1 and lines[line - 2].startswith("#"):
        line -= 1
    return line

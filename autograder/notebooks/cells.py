"""Which cells does an assignment's notebook have? From the source of its file and from its statement, in order.

The reference gives the instructor's notebook, the stub gives the student's; both have the same cells.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

from autograder.course.manifest import Assignment
from autograder.course.stub import BEGIN, END, regions
from autograder.errors import CourseError
from autograder.grading.points import function_cents
from autograder.language import _
from autograder.model import message, points

BEGIN_HIDDEN = "### BEGIN HIDDEN TESTS"
END_HIDDEN = "### END HIDDEN TESTS"
"""nbgrader's own marks: what stands between them never reaches a student."""

_LONGEST_ID = 64
_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]+")
_PICTURE = re.compile(r"(!\[[^\]]*\])\((?:\./)?pictures/([\w.-]+)\)")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Role(Enum):
    """What a cell is there for.

    STATEMENT  text and pictures
    SETUP      loads what `%check` needs
    GIVEN      code that is the student's to use: imports and constants
    HELPERS    room for functions of their own; in the reference, what stands between marks at the left edge
    SOLUTION   one function or class to write
    CHECK      the checks that a student may see
    MARKS      where the hidden checks of one function put its points
    """

    STATEMENT = "statement"
    SETUP = "setup"
    GIVEN = "given"
    HELPERS = "helpers"
    SOLUTION = "solution"
    CHECK = "check"
    MARKS = "marks"


@dataclass(frozen=True)
class Cell:
    """One cell.

    id           the same in every release, so that a notebook that was handed out keeps its place
    functions    rows of the manifest that it is about, e.g. ("Node", "Node.backward")
    points       of a MARKS cell
    attachments  file name → bytes of the pictures that a STATEMENT shows
    """

    id: str
    role: Role
    source: str
    functions: tuple[str, ...] = ()
    points: Fraction = Fraction(0)
    attachments: dict[str, bytes] = field(default_factory=dict)

    @property
    def is_text(self) -> bool:
        return self.role is Role.STATEMENT


def student_cells(assignment: Assignment, language: str) -> list[Cell]:
    """The cells that a student works in, made from the stub. No public copy of a course lacks what they need."""
    source = assignment.stub_path.read_text("utf-8")
    return [cell for cell in _all(assignment, source, language) if cell.role is not Role.MARKS]


def source_cells(assignment: Assignment, language: str) -> list[Cell]:
    """The instructor's cells, made from the reference: solutions between marks, and a MARKS cell for each function.

    Raises  CourseError where the reference cannot be divided into cells
    """
    return list(_all(assignment, assignment.reference_source(), language))


def cell_id(role: Role, name: str = "") -> str:
    """The id of a cell, which nbgrader takes as its grade_id too: letters, digits, "-" and "_", at most 64."""
    plain = f"{role.value}-{name.replace('.', '-')}" if name else role.value
    if _PLAIN_ID.fullmatch(plain) and len(plain) <= _LONGEST_ID:
        return plain
    return f"{role.value}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _all(assignment: Assignment, source: str, language: str) -> Iterator[Cell]:
    yield from _statement(assignment, language)
    yield Cell("how", Role.STATEMENT, _how(assignment, language))
    yield Cell(
        cell_id(Role.SETUP),
        Role.SETUP,
        f"%load_ext autograder\n%assignment {assignment.id} --lang {language}",
    )
    rows = {
        name: tuple(f for f in assignment.functions if f.name.partition(".")[0] == name)
        for name in dict.fromkeys(f.name.partition(".")[0] for f in assignment.functions)
    }
    given, helpers, definitions = _divided(source, rows.keys())
    if given:
        yield Cell(cell_id(Role.GIVEN), Role.GIVEN, given)
    invited = _("# Helper functions of your own, if you want any.", language)
    yield Cell(cell_id(Role.HELPERS), Role.HELPERS, "\n".join([invited, *helpers]))
    # In whole cents, as reports have them: nbgrader refuses a mark that is above its cell's points.
    cents = function_cents(assignment)
    missing = [name for name in rows if name not in definitions]
    if missing:
        raise CourseError(
            message(
                "{file} has no top-level definition of {name}, so there is no cell for it.",
                file=assignment.files[0],
                name=missing[0],
            )
        )
    for name, text in definitions.items():
        names = tuple(function.name for function in rows[name])
        yield Cell(cell_id(Role.SOLUTION, name), Role.SOLUTION, text, names)
        yield Cell(cell_id(Role.CHECK, name), Role.CHECK, f"%check {' '.join(names)}", names)
        for one in names:
            worth = Fraction(cents[one], 100)
            yield Cell(cell_id(Role.MARKS, one), Role.MARKS, _marks(one, worth, language), (one,), worth)


def _how(assignment: Assignment, language: str) -> str:
    title = _("Your notebook", language)
    told = _(
        "Run the next cell first. Then write one function after another, each in its own cell, run that cell, and run "
        "the `%check` below it. `%hint` says where to look when a check fails. Save the notebook before you hand it in; "
        "its name must stay `{file}`.",
        language,
        file=f"{assignment.main_module}.ipynb",
    )
    return f"## {title}\n\n{told}"


def _marks(name: str, worth: Fraction, language: str) -> str:
    said = _(
        "# Hidden checks of {name}: {points} points. They run where your notebook is graded, never here.",
        language,
        name=name,
        points=points(round(worth * 100)),
    )
    # Whoever lets nbgrader run this by itself must see it at once: a cell that raises nothing earns full points.
    refused = _(
        "Not graded: use this course's configuration, the nbgrader_config.py beside source/.", language
    )
    return "\n".join([said, BEGIN_HIDDEN, f"raise RuntimeError({refused!r})", END_HIDDEN])


# -- code -----------------------------------------------------------------------------------------------------


def _divided(source: str, names: Collection[str]) -> tuple[str, list[str], dict[str, str]]:
    """What a file's cells hold: its imports and constants, its regions at the left edge with their marks, and
    its definitions, each with the comments above it."""
    tree = ast.parse(source)
    lines = source.splitlines()
    body = tree.body[1:] if ast.get_docstring(tree) is not None else tree.body
    marked = regions(source)
    outer = [region for region in marked if region.column == 0]
    given: list[str] = []
    definitions: dict[str, str] = {}
    end = tree.body[0].end_lineno or 0 if len(body) < len(tree.body) else 0
    for node in body:
        first, last = _first_line(node), node.end_lineno or node.lineno
        around = next((region for region in outer if region.begin < first and last < region.end), None)
        if around is not None:
            end = around.end
            continue
        # The comment that ends a region stands behind the last statement of its function.
        last = max([last, *(region.end for region in marked if first < region.begin <= last)])
        text = "\n".join(lines[_with_comments(lines, first, end) : last])
        end = last
        if isinstance(node, _Definition) and node.name in names:
            definitions[node.name] = text
        else:
            given.append(text)
    helpers = ["\n".join(["", BEGIN, *lines[region.begin : region.end - 1], END]) for region in outer]
    return "\n".join(given), helpers, definitions


def _with_comments(lines: list[str], first: int, end: int) -> int:
    """The index of the first line of a statement's own comments: those directly above it, below the last one's end."""
    index = first - 1
    while index > end and lines[index - 1].startswith("#") and lines[index - 1].strip() not in (BEGIN, END):
        index -= 1
    return index


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


# -- text -----------------------------------------------------------------------------------------------------


def _statement(assignment: Assignment, language: str) -> Iterator[Cell]:
    """The statement in `language`, else the first one there is, a cell for each of its sections."""
    readme = assignment.public_dir / f"README.{language}.md"
    if not readme.is_file():
        readme = assignment.public_dir / "README.md"
    text = readme.read_text("utf-8") if readme.is_file() else f"# {assignment.title_in(language)}\n"
    for number, section in enumerate(_sections(text), 1):
        shown = _PICTURE.sub(r"\1(attachment:\2)", section).strip("\n")
        pictures = {found[2]: _picture(assignment, found[2]) for found in _PICTURE.finditer(section)}
        yield Cell(f"{Role.STATEMENT.value}-{number}", Role.STATEMENT, shown, attachments=pictures)


def _picture(assignment: Assignment, name: str) -> bytes:
    """A picture's file, which travels inside its cell: a notebook is handed around as one file."""
    path = assignment.public_dir / "pictures" / name
    if not path.is_file():
        raise CourseError(
            message(
                "The statement shows {picture}, and {path} is not there. Make it with: autograde pictures",
                picture=name,
                path=str(path),
            )
        )
    return path.read_bytes()


def _sections(text: str) -> Iterator[str]:
    section: list[str] = []
    fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        if line.startswith("## ") and not fenced and section:
            yield "\n".join(section)
            section = []
        section.append(line)
    if any(section):
        yield "\n".join(section)

"""How does a test cell become a check? One function of pytest, with the names of the notebook bound to the submission."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from autograder.model import points as shown_points
from autograder.notebooks.importing.asserts import shown
from autograder.notebooks.importing.code import Statement, indented, statements

_INDENT = "    "
_MOST_STEPS = 20
_STEPS = 10
_HELPERS = ("check_equal", "check_passes", "check_that", "from_notebook", "value_of")


@dataclass(frozen=True)
class Answers:
    """How a test gets at the names that students give a value.

    functions  names of functions; `classes` of classes; `given` of classes that students do not write
    loose      function of ours → the names of loose code that it returns
    values     names that are asked for by themselves
    """

    functions: Sequence[str]
    classes: Sequence[str]
    given: Sequence[str]
    loose: Mapping[str, Sequence[str]]
    values: Sequence[str]

    def bound(self, used: Collection[str]) -> list[str]:
        """The lines that bind the names that are used."""
        lines = [
            f"{name} = student.{name}"
            for name in (*self.functions, *self.classes, *self.given)
            if name in used
        ]
        for function, results in self.loose.items():
            if any(name in used for name in results):
                lines.append(f"{', '.join(results)} = student.{function}()")
        return lines + [f'{name} = value_of(student, "{name}")' for name in self.values if name in used]


def rendered(title: str, texts: Iterable[str], stars: Sequence[str] = ()) -> str:
    """A file of checks. stars: `from m import *`, which can only stand at the left edge."""
    body = "".join(f"\n\n{text}\n" for text in texts)
    lines = [f'"""{title}"""']
    if body:
        used = [name for name in _HELPERS if re.search(rf"\b{name}\(", body)]
        lines += ["", "import pytest", "", f"from autograder.checks.notebook_cell import {', '.join(used)}"]
    lines += ["", *dict.fromkeys(stars)] if stars else []
    return "\n".join(lines) + "\n" + body


def written(
    cell: str,
    prelude: Sequence[Statement],
    answers: Answers,
    *,
    name: str,
    function: str,
    weight: Fraction | None,
    fallback: str,
) -> str:
    """One check with the code of a cell in it.

    weight    None where all checks of the function weigh the same, as public ones do
    fallback  its label where the cell has no text
    """
    label, code = labelled(cell, fallback)
    body = _body(code, prelude, answers, statements(code))
    return "\n".join([*_marks(function, weight, answers), _head(name, label), indented(body, _INDENT)])


def written_in_steps(
    cell: str,
    prelude: Sequence[Statement],
    answers: Answers,
    *,
    name: str,
    function: str,
    points: Fraction,
    fallback: str,
) -> tuple[str, int]:
    """Checks for a cell whose last line is the points that it gives: one for each step.

    Returns  the source, and how many steps there are
    """
    label, code = labelled(cell, fallback)
    lines, last = code.splitlines(), ast.parse(code).body[-1]
    before_last = lines[: last.lineno - 1]
    body = _body("\n".join([*before_last, f"return {ast.unparse(last)}"]), prelude, answers, statements(code))
    score = f"_score_{name.removeprefix('test_')}"
    texts = [f"def {score}(student):\n{indented(body, _INDENT)}"]
    steps = _steps(code, points)
    for number, step in enumerate(steps, 1):
        before = steps[number - 2] if number > 1 else Fraction(0)
        said = f"{label}: at least {_number(step)} of {_number(points)} points"
        check = [
            *_marks(function, step - before, answers),
            _head(f"{name}_{number}", said),
            f"{_INDENT}check_that(lambda score: score >= {float(step)!r}, {score}(student))",
        ]
        texts.append("\n".join(check))
    return "\n\n\n".join(texts), len(steps)


def gives_points(code: str) -> bool:
    """Whether the last line of a test cell is a number of points, as far as its text tells."""
    body = ast.parse(code).body
    if not body or not isinstance(body[-1], ast.Expr):
        return False
    value = body[-1].value
    if isinstance(value, ast.Constant):
        return isinstance(value.value, int | float) and not isinstance(value.value, bool)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in ("float", "int", "round", "min", "max", "sum")
    return isinstance(value, ast.Name | ast.BinOp | ast.IfExp)


def labelled(cell: str, fallback: str) -> tuple[str, str]:
    """What a check says to students, from the cell's own text, and the code without that."""
    tree = ast.parse(cell)
    told = ast.get_docstring(tree)
    if told and told.strip():
        rest = cell.splitlines()[tree.body[0].end_lineno or 1 :]
        return _line(told), "\n".join(rest).strip("\n")
    first = next((line.strip() for line in cell.splitlines() if line.strip()), "")
    if first.startswith("#") and len(text := first.lstrip("#").strip()) > 3 and " " in text:
        return _line(text), cell.strip("\n")
    return fallback, cell.strip("\n")


def _line(text: str) -> str:
    line = " ".join(text.strip().split("\n\n")[0].split())
    return line if len(line) <= 200 else line[:199] + "…"


def _marks(function: str, weight: Fraction | None, answers: Answers) -> list[str]:
    marks = [f'@pytest.mark.function("{function}")']
    if weight is not None and weight != 1:
        marks.append(f"@pytest.mark.weight({_number(weight)})")
    classes = ", ".join(f'"{name}"' for name in (*answers.classes, *answers.given))
    return [*marks, f"@from_notebook({classes})"]


def _head(name: str, label: str) -> str:
    # In a docstring nothing of the label may end it or escape.
    safe = label.replace("\\", "\\\\").replace('"""', "'''")
    safe = safe[:-1] + "'" if safe.endswith('"') else safe
    return f'def {name}(student):\n{_INDENT}"""{safe}"""'


def _body(code: str, prelude: Sequence[Statement], answers: Answers, own: Sequence[Statement]) -> str:
    used = {name for one in (*prelude, *own) for name in one.uses}
    results = [name for names in answers.loose.values() for name in names] + list(answers.values)
    rebound = {name for one in own for name in one.binds if isinstance(one.node, ast.Assign)}
    imports = [one.text for one in prelude if one.is_import and not is_star(one)]
    before = [shown(one.text, answers.functions) for one in prelude if not one.is_import]
    cell = shown(code, answers.functions, set(results) - rebound)
    return "\n\n".join("\n".join(part) for part in (imports, answers.bound(used), before, [cell]) if part)


def is_star(one: Statement) -> bool:
    """Whether it is `from m import *`."""
    return isinstance(one.node, ast.ImportFrom) and one.node.names[0].name == "*"


def code_steps(code: str) -> list[Fraction]:
    """The numbers that a cell adds to its score, where these are all that it adds."""
    tree = ast.parse(code)
    last = tree.body[-1]
    name = last.value.id if isinstance(last, ast.Expr) and isinstance(last.value, ast.Name) else ""
    added = [
        node.value.value if isinstance(node.op, ast.Add) and isinstance(node.value, ast.Constant) else None
        for node in ast.walk(tree)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id == name
    ]
    if any(not isinstance(one, int | float) or one <= 0 for one in added):
        return []
    return [Fraction(str(one)) for one in added]


def _steps(code: str, points: Fraction) -> list[Fraction]:
    """The scores that a cell can give: its own steps where it counts in numbers, else tenths."""
    added = code_steps(code)
    if added:
        common = math.lcm(*(one.denominator for one in added))
        step = Fraction(math.gcd(*(int(one * common) for one in added)), common)
        count = points / step
        if count.denominator == 1 and 1 <= count <= _MOST_STEPS:
            return [step * number for number in range(1, int(count) + 1)]
    return [points * number / _STEPS for number in range(1, _STEPS + 1)]


def _number(value: Fraction) -> str:
    """As short as it is exact: 1, 0.5, 2.25."""
    if value.denominator == 1:
        return str(value.numerator)
    text = f"{float(value):.10g}"
    return text if re.fullmatch(r"[\d.]+", text) else shown_points(round(value * 100))

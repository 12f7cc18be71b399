"""Arrows between rooms point down the table of autograder/README.md, and no room knows a course."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENGINE = ROOT / "autograder"
TEXTS = {".py", ".html", ".jinja", ".j2", ".css", ".js", ".svg", ".toml", ".md", ".po"}

JUPYTER_ENTRY = ("__init__", "autograder.notebooks.magics")
"""`%load_ext autograder` asks the package itself, so that one function in it hands on; as `__main__` is the command line."""

_DOTTED = re.compile(r"autograder(?:\.\w+)+(?::\w+)?")


def rooms() -> tuple[list[tuple[str, bool]], set[str]]:
    """The rooms from top to bottom, each with whether it comes later; and the modules below all rooms."""
    table: list[tuple[str, bool]] = []
    base: set[str] = set()
    for line in (ENGINE / "README.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        names = re.findall(r"`([^`]+)`", cells[0])
        if not line.startswith("|") or not names:
            continue
        assert not base, "the row of the base modules must be the last one"
        if names[0].endswith("/"):
            table.append((names[0].rstrip("/"), cells[-1] == "later"))
        else:
            base = {name.removesuffix(".py") for name in names}
    assert len(table) >= 13
    assert {"model", "errors", "language"} <= base
    return table, base


def imported(path: Path, source: str, root: Path = ROOT) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of all that a module imports, and of the engine's modules that a string names."""
    package = path.relative_to(root).parts[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (start, node.module)))
            if module == "autograder":
                yield from ((node.lineno, f"autograder.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _DOTTED.fullmatch(node.value):
            yield node.lineno, node.value.partition(":")[0]


def upward(path: Path, source: str, root: Path = ROOT) -> list[str]:
    """The arrows of one module that do not point down."""
    table, base = rooms()
    height = {name: len(table) - number for number, (name, _) in enumerate(table)} | dict.fromkeys(base, 0)
    inside = path.relative_to(root).parts[1:]
    own = inside[0].removesuffix(".py")
    own = "cli" if own == "__main__" else own  # `python -m autograder` is the command line
    found = []
    for line, name in imported(path, source, root):
        parts = name.split(".")
        if parts[0] != "autograder" or len(parts) < 2:
            continue
        if (own, name) == JUPYTER_ENTRY:
            continue
        # `from autograder import __version__` takes a name of the package itself.
        target = "__init__" if parts[1].startswith("__") else parts[1]
        if target not in height:
            found.append(f"{path.relative_to(root)}:{line}: imports {name}, which has no row in the table")
        elif target != own and height[target] >= height[own] and not (own in base and target in base):
            found.append(f"{path.relative_to(root)}:{line}: {own} must not import {name}, a room above it")
    return found


def sources() -> list[Path]:
    return sorted(path for path in ENGINE.rglob("*.py") if "__pycache__" not in path.parts)


def test_every_folder_and_module_has_its_row() -> None:
    table, base = rooms()
    built = {name for name, later in table if not later}
    assert {path.name for path in ENGINE.iterdir() if path.is_dir() and any(path.glob("*.py"))} == built
    assert {path.stem for path in ENGINE.glob("*.py")} - {"__main__"} == base


def test_arrows_point_down() -> None:
    found = [arrow for path in sources() for arrow in upward(path, path.read_text(encoding="utf-8"))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "import autograder.cli.main",
        "from autograder.runner import plugin",
        "from autograder import runner",
        "from ..runner import plugin",
        "from .. import runner",
        "def f():\n    from autograder.runner import plugin",
        "import_module('autograder.runner.plugin')",
        "entry = 'autograder.runner.plugin:main'",
        "import autograder.unknown",
    ],
)
def test_an_arrow_upward_is_found(source: str) -> None:
    assert upward(ENGINE / "sandbox" / "made_up.py", source)


@pytest.mark.parametrize(
    "source",
    [
        "import autograder",
        "from autograder import __version__",
        "from autograder.course import find_course",
        "from autograder.model import Outcome",
        "from . import channel",
        "from .inside import worker",
        "import numpy",
        "text = 'autograder.runner is above'",
    ],
)
def test_an_arrow_downward_is_allowed(source: str) -> None:
    assert not upward(ENGINE / "sandbox" / "made_up.py", source)


def test_the_base_modules_import_no_room() -> None:
    assert upward(ENGINE / "model.py", "from autograder.course import find_course")
    assert not upward(ENGINE / "language.py", "from autograder.model import Message")


def words_of_the_course() -> set[str]:
    """The course's id, its assignments' ids, and the contract's names that cannot be mistaken for English."""
    course = tomllib.loads((ROOT / "assignments/course.toml").read_text(encoding="utf-8"))["course"]
    words = {course["id"], *course["assignments"]}
    for id in course["assignments"]:
        manifest = tomllib.loads((ROOT / "assignments" / id / "assignment.toml").read_text(encoding="utf-8"))
        words |= {row["name"] for row in manifest["function"] if "_" in row["name"]}
    return words


def mentions(text: str, words: set[str]) -> list[tuple[int, str]]:
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(map(re.escape, words)))})(?![\w-])")
    return [
        (number, found[0])
        for number, line in enumerate(text.splitlines(), start=1)
        for found in pattern.finditer(line)
    ]


def test_the_engine_names_no_exercise() -> None:
    words = words_of_the_course()
    assert len(words) > 20
    found = [
        f"{path.relative_to(ROOT)}:{line}: {word}"
        for path in sorted(ENGINE.rglob("*"))
        if path.is_file() and path.suffix in TEXTS
        for line, word in mentions(path.read_text(encoding="utf-8"), words)
    ]
    assert not found, "the engine knows no course, but it mentions:\n" + "\n".join(found)


def test_a_mention_is_found_as_a_whole_word() -> None:
    assert mentions("x\ncheck sums_of(3)", {"sums_of"}) == [(2, "sums_of")]
    assert not mentions("all_sums_of sums_ofs pre-sums_of", {"sums_of"})

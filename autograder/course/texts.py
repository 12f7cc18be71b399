"""What does a course say in other languages? Beside each English text its translation, and the hints for a function.

Checks, pictures and mistakes speak English in the code. `texts.<language>.toml`, in the assignment's public folder and
in its secret one, has a table `"English" = "translation"`; mistakes bring their own translations.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.bank import sound_mistakes
from autograder.course.manifest import Assignment
from autograder.errors import CourseError
from autograder.names import did_you_mean

Texts = dict[str, dict[str, str]]
"""Language → English → translation."""

_RUNGS = ("where", "formula")


@dataclass(frozen=True)
class Hints:
    """The rungs of a function's hint ladder below "what is wrong", in English: where to look, which formula."""

    where: str
    formula: str


def texts(assignment: Assignment) -> Texts:
    """All translations that an assignment's course gives; those of the secret folder only where this copy has it.

    Raises  CourseError for a file that is not such a table
    """
    found: Texts = {}
    folders = [assignment.public_dir]
    if assignment.secret_dir is not None:
        folders.append(assignment.secret_dir)
        for entry in sound_mistakes(assignment):
            for told in (entry.explanation, *entry.hints):
                _add(found, told)
    for ladder in _hints_of(assignment).values():
        for rung in _RUNGS:
            _add(found, ladder[rung])
    _add(found, assignment.title)
    for folder in folders:
        for path in sorted(folder.glob("texts.*.toml")):
            language = path.name.split(".")[1]
            found.setdefault(language, {}).update(_table(path))
    return found


def hints(assignment: Assignment) -> dict[str, Hints]:
    """The hints for the assignment's functions, by name; from hints.toml in its public folder."""
    return {
        name: Hints(*(told[rung]["en"] for rung in _RUNGS)) for name, told in _hints_of(assignment).items()
    }


def _add(found: Texts, told: Any) -> None:
    for language, text in told.items():
        if language != "en" and "en" in told:
            found.setdefault(language, {})[told["en"]] = text


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{path}: {error}.") from None


def _table(path: Path) -> dict[str, str]:
    table = _read(path)
    for english, told in table.items():
        if not isinstance(told, str) or not told:
            raise CourseError(f'{path}: "{english}" has no text beside it. Write "English" = "translation".')
    return table


def _hints_of(assignment: Assignment) -> dict[str, dict[str, dict[str, str]]]:
    path = assignment.public_dir / "hints.toml"
    if not path.exists():
        return {}
    found = _read(path)
    names = [function.name for function in assignment.functions]
    for name, told in found.items():
        if name not in names:
            raise CourseError(
                f'{path}: "{name}" is no function of {assignment.id}.{did_you_mean(name, names)}'
            )
        for rung in _RUNGS:
            text = told.get(rung) if isinstance(told, dict) else None
            if not isinstance(text, dict) or not isinstance(text.get("en"), str):
                raise CourseError(
                    f'{path}: "{name}" has no {rung}. Write where = {{ en = "…" }} and formula = {{ en = "…" }}.'
                )
    return found

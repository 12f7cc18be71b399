"""Which mutants does the author argue away, and with which words?

`solutions/<a>/equivalent.toml` has a table for each function, and in it a line for each mutant that no input within the
contract tells from the reference, or that the contract allows: its change, and why.

    [absolute_slope]
    "return x > 0 => return x >= 0" = "At 0 the contract leaves the slope open."
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.course.manifest import Assignment
from autograder.errors import CourseError
from autograder.model import message
from autograder.names import meant
from autograder.proof.mutants.make import Mutant

_SHORTEST = 20


def path_of(assignment: Assignment) -> Path:
    """Where the arguments of an assignment stand."""
    return assignment.reference_path.parent / "equivalent.toml"


def equivalents(assignment: Assignment, made: Sequence[Mutant]) -> dict[str, str]:
    """Id of a mutant → why it is no different from the reference. Empty without a file.

    Raises  CourseError for a file that cannot be read, a line without an argument, and one about a mutant that
            does not exist (any more): the reference has changed, and the argument must be looked at again
    """
    path = path_of(assignment)
    changes: dict[str, dict[str, Mutant]] = {}
    for mutant in made:
        changes.setdefault(mutant.function, {})[mutant.change] = mutant
    argued: dict[str, str] = {}
    for function, table in _read(path).items():
        known = changes.get(function)
        if known is None:
            raise CourseError(
                message("{path}: no mutant is made of [{function}].", path=str(path), function=function),
                meant(function, changes),
                message('Tables are named after functions: [f], ["Class.method"], ["(module)"].'),
            )
        for change, argument in table.items() if isinstance(table, dict) else [("", table)]:
            if change not in known:
                raise CourseError(
                    message(
                        '{path}, [{function}]: there is no mutant "{change}".',
                        path=str(path),
                        function=function,
                        change=change,
                    ),
                    meant(change, known),
                    message(
                        "Where the reference has changed, look at the argument again; then rename the line or take it out."
                    ),
                )
            if not isinstance(argument, str) or len(argument.strip()) < _SHORTEST:
                raise CourseError(
                    message(
                        '{path}, [{function}], "{change}": say in a sentence why no input within the contract tells it '
                        "from the reference, or why the contract allows it.",
                        path=str(path),
                        function=function,
                        change=change,
                    )
                )
            argued[known[change].id] = argument.strip()
    return argued


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CourseError(
            message("{path} cannot be read: {reason}.", path=str(path), reason=str(error))
        ) from None

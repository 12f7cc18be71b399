"""Gradescope's rules for results.json, as its specification of autograders has them field by field."""

from __future__ import annotations

import math
from typing import Any

_VISIBILITIES = ("hidden", "after_due_date", "after_published", "visible")
_FORMATS = ("text", "html", "simple_format", "md", "ansi")


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _plain(value: Any) -> bool:
    return isinstance(value, dict)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_text, value))


_EITHER = {
    "score": _number,
    "output": _text,
    "output_format": _FORMATS.__contains__,
    "visibility": _VISIBILITIES.__contains__,
    "extra_data": _plain,
}
_TOP = _EITHER | {
    "execution_time": _number,
    "test_output_format": _FORMATS.__contains__,
    "test_name_format": _FORMATS.__contains__,
    "stdout_visibility": _VISIBILITIES.__contains__,
    "tests": lambda value: isinstance(value, list),
    "leaderboard": lambda value: isinstance(value, list),
}
_TEST = _EITHER | {
    "max_score": _number,
    "status": ("passed", "failed").__contains__,
    "name": _text,
    "name_format": _FORMATS.__contains__,
    "number": _text,
    "tags": _texts,
}


def broken_rules(tree: Any) -> list[str]:
    """What Gradescope would not take; a file without any score is in here too, and counts as the autograder's error."""
    if not isinstance(tree, dict):
        return ["not an object"]
    found = _broken(tree, _TOP, "")
    tests = tree.get("tests", [])
    for number, test in enumerate(tests if isinstance(tests, list) else []):
        if isinstance(test, dict):
            found += _broken(test, _TEST, f"tests[{number}].")
            if _number(test.get("score")) and test["score"] > test.get("max_score", math.inf):
                found.append(f"tests[{number}] has more than its most")
        else:
            found.append(f"tests[{number}] is no object")
    if "score" not in tree and not (tests and all("score" in test for test in tests)):
        found.append("no score")
    return found


def _broken(tree: dict[str, Any], rules: dict[str, Any], where: str) -> list[str]:
    found = [f"{where}{key} is unknown" for key in tree.keys() - rules.keys()]
    for key in tree.keys() & rules.keys():
        try:
            right = rules[key](tree[key])
        except TypeError:
            right = False
        if not right:
            found.append(f"{where}{key} is {tree[key]!r}")
    return sorted(found)

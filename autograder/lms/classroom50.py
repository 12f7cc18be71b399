"""How does a mark reach Classroom 50? As the `result.json` of its schema classroom50/result/v1.

Who is graded, and which commit, is not ours to say: it stands in the environment of its workflow, or in the result.json
files that a classroom has. All scores are whole numbers there, so ours are written in hundredths of a point: 87.5 of 100 is
8750 of 10000, whatever the marks of others are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from autograder.cleaning import clean, clean_line
from autograder.errors import UsageError
from autograder.lms.given import Given
from autograder.lms.matching import match
from autograder.model import Message, message
from autograder.reports.escapes import json_text
from autograder.reports.words import label, line, sentence, state

SCHEMA = "classroom50/result/v1"
VARIABLES = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
_TYPES = ("individual", "group", "team")
_TAGGED = re.compile(r"submit/(\d{4})-?(\d\d)-?(\d\d)[T_-]?(\d\d)[:-]?(\d\d)[:-]?(\d\d)Z?(?:-.*)?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ")
_KEYS = frozenset(
    (
        "schema",
        "classroom",
        "assignment",
        "assignment_type",
        "owner",
        "submission",
        "commit",
        "release",
        "review",
        "datetime",
        "graded_at",
        "score",
        "max-score",
        "tests",
        "submitted_by",
    )
)
_LARGEST = 10 * 2**20


def from_environment(
    given: Given, environment: Mapping[str, str], now: datetime, language: str | None = None
) -> str:
    """One result.json, inside the workflow of Classroom 50. Raises UsageError naming the variables that are not set."""
    found = {key: environment.get(name, "").strip() for key, name in VARIABLES.items()}
    # Its runner passes the owner as USERNAME too.
    found["owner"] = found["owner"] or environment.get("USERNAME", "").strip()
    found["review"] = found["review"] or found["commit"]
    missing = [VARIABLES[key] for key, value in found.items() if not value]
    if missing:
        raise UsageError(
            message(
                "These variables of Classroom 50's workflow are not set: {names}. Run this in its workflow, or fill the "
                "result.json files of the classroom: --fill FOLDER.",
                names=", ".join(missing),
            )
        )
    if not found["submission"].startswith("submit/"):
        raise UsageError(
            message(
                "SUBMISSION_TAG is {value}; it begins with submit/ in Classroom 50.",
                value=repr(found["submission"]),
            )
        )
    kind = environment.get("ASSIGNMENT_TYPE", "").strip() or "individual"
    if kind not in _TYPES:
        raise UsageError(
            message(
                "ASSIGNMENT_TYPE is {value}; Classroom 50 knows {known}.",
                value=repr(kind),
                known=", ".join(_TYPES),
            )
        )
    when = _of_tag(found["submission"]) or (_z(given.handed_in) if given.handed_in else None)
    if when is None:
        raise UsageError(
            message(
                "When this was handed in is not known: SUBMISSION_TAG {value} holds no time.",
                value=repr(found["submission"]),
            )
        )
    tree = {"schema": SCHEMA, **found, "assignment_type": kind, "datetime": when}
    return _filled(tree, given, now, language)


def read(data: bytes, name: str) -> dict[str, Any]:
    """A result.json of a classroom. Raises UsageError where it is none."""
    try:
        tree = json.loads(data) if len(data) <= _LARGEST else None
    except (ValueError, RecursionError):
        tree = None
    if (
        not isinstance(tree, dict)
        or tree.get("schema") != SCHEMA
        or not set(tree) <= _KEYS
        or not all(isinstance(tree.get(key), str) and tree[key] for key in VARIABLES)
        or not isinstance(tree.get("datetime"), str)
        or not _TIME.fullmatch(tree["datetime"])
    ):
        raise UsageError(
            message(
                "{path} is no result.json of Classroom 50 ({schema}).", path=clean_line(name), schema=SCHEMA
            )
        )
    return tree


def fill(
    trees: Mapping[str, dict[str, Any]],
    students: Collection[Given],
    now: datetime,
    language: str | None = None,
) -> tuple[dict[str, str], list[str], list[Message]]:
    """Put marks into a classroom's files, found by `owner`.

    trees    name of the file → what it says
    Returns  name → new text, of those with a mark; students with a mark and no file; why some are not certain
    """
    names = list(trees)
    rows = [(number, {"github": trees[name]["owner"]}) for number, name in enumerate(names, 1)]
    matched = match(rows, students, ("github",))
    by_id = {given.student: given for given in students}
    made = {
        names[number - 1]: _filled(trees[names[number - 1]], by_id[student], now, language)
        for number, student in matched.rows.items()
        if by_id[student].score is not None
    }
    there = matched.students()
    missing = [given.student for given in students if given.score is not None and given.student not in there]
    return made, missing, matched.problems


def _filled(tree: Mapping[str, Any], given: Given, now: datetime, language: str | None) -> str:
    if given.score is None or not 0 <= given.score <= given.max_score:
        raise UsageError(
            message(
                "{student} has no mark between 0 and the maximum, which is all that Classroom 50 takes.",
                student=clean_line(given.student),
            )
        )
    functions = given.report.functions if given.report is not None else ()
    tests = []
    for function in functions:
        fared = state(function, language)
        test: dict[str, Any] = {
            "test-name": line(function.name) or "-",
            "passed": function.score == function.max_score,
            "score": function.score,
            "max-score": function.max_score,
            "output": f"{fared.mark} {fared.word}",
        }
        if function.diagnosis is not None:
            test["message"] = clean(sentence(function.diagnosis.text, language))
        test["checks"] = [label(check.label, language) for check in function.checks]
        tests.append(test)
    filled = {
        **tree,
        "graded_at": _z(now),
        "score": given.score,
        "max-score": given.max_score,
        "tests": tests,
    }
    return json_text(filled, indent=2) + "\n"


def _of_tag(tag: str) -> str | None:
    found = _TAGGED.fullmatch(tag)
    if found is None:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    try:
        return _z(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    except ValueError:
        return None


def _z(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""Which row of a platform's file is whose? By ids, never by names.

A row shows its student's ids in some systems. Ids that the gradebook has recorded come first. Only a student without any
recorded id in the file's systems may be found by our own id, where one of the row's cells is just that; a number that the
platform gave (Moodle's "Participant 12", the ID of Canvas) is nobody's own id, though one may look like it. Whatever is not
certain is refused with both sides named: a row that fits two students, a student who fits two rows, a row that agrees
with a student in one system and contradicts in another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autograder.cleaning import clean_line
from autograder.lms.given import Given
from autograder.model import Message, message

_ANY_CASE = frozenset({"email", "moodle_username", "canvas_login", "github"})
"""Where a platform does not tell upper from lower case."""

_GIVEN_BY_THE_PLATFORM = ("canvas_id", "canvas_anonymous", "moodle_id", "moodle_participant")
"""Systems, or how they begin, whose ids are the platform's own numbers: they mean nothing elsewhere."""


@dataclass
class Matched:
    """rows: line of the file → student; problems: why some rows are nobody's for certain."""

    rows: dict[int, str] = field(default_factory=dict)
    problems: list[Message] = field(default_factory=list)

    def students(self) -> set[str]:
        return set(self.rows.values())


def same(system: str, value: str) -> str:
    """The form of an id in which two that mean the same are equal."""
    value = value.strip()
    return value.casefold() if system in _ANY_CASE else value


def ids_of(given: Given, systems: Iterable[str]) -> dict[str, str]:
    """The ids of a student in those of `systems` that know one."""
    found = {system: same(system, given.ids.get(system, "")) for system in systems}
    if "email" in found and not found["email"]:
        found["email"] = same("email", given.email)
    return {system: value for system, value in found.items() if value}


def match(
    rows: Iterable[tuple[int, Mapping[str, str]]], students: Iterable[Given], systems: tuple[str, ...]
) -> Matched:
    """Find out whose the rows are.

    rows      (line, system → id) of each
    systems   those that the file has, the most certain first
    """
    recorded: dict[tuple[str, str], list[str]] = defaultdict(list)
    own: dict[str, list[str]] = defaultdict(list)
    known: dict[str, dict[str, str]] = {}
    for given in students:
        ids = known[given.student] = ids_of(given, systems)
        for system, value in ids.items():
            recorded[system, value].append(given.student)
        if not ids:
            own[given.student.strip()].append(given.student)
            folded = given.student.strip().casefold()
            if folded != given.student.strip():
                own[folded].append(given.student)

    matched = Matched()
    line_of: dict[str, int] = {}
    for line, shown in rows:
        row = {system: same(system, value) for system, value in shown.items() if value.strip()}
        found = sorted({who for pair in row.items() for who in recorded.get(pair, ())})
        if not found:
            found = sorted(
                {
                    who
                    for system, value in row.items()
                    if system.partition(":")[0] not in _GIVEN_BY_THE_PLATFORM
                    for who in own.get(value, ())
                }
            )
        if not found:
            continue
        if len(found) > 1:
            matched.problems.append(
                message(
                    "line {line} ({ids}) fits several students: {students}",
                    line=line,
                    ids=_told(row),
                    students=", ".join(map(clean_line, found)),
                )
            )
            continue
        student = found[0]
        wrong = [system for system, id in known[student].items() if system in row and row[system] != id]
        if wrong:
            matched.problems.append(
                message(
                    "line {line} ({ids}) fits {student}, whose {system} is {known} in the gradebook",
                    line=line,
                    ids=_told(row),
                    student=clean_line(student),
                    system=wrong[0],
                    known=clean_line(known[student][wrong[0]]),
                )
            )
        elif student in line_of:
            matched.problems.append(
                message(
                    "lines {first} and {line} are both of {student}",
                    first=line_of[student],
                    line=line,
                    student=clean_line(student),
                )
            )
        else:
            line_of[student] = line
            matched.rows[line] = student
    return matched


def _told(row: Mapping[str, str]) -> str:
    return ", ".join(f"{system} {clean_line(value, 80)}" for system, value in row.items())

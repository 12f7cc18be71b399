"""Who is who? Adds students and what is known about them, so that an id elsewhere never belongs to two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.gradebook import tables
from autograder.gradebook.values import ID_SYSTEMS, ID_SYSTEMS_OF_AN_ASSIGNMENT, Student
from autograder.model import Message, message

if TYPE_CHECKING:
    from autograder.gradebook.store import Store

MOST_CHARACTERS = 255
_MOST_TOLD = 10
_WORDS = tuple(field.name for field in fields(Student) if field.name not in ("id", "ids"))


def add_students(store: Store, students: Iterable[Student], author: str) -> list[str]:
    """See `Store.add_students`."""
    given = list(students)
    problems = [problem for student in given for problem in _problems(student)]
    changed: list[str] = []
    with store.begin() as connection:
        known = store.students()
        merged: dict[str, Student] = {}
        for student in given:
            merged[student.id] = _merged(merged.get(student.id) or known.get(student.id), student)
        problems += _belonging_to_two({**known, **merged})
        if problems:
            raise UsageError(*problems[:_MOST_TOLD], _more(len(problems) - _MOST_TOLD))
        rows: list[dict[str, Any]] = []
        dropped: list[tuple[str, str]] = []
        ids: list[dict[str, str]] = []
        lines: list[dict[str, Any]] = []
        for id, student in merged.items():
            before = known.get(id)
            if before == student:
                continue
            changed.append(id)
            rows.append({"id": id, **{word: getattr(student, word) for word in _WORDS}})
            for system, value in student.ids.items():
                old = before.ids.get(system) if before else None
                if old != value:
                    dropped += [(system, old)] if old is not None else []
                    ids.append({"system": system, "value": value, "student": id})
            lines.append(
                {
                    "action": "student added" if before is None else "student changed",
                    "author": author,
                    "student": id,
                    "before": None if before is None else _told(before),
                    "after": _told(student),
                }
            )
        store.insert_new(connection, tables.students, [{"id": row["id"]} for row in rows])
        for row in rows:
            connection.execute(update(tables.students).where(tables.students.c.id == row.pop("id")), row)
        table = tables.student_ids.c
        for system, value in dropped:
            connection.execute(delete(tables.student_ids).where(table.system == system, table.value == value))
        if ids:
            connection.execute(insert(tables.student_ids), ids)
        store.audit_all(lines)
    return changed


def student_with(store: Store, system: str, value: str) -> str | None:
    """Our id of the student who has this id in another system, or None."""
    table = tables.student_ids.c
    with store.read() as connection:
        return connection.scalar(select(table.student).where(table.system == system, table.value == value))


def _merged(before: Student | None, new: Student) -> Student:
    words = {word: getattr(new, word) or (getattr(before, word) if before else "") for word in _WORDS}
    ids = {**(before.ids if before else {}), **{system: value for system, value in new.ids.items() if value}}
    return Student(new.id, **words, ids=dict(sorted(ids.items())))


def _problems(student: Student) -> Iterable[Message]:
    shown = clean_line(student.id, MOST_CHARACTERS)
    if not student.id:
        yield message("A student's id is empty. Give every student one.")
    for text in (*astuple(student)[:-1], *student.ids.values()):
        if len(text) > MOST_CHARACTERS:
            yield message(
                'Student "{student}": "{text}" is too long, {count} characters; at most {most} are kept.',
                student=shown,
                text=clean_line(text, 60),
                count=len(text),
                most=MOST_CHARACTERS,
            )
    for system in sorted(filter(_is_unknown, student.ids)):
        yield message(
            'Student "{student}": ids of "{system}" are not known. Known are: {systems}.',
            student=shown,
            system=clean_line(system, 60),
            systems=", ".join(ID_SYSTEMS),
        )


def _is_unknown(system: str) -> bool:
    name, _colon, assignment = system.partition(":")
    return name not in ID_SYSTEMS_OF_AN_ASSIGNMENT if assignment else name not in ID_SYSTEMS


def _belonging_to_two(students: dict[str, Student]) -> Iterable[Message]:
    owners: dict[tuple[str, str], list[str]] = {}
    for student in students.values():
        for system, value in student.ids.items():
            owners.setdefault((system, value), []).append(student.id)
    for (system, value), ids in sorted(owners.items()):
        if len(ids) > 1:
            yield message(
                'The {system} "{value}" would belong to {students}: an id belongs to one student. Nothing was changed.',
                system=system,
                value=clean_line(value, MOST_CHARACTERS),
                students=", ".join(f'"{clean_line(id, MOST_CHARACTERS)}"' for id in ids[:_MOST_TOLD]),
            )


def _more(count: int) -> Message | None:
    return message("And {count} more like these.", count=count) if count > 0 else None


def _told(student: Student) -> dict[str, Any]:
    words = {word: getattr(student, word) for word in _WORDS if getattr(student, word)}
    return {**words, **({"ids": dict(student.ids)} if student.ids else {})}

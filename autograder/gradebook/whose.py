"""Which student of the gradebook is meant by ids from elsewhere? Ids decide; a name never does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from autograder.cleaning import clean_line
from autograder.gradebook.values import Student
from autograder.model import Message, message

WITHOUT_CASE = frozenset({"email", "canvas_login", "moodle_username"})
"""Systems whose ids are the same in capitals."""


def folded(system: str, value: str) -> str:
    """An id as it is compared."""
    return value.casefold() if system in WITHOUT_CASE else value


class Ambiguous(Exception):
    """The ids belong to two students, or contradict what is known. problem: a sentence on it."""

    def __init__(self, problem: Message) -> None:
        super().__init__(problem.id)
        self.problem = problem


class Known:
    """The students of a gradebook, found by their ids elsewhere."""

    def __init__(self, students: Mapping[str, Student]) -> None:
        self.students = students
        self._owners: dict[tuple[str, str], set[str]] = {}
        for student in students.values():
            pairs = set(student.ids.items()) | ({("email", student.email)} if student.email else set())
            for system, value in pairs:
                self._owners.setdefault((system, folded(system, value)), set()).add(student.id)

    def find(self, ids: Mapping[str, str], own: str) -> str | None:
        """Our id of the student with these ids, or with `own` as our id; None where nobody is known by any of them.

        Raises  Ambiguous
        """
        found: dict[str, str] = {}
        for system, value in sorted(ids.items()):
            for student in self._owners.get((system, folded(system, value)), ()):
                found.setdefault(student, f"{system} {value}")
        if not found and own in self.students:
            found = {own: "id"}
        if not found:
            return None
        if len(found) > 1:
            raise Ambiguous(
                message(
                    "its ids belong to several students of the gradebook: {students}",
                    students=clean_line(
                        ", ".join(f'{why} to "{id}"' for id, why in sorted(found.items())), 500
                    ),
                )
            )
        (student,) = found
        self._refuse_another_id(student, ids)
        return student

    def _refuse_another_id(self, student: str, ids: Mapping[str, str]) -> None:
        """A student may get another address; of every other system they have one id for good."""
        known = self.students[student].ids
        for system, value in ids.items():
            there = known.get(system)
            if there is not None and system != "email" and folded(system, there) != folded(system, value):
                raise Ambiguous(
                    message(
                        'the gradebook has {system} "{known}" for the student "{student}", not "{value}"',
                        system=system,
                        known=clean_line(there, 100),
                        student=clean_line(student, 100),
                        value=clean_line(value, 100),
                    )
                )


def news(known: Mapping[str, Student], given: Iterable[Student]) -> list[Student]:
    """Those of `given` who are new, or of whom something is said that is not known yet."""
    return [student for student in given if _says_more(known.get(student.id), student)]


def _says_more(known: Student | None, given: Student) -> bool:
    if known is None:
        return True
    words = ("name", "email", "section", "language")
    if any(getattr(given, word) not in ("", getattr(known, word)) for word in words):
        return True
    return any(known.ids.get(system) != value for system, value in given.ids.items() if value)

"""Who is in the class? A table of ours, or one that Canvas, Moodle or Gradescope exports, becomes students with ids.

The header tells which it is. Every row gets one student: the one of the gradebook who has one of its ids, else a new one,
called by the first id that the table has of `BY_DEFAULT`. A table in which two rows could be one student, or an id could
be two students', is refused whole, with its lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.gradebook.downloads.handed import participant_system
from autograder.gradebook.people import MOST_CHARACTERS
from autograder.gradebook.tables_in import Row, Table
from autograder.gradebook.tables_in import read as read_table
from autograder.gradebook.values import ID_SYSTEMS, Student
from autograder.gradebook.whose import Ambiguous, Known, folded
from autograder.language import LANGUAGES, say
from autograder.language import known as known_language
from autograder.model import Message, message

BY_DEFAULT = (
    "canvas_login",
    "canvas_sis_id",
    "moodle_username",
    "moodle_idnumber",
    "gradescope_sid",
    "email",
    "canvas_id",
)
"""Which id a new student is called by, the first that a row has."""

OURS = ("id", "name", "email", "section", "language", *(system for system in ID_SYSTEMS if system != "email"))
"""The columns of a table of ours, in any order; only `id` must be there."""

_MOST_TOLD = 20
_STUDENT_ROLES = frozenset({"student", "sinh viên", "học viên"})
_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?[Ee]\+[0-9]{1,3}")
"""What a spreadsheet makes of a long number: digits are lost, and two students may look like one."""
_PARTICIPANT = re.compile(r"(.*?)([0-9]{1,18})", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """A row. line: in the file; student: as the row has them; `id` is "" where it follows from the ids."""

    line: int
    student: Student


@dataclass(frozen=True)
class Roster:
    """What a table says.

    kind     "ours", "canvas", "moodle", "moodle-worksheet" or "gradescope"
    unused   columns that were not read
    skipped  line → why it is no student
    """

    kind: str
    entries: tuple[Entry, ...]
    unused: tuple[str, ...] = ()
    skipped: tuple[tuple[int, Message], ...] = ()
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Change:
    """What a row means for the gradebook.

    before      None for a student who is new
    changed     names of fields and systems
    other_name  what a platform calls the student, where the gradebook's name is another one and stays; else ""
    """

    line: int
    before: Student | None
    after: Student
    changed: tuple[str, ...] = ()
    other_name: str = ""


@dataclass
class _Kind:
    """A shape of table: which column is what, by the header."""

    name: str
    columns: Mapping[int, str]
    role: int | None = None
    first: int | None = None
    last: int | None = None
    own: bool = False
    skip: Callable[[Student], Message | None] = field(default=lambda student: None)


def read(path: Path, assignment: str | None = None, encoding: str | None = None) -> Roster:
    """What the table in a file says.

    assignment  ours that a grading worksheet of Moodle belongs to
    encoding    of `tables_in.ENCODINGS`; None tells it from the bytes
    Raises      UsageError where it is no table, of no known shape, or contradicts itself
    """
    table = read_table(path, lambda header, rows: _kind(header, rows, "") is not None, encoding)
    if table is None:
        raise UsageError(
            message(
                "{path} has no header that is known. A table of ours has a column id and any of {columns}; or give Canvas' "
                "gradebook export, Moodle's grading worksheet or participants, or Gradescope's roster as they were downloaded.",
                path=str(path),
                columns=", ".join(OURS[1:]),
            )
        )
    kind = _kind(table.header, table.rows, assignment or "")
    assert kind is not None
    if kind.name == "moodle-worksheet" and assignment is None:
        raise UsageError(
            message(
                "{path} is a grading worksheet of Moodle's, whose numbers belong to one assignment. Say which: -a ASSIGNMENT.",
                path=str(path),
            )
        )
    problems: list[Message] = []
    entries: list[Entry] = []
    skipped: list[tuple[int, Message]] = []
    for row in table.rows:
        _entry(row, table, kind, entries, skipped, problems)
    problems += _twice(entries)
    _refuse(path, problems)
    if not entries:
        raise UsageError(message("{path} holds no student.", path=str(path)))
    used = {*kind.columns, *(place for place in (kind.role, kind.first, kind.last) if place is not None)}
    unused = tuple(name for place, name in enumerate(table.header) if place not in used and name.strip())
    return Roster(kind.name, tuple(entries), unused, tuple(skipped), table.encoding)


def changes(
    path: Path,
    roster: Roster,
    students: Mapping[str, Student],
    id_from: str | None = None,
    *,
    overwrite_names: bool = False,
) -> list[Change]:
    """What a roster means for the students of a gradebook; those of whom it says nothing new have no `changed`.

    id_from          the system whose id a new student is called by; None: the first of `BY_DEFAULT` that the row has
    overwrite_names  let a platform's table replace a name that the gradebook has; a table of ours always may
    Raises           UsageError where a row could mean two students, or two rows one
    """
    known = Known(students)
    problems: list[Message] = []
    found: list[Change] = []
    for entry in roster.entries:
        try:
            found.append(_change(entry, roster, known, id_from, overwrite_names))
        except Ambiguous as error:
            problems.append(message("Line {line}: {problem}.", line=entry.line, problem=say(error.problem)))
    lines: dict[str, list[int]] = {}
    for change in found:
        lines.setdefault(change.after.id, []).append(change.line)
    for id, at in lines.items():
        if len(at) > 1:
            problems.append(
                message(
                    'Lines {lines} are one student, "{student}".',
                    lines=_listed(at),
                    student=clean_line(id, 100),
                )
            )
    _refuse(path, problems)
    return found


# -- shapes ---------------------------------------------------------------------------------------------------

_CANVAS = {
    "id": "canvas_id",
    "sis user id": "canvas_sis_id",
    "sis login id": "canvas_login",
    "section": "section",
}
_MOODLE = {
    "username": "moodle_username",
    "id number": "moodle_idnumber",
    "email address": "email",
    "groups": "section",
    "user id": "moodle_id",
    "tên tài khoản": "moodle_username",
    "mã số id": "moodle_idnumber",
    "thư điện tử": "email",
    "địa chỉ thư điện tử": "email",
}
_MOODLE_FIRST = ("first name", "tên")
_MOODLE_LAST = ("last name", "surname", "họ", "họ và tên đệm")
_GRADESCOPE = {
    "sid": "gradescope_sid",
    "email": "email",
    "section": "section",
    "sections": "section",
    "name": "name",
}


def _kind(header: tuple[str, ...], rows: tuple[Row, ...], assignment: str) -> _Kind | None:
    names = [name.strip().casefold() for name in header]
    for recognised in (_canvas, _gradescope, _moodle):
        kind = recognised(names)
        if kind is not None:
            return kind
    # Moodle's worksheet may have a column called "ID" in other languages, but then no other one of ours.
    ours = _ours(names)
    if ours is not None and len(ours.columns) > 1:
        return ours
    return _worksheet(names, rows, assignment) or ours


def _places(names: list[str], known: Mapping[str, str]) -> dict[int, str]:
    places: dict[int, str] = {}
    for place, name in enumerate(names):
        if name in known and known[name] not in places.values():
            places[place] = known[name]
    return places


def _ours(names: list[str]) -> _Kind | None:
    if "id" not in names:
        return None
    return _Kind("ours", _places(names, {name: name for name in OURS}), own=True)


def _canvas(names: list[str]) -> _Kind | None:
    """Canvas' importer wants these in their places, so its export has them there."""
    if names[:2] == ["student", "id"] and "section" in names:
        return _Kind("canvas", {0: "name", **_places(names, _CANVAS)}, skip=_no_student_of_canvas)
    if names[:3] == ["lastname", "firstname", "id"] and "section" in names:
        return _Kind("canvas", _places(names, _CANVAS), first=1, last=0, skip=_no_student_of_canvas)
    return None


def _no_student_of_canvas(student: Student) -> Message | None:
    if not student.ids.get("canvas_id"):
        return message("it has no ID, as Canvas' own rows have none")
    if student.name in ("Student, Test", "Test Student") and not student.ids.get("canvas_sis_id"):
        return message("it is Canvas' test student")
    return None


def _gradescope(names: list[str]) -> _Kind | None:
    if "sid" not in names or not any(name.startswith("email") for name in names):
        return None
    known = {**_GRADESCOPE, "email address": "email", "full name": "name"}
    first = names.index("first name") if "first name" in names else None
    last = names.index("last name") if "last name" in names else None
    role = names.index("role") if "role" in names else None
    return _Kind("gradescope", _places(names, known), role, first, last)


def _moodle(names: list[str]) -> _Kind | None:
    places = _places(names, _MOODLE)
    first = next((names.index(name) for name in _MOODLE_FIRST if name in names), None)
    last = next((names.index(name) for name in _MOODLE_LAST if name in names), None)
    if (
        first is None
        or last is None
        or not {"email", "moodle_username", "moodle_idnumber"} & set(places.values())
    ):
        return None
    return _Kind("moodle", places, None, first, last)


def _worksheet(names: list[str], rows: tuple[Row, ...], assignment: str) -> _Kind | None:
    """Moodle's grading worksheet, whose headings are translated: its first column tells it, "Participant 4711"."""
    if len(names) < 5 or not rows:
        return None
    numbered = [_PARTICIPANT.fullmatch(row.cells[0].strip()) for row in rows]
    words = {found[1] for found in numbered if found}
    if None in numbered or len(words) != 1:
        return None
    # "Participant 4711"; some languages have no blank there, and "student4711" could be an id of ours.
    word = words.pop()
    if not re.search(r"\S\s+\Z", word) and (len(word) < 3 or not _has_maximum(len(names), rows)):
        return None
    columns = {0: participant_system(assignment)}
    addresses = [
        place
        for place in range(1, len(names))
        if all(place < len(row.cells) and _is_address(row.cells[place]) for row in rows)
    ]
    if addresses:
        columns[addresses[0]] = "email"
        if 1 not in addresses:
            columns[1] = "name"
    columns |= {
        place: system for place, system in _places(names, _MOODLE).items() if system.startswith("moodle_")
    }
    return _Kind("moodle-worksheet", columns)


def _has_maximum(columns: int, rows: tuple[Row, ...]) -> bool:
    """Whether a column holds the same number in every row, as the maximum grade in Moodle's worksheet does."""
    for place in range(1, columns):
        held = {row.cells[place].strip() if place < len(row.cells) else "" for row in rows}
        if len(held) == 1 and re.fullmatch(r"[0-9]{1,6}[.,][0-9]{2}", held.pop()):
            return True
    return False


def _is_address(cell: str) -> bool:
    return re.fullmatch(r"[^@\s]+@[^@\s]+", cell.strip()) is not None


# -- rows -----------------------------------------------------------------------------------------------------


def _entry(
    row: Row,
    table: Table,
    kind: _Kind,
    entries: list[Entry],
    skipped: list[tuple[int, Message]],
    problems: list[Message],
) -> None:
    beyond = [cell for cell in row.cells[len(table.header) :] if cell.strip()]
    if beyond:
        problems.append(
            message(
                "Line {line} has more cells than the header: {cell}. Is a separator inside a cell without quotes?",
                line=row.number,
                cell=clean_line(beyond[0], 60),
            )
        )
        return
    cells = [cell.strip() for cell in row.cells] + [""] * (len(table.header) - len(row.cells))
    said = {name: cells[place] for place, name in kind.columns.items()}
    if kind.name == "moodle-worksheet":
        number = _PARTICIPANT.fullmatch(cells[0])
        assert number is not None
        said[kind.columns[0]] = str(int(number[2]))
    if kind.first is not None and kind.last is not None:
        said["name"] = " ".join(filter(None, (cells[kind.first], cells[kind.last])))
    for name, text in said.items():
        if len(text) > MOST_CHARACTERS:
            problems.append(
                message(
                    "Line {line}: {column} is too long: {count} characters, and {most} are kept.",
                    line=row.number,
                    column=name,
                    count=len(text),
                    most=MOST_CHARACTERS,
                )
            )
            return
    if kind.role is not None and cells[kind.role].casefold() not in _STUDENT_ROLES:
        skipped.append(
            (row.number, message("its role is {role}", role=clean_line(cells[kind.role] or "–", 60)))
        )
        return
    for name, text in said.items():
        if name not in ("name", "section", "language") and _SHORTENED.fullmatch(text):
            problems.append(
                message(
                    "Line {line}: {column} is {value}: a spreadsheet has shortened a long number, and its last digits are lost. "
                    "Give the table as it was downloaded, or format that column as text before.",
                    line=row.number,
                    column=name,
                    value=text,
                )
            )
            return
    student = _student(said, row.number, problems)
    if kind.own and not student.id:
        problems.append(message("Line {line}: the id is empty. Give every student one.", line=row.number))
    elif (why := kind.skip(student)) is not None:
        skipped.append((row.number, why))
    elif not student.id and not student.ids:
        problems.append(message("Line {line} has no id of a student.", line=row.number))
    else:
        entries.append(Entry(row.number, student))


def _student(said: Mapping[str, str], line: int, problems: list[Message]) -> Student:
    words = {"id", "name", "email", "section", "language"}
    ids = {system: text for system, text in said.items() if system not in words and text}
    if said.get("email"):
        ids["email"] = said["email"].casefold()
    language = ""
    if said.get("language"):
        language = known_language(said["language"]) or ""
        if not language:
            problems.append(
                message(
                    'Line {line}: the language "{language}" is not known. Known are: {known}.',
                    line=line,
                    language=clean_line(said["language"], 40),
                    known=", ".join(LANGUAGES),
                )
            )
    return Student(
        said.get("id", ""),
        said.get("name", ""),
        said.get("email", ""),
        said.get("section", ""),
        language,
        ids,
    )


def _twice(entries: Iterable[Entry]) -> list[Message]:
    """What stands in two rows and may stand in one only."""
    lines: dict[tuple[str, str], list[int]] = {}
    shown: dict[tuple[str, str], str] = {}
    for entry in entries:
        values = dict(entry.student.ids)
        if entry.student.id:
            values["id"] = entry.student.id
        for system, value in values.items():
            key = (system, folded(system, value))
            lines.setdefault(key, []).append(entry.line)
            shown.setdefault(key, value)
    return [
        message(
            'The {system} "{value}" is there {count} times, in lines {lines}: it belongs to one student.',
            system=system,
            value=clean_line(shown[system, value], 100),
            count=len(at),
            lines=_listed(at),
        )
        for (system, value), at in lines.items()
        if len(at) > 1
    ]


def _change(entry: Entry, roster: Roster, known: Known, id_from: str | None, overwrite_names: bool) -> Change:
    given = entry.student
    own = given.id
    if roster.kind == "ours":
        # Our own id is said, so that it decides; the others may only agree with it.
        other = known.find(given.ids, own)
        if other is not None and other != own:
            raise Ambiguous(
                message(
                    'the gradebook has these ids for "{other}", not for "{student}"',
                    other=clean_line(other, 100),
                    student=clean_line(own, 100),
                )
            )
    else:
        own = _called(given, roster, id_from)
        own = known.find(given.ids, own) or own
    before = known.students.get(own)
    if before is None:
        return Change(entry.line, None, replace(given, id=own), ("new",))
    # What somebody here wrote is not replaced by how a platform happens to spell it.
    ours = roster.kind == "ours" or overwrite_names
    name = given.name if given.name and (ours or not before.name) else before.name
    after = replace(
        given,
        id=own,
        name=name,
        email=given.email or before.email,
        section=given.section or before.section,
        language=given.language or before.language,
        ids={**before.ids, **given.ids},
    )
    changed = [
        word
        for word in ("name", "email", "section", "language")
        if getattr(after, word) != getattr(before, word)
    ]
    changed += [
        system
        for system in sorted(after.ids)
        if after.ids[system] != before.ids.get(system) and system != "email"
    ]
    if after.ids.get("email") != before.ids.get("email") and "email" not in changed:
        changed.append("email")
    return Change(
        entry.line, before, after, tuple(changed), given.name if given.name not in ("", name) else ""
    )


def _called(student: Student, roster: Roster, id_from: str | None) -> str:
    if id_from is not None:
        if not student.ids.get(id_from):
            raise Ambiguous(message("it has no {system} to be called by", system=id_from))
        return student.ids[id_from]
    for system in BY_DEFAULT:
        if student.ids.get(system):
            # A bare number of Canvas' could be a student number of the university's.
            return f"canvas-{student.ids[system]}" if system == "canvas_id" else student.ids[system]
    number = next(
        (value for system, value in student.ids.items() if system.startswith("moodle_participant")), ""
    )
    return f"moodle-{number or student.ids.get('moodle_id', '')}"


def _listed(lines: list[int]) -> str:
    return ", ".join(map(str, lines[:_MOST_TOLD])) + ("" if len(lines) <= _MOST_TOLD else ", …")


def _refuse(path: Path, problems: list[Message]) -> None:
    if problems:
        more = len(problems) - _MOST_TOLD
        raise UsageError(
            message("{path} was not read; nothing was changed.", path=str(path)),
            *problems[:_MOST_TOLD],
            message("And {count} more like these.", count=more) if more > 0 else None,
        )

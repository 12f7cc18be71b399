"""How does a download become a folder that `grade` can be given? Told apart, matched with students, written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import ModuleType

from autograder.cleaning import clean_line
from autograder.course.manifest import Assignment
from autograder.errors import UsageError
from autograder.gradebook.downloads import canvas, container, gradescope, moodle, nbgrader, shelf
from autograder.gradebook.downloads.container import Container, Entry
from autograder.gradebook.downloads.handed import Download, Handed
from autograder.gradebook.downloads.shelf import Fate, Shelf, Source
from autograder.gradebook.store import Store
from autograder.gradebook.values import Student
from autograder.gradebook.whose import Ambiguous, Known, folded, news
from autograder.language import say
from autograder.model import Message, message
from autograder.names import folder_name
from autograder.sandbox.inside.ingest.names import is_archive, notebook_of

LAYOUTS: Mapping[str, ModuleType] = {
    module.LAYOUT: module for module in (gradescope, moodle, nbgrader, canvas)
}
"""Each layout's reader, in the order in which they are asked whether a download is theirs."""

ACCEPTED = ("older", "other-assignment", "new-students")
"""What `collect` refuses unless it is told to accept it."""


@dataclass(frozen=True)
class Line:
    """What became of one person. student: ours; key: theirs in the download; messages: why, and what to know."""

    student: str
    key: str
    fate: Fate
    messages: tuple[Message, ...] = ()
    is_problem: bool = False


@dataclass(frozen=True)
class Collected:
    """What was done.

    lines     in order of the student's id
    ignored   path in the download → why it belongs to nobody
    added     students that the gradebook did not know
    absent    students in the folder of whom the download has nothing
    late      how many the platform marks as late, where it does not say when
    untimed   how many were handed in nobody knows when
    warnings  what to know of the whole
    """

    layout: str
    lines: tuple[Line, ...]
    ignored: tuple[tuple[str, Message], ...]
    added: tuple[str, ...]
    absent: int
    late: int
    untimed: int
    warnings: tuple[Message, ...]

    def count(self, *fates: Fate) -> int:
        """How many ended so."""
        return sum(1 for line in self.lines if line.fate in fates)


def collect(
    path: Path,
    assignment: Assignment,
    others: Iterable[Assignment],
    root: Path,
    store: Store,
    *,
    author: str,
    now: datetime,
    layout: str | None = None,
    called: str | None = None,
    accept: Collection[str] = (),
) -> Collected:
    """Bring the submissions of a download into `root`, one folder a student, and the students into the gradebook.

    others  the course's other assignments, whose files tell a download of another one
    layout  one of `LAYOUTS`; None tells it from the entries
    called  what the platform calls the assignment, where that is not its id
    accept  of `ACCEPTED`
    Raises  UsageError where it cannot be read or is of another assignment; nothing is written then
    """
    with container.opened(path) as opened:
        read = _read(path, opened, assignment, layout, called)
        if not read.handed:
            raise UsageError(_nobody(path, read, assignment))
        warnings = _of_this_assignment(path, read, assignment, others, accept)
        with shelf.opened(root) as there:
            _not_of_another(path, there, assignment, read, accept)
            students = store.students()
            owned, refused = _owned(read.handed, Known(students))
            _known_at_all(path, read.layout, owned, students, accept)
            added = [student.id for student, _handed in owned if student.id not in students]
            store.add_students(news(students, [student for student, _handed in owned]), author)
            source = Source(assignment.id, read.layout, read.origin, now)
            lines = [*refused]
            for student, handed in owned:
                fate, why = there.put(student.id, handed, source, older="older" in accept)
                told = [m for m in (handed.problem, why, *handed.notes) if m is not None]
                lines.append(Line(student.id, handed.key, fate, tuple(told), handed.problem is not None))
            here = {folder_name(student.id) for student, _handed in owned}
            absent = len(there.states.keys() - here)
    return Collected(
        read.layout,
        tuple(sorted(lines, key=lambda line: (line.student, line.key))),
        (*((clean_line(name, 300), why) for name, why in opened.refused), *read.ignored),
        tuple(sorted(added)),
        absent,
        sum(1 for handed in read.handed if handed.late),
        sum(1 for handed in read.handed if handed.handed_in is None),
        tuple(warnings),
    )


# -- reading --------------------------------------------------------------------------------------------------


def _read(
    path: Path, opened: Container, assignment: Assignment, layout: str | None, called: str | None
) -> Download:
    wrapped = _unwrapped(opened)
    chosen = [LAYOUTS[layout]] if layout is not None else list(LAYOUTS.values())
    for module in chosen:
        # One after the other: what a student packed may look like one that is asked later, and not like one before.
        for inside in (opened, wrapped):
            if inside is not None and module.recognised(inside):
                read: Download = module.read(inside, _name(module, assignment, called), assignment.files[0])
                return read
    if layout is not None:
        raise UsageError(
            message(
                "{path} is no download of {layout}: none of its files is named as there. It holds, for example: {found}.",
                path=str(path),
                layout=layout,
                found=_examples(opened),
            )
        )
    raise UsageError(
        message(
            "{path} is no download that is known: neither of Moodle, Canvas or Gradescope, nor nbgrader's submitted/. It "
            "holds, for example: {found}.",
            path=str(path),
            found=_examples(opened),
        )
    )


def _name(module: ModuleType, assignment: Assignment, called: str | None) -> str:
    # nbgrader's folders have its own names; ids of the others are kept under ours.
    return called if called is not None and module is nbgrader else assignment.id


def _unwrapped(opened: Container) -> Container | None:
    """The same without the one folder that everything lies in, as many programs pack it."""
    firsts = {entry.parts[0] for entry in opened.entries}
    if len(firsts) != 1 or any(len(entry.parts) == 1 for entry in opened.entries):
        return None
    return opened.inside((firsts.pop(),))


def _examples(opened: Container) -> str:
    return clean_line(", ".join(entry.path for entry in opened.entries[:3]), 300) or "nothing"


def _nobody(path: Path, read: Download, assignment: Assignment) -> Message:
    if read.called:
        return message(
            "{path} holds no submission of {assignment}. It holds: {called}. If one of them is meant, name it: --called NAME.",
            path=str(path),
            assignment=assignment.id,
            called=clean_line(read.called, 300),
        )
    return message("{path} holds no submission: none of its files belongs to a student.", path=str(path))


# -- is it this assignment? -----------------------------------------------------------------------------------


def _of_this_assignment(
    path: Path, read: Download, assignment: Assignment, others: Iterable[Assignment], accept: Collection[str]
) -> list[Message]:
    """Refuse a download in which nobody has handed in this assignment, but some have handed in another one."""
    names: Counter[str] = Counter()
    archives = 0
    for handed in read.handed:
        inside = {entry.rpartition("/")[2] for entry in handed.files}
        names.update(inside)
        archives += any(map(is_archive, inside))
    ours = _count(names, assignment)
    theirs = {other.id: _count(names, other) for other in others if other.id != assignment.id}
    most = max(theirs, key=lambda id: theirs[id], default="")
    fields: dict[str, str | int | float] = {
        "path": str(path),
        "count": theirs.get(most, 0),
        "all": len(read.handed),
        "other": most,
        "assignment": assignment.id,
        "file": assignment.files[0],
    }
    if theirs.get(most, 0) > 0 and ours == 0 and "other-assignment" not in accept:
        raise UsageError(
            message(
                "{path} looks like a download of another assignment: {count} of {all} have handed in the file of "
                '"{other}", and nobody {file}. Nothing was written. Collect it with -a {other}, or accept it: --accept '
                "other-assignment.",
                **fields,
            )
        )
    if theirs.get(most, 0) > ours:
        return [
            message(
                '{count} of {all} have handed in the file of "{other}", more than {file}. Is it the right download?',
                **fields,
            )
        ]
    if ours == 0 and archives == 0:
        return [message("Nobody has handed in {file}. Is it the right download?", **fields)]
    return []


def _count(names: Counter[str], assignment: Assignment) -> int:
    main = assignment.files[0]
    return names[main] + names[notebook_of(main)]


def _not_of_another(
    path: Path, there: Shelf, assignment: Assignment, read: Download, accept: Collection[str]
) -> None:
    """Refuse a folder that holds another assignment, and a download that comes from another activity."""
    for state in there.states.values():
        if state.assignment != assignment.id:
            raise UsageError(
                message(
                    "{folder} holds submissions of {other}. Collect those of {assignment} into a folder of their own.",
                    folder=str(there.root),
                    other=clean_line(state.assignment, 100),
                    assignment=assignment.id,
                )
            )
        if "other-assignment" in accept or not read.origin or not state.origin:
            continue
        if state.origin != read.origin and state.layout == read.layout:
            raise UsageError(
                message(
                    "{path} is of {origin}, and what lies in {folder} is of {known}: these are two assignments on the "
                    "platform. Nothing was written. If both count, accept it: --accept other-assignment.",
                    path=str(path),
                    origin=read.origin,
                    folder=str(there.root),
                    known=clean_line(state.origin, 100),
                )
            )


# -- whose are they? ------------------------------------------------------------------------------------------


def _owned(handed: Iterable[Handed], known: Known) -> tuple[list[tuple[Student, Handed]], list[Line]]:
    """Each student with what they handed in, and lines on those of whom it cannot be told who they are."""
    by_id: dict[str, list[Handed]] = {}
    refused: list[Line] = []
    for one in handed:
        try:
            student = known.find(one.ids, one.id) or one.id
        except Ambiguous as error:
            why = message(
                "{key}: {why}. Nothing of it was written.",
                key=clean_line(one.key, 200),
                why=say(error.problem),
            )
            refused.append(Line("", one.key, Fate.REFUSED, (why,), True))
        else:
            by_id.setdefault(student, []).append(one)
    for id in [id for id, ones in by_id.items() if _contradict(ones)]:
        # Some platforms let people write their own number: whoever writes another's may not take their place.
        ones = by_id.pop(id)
        why = message(
            "{keys} are called {student}, but their other ids differ: two people, or one twice. Nothing of them was "
            "written. Put their ids right on the platform, or read a roster: autograde roster FILE.csv.",
            keys=clean_line(", ".join(one.key for one in ones), 300),
            student=clean_line(id, 100),
        )
        refused += (Line("", one.key, Fate.REFUSED, (why,), True) for one in ones)
    owned = [
        (_student(id, ones, known.students.get(id)), ones[0] if len(ones) == 1 else _one_of(ones))
        for id, ones in sorted(by_id.items())
    ]
    return owned, refused


def _contradict(handed: Iterable[Handed]) -> bool:
    """Whether these have different ids in one system."""
    said: dict[str, str] = {}
    return any(
        said.setdefault(system, folded(system, value)) != folded(system, value)
        for one in handed
        for system, value in one.ids.items()
    )


def _student(id: str, handed: list[Handed], known: Student | None) -> Student:
    """What the download says of a student. What a roster has said goes before it."""
    ids = {system: value for one in handed for system, value in one.ids.items()}
    if known is None:
        return Student(id, handed[0].name, handed[0].email, ids=ids)
    return Student(
        id,
        known.name or handed[0].name,
        known.email or handed[0].email,
        ids={system: value for system, value in ids.items() if system not in known.ids},
    )


def _one_of(handed: list[Handed]) -> Handed:
    """What counts of a student who is there more than once: the newest, where the times tell which that is."""
    times = [one.handed_in for one in handed if one.handed_in is not None]
    newest = max(
        handed, key=lambda one: (one.handed_in is not None and one.handed_in.timestamp(), one.order or 0)
    )
    keys = clean_line(", ".join(one.key for one in handed), 300)
    if len(times) == len(handed) and len(set(times)) == len(times):
        others = [one for one in handed if one is not newest]
        note = message(
            "It is there {count} times ({keys}); the newest counts: {key}.",
            count=len(handed),
            keys=keys,
            key=clean_line(newest.key, 200),
        )
        return replace(newest, earlier={**newest.earlier, **_aside(others)}, notes=(*newest.notes, note))
    problem = message(
        "It is there {count} times ({keys}), so it is not clear which one counts.",
        count=len(handed),
        keys=keys,
    )
    return replace(handed[0], files={}, earlier=_aside(handed), problem=problem, order=None, handed_in=None)


def _aside(handed: Iterable[Handed]) -> dict[str, Entry]:
    """All files of several, each in a folder of its own."""
    return {
        f"{number}/{path}": entry
        for number, one in enumerate(handed, 1)
        for path, entry in {**{f"replaced/{path}": e for path, e in one.earlier.items()}, **one.files}.items()
    }


def _known_at_all(
    path: Path,
    layout: str,
    owned: list[tuple[Student, Handed]],
    students: Mapping[str, Student],
    accept: Collection[str],
) -> None:
    """Refuse to add a whole class a second time, under other ids."""
    if (
        not students
        or not owned
        or "new-students" in accept
        or any(one.id in students for one, _handed in owned)
    ):
        return
    hints = {
        "moodle": message(
            "Read Moodle's grading worksheet of this assignment first, which has their numbers: autograde roster "
            "WORKSHEET.csv -a ASSIGNMENT."
        ),
        "canvas": message(
            "Read Canvas' gradebook export first, which has their numbers: autograde roster GRADES.csv."
        ),
    }
    raise UsageError(
        message(
            "The gradebook has {known} students, and none of the {count} in {path} is among them, so the class would be "
            "in it twice. Nothing was written.",
            known=len(students),
            count=len(owned),
            path=str(path),
        ),
        hints.get(layout, message("Read a roster with their ids first: autograde roster FILE.csv.")),
        message("If they are other students, accept it: --accept new-students."),
    )

"""How does Moodle's "Download all submissions" look? Three layouts, told by each entry's own name.

    FULLNAME_N_assignsubmission_file_/PATH      folders, until 4.0
    FULLNAME_N_assignsubmission_file/PATH       folders, from 4.1
    FULLNAME_N_assignsubmission_file_NAME       one folder for all

N belongs to a participant of this one assignment; it is not the user's id. FULLNAME holds no "_", so that nothing in a
student's own file names can pass for N.
"""

from __future__ import annotations

import re
from dataclasses import replace

from autograder.cleaning import clean_line
from autograder.gradebook.downloads.container import Container
from autograder.gradebook.downloads.handed import Download, Handed, participant_system
from autograder.gradebook.downloads.placing import Found, placed
from autograder.model import Message, message

LAYOUT = "moodle"
_OWNER = re.compile(r"([^_/]*)_([0-9]{1,18})_assign(submission|feedback)_([a-z]+)(?:_(.*))?", re.DOTALL)
_ZIP = re.compile(r".*-([0-9]+)(?: ?\([0-9]+\))?\.zip", re.DOTALL | re.IGNORECASE)
_LONGEST_NAME = 200


def recognised(container: Container) -> bool:
    """Whether it is one of Moodle's: an entry has a name that only Moodle gives."""
    return any(_OWNER.fullmatch(entry.parts[0]) for entry in container.entries)


def read(container: Container, assignment: str, main: str) -> Download:
    """What it says. assignment, main: ours, its id and the file to be graded."""
    files: dict[str, list[Found]] = {}
    names: dict[str, str] = {}
    ignored: list[tuple[str, Message]] = []
    for entry in container.entries:
        owner = _OWNER.fullmatch(entry.parts[0])
        if owner is None:
            ignored.append((entry.path, message("its name is none that Moodle gives to a submission")))
            continue
        name, number, kind, _plugin, rest = owner.groups()
        if kind == "feedback":
            ignored.append((entry.path, message("it is feedback and no submission")))
        elif len(entry.parts) == 1 and not rest:
            ignored.append((entry.path, message("its name is none that Moodle gives to a submission")))
        else:
            inside = entry.parts[1:] if len(entry.parts) > 1 else (rest,)
            files.setdefault(number, []).append((inside, entry))
            names[number] = name
    # Under blind marking all are called alike: "Participant".
    named = len(set(names.values())) == len(names) or len(set(names.values())) > 1
    handed = [
        _handed(number, found, names[number] if named else "", assignment, main)
        for number, found in sorted(files.items(), key=lambda item: int(item[0]))
    ]
    found_id = _ZIP.fullmatch(container.name)
    return Download(
        LAYOUT,
        _without_twins(handed, ignored),
        origin=f"moodle activity {found_id[1]}" if found_id else "",
        ignored=ignored,
    )


def _handed(number: str, found: list[Found], name: str, assignment: str, main: str) -> Handed:
    place = placed(found, main)
    return Handed(
        key=number,
        ids={participant_system(assignment): str(int(number))},
        id=f"moodle-{int(number)}",
        files=place.files,
        name=clean_line(name, _LONGEST_NAME),
        earlier=place.aside,
        problem=place.problem,
        notes=place.notes,
    )


def _without_twins(handed: list[Handed], ignored: list[tuple[str, Message]]) -> tuple[Handed, ...]:
    """Each participant once: "007" is no other one than "7"."""
    kept: dict[str, Handed] = {}
    for one in handed:
        if one.id in kept:
            kept[one.id] = replace(
                kept[one.id],
                problem=message("Participant {number} is there under two names.", number=one.key),
            )
            ignored += [
                (entry.path, message("its participant is there under two names"))
                for entry in one.files.values()
            ]
        else:
            kept[one.id] = one
    return tuple(kept.values())

"""How does Canvas' "Download Submissions" look? One flat folder: NAME[_LATE]_USER_ATTACHMENT_FILE.

NAME is the sortable name without blanks, USER the user's id in Canvas; attachments are numbered as they arrive. Canvas
puts "-1", "-2", … behind the stem of a file that was handed in again under the same name. A student chooses both their
name and FILE, so an entry whose name can be read in two ways belongs to nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.cleaning import clean_line
from autograder.gradebook.downloads.container import Container, Entry
from autograder.gradebook.downloads.handed import Download, Handed, anonymous_system
from autograder.gradebook.downloads.placing import Found, placed
from autograder.model import Message, message

LAYOUT = "canvas"
_IDS = re.compile(r"(?=_([0-9]{1,20})_([0-9]{1,20})_(.))", re.DOTALL)
_ANONYMOUS = re.compile(
    r"anon(?:ymous)?(?:_LATE)?_([A-Za-z0-9]{5})_([0-9]{1,20})_(.+)", re.DOTALL | re.IGNORECASE
)
_TYPED = re.compile(r"(.*)_([0-9]{1,20})_(text|link)\.html", re.DOTALL)
_LATE = re.compile(r".*_late", re.DOTALL | re.IGNORECASE)
_AGAIN = re.compile(r"(.+)-[0-9]{1,4}", re.DOTALL)


@dataclass(frozen=True)
class _Name:
    """An entry's name, taken apart. attachment: -1 for a text or a link, which is no file."""

    user: str
    attachment: int
    file: str
    late: bool
    anonymous: bool = False


def recognised(container: Container) -> bool:
    """Whether it is one of Canvas': most of its files lie flat and have a user's and an attachment's number."""
    flat = [entry for entry in container.entries if len(entry.parts) == 1]
    fitting = sum(1 for entry in flat if any(True for _ in _names(entry.parts[0])))
    return 2 * fitting > len(container.entries)


def read(container: Container, assignment: str, main: str) -> Download:
    """What it says. assignment, main: ours, its id and the file to be graded."""
    by_user: dict[tuple[bool, str], list[tuple[_Name, Entry]]] = {}
    ignored: list[tuple[str, Message]] = []
    for entry in container.entries:
        names = list(_names(entry.parts[0])) if len(entry.parts) == 1 else []
        if not names:
            ignored.append((entry.path, message("its name is none that Canvas gives to a submission")))
        elif len(names) > 1:
            users = " or ".join(name.user for name in names[:3])
            ignored.append(
                (
                    entry.path,
                    message("its name can be read in two ways, as user {users} of Canvas", users=users),
                )
            )
        else:
            by_user.setdefault((names[0].anonymous, names[0].user), []).append((names[0], entry))
    handed = tuple(
        _handed(user, anonymous, found, assignment, main)
        for (anonymous, user), found in sorted(
            by_user.items(), key=lambda item: (item[0][0], item[0][1].zfill(20))
        )
    )
    return Download(LAYOUT, handed, ignored=ignored)


def _names(text: str) -> Iterator[_Name]:
    """Every way to take a name apart."""
    if found := _ANONYMOUS.fullmatch(text):
        yield _Name(found[1], int(found[2]), found[3], "_late_" in text[:16].lower(), anonymous=True)
    for at in _IDS.finditer(text):
        before = text[: at.start()]
        if before:
            yield _Name(_plain(at[1]), int(at[2]), text[at.start(3) :], _LATE.fullmatch(before) is not None)
    if found := _TYPED.fullmatch(text):
        yield _Name(_plain(found[2]), -1, f"{found[3]}.html", _LATE.fullmatch(found[1]) is not None)


def _plain(number: str) -> str:
    return str(int(number))


def _handed(
    user: str, anonymous: bool, found: list[tuple[_Name, Entry]], assignment: str, main: str
) -> Handed:
    """The newest of each name counts: the one with the highest attachment."""
    newest: dict[str, tuple[_Name, Entry]] = {}
    earlier: dict[str, Entry] = {}
    notes: list[Message] = []
    for name, entry in sorted(found, key=lambda pair: pair[0].attachment):
        file = _as_handed_in(name.file)
        if file in newest:
            before, replaced = newest[file]
            earlier[f"{before.attachment}/{file}"] = replaced
            notes.append(
                message(
                    "{file} was handed in more than once; the newest counts (attachment {number}).",
                    file=clean_line(file),
                    number=name.attachment,
                )
            )
        newest[file] = (name, entry)
    inside: list[Found] = [((file,), entry) for file, (_name, entry) in newest.items()]
    place = placed(inside, main)
    system = anonymous_system(assignment) if anonymous else "canvas_id"
    return Handed(
        key=f"{'anonymous ' if anonymous else ''}{user}",
        ids={system: user},
        id=f"canvas-{'anonymous-' if anonymous else ''}{user}",
        files=place.files,
        earlier={**place.aside, **earlier},
        problem=place.problem,
        notes=(*notes, *place.notes),
        order=max(name.attachment for name, _entry in found),
        late=any(name.late for name, _entry in found),
    )


def _as_handed_in(file: str) -> str:
    """A file's name before Canvas numbered it: "work.py" for "work-2.py", where the grader could take it."""
    for ending in (".py", ".ipynb"):
        if file.endswith(ending) and (again := _AGAIN.fullmatch(file.removesuffix(ending))):
            stem = again[1]
            return stem + ending if stem.isidentifier() else file
    return file

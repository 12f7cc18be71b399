"""Where do one person's files go, so that the grader finds the one that counts? By the rule that it has for archives.

The folder that holds the assignment's file, least deep, comes to the top; what lies elsewhere keeps its path. Which of a
script and its notebook counts is left to the grader, who knows what was handed out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.cleaning import clean_line
from autograder.gradebook.downloads.container import Entry
from autograder.model import Message, message
from autograder.names import RECEIPT_FILE, STUDENT_FILE
from autograder.sandbox.inside.ingest.names import notebook_of

Found = tuple[tuple[str, ...], Entry]
"""A path below the person's own folder, and what lies there."""


@dataclass(frozen=True)
class Placed:
    """files: path → entry; aside: the same of what cannot lie beside them; problem, notes: as in `Handed`."""

    files: dict[str, Entry]
    aside: dict[str, Entry]
    problem: Message | None
    notes: tuple[Message, ...]


def placed(found: Iterable[Found], main: str) -> Placed:
    """Where one person's files go. main: the file to be graded, by its name in the contract."""
    notes: list[Message] = []
    here: list[Found] = []
    for parts, entry in found:
        if parts[-1] in (STUDENT_FILE, RECEIPT_FILE):
            # Ours lie under these names, and say whose the files are.
            notes.append(
                message("{name} was left out: only the autograder writes such a file.", name=parts[-1])
            )
        elif not parts[-1].startswith("."):
            here.append((parts, entry))
    problem: Message | None = None
    files: dict[str, Entry] = {}
    aside: dict[str, Entry] = {}
    alike: dict[str, list[Found]] = {}
    for parts, entry in _brought_up(here, main):
        alike.setdefault(_folded(parts), []).append((parts, entry))
    for group in alike.values():
        path = "/".join(group[0][0])
        if len(group) == 1:
            files[path] = group[0][1]
            continue
        for number, (parts, entry) in enumerate(group, 1):
            aside["/".join((f"{number}", *parts))] = entry
        if problem is None or parts[-1] in (main, notebook_of(main)):
            problem = message(
                "{file} is there {count} times, so it is not clear which one counts.",
                file=clean_line(path),
                count=len(group),
            )
    _no_file_in_place_of_a_folder(files, aside)
    folders = _folders(here, main)
    if problem is None and len(folders) > 1:
        problem = message(
            "{file} is there {count} times ({folders}), so it is not clear which one counts.",
            file=main,
            count=len(folders),
            folders=clean_line(", ".join("/".join(folder) for folder in sorted(folders)), 300),
        )
    return Placed(files, aside, problem, tuple(notes))


def _brought_up(found: list[Found], main: str) -> list[Found]:
    folders = _folders(found, main)
    if len(folders) != 1:
        return found
    (folder,) = folders
    count = len(folder)
    return [(parts[count:] if parts[:count] == folder else parts, entry) for parts, entry in found]


def _folders(found: Iterable[Found], main: str) -> set[tuple[str, ...]]:
    """Where the file to be graded or its notebook lies, least deep."""
    wanted = (main, notebook_of(main))
    folders = {parts[:-1] for parts, _entry in found if unicodedata.normalize("NFKC", parts[-1]) in wanted}
    least = min(map(len, folders), default=0)
    return {folder for folder in folders if len(folder) == least}


def _no_file_in_place_of_a_folder(files: dict[str, Entry], aside: dict[str, Entry]) -> None:
    """A zip may hold both "a" and "a/b", which no folder can."""
    folders = set()
    for path in files:
        parts = path.split("/")
        folders |= {_folded(tuple(parts[:depth])) for depth in range(1, len(parts))}
    for path in [path for path in files if _folded(tuple(path.split("/"))) in folders]:
        aside[f"0/{path}"] = files.pop(path)


def _folded(parts: tuple[str, ...]) -> str:
    """Two paths that are one on some file system: macOS and Windows know neither case nor how an accent is stored."""
    return unicodedata.normalize("NFKC", "/".join(parts)).casefold()

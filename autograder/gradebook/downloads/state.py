"""What was collected last for a student, and when was it handed in? The state that lies beside a collected submission."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

HISTORY = ".history"
STATE = ".collected.json"
_LARGEST_STATE = 16 * 2**20


@dataclass(frozen=True)
class State:
    """What was collected last for a student.

    digest      of all paths and bytes
    files       path → SHA-256 of what was brought to the top
    earlier     digests of what counted before
    handed_in   when, UTC, or None
    order       see `Handed`
    unfinished  a crash has left something half done
    """

    student: str
    assignment: str
    layout: str
    origin: str
    digest: str
    files: Mapping[str, str]
    earlier: tuple[str, ...] = ()
    handed_in: datetime | None = None
    order: int | None = None
    unfinished: bool = False


def state_of(top: Path) -> State | None:
    """The state of one student's folder; None where nothing was collected into it, or nobody can read what."""
    flags = os.O_RDONLY
    for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"):
        flags |= getattr(os, flag, 0)
    try:
        with open(os.open(top / HISTORY / STATE, flags), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return None
            data: dict[str, Any] = json.loads(file.read(_LARGEST_STATE))
        when = data["handed_in"]
        return State(
            str(data["student"]),
            str(data["assignment"]),
            str(data["layout"]),
            str(data["origin"]),
            str(data["digest"]),
            {str(name): str(digest) for name, digest in data["files"].items()},
            tuple(map(str, data["earlier"])),
            None if when is None else datetime.fromisoformat(when),
            None if data["order"] is None else int(data["order"]),
            bool(data["unfinished"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def handed_in(
    top: Path, student: str, assignment: str, digests: Iterable[str]
) -> tuple[datetime | None, str] | None:
    """When what lies in a folder was handed in, None where the download did not tell; and the layout it came in.

    digests  SHA-256 of the files that are graded
    Returns  None where they are not those that were collected there for this student and assignment
    """
    state = state_of(top)
    if state is None or (state.student, state.assignment) != (student, assignment):
        return None
    if not set(digests) <= set(state.files.values()):
        return None
    return state.handed_in, state.layout

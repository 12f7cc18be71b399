"""Where is the course? Four places, the first that is named or exists."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.course.manifest import Course, load_course
from autograder.errors import UsageError
from autograder.model import message

_ENGINE = Path(__file__).resolve().parent.parent
_MANIFEST = Path("assignments", "course.toml")


def find_course(explicit: Path | None = None, start: Path | None = None) -> Course:
    """The course to work with.

    explicit  `--course DIR`; else AUTOGRADE_COURSE; both must then hold assignments/course.toml
    start     where to look from, upwards, for assignments/course.toml; default: the current folder
    Then      the copy inside the installed wheel, else the course beside the engine's source tree
    Raises    UsageError when there is none, CourseError when its manifest is broken
    """
    if explicit is not None:
        return load_course(_given(explicit, "--course"))
    from_environment = os.environ.get("AUTOGRADE_COURSE")
    if from_environment:
        return load_course(_given(Path(from_environment), "AUTOGRADE_COURSE"))
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents, _ENGINE / "_course", _ENGINE.parent):
        if (folder / _MANIFEST).is_file():
            return load_course(folder)
    raise UsageError(
        message(
            "No course found: neither {here} nor a folder above it holds {file}, and none came with the installation. "
            "Name it with --course DIR or AUTOGRADE_COURSE.",
            here=str(here),
            file=_MANIFEST.as_posix(),
        )
    )


def _given(folder: Path, by: str) -> Path:
    folder = folder.expanduser().absolute()
    if (folder / _MANIFEST).is_file():
        return folder
    if folder.name == "assignments" and (folder / "course.toml").is_file():
        return folder.parent
    raise UsageError(
        message(
            "{by} names {folder}, which holds no {file}. Give the folder that contains assignments/.",
            by=by,
            folder=str(folder),
            file=_MANIFEST.as_posix(),
        )
    )

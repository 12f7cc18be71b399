"""How is a course of ours made from an nbgrader source folder that nobody here wrote? As far as that can go.

Nothing of the notebooks is run: everything is told from their text. What could not be carried is said cell by cell.
"""

from __future__ import annotations

import keyword
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from autograder.course import cut, load_course
from autograder.course.manifest import TOTAL_POINTS
from autograder.errors import CourseError, UsageError
from autograder.grading.points import apportion
from autograder.model import Message, message
from autograder.names import meant
from autograder.notebooks.importing.code import slug
from autograder.notebooks.importing.draft import Draft, Row, drafted, left_out, merged, reference_text
from autograder.notebooks.importing.source import SourceNotebook, find, read
from autograder.notebooks.importing.suite import rendered
from autograder.sandbox.inside.imports import INERT, PRELOADED

_DECIMALS = 10**6


@dataclass(frozen=True)
class ImportedAssignment:
    """One assignment that was made.

    points    nbgrader's points that are earned by hidden checks now
    left_out  nbgrader's points of cells that were left out
    """

    id: str
    functions: tuple[str, ...]
    points: Fraction
    left_out: Fraction


@dataclass(frozen=True)
class Imported:
    """A course that was made.

    rows   what became of each cell, by notebook
    notes  what to know besides
    """

    directory: Path
    assignments: tuple[ImportedAssignment, ...]
    rows: tuple[Row, ...]
    notes: tuple[Message, ...] = ()


def import_course(source: Path, directory: Path, only: Sequence[str] = ()) -> Imported:
    """Make a course of ours in `directory` from the nbgrader notebooks under `source`.

    only    names of nbgrader's assignments; default: all
    Raises  UsageError where there is nothing to read or `directory` holds a course already; CourseError where what was
            made is no course
    """
    folder = find(source)
    for name in only:
        if name not in folder.assignments:
            raise UsageError(
                message('{source} has no assignment "{name}".', source=str(source), name=name),
                meant(name, folder.assignments),
                message("It has: {names}.", names=", ".join(folder.assignments)),
            )
    for used in ("assignments", "solutions"):
        if (directory / used).exists():
            raise UsageError(
                message(
                    "{path} is already there; nothing was written. Name another folder with --output.",
                    path=str(directory / used),
                )
            )
    rows: list[Row] = []
    notes: list[Message] = []
    drafts: list[tuple[str, Draft]] = []
    for name, paths in folder.assignments.items():
        if only and name not in only:
            continue
        made = _assignment(name, paths, rows, notes)
        drafts += made
    if not drafts:
        return Imported(directory, (), tuple(rows), tuple(notes))
    ids = _ids([name for name, _draft in drafts])
    with tempfile.TemporaryDirectory(prefix="autograde-import-") as scratch:
        _write_course(Path(scratch), folder.course_id, dict(zip(ids, (d for _n, d in drafts), strict=True)))
        directory.mkdir(parents=True, exist_ok=True)
        for part in ("assignments", "solutions"):
            shutil.copytree(Path(scratch) / part, directory / part)
    notes += [
        message(
            "{assignment}: submissions may import {modules}, as the notebook does. Install it where you grade.",
            assignment=id,
            modules=", ".join(draft.modules),
        )
        for id, (_name, draft) in zip(ids, drafts, strict=True)
        if draft.modules
    ]
    imported = tuple(
        ImportedAssignment(
            id,
            tuple(draft.functions),
            sum(draft.functions.values(), Fraction()),
            draft.points_left_out,
        )
        for id, (_name, draft) in zip(ids, drafts, strict=True)
    )
    return Imported(directory, imported, tuple(rows), tuple(notes))


def _assignment(
    name: str, paths: Iterable[Path], rows: list[Row], notes: list[Message]
) -> list[tuple[str, Draft]]:
    """What an assignment of nbgrader's comes to: one of ours for each notebook with something to grade."""
    notebooks: list[SourceNotebook] = []
    for path in paths:
        try:
            notebooks.append(read(path))
        except CourseError as error:
            rows.append(left_out(path, error))
    graded = [one for one in notebooks if drafted(one, "").functions]
    named = {one.path: name if len(graded) < 2 else f"{name}_{one.path.stem}" for one in notebooks}
    drafts = [drafted(one, f"{_module(named[one.path])}.py") for one in notebooks]
    made = [draft for draft in drafts if draft.functions]
    others = [draft for draft in drafts if not draft.functions]
    if len(made) == 1:
        made = [merged(made[0], others)]
    else:
        rows += [row for draft in others for row in draft.rows]
    if not made:
        notes.append(
            message("{name}: nothing in it is graded by itself, so it became no assignment.", name=name)
        )
    if len(made) > 1:
        notes.append(
            message(
                "{name}: each of its notebooks became an assignment of its own, 100 points each.", name=name
            )
        )
    rows += [row for draft in made for row in draft.rows]
    return [(named[draft.notebook.path], draft) for draft in made]


def _module(name: str) -> str:
    """The id of an assignment, which is the name of its module as well: no other module may be hidden by it."""
    made = slug(name)
    taken = {*sys.stdlib_module_names, *PRELOADED, *INERT, "autograder", "pytest", "solutions"}
    return f"{made}_work" if made in taken or keyword.iskeyword(made) or keyword.issoftkeyword(made) else made


def _ids(names: Iterable[str]) -> list[str]:
    ids: list[str] = []
    for name in names:
        id = _module(name)
        while id in ids:
            id += "_2"
        ids.append(id)
    return ids


# -- writing ------------------------------------------------------------------------------------------------------


def _write_course(root: Path, course_id: str, drafts: dict[str, Draft]) -> None:
    for id, draft in drafts.items():
        _write_assignment(root, id, draft)
    _write(
        root / "assignments" / "course.toml",
        f"[course]\nid = {_toml(slug(course_id).replace('_', '-'))}\ntitle = {{ en = {_toml(course_id)} }}\n"
        f'languages = ["en"]\nassignments = [{", ".join(_toml(id) for id in drafts)}]\n\n'
        "[defaults.limits]\ncall_seconds = 5\nsubmission_seconds = 60\nmemory_mib = 1024\n",
    )
    _write(root / "solutions" / "secret.key", secrets.token_hex() + "\n")
    # What was made is read as any course is, before anybody gets it.
    course = load_course(root)
    for id in course.assignments:
        course.assignment(id)


def _write_assignment(root: Path, id: str, draft: Draft) -> None:
    public, secret = root / "assignments" / id, root / "solutions" / id
    title = draft.statement.title or id
    reference = reference_text(draft, id)
    _write(public / "assignment.toml", _manifest(id, title, draft))
    _write(public / "README.md", draft.statement.rendered(title))
    for name, data in draft.statement.pictures.items():
        (public / "pictures").mkdir(exist_ok=True)
        (public / "pictures" / name).write_bytes(data)
    _write(public / f"{id}.py", cut(reference))
    said = f"Public checks of `{id}`, from the visible tests of {draft.notebook.path.name}."
    _write(public / f"test_{id}.py", rendered(said, draft.public, draft.stars))
    said = f"Hidden suite of `{id}`, from the test cells of {draft.notebook.path.name}."
    _write(secret / f"{id}.py", reference)
    _write(secret / "hidden" / f"test_{id}.py", rendered(said, draft.hidden, draft.stars))
    if draft.public:
        _write(secret / "allowed.toml", _allowed(draft.public))
    for bank in ("mistakes", "variants"):
        (secret / bank).mkdir(parents=True, exist_ok=True)


def _allowed(checks: Iterable[str]) -> str:
    """What the scan for leaks passes over: a visible test counts in the hidden suite too, as it did in nbgrader."""
    lines = [
        "# Visible tests of the notebook: they are public checks, and count in the hidden suite as well."
    ]
    for text in dict.fromkeys(checks):
        key = "\\n".join(_toml(line)[1:-1] for line in text.splitlines())
        lines.append(f'"{key}" = "It was visible in the notebook, and is a public check."')
    return "\n".join(lines) + "\n"


def _manifest(id: str, title: str, draft: Draft) -> str:
    total = sum(draft.functions.values(), Fraction())
    cells = apportion(list(draft.functions.values()), TOTAL_POINTS * _DECIMALS)
    lines = [
        f"# Made from {draft.notebook.path.name}, whose tests that are carried are worth {_shown(total)} points.",
        "[assignment]",
        f"id = {_toml(id)}",
        'version = "1"',
        'feedback = "call"',
        f"files = [{_toml(f'{id}.py')}]",
    ]
    if draft.modules:
        lines.append(f"modules = [{', '.join(map(_toml, draft.modules))}]")
    lines += ["[assignment.title]", f"en = {_toml(title)}"]
    for (name, worth), parts in zip(draft.functions.items(), cells, strict=True):
        value = f"{parts // _DECIMALS}.{parts % _DECIMALS:06d}".rstrip("0").rstrip(".")
        lines += [
            "",
            "[[function]]",
            f"name = {_toml(name)}",
            f"points = {value}  # {_shown(worth)} of {_shown(total)} in nbgrader",
        ]
        if needs := draft.needs.get(name):
            lines.append(f"needs = [{', '.join(map(_toml, needs))}]")
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    """A TOML string. Nothing in it may end it."""
    safe = "".join(char if char.isprintable() else " " for char in text)
    return '"' + safe.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shown(worth: Fraction) -> str:
    return f"{float(worth):g}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")

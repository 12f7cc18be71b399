"""How does a course become an nbgrader course? Its `source/`, made from the references, and nbgrader's configuration.

A notebook that was released before is compared with the new one: what changed for students is said, what an instructor
changed by hand is kept, and what nbgrader would refuse later is refused here, in words.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.manifest import Assignment, Course
from autograder.course.stub import cut
from autograder.errors import CourseError
from autograder.grading.many import grade_many
from autograder.grading.submission import Submission
from autograder.language import _
from autograder.model import GradeReport, Message, message, points
from autograder.notebooks.build import Notebook, rendered, source_notebook
from autograder.notebooks.cells import Role, cell_id
from autograder.release import Released

CONFIGURATION = "nbgrader_config.py"
GRADEBOOK = "gradebook.db"


def release(
    course: Course, assignments: Sequence[Assignment], directory: Path, *, language: str, force: bool
) -> Released:
    """Make `directory` an nbgrader course of these assignments, or bring it up to date. It holds the solutions.

    language  of the notebooks, and so of what nbgrader's feedback will say
    force     replace what was changed by hand (the old file stays beside the new one), and what nbgrader will refuse
    Raises    CourseError where a reference does not earn full marks as a notebook, where a notebook was changed by
              hand, and where grade cells would come or go although students have handed in
    """
    language = language if language in course.languages else course.languages[0]
    plans = [_plan(directory, assignment, language, force) for assignment in assignments]
    notes: list[Message] = []
    for plan in plans:
        _full_marks(course, plan.assignment, plan.text)
        notes += plan.notes
    written: list[Path] = []
    for plan in plans:
        if plan.text == plan.before:
            continue
        if plan.by_hand:
            notes.append(_kept(directory, plan.path))
        _write(directory, plan.path, plan.text)
        written.append(plan.path)
    configured = _CONFIGURED.format(id=course.id, course=_from(directory, course.root))
    for name, made, mark in (
        (CONFIGURATION, configured, "\n# {digest}\n"),
        ("README.md", _readme(assignments[0].id, language), "\n<!-- {digest} -->\n"),
    ):
        path = directory / name
        told, is_new = _renewed(directory, path, made, mark, force)
        notes += told
        written += [path] if is_new else []
    if not written and not notes:
        notes.append(message("Nothing has changed since the last release."))
    return Released(tuple(written), tuple(notes), secret=True)


def source_path(directory: Path, assignment: Assignment) -> Path:
    """Where nbgrader looks for an assignment's notebook. Its name is the one that a submission must have."""
    return directory / "source" / assignment.id / f"{assignment.main_module}.ipynb"


# -- one notebook ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Plan:
    """What is to be done about one notebook.

    text     the new file
    before   the file that is there, or ""
    by_hand  whether somebody changed that
    """

    assignment: Assignment
    path: Path
    text: str
    before: str
    by_hand: bool
    notes: tuple[Message, ...]


def _plan(directory: Path, assignment: Assignment, language: str, force: bool) -> _Plan:
    path = source_path(directory, assignment)
    made = signed(source_notebook(assignment, language))
    text = rendered(made)
    try:
        before = path.read_text("utf-8")
    except FileNotFoundError:
        return _Plan(assignment, path, text, "", by_hand=False, notes=())
    old = _notebook(before)
    by_hand = old is None or not is_as_signed(old)
    if by_hand and not force:
        raise CourseError(
            message(
                "{path} was changed by hand since it was released, so it is left alone. To replace it: --force, which "
                "keeps a copy of it. To release the others: name them with --assignment.",
                path=str(path),
            )
        )
    notes = () if old is None else tuple(changes(assignment, old, made))
    if old is not None and not force:
        _refuse_what_nbgrader_refuses(directory, assignment, path, made)
    return _Plan(assignment, path, text, before, by_hand, notes)


def _notebook(text: str) -> Notebook | None:
    try:
        read = json.loads(text)
    except ValueError:
        return None
    is_one = (
        isinstance(read, dict)
        and isinstance(read.get("cells"), list)
        and isinstance(read.get("metadata"), dict)
    )
    return read if is_one and all(isinstance(cell, dict) for cell in read["cells"]) else None


def signed(notebook: Notebook) -> Notebook:
    """The notebook with the digest of what nbgrader and students go by, so that a change by hand is noticed."""
    about = {**notebook["metadata"].get("autograder", {}), "digest": _digest(notebook)}
    return {**notebook, "metadata": {**notebook["metadata"], "autograder": about}}


def is_as_signed(notebook: Notebook) -> bool:
    """Whether nobody changed it since. To open, run and save it in Jupyter changes nothing that counts."""
    about = notebook["metadata"].get("autograder")
    return isinstance(about, dict) and about.get("digest") == _digest(notebook)


def _digest(notebook: Notebook) -> str:
    told = [
        [cell.get("cell_type"), cell.get("id"), _source(cell), cell.get("metadata", {}).get("nbgrader")]
        for cell in notebook["cells"]
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else str(source)


def _full_marks(course: Course, assignment: Assignment, text: str) -> None:
    """Grade the notebook's own code, as if a student had handed it in. Raises CourseError unless it earns everything."""
    name = f"{assignment.main_module}.ipynb"
    reference = Submission("reference", {name: text.encode()}, brief=True)
    [report] = grade_many(course, assignment, [reference], jobs=1)
    if report.score != report.max_score or not report.functions:
        raise CourseError(
            message(
                "{assignment}: the reference, cut into the cells of a notebook, earns {score} of {max_score} points. "
                "Nothing was written.",
                assignment=assignment.id,
                score=points(report.score),
                max_score=points(report.max_score),
            ),
            *_what_lost(report),
            message(
                "Code that only the whole file makes work has to move into the function that needs it, or above all."
            ),
        )


def _what_lost(report: GradeReport) -> Iterator[Message]:
    if report.message is not None:
        yield report.message
    for function in report.functions:
        if function.score < function.max_score:
            yield message(
                "{name}: {score} of {max_score} points.",
                name=function.name,
                score=points(function.score),
                max_score=points(function.max_score),
            )
            check = next(check for check in function.checks if check.score < check.max_score)
            yield from check.messages[:1]


# -- again ----------------------------------------------------------------------------------------------------


def changes(assignment: Assignment, old: Notebook, new: Notebook) -> Iterator[Message]:
    """What is different for students: functions that came or went, other points, another stub. Not: a statement's text."""
    before, after = _marks(old), _marks(new)
    names = {cell_id(Role.MARKS, function.name): function.name for function in assignment.functions}
    for id in [*after, *(id for id in before if id not in after)]:
        # The name of a function that is gone is known by its cell only.
        name = names.get(id, id.removeprefix(f"{Role.MARKS.value}-"))
        if id not in before:
            yield message("{assignment}: {name} is new.", assignment=assignment.id, name=name)
        elif id not in after:
            yield message("{assignment}: {name} is gone.", assignment=assignment.id, name=name)
        elif before[id] != after[id]:
            yield message(
                "{assignment}: {name} is worth {after} points, not {before}. Next: nbgrader generate_assignment {assignment} "
                "--force, and grade again what was handed in.",
                assignment=assignment.id,
                name=name,
                before=f"{before[id]:g}",
                after=f"{after[id]:g}",
            )
    old_stubs, new_stubs = _stubs(old), _stubs(new)
    of = {
        cell_id(Role.SOLUTION, name): name
        for name in (function.name.partition(".")[0] for function in assignment.functions)
    }
    for id in new_stubs:
        if id in old_stubs and old_stubs[id] != new_stubs[id]:
            yield message(
                "{assignment}: the stub of {name} changed. Notebooks that were handed out keep the old one.",
                assignment=assignment.id,
                name=of.get(id, id),
            )


def _marks(notebook: Notebook) -> dict[str, float]:
    return {
        id: float(about.get("points", 0))
        for id, about in _known(notebook).items()
        if id.startswith(f"{Role.MARKS.value}-")
    }


def _stubs(notebook: Notebook) -> dict[str, str]:
    found = {}
    for cell in notebook["cells"]:
        id = cell.get("id", "")
        if isinstance(id, str) and id.startswith(f"{Role.SOLUTION.value}-"):
            try:
                found[id] = cut(_source(cell)).strip()
            except CourseError:
                # Changed by hand into what cannot be cut: nothing to compare with.
                continue
    return found


def _known(notebook: Notebook) -> dict[str, Mapping[str, Any]]:
    """What nbgrader knows of its cells, by grade_id."""
    known: dict[str, Mapping[str, Any]] = {}
    for cell in notebook["cells"]:
        about = cell.get("metadata", {}).get("nbgrader")
        if isinstance(about, dict) and isinstance(about.get("grade_id"), str):
            known[about["grade_id"]] = about
    return known


def _refuse_what_nbgrader_refuses(
    directory: Path, assignment: Assignment, path: Path, made: Notebook
) -> None:
    """Where students have handed in, `generate_assignment` takes no other set of cells. Raises CourseError."""
    handed_in, cells = _in_gradebook(directory, assignment, path.stem)
    new = set(_known(made))
    if not handed_in or cells == new:
        return
    raise CourseError(
        message(
            "{assignment}: {n} submissions are in the gradebook, and nbgrader does not let graded cells come or go then. "
            "New: {new}. Gone: {gone}.",
            assignment=assignment.id,
            n=handed_in,
            new=", ".join(sorted(new - cells)) or "–",
            gone=", ".join(sorted(cells - new)) or "–",
        ),
        message(
            "Release it under another id, or take the submissions out of the gradebook (nbgrader db assignment remove "
            "{assignment} --force; the files in submitted/ stay), release again, then generate_assignment and autograde. "
            "To write the notebook all the same: --force.",
            assignment=assignment.id,
        ),
    )


def _in_gradebook(directory: Path, assignment: Assignment, notebook: str) -> tuple[int, set[str]]:
    """How many submissions of the notebook nbgrader's gradebook has, and the grade_ids of its cells. 0 without one."""
    path = directory / GRADEBOOK
    if not path.is_file():
        return 0, set()
    try:
        from nbgrader.api import Gradebook, MissingEntry
    except ImportError:
        return 0, set()
    with Gradebook(f"sqlite:///{path.resolve()}") as gradebook:
        try:
            found = gradebook.find_notebook(notebook, assignment.id)
        except MissingEntry:
            return 0, set()
        return len(found.submissions), {cell.name for cell in found.source_cells}


# -- the files beside it --------------------------------------------------------------------------------------

_CONFIGURED = '''\
"""nbgrader's configuration for this course. Made by `autograde release --format nbgrader`.

With it, `nbgrader autograde` starts no kernel: what a student's notebook says is graded as `autograde grade` grades
it, in a worker that is held back by the kernel, and the marks are written into the notebook's cells. Without it, no
hidden check is run, and nobody earns a point.
"""

try:
    from autograder.notebooks import preprocess
except Exception as error:
    # nbgrader would write this to its log and go on without this file: a kernel would run what students wrote, and
    # nobody would earn a point.
    raise SystemExit(
        f"nbgrader_config.py cannot load autograder: {{error!r}}. Install it where nbgrader is installed: "
        "pip install 'autograder[notebook]'"
    )

c = get_config()

c.CourseDirectory.course_id = {id!r}

# The folder with the course's own assignments/ and solutions/. The environment variable AUTOGRADE_COURSE goes before it.
c.FromCourse.course = preprocess.beside(__file__, {course!r})

# nbgrader generate_assignment: the stubs are the ones that `autograde release --format files` gives out.
c.GenerateAssignment.preprocessors = preprocess.GENERATING

# nbgrader autograde: cells that a student forged, doubled or deleted are put right; then comes the grading.
c.Autograde.exporter_class = preprocess.RestoredExporter
c.Autograde.autograde_preprocessors = preprocess.GRADING

# nbgrader generate_feedback: outputs are cleaned; what a student wrote as text was made harmless when it was graded.
c.GenerateFeedback.preprocessors = preprocess.GIVING_FEEDBACK
c.HTMLExporter.sanitize_html = True
'''
_UNCHANGED = "Unchanged since it was made: "


def _renewed(directory: Path, path: Path, made: str, mark: str, force: bool) -> tuple[list[Message], bool]:
    """Write a file beside `source/`, unless somebody changed it; what there is to say, and whether it was written.

    mark  the last line, a comment, in which the text's digest stands; without it nobody could tell who wrote the text
    """

    def signed_text(text: str) -> str:
        return text + mark.format(digest=_UNCHANGED + hashlib.sha256(text.encode()).hexdigest())

    text = signed_text(made)
    notes: list[Message] = []
    if path.exists():
        before = path.read_text("utf-8")
        if before == text:
            return [], False
        if before != signed_text(before.rpartition(mark.partition("{")[0])[0]):
            if not force:
                told = "{path} was changed by hand and stays as it is. To replace it: --force, which keeps a copy of it."
                return [message(told, path=str(path))], False
            notes = [_kept(directory, path)]
    _write(directory, path, text)
    return notes, True


def _from(directory: Path, course: Path) -> str:
    """The course's folder as seen from `directory`, so that both can move together; in full where they share nothing."""
    course = course.resolve()
    directory = directory.resolve()
    shared = os.path.commonpath([course, directory]) if course.drive == directory.drive else ""
    if not shared or shared == course.anchor:
        return str(course)
    return Path(os.path.relpath(course, directory)).as_posix()


def _readme(assignment: str, language: str) -> str:
    title = _("An nbgrader course", language)
    whose = _(
        "For instructors only: `source/` holds the solutions, and so does what the configuration leads to. Students get "
        "what nbgrader writes to `release/`, nothing else.",
        language,
    )
    then = _(
        "In this folder, where `pip install 'autograder[notebook]'` was run, these commands come next:",
        language,
    )
    steps = (
        (
            f"nbgrader generate_assignment {assignment}",
            _("writes what students get to `release/{assignment}/`", language, assignment=assignment),
        ),
        (
            f"nbgrader validate release/{assignment}/*.ipynb",
            _(
                "fails on an unsolved notebook, as it should: run it on `release/`, never on `source/`",
                language,
            ),
        ),
        (
            f"nbgrader autograde {assignment}",
            _("grades `submitted/<student>/{assignment}/`", language, assignment=assignment),
        ),
        (
            f"nbgrader generate_feedback {assignment}",
            _("writes `feedback/`, what students are told", language),
        ),
        ("nbgrader export", _("writes `grades.csv`", language)),
    )
    lines = [f"{number}. `{command}` {what}" for number, (command, what) in enumerate(steps, 1)]
    faster = _(
        "Instead of step 3, `autograde grade --nbgrader . --assignment {assignment}` grades the whole class at once and "
        "writes the same marks to the same gradebook.",
        language,
        assignment=assignment,
    )
    about = _(
        "The cells called `marks-…` raise an error in `source/`: it is what somebody sees who has nbgrader grade without "
        "`nbgrader_config.py`. `autograde release` has graded the solutions in `source/`: they earn full marks.",
        language,
    )
    return "\n\n".join([f"# {title}", whose, then, "\n".join(lines), faster, about]) + "\n"


def _kept(directory: Path, path: Path) -> Message:
    """Move a file out of the way of a new one. Not beside it: nbgrader hands out whatever else lies in `source/`."""
    number = 1
    while (kept := directory / "replaced" / f"{path.stem}.{number}{path.suffix}").exists():
        number += 1
    kept.parent.mkdir(exist_ok=True)
    os.replace(path, kept)
    return message("What you had changed in {path} is kept in {kept}.", path=str(path), kept=str(kept))


def _write(directory: Path, path: Path, text: str) -> None:
    """All of it or nothing; and nothing half written lies where nbgrader would hand it out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = directory / f".{path.name}.new"
    new.write_text(text, "utf-8")
    os.replace(new, path)

"""What runs on Gradescope for one submission: read it, grade it confined, write results.json.

`run_autograder` of the released zip starts this once it has written a first results.json without a score, so that a run
that is killed counts as an error of the autograder and never as a zero. The layout is Gradescope's:

    ROOT/source/                      what the zip held: course/ and settings.json are read here
    ROOT/submission/                  what the student handed in, only ever read as bytes
    ROOT/submission_metadata.json     who the student is, for the log; it may be missing or broken
    ROOT/results/results.json         what students are told
    stdout                            what only instructors are told

What went wrong on our side is told on stdout in full, to students only that it did: a reason may name hidden checks.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import platform
import signal
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any

from autograder import __version__
from autograder.cleaning import clean, clean_line
from autograder.course.find import find_course
from autograder.course.manifest import Assignment
from autograder.course.texts import texts
from autograder.course.version import course_version, suite_version
from autograder.errors import AutogradeError, CourseError, IsolationRefused, SystemFault
from autograder.grading.capacity import memory_bytes
from autograder.grading.many import grade_many
from autograder.grading.submission import Submission, read
from autograder.language import LANGUAGES, _, learn, say, use
from autograder.model import GradeReport, Message, Status, message, points
from autograder.reports import gradescope_json
from autograder.reports.write import write_text
from autograder.sandbox.inside.ingest.names import is_archive, is_hidden, is_source, notebook_of
from autograder.sandbox.isolation import Isolation, isolation

ROOT = "AUTOGRADER_ROOT"
"""The environment variable that names another root than /autograder."""

_OURS_MIB = 320
"""What the trusted processes fill at most, measured with room to spare; the worker may have the rest."""
_LEAST_MIB = 256
_MOST_METADATA = 4 * 2**20
_DEEPEST = 3
_MOST_FOLDERS = 1000


@dataclass(frozen=True)
class Settings:
    """What settings.json says.

    assignment            id of the only assignment of the zip
    language              in which students are told
    points                what the assignment's 100 points count on Gradescope
    seconds               after which grading is given up; a little less than Gradescope's own timeout
    allow_weak_isolation  grade also where Landlock is missing; never without a filter of system calls
    """

    assignment: str
    language: str = "en"
    points: Fraction = Fraction(100)
    seconds: float = 540.0
    allow_weak_isolation: bool = False

    def text(self) -> str:
        """As JSON, to be read and changed by people."""
        whole = self.points.denominator == 1
        tree = {
            "assignment": self.assignment,
            "language": self.language,
            "points": int(self.points) if whole else float(self.points),
            "seconds": self.seconds,
            "allow_weak_isolation": self.allow_weak_isolation,
        }
        return json.dumps(tree, indent=2) + "\n"


def settings(path: Path) -> Settings:
    """What the file at `path` says. Raises CourseError where that cannot be used."""
    try:
        tree = json.loads(path.read_text("utf-8"), parse_float=Fraction)
        found = Settings(**{**tree, "points": Fraction(tree.get("points", 100))})
        right = (
            isinstance(found.assignment, str)
            and found.language in LANGUAGES
            and found.points > 0
            and 0 < found.seconds < 86_400
            and isinstance(found.allow_weak_isolation, bool)
        )
        if not right:
            raise ValueError("a value is out of its bounds")
    except (OSError, ValueError, TypeError, AttributeError, ZeroDivisionError) as error:
        raise CourseError(
            message(
                "{path} cannot be used: {error}. Release the autograder again and upload the new zip.",
                path=str(path),
                error=f"{type(error).__name__}: {error}",
            )
        ) from None
    return replace(found, seconds=float(found.seconds))


class _TookTooLong(SystemFault):
    """Gradescope would end us soon, and tell nobody why."""


def main(arguments: list[str] | None = None) -> int:
    """Grade what lies below the root; 0 where results.json has a score, 3 where the fault is ours."""
    given = sys.argv[1:] if arguments is None else arguments
    root = Path(given[0] if given else os.environ.get(ROOT) or "/autograder").absolute()
    results = root / "results" / "results.json"
    with contextlib.suppress(AttributeError):
        sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        text = _graded(root)
        code = 0
    except AutogradeError as error:
        _log(_("Not graded: {text}", text=clean(error.said())))
        text = gradescope_json.fault(_for_students(error), about=_about())
        code = SystemFault.exit_code
    except Exception as error:
        _log(_("Not graded: {text}", text=clean(f"{type(error).__name__}: {error}")))
        _log(clean(traceback.format_exc(), 64 * 1024))
        text = gradescope_json.fault(_for_students(None), about=_about())
        code = SystemFault.exit_code
    try:
        write_text(results, text)
    except AutogradeError as error:
        _log(clean(error.said()))
        code = SystemFault.exit_code
    return code


def _graded(root: Path) -> str:
    """The text of results.json. Raises AutogradeError where the fault is ours."""
    source = root / "source"
    chosen = settings(source / "settings.json")
    use(chosen.language)
    metadata = _metadata(root / "submission_metadata.json")
    with _not_longer_than(chosen.seconds):
        course = find_course(source / "course")
        assignment = _with_the_memory_here(course.assignment(chosen.assignment))
        learn(texts(assignment))
        found = isolation(assignment)
        record = _accepted(found, chosen.allow_weak_isolation)
        submission = submitted(root / "submission", assignment, _student(metadata))
        grading = grade_many(course, assignment, [submission], jobs=1, isolation=record)
        with contextlib.closing(grading):
            report = next(grading)
    _tell(report, chosen, metadata)
    if report.status is Status.SYSTEM_ERROR:
        raise SystemFault(report.message, *report.notices)
    about = _about() | {
        "assignment": assignment.id,
        "course_version": course_version(assignment),
        "suite_version": suite_version(assignment),
        "kernel": str(record["kernel"]),
        "memory_mib": assignment.limits.memory_mib,
    }
    return gradescope_json.render(report, chosen.language, total=chosen.points, about=about)


def _about() -> dict[str, Any]:
    return {
        "autograder": __version__,
        "python": platform.python_version(),
        "numpy": version("numpy"),
    }


def _for_students(error: AutogradeError | None) -> tuple[Message | str, ...]:
    parts: tuple[Message | str, ...] = not_graded()
    # Its sentences speak of this machine only. Others may quote the suite.
    if isinstance(error, IsolationRefused | _TookTooLong):
        parts += error.parts[:1]
    return parts


def not_graded() -> tuple[Message, ...]:
    """What students are told where nothing was graded by our fault."""
    return (
        message(
            "This submission could not be graded. The fault is the autograder's, not yours, and does not count as a zero."
        ),
        message(
            "Tell your instructor, who sees the reason in the autograder's output. You need not hand in again; they can "
            "grade it again."
        ),
    )


def not_finished() -> tuple[Message, ...]:
    """What the first results.json says, which stays where grading is cut off."""
    return (
        *not_graded(),
        message("Grading was cut off before its end, by a time limit or for want of memory, or never began."),
    )


# -- this machine ---------------------------------------------------------------------------------------------------


def _with_the_memory_here(assignment: Assignment) -> Assignment:
    """The assignment with no more memory for a worker than the container leaves it.

    A submission that fills memory must meet its own limit, not the container's: the kernel might end us instead.
    """
    memory = memory_bytes()
    if not math.isfinite(memory):
        return assignment
    most = max(int(memory / 2**20) - _OURS_MIB, _LEAST_MIB)
    if most >= assignment.limits.memory_mib:
        return assignment
    return replace(assignment, limits=replace(assignment.limits, memory_mib=most))


def _accepted(found: Isolation, allow_weak: bool) -> dict[str, str | int | float]:
    """What goes on record of the walls. Raises IsolationRefused where they do not do."""
    level = found.level
    missing = ", ".join(level.missing)
    # Each submission has a container of its own here, and workers of root give up their ids. Without a filter of system
    # calls that is still too little.
    allowed = allow_weak and level.letter == "B-"
    if not (level.grades_others or allowed):
        raise IsolationRefused(
            message(
                "Other people's code is not graded here: isolation is level {level}, without {missing}.",
                level=level.letter,
                missing=missing,
            ),
            *level.remedies,
            message(
                'To grade here all the same, set "allow_weak_isolation" to true in settings.json of the zip.'
            )
            if level.letter == "B-" and not allow_weak
            else None,
        )
    _log(
        _("Isolation: level {level}, without {missing}.", level=level.letter, missing=missing)
        if missing
        else _("Isolation: level {level}.", level=level.letter)
    )
    return found.record(allowed=allowed)


@contextlib.contextmanager
def _not_longer_than(seconds: float) -> Iterator[None]:
    def give_up(number: int, frame: object) -> None:
        raise _TookTooLong(
            message("Grading took longer than {seconds} s and was given up.", seconds=f"{seconds:g}")
        )

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# -- what was handed in ---------------------------------------------------------------------------------------------


def submitted(folder: Path, assignment: Assignment, student: str) -> Submission:
    """What lies in `folder`, or in the one folder below it that holds the assignment's file.

    Gradescope unpacks a zip that a student uploads, and clones a repository, with the folders that are in them.
    """
    inside = _folder_inside(folder, assignment.files[0])
    if inside is None:
        return read(student, folder, assignment)
    submission = read(student, inside, assignment)
    notice = message(
        "Graded what lies in your folder {folder}.", folder=clean_line(str(inside.relative_to(folder)), 200)
    )
    return replace(submission, notices=(notice, *submission.notices))


def _folder_inside(folder: Path, main: str) -> Path | None:
    names = {main, notebook_of(main)}
    stem = Path(main).stem.casefold()
    found: list[Path] = []
    for count, (path, folders, files) in enumerate(os.walk(folder)):
        here = Path(path)
        if here == folder and any(
            is_archive(name) or (is_source(name) and name.casefold().startswith(stem)) for name in files
        ):
            return None
        if here != folder and names & set(files):
            found.append(here)
        deep = len(here.relative_to(folder).parts) >= _DEEPEST
        folders[:] = [] if deep else sorted(name for name in folders if not is_hidden(name))
        if len(found) > 1 or count > _MOST_FOLDERS:
            return None
    return found[0] if found else None


def _metadata(path: Path) -> dict[str, Any]:
    """What Gradescope tells about the submission; nothing where that cannot be read."""
    try:
        with open(path, "rb") as file:
            tree = json.loads(file.read(_MOST_METADATA))
    except (OSError, ValueError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _student(metadata: dict[str, Any]) -> str:
    """Who handed in, for the log: the group's addresses, else their ids."""
    users = metadata.get("users")
    names = [
        clean_line(str(user.get("email") or user.get("id") or ""), 100)
        for user in (users if isinstance(users, list) else [])[:20]
        if isinstance(user, dict)
    ]
    return ", ".join(filter(None, names)) or "student"


# -- what instructors are told --------------------------------------------------------------------------------------


def _tell(report: GradeReport, chosen: Settings, metadata: dict[str, Any]) -> None:
    _log(
        _(
            "{student}: {score} of {max_score} points, set of inputs {set}, {seconds} s.",
            student=report.student,
            score=points(report.score),
            max_score=points(report.max_score),
            set="–" if report.input_set is None else report.input_set,
            seconds=f"{report.seconds:.1f}",
        )
    )
    if report.message is not None:
        _log(clean(say(report.message)))
    for notice in report.notices:
        _log(f"• {clean(say(notice))}")
    about = metadata.get("assignment")
    stated = about.get("total_points") if isinstance(about, dict) else None
    try:
        total = Fraction(str(stated))
    except (ValueError, ZeroDivisionError):
        return
    if total < chosen.points:
        _log(
            _(
                "Note: the assignment counts {total} points on Gradescope, and this autograder gives up to {points}. Set "
                '"Autograder points" to {points} there, or "points" in settings.json of the zip.',
                total=f"{float(total):g}",
                points=f"{float(chosen.points):g}",
            )
        )


def _log(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

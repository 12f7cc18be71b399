"""How do marks come into nbgrader's own gradebook? As `nbgrader autograde` would write them, without a kernel.

For each student, in this order: one transaction with the scores, then the notebook in autograded/, last and in one piece.
Whatever interrupts this, the next run sees that the notebook is not the one that belongs to the scores, and does both again.
A submission of which nothing has changed is left alone, so that what a person has graded since stays graded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.cleaning import clean_line
from autograder.course.manifest import Assignment, Course
from autograder.errors import SystemFault, UsageError
from autograder.grading.points import apportion
from autograder.language import _
from autograder.model import GradeReport, Message, Status, message
from autograder.notebooks.autograded import handed_in_at, holds, write_files
from autograder.notebooks.build import Notebook, rendered
from autograder.notebooks.cells import Role, cell_id
from autograder.notebooks.handed_in import TIMESTAMP, handed_in
from autograder.notebooks.nbgrader_course import NbgraderCourse, path_exists
from autograder.notebooks.outputs import grade_id, marked
from autograder.notebooks.restore import (
    Unusable,
    known_cells,
    loaded,
    released,
    restored,
)
from autograder.sandbox.inside.ingest.names import notebook_of

_TOLERANCE = 0.01


@dataclass(frozen=True)
class _Change:
    """What is to stand in the gradebook for one student. scores: of cells that nobody scores by hand, or not yet."""

    student: str
    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]
    timestamp: datetime | None
    notebook_changed: bool


class Book:
    """The gradebook of one assignment of an nbgrader course; a context manager.

    Raises    UsageError where the assignment is not in the gradebook, or not as the course has it now
    """

    def __init__(self, course: NbgraderCourse, of: Course, assignment: Assignment) -> None:
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import SQLAlchemyError

        self._course = course
        self._assignment = assignment
        self._file = notebook_of(assignment.files[0])
        self.language = _language_of(course, of, assignment, self._file)
        url: str = course.directory.db_url
        if not path_exists(url):
            raise self._not_there()
        try:
            self._gradebook = Gradebook(url, course.directory.course_id)
            self._read()
        except SQLAlchemyError as error:
            raise _database(error) from None
        except OSError:
            # An empty file: nbgrader would set a new gradebook up with programs of its own.
            raise self._not_there() from None

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._gradebook.close()

    # -- what the gradebook knows -----------------------------------------------------------------------------

    def _not_there(self) -> UsageError:
        return UsageError(
            message(
                "{assignment} is not in the gradebook of {folder}. Run this there first: nbgrader generate_assignment "
                "{assignment}",
                assignment=self._assignment.id,
                folder=str(self._course.root),
            )
        )

    def _read(self) -> None:
        from nbgrader.api import MissingEntry

        try:
            row = self._gradebook.find_assignment(self._assignment.id)
            notebook = self._gradebook.find_notebook(self._file.removesuffix(".ipynb"), self._assignment.id)
        except MissingEntry:
            self._gradebook.close()
            raise self._not_there() from None
        self._row_id, self._notebook_id = row.id, notebook.id
        self._others = [one.name for one in row.notebooks if one.id != notebook.id]
        self._kernelspec = _kernelspec(notebook.kernelspec)
        source = _source_notebook(self._course, self._assignment, self._file)
        self._known = known_cells(notebook, source)
        self._grade_ids = {cell.name: cell.id for cell in notebook.grade_cells}
        self._comment_ids = {cell.name: cell.id for cell in (*notebook.solution_cells, *notebook.task_cells)}
        self._cells_of = {
            one.id: (
                [cell.id for cell in (*one.grade_cells, *one.task_cells)],
                [cell.id for cell in (*one.solution_cells, *one.task_cells)],
            )
            for one in row.notebooks
        }
        # Closed here, so that no lock is held while submissions are graded.
        self._gradebook.db.commit()
        self._look_over()

    def _look_over(self) -> None:
        """Refuse a gradebook in which marks would get lost: before anything is graded."""
        functions = self._assignment.functions
        cents = apportion([function.points for function in functions], 10_000)
        there = {one.id: one for one in self._known}
        ours = {cell_id(Role.MARKS, function.name) for function in functions}
        ours |= {cell_id(Role.CHECK, function.name.partition(".")[0]) for function in functions}
        for function, worth in zip(functions, cents, strict=True):
            cell = there.get(cell_id(Role.MARKS, function.name))
            points = None if cell is None or cell.points is None else cell.points
            if points is None or abs(points - worth / 100) > _TOLERANCE:
                raise UsageError(
                    message(
                        "The gradebook of {folder} does not have {function} of {assignment} with {points} points, so its "
                        "marks would be lost. Release the assignment again (autograde release --format nbgrader), then: "
                        "nbgrader generate_assignment {assignment} --force",
                        folder=str(self._course.root),
                        function=function.name,
                        assignment=self._assignment.id,
                        points=f"{worth / 100:g}",
                    )
                )
        for cell in self._known:
            if cell.grade and not cell.solution and cell.cell_type == "code" and cell.id not in ours:
                raise UsageError(
                    message(
                        "The cell {cell} of {assignment} is a test that nobody here can run: it would need a kernel. Make it "
                        "a manually graded cell, or write it as a hidden check of the course.",
                        cell=cell.id,
                        assignment=self._assignment.id,
                    )
                )

    @property
    def left_alone(self) -> tuple[Message, ...]:
        """What this assignment has that is not ours to grade."""
        return tuple(
            message("The notebook {name} of this assignment is left to nbgrader.", name=f"{other}.ipynb")
            for other in self._others
        )

    # -- one student ------------------------------------------------------------------------------------------

    def enter(self, report: GradeReport) -> tuple[Message, ...]:
        """Write one report into the gradebook and into autograded/.

        A system_error is left out: what was there stays.

        Returns  what the instructor should know
        Raises   SystemFault where the gradebook or the folder cannot be written
        """
        from sqlalchemy.exc import SQLAlchemyError

        if report.status is Status.SYSTEM_ERROR:
            return ()
        student = report.student
        if clean_line(student) != student:
            return (
                message(
                    "{student}: not written into the gradebook, because the folder's name cannot be a student's id.",
                    student=clean_line(student, 100),
                ),
            )
        folder = self._course.folder("submitted", student, self._assignment.id)
        handed = handed_in(student, folder, self._assignment)
        if report.files and handed.hashes != dict(report.files):
            return (
                message(
                    "{student}: handed in again while this was graded, so the gradebook was left as it is. Run the same "
                    "command again.",
                    student=student,
                ),
            )
        timestamp, notes = handed_in_at(folder / TIMESTAMP, student)
        notebook = self._restored(report, handed.files.get(self._file))
        marked(notebook["cells"], report, self._assignment, self.language)
        scores, comments = self._judged(notebook["cells"])
        content = rendered(notebook).encode("utf-8")
        target = self._course.folder("autograded", student, self._assignment.id) / self._file
        change = _Change(student, scores, comments, timestamp, not holds(target, content))
        try:
            written, more = self._write(change)
        except SQLAlchemyError as error:
            raise _database(error) from None
        if not written:
            return (*notes, *more)
        try:
            more += self._write_files(student, target, content if change.notebook_changed else None)
        except OSError as error:
            raise SystemFault(
                message(
                    "{path} cannot be written any more: {reason}. Make room, and run the same command again: it continues.",
                    path=clean_line(str(target)),
                    reason=str(error.strerror),
                )
            ) from None
        return (*notes, *more)

    def _restored(self, report: GradeReport, data: bytes | None) -> Notebook:
        """The student's notebook; where it cannot be used, the cells as they were released."""
        if data is not None:
            try:
                return restored(loaded(data), self._known, self._kernelspec)
            except Unusable:
                pass
        told = _("The notebook that was handed in cannot be shown here.", self.language)
        return released(self._known, self._kernelspec, told)

    def _judged(self, cells: list[dict[str, Any]]) -> tuple[dict[str, float | None], dict[str, str | None]]:
        """What nbgrader makes of the cells: scores of those that it grades, its comment on those to be written. What is
        hidden in a graded cell is taken out of it."""
        from nbformat import from_dict
        from nbgrader.utils import compute_checksum, determine_grade

        from autograder.notebooks.preprocess import as_told

        scores: dict[str, float | None] = {}
        comments: dict[str, str | None] = dict.fromkeys(self._comment_ids)
        for plain in cells:
            id = grade_id(plain)
            if id in self._grade_ids or id in self._comment_ids:
                cell = from_dict(plain)  # type: ignore[no-untyped-call]
                if id in self._grade_ids:
                    scores[id] = determine_grade(cell)[0]
                untouched = cell.metadata.nbgrader["checksum"] == compute_checksum(cell)
                if id in self._comment_ids and untouched and not cell.metadata.nbgrader["task"]:
                    comments[id] = "No response."
                as_told(cell)
                plain["source"], plain["metadata"] = cell.source, dict(cell.metadata)
        return scores, comments

    # -- the database -----------------------------------------------------------------------------------------

    def _write(self, change: _Change) -> tuple[bool, tuple[Message, ...]]:
        """Bring the rows of one student up to date, in one transaction.

        Returns  whether the student is in the gradebook now; what the instructor should know
        """
        from nbgrader.api import SubmittedAssignment

        db = self._gradebook.db
        rows = db.query(SubmittedAssignment).filter_by(assignment_id=self._row_id, student_id=change.student)
        row = rows.one_or_none()
        if row is None:
            if not self._has(change.student):
                return False, (
                    message(
                        "{student}: not written into the gradebook, which does not have this student. Add the student: "
                        "nbgrader db student add {student}",
                        student=change.student,
                    ),
                )
            self._add(change.student)
            row = rows.one()
        later = change.timestamp is not None and row.timestamp != change.timestamp
        if later:
            row.timestamp = change.timestamp
        notebooks = {one.notebook_id: one for one in row.notebooks}
        submitted = notebooks[self._notebook_id]
        self._score(submitted, change, fresh=later or change.notebook_changed)
        for one in notebooks.values():
            if one is not submitted:
                self._nothing_handed_in(one, change.student)
        self._penalise(row, submitted)
        db.commit()
        return True, ()

    def _has(self, student: str) -> bool:
        """Whether the course has a student, who is added where the course wants that."""
        from nbgrader.api import Student

        db = self._gradebook.db
        if db.query(Student.id).filter_by(id=student).first() is None:
            if not self._course.autograde.create_student:
                return False
            db.add(Student(id=student))
        return True

    def _add(self, student: str) -> None:
        """The rows of a submission that nobody has scored, as nbgrader's `add_submission` makes them, without a commit of
        their own: it reads the whole assignment anew for each student."""
        from nbgrader.api import Comment, Grade, SubmittedAssignment, SubmittedNotebook, new_uuid
        from sqlalchemy import insert

        db = self._gradebook.db
        submission = new_uuid()
        db.flush()
        # By tables: their own defaults hold, such as that a person has to look.
        db.execute(
            insert(SubmittedAssignment.__table__),
            [{"id": submission, "assignment_id": self._row_id, "student_id": student}],
        )
        for notebook, (graded, commented) in self._cells_of.items():
            one = new_uuid()
            db.execute(
                insert(SubmittedNotebook.__table__),
                [{"id": one, "assignment_id": submission, "notebook_id": notebook}],
            )
            for table, cells in ((Grade.__table__, graded), (Comment.__table__, commented)):
                if cells:
                    db.execute(insert(table), [{"cell_id": cell, "notebook_id": one} for cell in cells])

    def _score(self, submitted: Any, change: _Change, *, fresh: bool) -> None:
        """As nbgrader's SaveAutoGrades. What a person has given is never touched."""
        from nbgrader.api import Comment, Grade

        db = self._gradebook.db
        grades = {one.cell_id: one for one in db.query(Grade).filter_by(notebook_id=submitted.id)}
        wanted = {self._grade_ids[name]: score for name, score in change.scores.items()}
        there = {id: grades[id].auto_score if id in grades else None for id in wanted}
        if not fresh and there == wanted:
            return
        for id, score in wanted.items():
            grade = grades.get(id) or Grade(cell_id=id, notebook=submitted)
            grade.auto_score = score
            grade.needs_manual_grade = grade.manual_score is not None or score is None
        comments = {one.cell_id: one for one in db.query(Comment).filter_by(notebook_id=submitted.id)}
        for name, text in change.comments.items():
            id = self._comment_ids[name]
            comment = comments.get(id) or Comment(cell_id=id, notebook=submitted)
            comment.auto_comment = text

    def _nothing_handed_in(self, submitted: Any, student: str) -> None:
        """Another notebook of the assignment: 0 where the student has not handed it in, else left to nbgrader."""
        folder = self._course.folder("submitted", student, self._assignment.id)
        if not (folder / f"{submitted.name}.ipynb").exists():
            for grade in submitted.grades:
                grade.auto_score = 0
                grade.needs_manual_grade = False

    def _penalise(self, row: Any, submitted: Any) -> None:
        """As nbgrader's AssignLatePenalties, with the course's own plugin."""
        if self._course.penalties is None:
            return
        late = row.total_seconds_late if row.assignment.duedate is not None else 0
        penalty = None
        if late > 0:
            db = self._gradebook.db
            db.flush()
            db.refresh(submitted, ["score"])
            plugin = self._course.penalties.plugin_inst
            try:
                penalty = plugin.late_submission_penalty(row.student_id, submitted.score, late)
            except Exception as error:
                raise SystemFault(
                    message(
                        "The course's own plugin for late submissions failed on {student}: {error}. Mend it, and run the same "
                        "command again: it continues.",
                        student=clean_line(str(row.student_id), 100),
                        error=clean_line(f"{type(error).__name__}: {error}", 300),
                    )
                ) from error
            if penalty is not None:
                penalty = self._course.penalties._check_late_penalty(submitted, penalty)
        if submitted.late_submission_penalty != penalty:
            submitted.late_submission_penalty = penalty

    # -- autograded/ ------------------------------------------------------------------------------------------

    def _write_files(self, student: str, target: Path, content: bytes | None) -> tuple[Message, ...]:
        return write_files(self._course, self._assignment.id, student, target, content)


def _language_of(course: NbgraderCourse, of: Course, assignment: Assignment, file: str) -> str:
    """The language of the notebook that was released, which is the one to explain marks in; else the course's first."""
    about = _source_notebook(course, assignment, file).get("metadata")
    ours = about.get("autograder") if isinstance(about, dict) else None
    language = ours.get("language") if isinstance(ours, dict) else None
    return language if language in of.languages else of.languages[0]


def _source_notebook(course: NbgraderCourse, assignment: Assignment, file: str) -> dict[str, Any]:
    """The instructor's notebook; {} where there is none any more."""
    try:
        found = json.loads((course.folder("source", ".", assignment.id) / file).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _kernelspec(text: str | None) -> dict[str, Any] | None:
    found = json.loads(text) if text else None
    return found if isinstance(found, dict) else None


def _database(error: Exception) -> SystemFault:
    return SystemFault(
        message(
            "nbgrader's gradebook cannot be used: {error}. If another program has it open, close that and run the same "
            "command again: it continues. If nbgrader was upgraded, back the file up and run: nbgrader db upgrade",
            error=clean_line(str(error).splitlines()[0], 300),
        )
    )

"""How does nbgrader work on our assignments? The steps that nbgrader_config.py puts in the place of nbgrader's own.

Only nbgrader loads this module. Assignments of the same nbgrader course that are not ours get nbgrader's own steps.
"""

from __future__ import annotations

import json
import os
import tempfile
import weakref
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader import preprocessors as theirs
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import compute_checksum, is_grade, is_solution
from traitlets import Bool, List, Unicode

from autograder.course.find import find_course
from autograder.course.manifest import Assignment, Course
from autograder.course.stub import cut, regions
from autograder.course.texts import texts
from autograder.errors import CourseError, SystemFault, UsageError
from autograder.grading.many import WarmGrader
from autograder.grading.submission import Submission
from autograder.language import _, learn
from autograder.model import GradeReport, Status, message
from autograder.notebooks.cells import BEGIN_HIDDEN, Role, cell_id
from autograder.notebooks.handed_in import handed_in
from autograder.notebooks.outputs import grade_id, marked
from autograder.notebooks.restore import Unusable, known_cells, loaded, released, restored, without_hidden
from autograder.proof.leaks import scan_or_raise
from autograder.sandbox.isolation import isolation

Both = tuple[NotebookNode, dict[str, Any]]
"""What a step of nbgrader's takes and returns: the notebook and what is known about its place."""


def beside(configuration: str, path: str) -> str:
    """`path` as seen from the folder of a configuration file, wherever that is now."""
    return str((Path(configuration).resolve().parent / path).resolve())


class FromCourse(theirs.NbGraderPreprocessor):  # type: ignore[misc]
    """A step that knows the course. nbgrader makes a new one for each notebook."""

    course = Unicode("", help="The folder that holds the course's assignments/ and solutions/.").tag(
        config=True
    )

    @property
    def directory(self) -> CourseDirectory:
        """nbgrader's own course: its folders and its gradebook."""
        directory: CourseDirectory = self.parent.parent.coursedir
        return directory

    def the_course(self) -> Course:
        """Raises UsageError where none is found."""
        return _course(self.course)

    def ours(self, resources: dict[str, Any]) -> tuple[Course, Assignment] | None:
        """The course, and the assignment that a notebook is of; None where that is not one of ours."""
        return _ours(self.the_course(), self.directory, resources)


def _course(folder: str) -> Course:
    if os.environ.get("AUTOGRADE_COURSE") or not folder:
        return find_course()
    if not (Path(folder) / "assignments" / "course.toml").is_file():
        raise UsageError(
            message(
                "nbgrader_config.py says that the course is in {folder}, and no assignments/course.toml is there. "
                "Mend c.FromCourse.course, or set AUTOGRADE_COURSE to the folder that contains assignments/.",
                folder=folder,
            )
        )
    return find_course(Path(folder))


def _ours(
    course: Course, directory: CourseDirectory, resources: dict[str, Any]
) -> tuple[Course, Assignment] | None:
    """Never by what a student's notebook says: by its place, and by what was released there."""
    id, notebook = resources["nbgrader"]["assignment"], resources["nbgrader"]["notebook"]
    if id in course.assignments:
        assignment = course.assignment(id)
        return (course, assignment) if notebook == assignment.main_module else None
    language = _metadata(directory, id, notebook).get("language")
    if language is not None:
        raise CourseError(
            message(
                "source/{assignment} was made by autograde release, and the course in {folder} has no such assignment.",
                assignment=id,
                folder=str(course.root),
            )
        )
    return None


def language_of(course: Course, directory: CourseDirectory, assignment: str, notebook: str) -> str:
    """The language of what was released, from nbgrader's `source/`; the course's first where that does not say."""
    found = _metadata(directory, assignment, notebook).get("language")
    return found if found in course.languages else course.languages[0]


def _metadata(directory: CourseDirectory, assignment: str, notebook: str) -> dict[str, Any]:
    about = _source(directory, assignment, notebook).get("metadata", {}).get("autograder")
    return about if isinstance(about, dict) else {}


def _source(directory: CourseDirectory, assignment: str, notebook: str) -> dict[str, Any]:
    """The instructor's own notebook; {} where there is none any more."""
    path = Path(directory.format_path(directory.source_directory, ".", assignment), f"{notebook}.ipynb")
    try:
        made: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return made


# -- generate_assignment --------------------------------------------------------------------------------------


class ClearSolutions(FromCourse, theirs.ClearSolutions):  # type: ignore[misc]
    """Cuts our solution cells as stubs are cut everywhere. Cells that an instructor added are cleared by nbgrader."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Both:
        found = self.ours(resources)
        if found is not None:
            _runs_nothing_else(nb, found[1])
        self._cells = set() if found is None else _solved(found[1])
        nb, resources = super().preprocess(nb, resources)
        # What it is a digest of is secret.
        nb.metadata.get("autograder", {}).pop("digest", None)
        return nb, resources

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], index: int) -> Both:
        id = grade_id(cell)
        if cell.cell_type != "code" or id not in self._cells:
            done: Both = super().preprocess_cell(cell, resources, index)
            return done
        if id != cell_id(Role.HELPERS) and not regions(cell.source):
            raise CourseError(
                message(
                    'Cell "{cell}" has no line "# BEGIN SOLUTION", so students would be given all of it.',
                    cell=id,
                )
            )
        cell.source = cut(cell.source).strip("\n")
        return cell, resources


def _runs_nothing_else(nb: NotebookNode, assignment: Assignment) -> None:
    """Raises CourseError for a test cell that is not ours: without a kernel it fails nobody, and nbgrader takes that for
    full marks."""
    names = {function.name for function in assignment.functions}
    ours = {cell_id(Role.MARKS, name) for name in names}
    ours |= {cell_id(Role.CHECK, name.partition(".")[0]) for name in names}
    for cell in nb.cells:
        is_test = is_grade(cell) and not is_solution(cell) and cell.cell_type == "code"
        if is_test and grade_id(cell) not in ours:
            raise CourseError(
                message(
                    "The cell {cell} of {assignment} is a test that nobody here can run: it would need a kernel. Make it "
                    "a manually graded cell, or write it as a hidden check of the course.",
                    cell=grade_id(cell),
                    assignment=assignment.id,
                )
            )


def _solved(assignment: Assignment) -> set[str]:
    """The ids of the cells that hold solutions."""
    names = {function.name.partition(".")[0] for function in assignment.functions}
    return {cell_id(Role.HELPERS), *(cell_id(Role.SOLUTION, name) for name in names)}


class NoLeaks(FromCourse):
    """The last step before students get anything: nothing of the secret half of the course is in it.

    A hook of nbgrader's after the conversion could not stop it: what a hook raises is written to the log, and that is all.
    """

    display_data_priority: Any = List(
        help="Set for all steps that make HTML; nothing is displayed here."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Both:
        course = self.the_course()
        student, assignment = resources["nbgrader"]["student"], resources["nbgrader"]["assignment"]
        feedback = student != "."
        given = []
        if feedback:
            given = [
                Path(self.directory.format_path(self.directory.submitted_directory, student, assignment))
            ]
        else:
            # What lies beside the notebook in source/ has been copied already.
            release = Path(self.directory.format_path(self.directory.release_directory, ".", assignment))
            if release.is_dir():
                scan_or_raise(release, course, course.assignments)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"{resources['nbgrader']['notebook']}.ipynb")
            path.write_text(json.dumps(_without_comments(nb)), "utf-8")
            scan_or_raise(path, course, course.assignments, told=feedback, given=given)
        return nb, resources


def _without_comments(nb: NotebookNode) -> dict[str, Any]:
    """What a grader writes to a student may quote what it likes."""
    told = _as_plain(nb)
    for cell in told["cells"]:
        cell["metadata"].get("nbgrader", {}).pop("comment", None)
    return told


# -- autograde: what was handed in ----------------------------------------------------------------------------


class RestoredExporter(NotebookExporter):
    """Reads what was handed in: the student's text, in cells that are what the gradebook says, with no output.

    In the place of a step, since steps come after nbformat: which a file that is no notebook does not get past, and
    metadata of the wrong form stops the steps before ours. So no library that knows notebooks sees the file itself.
    """

    def from_file(self, file_stream: Any, resources: Any = None, **kw: Any) -> Any:
        """The converted notebook."""
        path, about = Path(file_stream.name), resources["nbgrader"]
        directory: CourseDirectory = self.parent.coursedir  # type: ignore[union-attr]
        student, id, name = about["student"], about["assignment"], about["notebook"]
        submitted = Path(directory.format_path(directory.submitted_directory, student, id))
        course = _course(FromCourse(parent=self).course)
        found = _ours(course, directory, resources)
        if found is None or path.parent.resolve() != submitted.resolve():
            return super().from_file(file_stream, resources=resources, **kw)
        with Gradebook(about["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(name, id)
            known = known_cells(notebook, _source(directory, id, name))
            kernelspec = json.loads(notebook.kernelspec or "{}")
        data = handed_in(student, submitted, found[1]).files.get(f"{name}.ipynb")
        try:
            if data is None:
                raise Unusable
            made = restored(loaded(data), known, kernelspec)
        except Unusable:
            told = _(
                "The notebook that was handed in cannot be shown here.",
                language_of(course, directory, id, name),
            )
            made = released(known, kernelspec, told)
        return self.from_notebook_node(_node(made), resources=resources, **kw)  # type: ignore[no-untyped-call]


def _node(notebook: dict[str, Any]) -> NotebookNode:
    made: NotebookNode = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    return made


def _as_plain(nb: NotebookNode) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(nb))
    return made


# -- autograde: the marks -------------------------------------------------------------------------------------


class Grade(FromCourse):
    """Grades what was handed in, as `autograde grade` does, and writes the marks into the cells. No kernel is started.

    What is graded are the submitted files themselves, not nbgrader's copy, so that inputs and marks are the same.
    """

    allow_weak_isolation = Bool(
        False, help="Grade even where the kernel cannot hold submissions back; every report says so."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Both:
        found = self.ours(resources)
        if found is None:
            done: Both = theirs.Execute(parent=self.parent).preprocess(nb, resources)
            return done
        course, assignment = found
        student = resources["nbgrader"]["student"]
        _runs_nothing_else(nb, assignment)
        _agree(nb, assignment)
        folder = Path(self.directory.format_path(self.directory.submitted_directory, student, assignment.id))
        report = self._report(course, assignment, handed_in(student, folder, assignment))
        if report.status is Status.SYSTEM_ERROR:
            raise SystemFault(
                message("{student} has no mark, by no fault of theirs.", student=student), report.message
            )
        learn(texts(assignment))
        made = _as_plain(nb)
        for cell in made["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
        language = language_of(course, self.directory, assignment.id, resources["nbgrader"]["notebook"])
        marked(made["cells"], report, assignment, language)
        graded = _node(made)
        for cell in graded.cells:
            as_told(cell)
        return graded, resources

    def _report(self, course: Course, assignment: Assignment, submission: Submission) -> GradeReport:
        """One lane grades all that nbgrader converts in one go, and ends with it."""
        converter = self.parent.parent
        graders = _GRADERS.setdefault(converter, {})
        if assignment.id not in graders:
            walls = isolation(assignment)
            walls.require(allow_weak=self.allow_weak_isolation)
            grader = WarmGrader(course, assignment, walls.record(allowed=self.allow_weak_isolation))
            graders[assignment.id] = grader, weakref.finalize(converter, grader.close)
        grader, end = graders[assignment.id]
        try:
            return grader.grade(submission)
        except BaseException:
            # Nobody knows what state it is in.
            del graders[assignment.id]
            end()
            raise


_GRADERS: weakref.WeakKeyDictionary[Any, dict[str, tuple[WarmGrader, Any]]] = weakref.WeakKeyDictionary()


def _agree(nb: NotebookNode, assignment: Assignment) -> None:
    """Raises CourseError where the gradebook has other grade cells than the course has functions."""
    wanted = {cell_id(Role.MARKS, function.name): function for function in assignment.functions}
    prefix = f"{Role.MARKS.value}-"
    found = {
        grade_id(cell): cell.metadata.nbgrader.get("points")
        for cell in nb.cells
        if grade_id(cell).startswith(prefix) and cell.metadata.nbgrader.get("grade")
    }
    for id in [*wanted, *found]:
        worth = wanted[id].points if id in wanted else Fraction(0)
        if abs(Fraction(found.get(id) or 0) - worth) >= Fraction(1, 100):
            raise CourseError(
                message(
                    "{assignment}: cell {cell} is worth {found} points in the gradebook and {wanted} in the course. Make "
                    "both alike: autograde release --format nbgrader, then nbgrader generate_assignment {assignment} --force.",
                    assignment=assignment.id,
                    cell=id,
                    found=f"{found.get(id) or 0:g}",
                    wanted=f"{float(worth):g}",
                )
            )


def as_told(cell: NotebookNode) -> None:
    """Take what nbgrader hid out of a graded cell of ours: for a student it would only say that nothing was graded."""
    if not grade_id(cell).startswith(f"{Role.MARKS.value}-") or BEGIN_HIDDEN not in cell.source:
        return
    cell.source = without_hidden(cell.source)
    cell.metadata.nbgrader["checksum"] = compute_checksum(cell)


# -- the steps, for nbgrader_config.py ------------------------------------------------------------------------


def _instead(steps: Any, old: type, new: type) -> list[type]:
    """nbgrader's own steps, as this version of it has them, with ours in the place of one."""
    return [new if step is old else step for step in steps.default_args[0]]


GENERATING = [
    *_instead(GenerateAssignment.preprocessors, theirs.ClearSolutions, ClearSolutions),
    NoLeaks,
]
"""`GenerateAssignment.preprocessors`"""

GRADING = _instead(Autograde.autograde_preprocessors, theirs.Execute, Grade)
"""`Autograde.autograde_preprocessors`"""

GIVING_FEEDBACK = [theirs.GetGrades, NoLeaks, CSSHTMLHeaderPreprocessor]
"""`GenerateFeedback.preprocessors`"""

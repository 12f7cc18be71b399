"""From `autograde release` through nbgrader's own commands to its CSV: the marks are ours, to the cent."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from autograder.course import find_course, load_course
from autograder.errors import CourseError
from autograder.notebooks.cells import student_cells
from autograder.release import nbgrader

from ..conftest import make_tiny_course
from .nbgrader_course import NbgraderCourse, marks, top_level

pytest.importorskip("nbgrader")

COURSE = find_course(Path(__file__).resolve().parent.parent.parent)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> NbgraderCourse:
    """The tiny course, released, solved by some and graded by nbgrader."""
    root = tmp_path_factory.mktemp("cycle")
    made = NbgraderCourse(root / "nb", make_tiny_course(root / "course"))
    with pytest.MonkeyPatch.context() as patch:
        # That the reference earns everything is seen below.
        patch.setattr(nbgrader, "_full_marks", lambda *_: None)
        made.release()
    made.nbgrader("generate_assignment", "sums")
    made.hand_in("all", "sums", made.solved("sums", "add", "mean_of"))
    made.hand_in("half", "sums", made.solved("sums", "add"))
    made.hand_in("none", "sums", made.solved("sums"))
    made.hand_in("broken", "sums", b"no notebook at all")
    made.nbgrader("autograde", "sums")
    return made


def test_students_get_the_cells_that_all_our_releases_have(graded: NbgraderCourse) -> None:
    released = graded.notebook("release", "sums")
    wanted = {cell.id: cell.source for cell in student_cells(graded.course.assignment("sums"), "en")}
    found = {cell["id"]: "".join(cell["source"]) for cell in released["cells"]}
    assert {id: source for id, source in found.items() if not id.startswith("marks-")} == wanted
    assert "RuntimeError" not in json.dumps(released)
    assert released["metadata"]["autograder"].keys() == {"assignment", "version", "language"}


def test_nbgraders_csv_has_our_marks(graded: NbgraderCourse) -> None:
    exported = graded.exported("sums")
    assert exported == {"all": 100, "half": 40, "none": 0, "broken": 0}


def test_the_marks_stand_in_their_cells_with_the_reason(graded: NbgraderCourse) -> None:
    cells = marks(graded.notebook("autograded", "sums", "half"))
    assert list(cells) == ["marks-add", "marks-mean_of"]
    told = {id: cell["outputs"][0]["data"] for id, cell in cells.items()}
    assert [float("".join(data["text/plain"])) for data in told.values()] == [40, 0]
    assert "mean_of" in "".join(told["marks-mean_of"]["text/html"])
    for cell in cells.values():
        assert "Not graded" not in "".join(cell["source"])
        assert "HIDDEN" not in "".join(cell["source"])


def test_what_is_no_notebook_gets_the_reason_in_its_cells(graded: NbgraderCourse) -> None:
    cells = marks(graded.notebook("autograded", "sums", "broken"))
    for cell in cells.values():
        data = cell["outputs"][0]["data"]
        assert float("".join(data["text/plain"])) == 0
        assert "cannot be graded" in "".join(data["text/html"])


def test_no_graded_notebook_is_out_of_form(graded: NbgraderCourse) -> None:
    for student in ("all", "half", "none", "broken"):
        nbformat.validate(nbformat.from_dict(graded.notebook("autograded", "sums", student)))  # type: ignore[no-untyped-call]


def test_released_again_after_students_handed_in_no_grade_cell_may_come_or_go(
    graded: NbgraderCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nbgrader, "_full_marks", lambda *_: None)
    other = make_tiny_course(tmp_path / "course")
    for file in ("assignments/sums/assignment.toml", "solutions/sums/sums.py", "assignments/sums/sums.py"):
        path = other.root / file
        path.write_text(path.read_text("utf-8").replace("mean_of", "average"), "utf-8")
    again = NbgraderCourse(graded.root, load_course(other.root))
    before = (graded.root / "source/sums/sums.ipynb").read_bytes()
    with pytest.raises(CourseError) as refused:
        again.release()
    for told in (
        "4 submissions",
        "marks-average",
        "marks-mean_of",
        "nbgrader db assignment remove sums",
        "--force",
    ):
        assert told in str(refused.value)
    assert (graded.root / "source/sums/sums.ipynb").read_bytes() == before
    # The same cells may be released again at any time.
    assert NbgraderCourse(graded.root, graded.course).release().paths == ()


# -- the whole cycle, with the real course --------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("id", COURSE.assignments)
def test_the_whole_cycle(id: str, language: str, tmp_path: Path) -> None:
    made = NbgraderCourse(tmp_path / "nb", COURSE)
    made.release(id, language=language)
    names = top_level(COURSE.assignment(id))
    made.nbgrader("generate_assignment", id)
    made.hand_in("all", id, made.solved(id, *names))
    made.hand_in("none", id, made.solved(id))
    made.hand_in("first", id, made.solved(id, *names[: (len(names) + 1) // 2]))
    made.hand_in("last", id, made.solved(id, *names[len(names) // 2 :]))
    made.hand_in("every_other", id, made.solved(id, *names[::2]))
    made.nbgrader("autograde", id)
    made.nbgrader("generate_feedback", id)
    exported = made.exported(id)
    assert exported["all"] == 100
    assert exported["none"] == 0
    assert 0 < exported["first"] < 100
    assert 0 < exported["every_other"] < 100
    assert exported == made.ours(id, tmp_path / id)
    page = (made.root / "feedback" / "first" / id / f"{id}.html").read_text("utf-8")
    assert {"en": " points", "vi": " điểm"}[language] in page
    assert "RuntimeError" not in page


@pytest.mark.slow
def test_validate_notices_what_is_not_written_and_what_is_right(tmp_path: Path) -> None:
    made = NbgraderCourse(tmp_path / "nb", make_tiny_course(tmp_path / "course"))
    made.release()
    made.nbgrader("generate_assignment", "sums")
    course = {"AUTOGRADE_COURSE": str(made.course.root)}
    said = made.nbgrader("validate", "release/sums/sums.ipynb", **course)
    assert "VALIDATION FAILED ON 2 CELL(S)" in said
    made.hand_in("all", "sums", made.solved("sums", "add", "mean_of"))
    assert "Success!" in made.nbgrader("validate", "submitted/all/sums/sums.ipynb", **course)


@pytest.mark.slow
def test_without_our_configuration_nobody_earns_a_point(tmp_path: Path) -> None:
    made = NbgraderCourse(tmp_path / "nb", make_tiny_course(tmp_path / "course"))
    made.release()
    made.nbgrader("generate_assignment", "sums")
    made.hand_in("all", "sums", made.solved("sums", "add", "mean_of"))
    (made.root / "nbgrader_config.py").unlink()
    made.nbgrader("autograde", "sums")
    assert made.exported("sums") == {"all": 0}
    for cell in marks(made.notebook("autograded", "sums", "all")).values():
        assert "Not graded: use this course's configuration" in json.dumps(cell["outputs"])


@pytest.mark.slow
def test_the_course_and_the_nbgrader_course_may_move_together(tmp_path: Path) -> None:
    made = NbgraderCourse(tmp_path / "here/nb", make_tiny_course(tmp_path / "here/course"))
    made.release()
    (tmp_path / "here").rename(tmp_path / "there")
    made.root = tmp_path / "there/nb"
    made.nbgrader("generate_assignment", "sums")
    made.hand_in("half", "sums", made.solved("sums", "add"))
    made.nbgrader("autograde", "sums")
    assert made.exported("sums") == {"half": 40}


@pytest.mark.slow
def test_a_fault_of_ours_is_no_mark(tmp_path: Path) -> None:
    made = NbgraderCourse(tmp_path / "nb", make_tiny_course(tmp_path / "course"))
    made.release()
    made.nbgrader("generate_assignment", "sums")
    made.hand_in("half", "sums", made.solved("sums", "add"))
    suite: Path = made.course.root / "solutions/sums/hidden/test_sums.py"
    text = suite.read_text("utf-8")
    suite.write_text("import this is no Python\n", "utf-8")
    done = made.run("autograde", "sums")
    assert done.returncode != 0
    assert not (made.root / "autograded/half/sums").exists()
    suite.write_text(text, "utf-8")
    made.nbgrader("autograde", "sums")
    assert made.exported("sums") == {"half": 40}


@pytest.mark.slow
def test_where_we_are_not_installed_nbgrader_stops_instead_of_giving_zeros(tmp_path: Path) -> None:
    """nbgrader itself writes to its log that its configuration cannot be read, and goes on without."""
    made = NbgraderCourse(tmp_path / "nb", make_tiny_course(tmp_path / "course"))
    made.release()
    made.nbgrader("generate_assignment", "sums")
    made.hand_in("half", "sums", made.solved("sums", "add"))
    broken = tmp_path / "elsewhere/autograder/__init__.py"
    broken.parent.mkdir(parents=True)
    broken.write_text("raise ImportError('no such package')\n", "utf-8")
    done = made.run("autograde", "sums", PYTHONPATH=str(tmp_path / "elsewhere"))
    assert done.returncode != 0
    assert "pip install 'autograder[notebook]'" in done.stderr
    assert not (made.root / "autograded").exists()


def refused(made: NbgraderCourse, *command: str) -> str:
    done = made.run(*command)
    assert done.returncode != 0
    return done.stderr


@pytest.mark.slow
def test_what_would_leak_is_not_released(tmp_path: Path) -> None:
    made = NbgraderCourse(tmp_path / "nb", make_tiny_course(tmp_path / "course"))
    made.release()
    beside = made.root / "source/sums/notes.txt"
    beside.write_text(
        "    return np.asarray(x, dtype=float)\n    return _as_floats(x) + _as_floats(y)\n", "utf-8"
    )
    assert "_as_floats" in refused(made, "generate_assignment", "sums")
    assert not (made.root / "release/sums").exists()
    beside.unlink()
    path = made.root / "source/sums/sums.ipynb"
    notebook = made.notebook("source", "sums")
    notebook["cells"][0]["source"] = ["Hint:\n", "\n", "    return _as_floats(x) + _as_floats(y)\n"]
    path.write_text(json.dumps(notebook), "utf-8")
    assert "_as_floats" in refused(made, "generate_assignment", "sums")
    assert not (made.root / "release/sums").exists()
    made.release(force=True)
    made.nbgrader("generate_assignment", "sums")
    made.hand_in("all", "sums", made.solved("sums", "add", "mean_of"))
    made.nbgrader("autograde", "sums")
    # What the student wrote is theirs to see, even where it is what the reference says.
    made.nbgrader("generate_feedback", "sums")
    graded = made.root / "autograded/all/sums/sums.ipynb"
    notebook = made.notebook("autograded", "sums", "all")
    secret = (made.course.root / "solutions/sums/hidden/test_sums.py").read_text("utf-8")
    marks(notebook)["marks-add"]["outputs"][0]["data"]["text/html"] += f"<pre>{secret}</pre>"  # type: ignore[index]
    graded.chmod(0o644)
    graded.write_text(json.dumps(notebook), "utf-8")
    assert "check_same" in refused(made, "generate_feedback", "sums", "--force")
    assert not (made.root / "feedback/all/sums").exists()


@pytest.mark.slow
def test_a_test_that_would_need_a_kernel_is_refused_before_students_get_it(tmp_path: Path) -> None:
    made = NbgraderCourse(tmp_path / "nb", make_tiny_course(tmp_path / "course"))
    made.release()
    notebook = made.notebook("source", "sums")
    known = {**notebook["cells"][-1]["metadata"]["nbgrader"], "grade_id": "own", "points": 1}
    cell = {"cell_type": "code", "execution_count": None, "outputs": [], "source": "assert add(1, 2) == 3"}
    notebook["cells"].append(cell | {"id": "own", "metadata": {"nbgrader": known}})
    (made.root / "source/sums/sums.ipynb").write_text(json.dumps(notebook), "utf-8")
    assert "would need a kernel" in refused(made, "generate_assignment", "sums")


@pytest.mark.slow
def test_other_points_in_the_course_than_in_the_gradebook_are_refused(tmp_path: Path) -> None:
    made = NbgraderCourse(tmp_path / "nb", make_tiny_course(tmp_path / "course"))
    made.release()
    made.nbgrader("generate_assignment", "sums")
    made.hand_in("half", "sums", made.solved("sums", "add"))
    manifest = made.course.assignment("sums").manifest_path
    text = manifest.read_text("utf-8")
    manifest.write_text(
        text.replace("points = 40", "points = 30").replace("points = 60", "points = 70"), "utf-8"
    )
    assert "40 points in the gradebook and 30 in the course" in refused(made, "autograde", "sums")
    made.course = load_course(made.course.root)
    made.release()
    made.nbgrader("generate_assignment", "sums", "--force")
    made.nbgrader("autograde", "sums")
    assert made.exported("sums") == {"half": 30}


@pytest.mark.slow
def test_questions_that_people_grade_stay_nbgraders(tmp_path: Path) -> None:
    made = NbgraderCourse(tmp_path / "nb", make_tiny_course(tmp_path / "course"))
    made.release()
    notebook = made.notebook("source", "sums")
    known = {"schema_version": 3, "grade": True, "solution": True, "locked": False, "task": False}
    known |= {"grade_id": "why", "points": 5}
    text = {
        "cell_type": "markdown",
        "id": "why",
        "metadata": {"nbgrader": known},
        "source": "Since the secret is 7.",
    }
    notebook["cells"].append(text)
    (made.root / "source/sums/sums.ipynb").write_text(json.dumps(notebook), "utf-8")
    made.nbgrader("generate_assignment", "sums")
    assert "the secret" not in json.dumps(made.notebook("release", "sums"))
    answered = made.solved("sums", "add")
    answered["cells"][-1]["source"] = "Because."
    made.hand_in("half", "sums", answered)
    made.nbgrader("autograde", "sums")
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{made.root / 'gradebook.db'}") as book:
        grade = book.find_grade("why", "sums", "sums", "half")
        assert grade.needs_manual_grade
        assert grade.auto_score is None
        assert not book.find_grade("marks-add", "sums", "sums", "half").needs_manual_grade
    assert made.exported("sums") == {"half": 40}
    assert "Because." in json.dumps(made.notebook("autograded", "sums", "half"))


@pytest.mark.slow
def test_an_assignment_that_is_not_ours_is_graded_as_nbgrader_does(tmp_path: Path) -> None:
    made = NbgraderCourse(tmp_path / "nb", make_tiny_course(tmp_path / "course"))
    made.release()
    source = {"cell_type": "code", "execution_count": None, "outputs": [], "id": "f"}
    known = {
        "schema_version": 3,
        "solution": True,
        "grade": False,
        "locked": False,
        "task": False,
        "grade_id": "f",
    }
    test = {**known, "solution": False, "grade": True, "locked": True, "grade_id": "t", "points": 3}
    cells = [
        source | {"metadata": {"nbgrader": known}, "source": "### BEGIN SOLUTION\nx = 7\n### END SOLUTION"},
        source | {"metadata": {"nbgrader": test}, "source": "assert x == 7", "id": "t"},
    ]
    other = {
        **made.notebook("source", "sums"),
        "metadata": {"kernelspec": {"name": "python3", "display_name": "3"}},
    }
    path = made.root / "source/theirs/theirs.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps({**other, "cells": cells}), "utf-8")
    made.nbgrader("generate_assignment", "theirs")
    assert "YOUR CODE HERE" in json.dumps(made.notebook("release", "theirs"))
    right = made.notebook("release", "theirs")
    right["cells"][0]["source"] = "x = 7"
    made.hand_in("right", "theirs", right)
    made.hand_in("wrong", "theirs", made.notebook("release", "theirs"))
    made.nbgrader("autograde", "theirs")
    assert made.exported("theirs") == {"right": 3, "wrong": 0}

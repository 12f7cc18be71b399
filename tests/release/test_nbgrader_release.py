"""What `release --format nbgrader` writes, what it says when it is run again, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from autograder.cli.main import main
from autograder.course import Course, cut, load_course
from autograder.errors import CourseError
from autograder.release import nbgrader

from ..conftest import make_tiny_course
from .nbgrader_course import NbgraderCourse

pytest.importorskip("nbgrader")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NbgraderCourse:
    """A course to release; its reference is not graded each time, which two tests below are for."""
    monkeypatch.setattr(nbgrader, "_full_marks", lambda *_: None)
    return NbgraderCourse(tmp_path / "nb", make_tiny_course(tmp_path / "course"))


def said(made: NbgraderCourse, **options: bool) -> list[str]:
    return [note.id.format(**note.fields) for note in made.release(**options).notes]  # type: ignore[arg-type]


def change(course: Course, file: str, old: str, new: str) -> Course:
    path = course.root / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    reference = course.root / "solutions/sums/sums.py"
    (course.root / "assignments/sums/sums.py").write_text(cut(reference.read_text("utf-8")), "utf-8")
    return load_course(course.root)


def test_an_nbgrader_course_is_there(made: NbgraderCourse) -> None:
    released = made.release()
    assert released.secret
    assert all(path.is_file() for path in released.paths)
    notebook = made.root / "source/sums/sums.ipynb"
    assert notebook in released.paths
    nbformat.validate(nbformat.read(notebook, 4))  # type: ignore[no-untyped-call]
    left = {path.name for path in made.root.rglob("*") if path.is_file()}
    assert left == {"sums.ipynb", "nbgrader_config.py", "README.md"}


def test_a_place_that_cannot_be_written_is_no_fault_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("autograder.release.nbgrader._full_marks", lambda *_given: None)
    course = make_tiny_course(tmp_path / "course")
    (tmp_path / "nb").mkdir()
    (tmp_path / "nb" / "source").write_text("a file")
    given = ["release", "--format", "nbgrader", str(tmp_path / "nb"), "--course", str(course.root)]
    assert main(given) == 2
    assert "Cannot write" in capsys.readouterr().err


def test_the_configuration_names_the_course_by_its_place_beside_it(made: NbgraderCourse) -> None:
    made.release()
    text = (made.root / "nbgrader_config.py").read_text("utf-8")
    assert "'../course'" in text
    assert str(made.root.parent) not in text


def test_the_language_is_the_one_asked_for(made: NbgraderCourse) -> None:
    made.release(language="vi")
    notebook = made.notebook("source", "sums")
    assert notebook["metadata"]["autograder"]["language"] == "vi"
    assert "".join(notebook["cells"][0]["source"]) == "# Tổng và trung bình"


def test_again_nothing_is_written_and_that_is_said(made: NbgraderCourse) -> None:
    before = {path: path.read_bytes() for path in made.release().paths}
    again = made.release()
    assert [note.id for note in again.notes] == ["Nothing has changed since the last release."]
    assert again.paths == ()
    assert {path: path.read_bytes() for path in before} == before


def test_a_text_that_changed_is_no_news(made: NbgraderCourse) -> None:
    made.release()
    made.course = change(made.course, "assignments/sums/README.md", "Write `add`", "Please write `add`")
    assert said(made) == []
    assert "Please write" in json.dumps(made.notebook("source", "sums"))


def test_other_points_and_another_stub_are_news(made: NbgraderCourse) -> None:
    made.release()
    change(made.course, "assignments/sums/assignment.toml", "points = 40", "points = 50")
    change(made.course, "assignments/sums/assignment.toml", "points = 60", "points = 50")
    made.course = change(made.course, "solutions/sums/sums.py", "def add(x, y)", "def add(x, y, /)")
    told = said(made)
    assert any("add is worth 50 points, not 40" in line for line in told)
    assert any("mean_of is worth 50 points, not 60" in line for line in told)
    assert [line for line in told if "stub" in line] == [
        "sums: the stub of add changed. Notebooks that were handed out keep the old one."
    ]


def test_a_solution_that_changed_is_no_news_for_students(made: NbgraderCourse) -> None:
    made.release()
    made.course = change(made.course, "solutions/sums/sums.py", "np.mean(add(x, y))", "np.mean(add(y, x))")
    assert said(made) == []
    assert "add(y, x)" in json.dumps(made.notebook("source", "sums"))


def test_functions_that_came_and_went_are_news(made: NbgraderCourse) -> None:
    made.release()
    for file in (
        "assignments/sums/assignment.toml",
        "solutions/sums/sums.py",
        "assignments/sums/test_sums.py",
    ):
        made.course = change(made.course, file, "mean_of", "average")
    told = said(made)
    assert "sums: average is new." in told
    assert "sums: mean_of is gone." in told


def test_the_cells_that_stay_keep_their_ids(made: NbgraderCourse) -> None:
    made.release()
    before = [cell["id"] for cell in made.notebook("source", "sums")["cells"]]
    made.course = change(made.course, "assignments/sums/assignment.toml", "points = 40", "points = 50")
    made.course = change(made.course, "assignments/sums/assignment.toml", "points = 60", "points = 50")
    made.release()
    assert [cell["id"] for cell in made.notebook("source", "sums")["cells"]] == before


def by_hand(made: NbgraderCourse) -> Path:
    """An instructor adds a question that a person will grade."""
    notebook = made.notebook("source", "sums")
    about = {"schema_version": 3, "grade": True, "solution": True, "locked": False, "task": False}
    notebook["cells"].append(
        {
            "cell_type": "markdown",
            "id": "why",
            "metadata": {"nbgrader": about | {"grade_id": "why", "points": 5}},
            "source": ["Why?"],
        }
    )
    path = made.root / "source/sums/sums.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def test_a_notebook_that_was_changed_by_hand_is_left_alone(made: NbgraderCourse) -> None:
    made.release()
    path = by_hand(made)
    before = path.read_bytes()
    with pytest.raises(CourseError, match=r"changed by hand.*--force"):
        made.release()
    assert path.read_bytes() == before


def test_with_force_it_is_replaced_and_kept_where_nbgrader_does_not_hand_it_out(made: NbgraderCourse) -> None:
    made.release()
    path = by_hand(made)
    before = path.read_bytes()
    told = said(made, force=True)
    assert "Why?" not in path.read_text("utf-8")
    [kept] = (made.root / "replaced").iterdir()
    assert kept.read_bytes() == before
    assert any(str(kept) in line for line in told)
    # nbgrader copies whatever else lies there to students.
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    by_hand(made)
    said(made, force=True)
    assert len(list((made.root / "replaced").iterdir())) == 2


def test_to_open_run_and_save_it_in_jupyter_is_no_change_by_hand(made: NbgraderCourse) -> None:
    made.release()
    path = made.root / "source/sums/sums.ipynb"
    notebook = nbformat.read(path, 4)  # type: ignore[no-untyped-call]
    notebook.metadata["language_info"] = {
        "name": "python",
        "version": "3.11.7",
        "codemirror_mode": {"name": "ipython"},
    }
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            cell.execution_count = number
            cell.outputs = [nbformat.v4.new_output("stream", text="ran\n")]  # type: ignore[no-untyped-call]
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    assert said(made) == []


def test_a_broken_notebook_is_not_thrown_away_either(made: NbgraderCourse) -> None:
    made.release()
    (made.root / "source/sums/sums.ipynb").write_text("{", "utf-8")
    with pytest.raises(CourseError, match="changed by hand"):
        made.release()
    assert any("kept" in line for line in said(made, force=True))


def test_a_configuration_that_was_changed_by_hand_stays(made: NbgraderCourse) -> None:
    made.release()
    path = made.root / "nbgrader_config.py"
    own = path.read_text("utf-8") + "c.Exchange.timezone = 'UTC'\n"
    path.write_text(own, "utf-8")
    [note] = said(made)
    assert "changed by hand" in note
    assert path.read_text("utf-8") == own
    said(made, force=True)
    assert "Exchange" not in path.read_text("utf-8")
    assert [kept.read_text("utf-8") for kept in (made.root / "replaced").iterdir()] == [own]


def test_a_readme_of_somebodys_own_stays_or_is_kept(made: NbgraderCourse) -> None:
    made.release()
    path = made.root / "README.md"
    path.write_text("Ours.", "utf-8")
    said(made)
    assert path.read_text("utf-8") == "Ours."
    said(made, force=True)
    assert "generate_assignment sums" in path.read_text("utf-8")
    assert [kept.read_text("utf-8") for kept in (made.root / "replaced").iterdir()] == ["Ours."]


def test_an_old_configuration_of_ours_is_renewed(
    made: NbgraderCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nbgrader, "_CONFIGURED", "# an older version of it for {id!r} {course!r}\n")
    made.release()
    monkeypatch.undo()
    monkeypatch.setattr(nbgrader, "_full_marks", lambda *_: None)
    assert said(made) == []
    assert "preprocess.GRADING" in (made.root / "nbgrader_config.py").read_text("utf-8")


def test_a_reference_that_does_not_earn_everything_as_a_notebook_is_not_released(tmp_path: Path) -> None:
    """A constant that is made by a function: among the constants, which come first, it has none to call."""
    made = NbgraderCourse(tmp_path / "nb", make_tiny_course(tmp_path / "course"))
    change(made.course, "solutions/sums/sums.py", "def mean_of", "_NOTHING = add(0.0, 0.0)\n\n\ndef mean_of")
    made.course = change(
        made.course, "solutions/sums/sums.py", "np.mean(add(x, y))", "np.mean(add(x, y)) + _NOTHING"
    )
    with pytest.raises(CourseError) as caught:
        made.release()
    assert "earns 40 of 100 points" in str(caught.value)
    assert "mean_of: 0 of 60 points" in str(caught.value)
    assert not (made.root / "source").exists()

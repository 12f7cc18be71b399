"""An assignment's notebook: the student's has the stub's code, the instructor's has the reference's, cell by cell."""

from __future__ import annotations

import ast
import base64
import re
import shutil
from fractions import Fraction
from pathlib import Path

import nbformat
import pytest

from autograder.course import Assignment, Course, find_course
from autograder.course.stub import cut
from autograder.errors import CourseError
from autograder.notebooks.build import rendered, source_notebook, student_notebook
from autograder.notebooks.cells import Cell, Role, cell_id, source_cells, student_cells

ROOT = Path(__file__).resolve().parent.parent.parent
COURSE = find_course(ROOT)
EVERY = [COURSE.assignment(id) for id in COURSE.assignments]

every_assignment = pytest.mark.parametrize("assignment", EVERY, ids=lambda one: one.id)
every_language = pytest.mark.parametrize("language", COURSE.languages)


def code(cells: list[Cell]) -> str:
    """A notebook's code as one module, without the lines that only Jupyter understands."""
    lines = "\n".join(cell.source for cell in cells if not cell.is_text).splitlines()
    return "\n".join(line for line in lines if not line.startswith("%"))


def without_docstring(source: str) -> str:
    tree = ast.parse(source)
    return ast.unparse(tree.body[1:] if ast.get_docstring(tree) is not None else tree.body)  # type: ignore[arg-type]


@every_assignment
@every_language
def test_both_are_notebooks_of_format_4(assignment: Assignment, language: str) -> None:
    for made in (student_notebook(assignment, language), source_notebook(assignment, language)):
        read = nbformat.reads(rendered(made), 4)
        nbformat.validate(read)
        ids = [cell["id"] for cell in read.cells]
        assert len(ids) == len(set(ids))


@every_assignment
def test_the_code_of_a_students_notebook_is_the_stubs(assignment: Assignment) -> None:
    stub = assignment.stub_path.read_text("utf-8")
    assert ast.unparse(ast.parse(code(student_cells(assignment, "en")))) == without_docstring(stub)


@every_assignment
@every_language
def test_cutting_the_instructors_cells_gives_the_students(assignment: Assignment, language: str) -> None:
    mine = {cell.id: cell for cell in student_cells(assignment, language)}
    theirs = source_cells(assignment, language)
    assert {cell.id for cell in theirs if cell.role is not Role.MARKS} == mine.keys()
    for cell in theirs:
        if cell.role is Role.MARKS:
            continue
        is_code = cell.role in (Role.GIVEN, Role.HELPERS, Role.SOLUTION)
        assert (cut(cell.source).strip("\n") if is_code else cell.source) == mine[cell.id].source


@every_assignment
def test_the_instructors_code_defines_what_the_reference_defines(assignment: Assignment) -> None:
    def names(source: str) -> set[str]:
        return {node.name for node in ast.parse(source).body if hasattr(node, "name")}

    marks_left_out = [cell for cell in source_cells(assignment, "en") if cell.role is not Role.MARKS]
    assert names(code(marks_left_out)) == names(assignment.reference_source())


@every_assignment
def test_the_marks_are_the_manifests_and_sum_to_100(assignment: Assignment) -> None:
    marks = [cell for cell in source_notebook(assignment, "en")["cells"] if cell["id"].startswith("marks-")]
    worth = [cell["metadata"]["nbgrader"]["points"] for cell in marks]
    assert worth == [function.points for function in assignment.functions]
    assert sum(map(Fraction, worth)) == 100


def test_half_cents_become_the_cents_of_the_reports(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "assignments", tmp_path / "assignments")
    shutil.copytree(ROOT / "solutions", tmp_path / "solutions")
    manifest = tmp_path / "assignments" / "backpropagation" / "assignment.toml"
    text = manifest.read_text()
    worth = iter(["16.665", "16.665", "16.67", "20", "20", "10"])
    manifest.write_text(
        re.sub(r"^points = .*$", lambda _: f"points = {next(worth)}", text, flags=re.MULTILINE)
    )
    cells = source_cells(find_course(tmp_path).assignment("backpropagation"), "en")
    assert [float(cell.points) for cell in cells if cell.role is Role.MARKS] == [
        16.67,
        16.66,
        16.67,
        20,
        20,
        10,
    ]


def test_the_cells_keep_their_ids() -> None:
    # Literal, for what was handed out once must be found again: changing one breaks every class that has begun.
    ids = [cell.id for cell in source_cells(COURSE.assignment("backpropagation"), "vi")]
    assert ids[ids.index("how") :] == [
        "how",
        "setup",
        "given",
        "helpers",
        *("solution-product_of_sum", "check-product_of_sum", "marks-product_of_sum"),
        *("solution-sigmoid_neuron", "check-sigmoid_neuron", "marks-sigmoid_neuron"),
        *("solution-Node", "check-Node", "marks-Node", "marks-Node-backward"),
        *("solution-zero_grad", "check-zero_grad", "marks-zero_grad"),
        *("solution-descend", "check-descend", "marks-descend"),
    ]
    assert ids[0] == "statement-1"


def test_an_id_is_what_nbgrader_takes() -> None:
    assert cell_id(Role.MARKS, "Node.backward") == "marks-Node-backward"
    for name in ("đạo_hàm", "f" * 80):
        found = cell_id(Role.MARKS, name)
        assert found.isascii()
        assert len(found) <= 64
        assert found != cell_id(Role.MARKS, name + "x")


@every_assignment
@every_language
def test_pictures_travel_inside_their_cells(assignment: Assignment, language: str) -> None:
    cells = student_notebook(assignment, language)["cells"]
    text = "".join("".join(cell["source"]) for cell in cells)
    assert "](pictures/" not in text
    shown = {
        name: base64.b64decode(data["image/svg+xml"])
        for cell in cells
        for name, data in cell.get("attachments", {}).items()
    }
    assert shown
    for name, data in shown.items():
        assert f"(attachment:{name})" in text
        assert data == (assignment.public_dir / "pictures" / name).read_bytes()


def test_a_students_notebook_needs_no_solutions(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "assignments", tmp_path / "assignments")
    public: Course = find_course(tmp_path)
    for id in public.assignments:
        assert student_notebook(public.assignment(id), "en") == student_notebook(COURSE.assignment(id), "en")


def test_only_the_instructors_notebook_has_nbgraders_metadata() -> None:
    made = student_notebook(COURSE.assignment("losses"), "en")
    assert all("nbgrader" not in cell["metadata"] for cell in made["cells"])
    # A statement must stay free to be mended after students have begun.
    for cell in source_notebook(COURSE.assignment("losses"), "en")["cells"]:
        assert ("nbgrader" in cell["metadata"]) == (
            cell["id"].partition("-")[0] in ("helpers", "solution", "check", "marks")
        )


def test_a_picture_that_is_missing_is_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "assignments", tmp_path / "assignments")
    (tmp_path / "assignments" / "losses" / "pictures" / "race.svg").unlink()
    with pytest.raises(CourseError, match=r"race\.svg"):
        student_notebook(find_course(tmp_path).assignment("losses"), "en")


def test_a_section_ends_at_a_heading_but_not_inside_code(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "assignments", tmp_path / "assignments")
    (tmp_path / "assignments" / "losses" / "README.md").write_text("# A\n\n```\n## no\n```\n\n## B\n\nb\n")
    cells = student_cells(find_course(tmp_path).assignment("losses"), "en")
    assert [cell.source for cell in cells if cell.id.startswith("statement")] == [
        "# A\n\n```\n## no\n```",
        "## B\n\nb",
    ]

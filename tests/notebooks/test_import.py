"""A course from nbgrader's notebooks: what is carried grades as in nbgrader, what is not is named, and nothing is run."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from autograder.course import Course, load_course
from autograder.errors import CourseError, UsageError
from autograder.grading.many import grade_many
from autograder.grading.submission import Submission
from autograder.language import say
from autograder.model import GradeReport
from autograder.notebooks.build import student_notebook
from autograder.notebooks.imported import Imported, import_course
from autograder.notebooks.importing.draft import Fate, Row
from autograder.proof.leaks import leaks, secrets
from autograder.proof.verify import verify
from tests.notebooks import sources
from tests.notebooks.sources import SQUARE, code, manual, notebook, solution, text, write


def imported(folder: Path, *cells: sources.Cell, name: str = "hw") -> Imported:
    """One notebook as a course."""
    write(folder / "source" / name / f"{name}.ipynb", *cells)
    return import_course(folder / "source" / name, folder / "out")


def said(row: Row) -> str:
    return "; ".join(say(one, "en") for one in row.said)


def graded(root: Path, id: str, **files: str) -> dict[str, GradeReport]:
    """Student → report, of submissions that are each one .py, or one .ipynb where they begin with a brace."""
    course = load_course(root)
    assignment = course.assignment(id)
    submissions = [
        Submission(
            student, {f"{id}.{'ipynb' if source.startswith('{') else 'py'}": source.encode()}, input_set=0
        )
        for student, source in files.items()
    ]
    reports = {report.student: report for report in grade_many(course, assignment, submissions, jobs=1)}
    assert all(report.message is None for report in reports.values()), reports
    return reports


def points(reports: dict[str, GradeReport]) -> dict[str, float]:
    return {student: (report.score or 0) / 100 for student, report in reports.items()}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("imported")
    write(root / "source" / "hw1" / "hw1.ipynb", *sources.SOFTMAX)
    write(root / "source" / "hw2" / "accounts.ipynb", *sources.ACCOUNT)
    write(root / "source" / "Lab 3" / "numbers.ipynb", *sources.LOOSE)
    (root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "Numbers 101"\nraise SystemExit("this must never run")\n'
    )
    made = import_course(root, root / "out")
    assert [one.id for one in made.assignments] == ["lab_3", "hw1", "hw2"]
    return load_course(root / "out")


# -- the course is sound -------------------------------------------------------------------------------------------


def test_course_is_called_as_in_the_configuration_which_is_not_run(course: Course) -> None:
    assert course.id == "numbers-101"
    assert course.title_in("en") == "Numbers 101"


@pytest.mark.slow
@pytest.mark.parametrize("id", ["lab_3", "hw1", "hw2"])
def test_verify_finds_nothing_wrong(course: Course, id: str) -> None:
    rows = list(verify(course, course.assignment(id), jobs=1, input_sets=1))
    assert {row.kind for row in rows} >= {"stub", "reference"}
    assert [f"{row.name}: {row.got}" for row in rows if not row.true] == []


def test_points_are_scaled_and_sum_to_100(course: Course) -> None:
    functions = {one.name: one.points for one in course.assignment("hw1").functions}
    assert functions == {"softmax": Fraction(50), "cross_entropy": Fraction(50)}
    assert course.assignment("hw1").function("cross_entropy").needs == ("softmax",)


def test_what_a_test_calls_is_needed_too(course: Course) -> None:
    """`half` itself calls nothing; its test gives it the answer of q2."""
    assert course.assignment("lab_3").function("half").needs == ("answer_q2",)
    assert course.assignment("hw2").function("apply").needs == ("Account", "total")


def test_thirds_of_points_sum_to_100(tmp_path: Path) -> None:
    cells = [
        part
        for n in range(3)
        for part in (
            solution(f"f{n}", f"def f{n}(x):\n    return x + {n}"),
            sources.tests(f"t{n}", 1, f"assert f{n}(1) == {n + 1}"),
        )
    ]
    made = imported(tmp_path, *cells)
    functions = load_course(made.directory).assignment("hw").functions
    assert sum(one.points for one in functions) == 100
    assert all(abs(one.points - Fraction(100, 3)) < Fraction(1, 100_000) for one in functions)
    manifest = (made.directory / "assignments" / "hw" / "assignment.toml").read_text("utf-8")
    assert manifest.count("1 of 3 in nbgrader") == 3


# -- marks as nbgrader would give them -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def softmaxes(course: Course) -> dict[str, GradeReport]:
    """Many hands at hw1, graded."""
    assignment = course.assignment("hw1")
    right = assignment.reference_source()
    return graded(
        course.root,
        "hw1",
        stub=assignment.stub_path.read_text("utf-8"),
        right=right,
        # What a student hands in who works in the notebook that the course came from.
        own=notebook(*(cell for cell in sources.SOFTMAX if cell["cell_type"] == "code")),
        overflow=right.replace("z - z.max(axis=-1, keepdims=True)", "z"),
        # The cell gives 1 of its 3 points: ln 2 is right, the second answer is not below 0.1.
        partial=right.replace("np.log(softmax(p))", "np.log(softmax(np.asarray(p) / 5))"),
        flat=right.replace("return e / e.sum(axis=-1, keepdims=True)", "return (e / e.sum()).ravel()"),
        cheat=CHEAT,
    )


CHEAT = """
import numpy as np

np.isclose = lambda *a, **k: True
np.testing.assert_allclose = lambda *a, **k: None

class Yes:
    shape = (2, 2)
    def __eq__(self, other): return True
    def __lt__(self, other): return True
    def sum(self, axis=None): return 1.0
    def __getitem__(self, i): return 1.0
    def __len__(self): return 1

def softmax(z): return Yes()
def cross_entropy(p, y): return Yes()
"""


def test_each_cell_costs_what_it_is_worth(softmaxes: dict[str, GradeReport]) -> None:
    # Half of the points are softmax's, two thirds of those in its first cell; a flat answer still begins with 1.
    expected = {"stub": 0, "right": 100, "own": 100, "overflow": 50, "partial": 66.67, "cheat": 0}
    marks = points(softmaxes)
    assert {name: marks[name] for name in expected} == expected


def test_report_shows_the_call_and_what_it_gave(softmaxes: dict[str, GradeReport]) -> None:
    (shown,) = [one for one in softmaxes["overflow"].functions[0].checks if "definition" in one.label]
    assert shown.call == "softmax([1000.0, 0.0])"
    assert "ACTUAL" in say(shown.messages[0], "en")


def test_author_s_words_have_the_values_of_the_call_that_is_shown(softmaxes: dict[str, GradeReport]) -> None:
    check = softmaxes["flat"].functions[0].checks[0]
    assert say(check.messages[0], "en") == "the shape is (4,)"
    assert check.call == "softmax(np.array([[1.0, 2.0], [0.0, 0.0]]))"


def test_class_loses_what_its_cells_are_worth(course: Course) -> None:
    right = course.assignment("hw2").reference_source()
    reports = graded(
        course.root,
        "hw2",
        stub=course.assignment("hw2").stub_path.read_text("utf-8"),
        right=right,
        other_error=right.replace("ValueError", "KeyError"),
        other_text=right.replace("left'", "remain'"),
        no_str=right.replace("def __str__", "def shown"),
        equal_to_all=right.replace(
            "return (self.owner, self.balance) ==", "return True or (self.owner, 1) =="
        ),
    )
    assert points(reports) == {
        "stub": 0, "right": 100, "other_error": 75, "other_text": 75, "no_str": 75, "equal_to_all": 75,
    }  # fmt: skip


def test_loose_answers_are_judged_one_by_one(course: Course) -> None:
    right = course.assignment("lab_3").reference_source()
    reports = graded(
        course.root,
        "lab_3",
        stub=course.assignment("lab_3").stub_path.read_text("utf-8"),
        right=right,
        first=right.replace("data.min()", "data.mean()"),
        half=right.replace("x / 2", "x // 3"),
    )
    # A wrong first answer costs its own points only: the second is right, given the right first one.
    assert points(reports) == {"stub": 0, "right": 100, "first": 75, "half": 75}


def test_what_a_cell_swallows_does_not_pass(tmp_path: Path) -> None:
    made = imported(
        tmp_path,
        SQUARE,
        sources.tests(
            "t",
            1,
            "try:\n    square('a')\nexcept Exception:\n    pass\nelse:\n    raise AssertionError('no error')",
        ),
    )
    root = made.directory
    wrong, stub = "def square(x): return 1\n", (root / "assignments/hw/hw.py").read_text("utf-8")
    ends = "import os\ndef square(x): os._exit(0)\n"
    right = (root / "solutions/hw/hw.py").read_text("utf-8")
    reports = graded(root, "hw", right=right, wrong=wrong, stub=stub, ends=ends)
    assert points(reports) == {"right": 100, "wrong": 0, "stub": 0, "ends": 0}
    assert say(reports["wrong"].functions[0].checks[0].messages[0], "en") == "no error"


# -- students see no hidden test and no solution -------------------------------------------------------------------


def test_public_files_hold_nothing_hidden(course: Course) -> None:
    public = "\n".join(
        path.read_text("utf-8")
        for path in course.assignments_dir.rglob("*")
        if path.is_file() and path.suffix != ".png"
    )
    assert "assert_allclose(it, [0.5, 0.5])" in public, "the visible part is a public check"
    for secret in (
        "secret_row",
        "1000.0",
        "e / e.sum",
        sources.SOFTMAX_ANSWER,
        "largest - smallest",
        "x / 2",
    ):
        assert secret not in public, secret
    assert (course.assignments_dir / "hw1" / "pictures" / "curve.png").read_bytes() == sources.PIXEL
    assert "(pictures/curve.png)" in (course.assignments_dir / "hw1" / "README.md").read_text("utf-8")


def test_what_students_get_passes_the_scan_for_leaks_and_a_hidden_line_does_not(
    course: Course, tmp_path: Path
) -> None:
    known = secrets(course, course.assignments)
    assert leaks(course.assignments_dir, known) == []
    hidden = (course.solutions_dir / "hw1" / "hidden" / "test_hw1.py").read_text("utf-8")
    (line,) = [line for line in hidden.splitlines() if "atol=1e-12" in line]
    (tmp_path / "note.py").write_text(line.strip() + "\n")
    assert leaks(tmp_path, known) != []


def test_notebooks_are_made_of_what_was_imported(course: Course) -> None:
    for id in course.assignments:
        made = student_notebook(course.assignment(id), "en")
        cells = ["".join(cell["source"]) for cell in made["cells"]]
        for function in course.assignment(id).functions:
            assert any(cell == f"%check {function.name}" for cell in cells)


def test_visible_test_that_needs_a_hidden_name_stays_hidden(tmp_path: Path) -> None:
    made = imported(
        tmp_path,
        SQUARE,
        sources.tests(
            "a", 1, "### BEGIN HIDDEN TESTS\nsecret = 12\nassert square(secret) == 144\n### END HIDDEN TESTS"
        ),
        sources.tests("b", 1, "assert square(secret) == 144"),
    )
    assert "square" in (made.directory / "solutions/hw/hidden/test_hw.py").read_text("utf-8")
    assert "secret" not in (made.directory / "assignments/hw/test_hw.py").read_text("utf-8")


def test_pictures_come_from_the_notebook_s_own_folder_only(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(sources.PIXEL)
    made = imported(
        tmp_path,
        text("![a](../../secret.png) ![b](gone.png) <img src='http://example.org/x.png'>"),
        SQUARE,
        sources.tests("t", 1, "assert square(2) == 4"),
    )
    assert not (made.directory / "assignments" / "hw" / "pictures").exists()
    assert made.rows[0].fate is Fate.CHANGED
    assert "../../secret.png" in said(made.rows[0])
    assert "gone.png" in said(made.rows[0])


def test_mark_schemes_and_answers_do_not_reach_the_statement(tmp_path: Path) -> None:
    task = text("Explain it.\n### BEGIN MARK SCHEME\nhe must say so\n### END MARK SCHEME\nBriefly.")
    task["metadata"] = {
        "nbgrader": {"grade_id": "t", "grade": False, "solution": False, "task": True, "points": 2}
    }
    made = imported(
        tmp_path, task, manual("m", 3, "the answer"), SQUARE, sources.tests("t2", 1, "assert square(2) == 4")
    )
    statement = (made.directory / "assignments/hw/README.md").read_text("utf-8")
    assert "Explain it." in statement
    assert "Briefly." in statement
    assert "he must" not in statement
    assert "the answer" not in statement
    assert [row.fate for row in made.rows[:2]] == [Fate.LEFT_OUT, Fate.LEFT_OUT]
    assert made.assignments[0].left_out == 5


# -- what cannot be carried ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", sources.REFUSED)
def test_cell_that_cannot_be_carried_is_named_and_the_rest_is_carried(tmp_path: Path, what: str) -> None:
    made = imported(
        tmp_path,
        SQUARE,
        sources.tests("fine", 1, "assert square(3) == 9"),
        sources.tests("refused", 2, sources.REFUSED[what]),
    )
    row = made.rows[2]
    assert (row.number, row.fate) == (3, Fate.LEFT_OUT)
    assert len(said(row)) > 10
    assert [made.rows[0].fate, made.rows[1].fate] == [Fate.CARRIED, Fate.CARRIED]
    assert made.assignments[0].left_out == 2
    assert (made.directory / "solutions/hw/hidden/test_hw.py").read_text("utf-8").count("def test_") == 1


def test_seed_is_refused_where_the_solution_draws(tmp_path: Path) -> None:
    seeded = "import numpy as np\nnp.random.seed(1)\nassert roll(np.random.rand()) > 0"
    drawing = "import numpy as np\ndef roll(x):\n    return np.random.rand() + x"
    made = imported(tmp_path, solution("s", drawing), sources.tests("t", 1, seeded))
    assert made.assignments == ()
    assert "seed" in said(made.rows[1])
    calm = imported(
        tmp_path / "calm", solution("s", "def roll(x):\n    return 1 + x"), sources.tests("t", 1, seeded)
    )
    assert calm.rows[1].fate is Fate.CARRIED


def test_global_that_the_solution_reads_is_not_changed_in_silence(tmp_path: Path) -> None:
    made = imported(
        tmp_path,
        code("LIMIT = 3"),
        solution("s", "def over(x):\n    ### BEGIN SOLUTION\n    return x > LIMIT\n    ### END SOLUTION"),
        sources.tests("t", 1, "assert over(4)"),
        sources.tests("u", 1, "LIMIT = 9\nassert not over(4)"),
    )
    assert [row.fate for row in made.rows] == [Fate.CARRIED] * 3 + [Fate.LEFT_OUT]
    assert "LIMIT" in said(made.rows[3])


@pytest.mark.parametrize("answer", ["yield x", "return [(yield x)]"])
def test_function_that_gives_no_plain_value_is_left_out(tmp_path: Path, answer: str) -> None:
    made = imported(
        tmp_path, solution("s", f"def f(x):\n    {answer}"), sources.tests("t", 1, "assert list(f(1)) == [1]")
    )
    assert made.assignments == ()
    assert "generator" in said(made.rows[1])


def test_function_that_remembers_is_left_out(tmp_path: Path) -> None:
    counts = "count = 0\ndef f():\n    global count\n    count += 1\n    return count"
    made = imported(tmp_path, solution("s", counts), sources.tests("t", 1, "assert f() == 1"))
    assert made.assignments == ()
    assert "remembers" in said(made.rows[1])


def test_star_imports_reach_the_stub_and_the_tests(tmp_path: Path) -> None:
    made = imported(
        tmp_path,
        code("from math import *"),
        solution("s", "def root(x):\n    return sqrt(x)"),
        sources.tests("t", 1, "assert root(4) == sqrt(4)"),
    )
    for path in ("assignments/hw/hw.py", "assignments/hw/test_hw.py", "solutions/hw/hidden/test_hw.py"):
        assert "from math import *" in (made.directory / path).read_text("utf-8"), path


@pytest.mark.parametrize(
    ("score", "steps"),
    [
        ("s = 0\nif f(1): s += 1\nif f(2): s += 2\ns", 3),  # 1, 2, 3
        ("s = 0\nif f(1): s += 1.5\nif f(2): s += 1.5\ns", 2),
        ("s = 3\nif not f(1): s -= 1\ns", 10),  # what is taken away: tenths
        ("3 * bool(f(1))", 10),
    ],
)
def test_partial_credit_has_a_check_for_each_step(tmp_path: Path, score: str, steps: int) -> None:
    made = imported(tmp_path, solution("s", "def f(x):\n    return x"), sources.tests("t", 3, score))
    hidden = (made.directory / "solutions/hw/hidden/test_hw.py").read_text("utf-8")
    assert hidden.count("def test_") == steps
    assert ("rounded down" in said(made.rows[1])) == (steps == 10)


def test_broken_marks_cut_whole_bodies(tmp_path: Path) -> None:
    nested = "def square(x):\n    y = 1\n    ### BEGIN SOLUTION\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION"
    made = imported(tmp_path, solution("s", nested), sources.tests("t", 1, "assert square(2) == 4"))
    assert made.rows[0].fate is Fate.CHANGED
    assert "marks" in said(made.rows[0])
    stub = (made.directory / "assignments/hw/hw.py").read_text("utf-8")
    assert "y = 1" not in stub
    assert "return x * x" not in stub


def test_other_languages_are_left_out_with_their_name(tmp_path: Path) -> None:
    write(tmp_path / "a" / "a.ipynb", solution("s", "f <- function(x) x"), language="R")
    made = import_course(tmp_path / "a", tmp_path / "out")
    assert made.assignments == ()
    assert "its language is r" in said(made.rows[0])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"cells": 3}', '{"nbformat": 4, "cells": [{}]}', "\xff"])
def test_file_that_is_no_notebook_is_named_and_others_are_carried(tmp_path: Path, content: str) -> None:
    folder = tmp_path / "source" / "hw"
    write(folder / "good.ipynb", SQUARE, sources.tests("t", 1, "assert square(2) == 4"))
    (folder / "bad.ipynb").write_bytes(content.encode("latin-1"))
    made = import_course(tmp_path, tmp_path / "out")
    assert [one.id for one in made.assignments] == ["hw"]
    (row,) = [row for row in made.rows if row.number == 0]
    assert row.notebook.name == "bad.ipynb"
    assert "is not a notebook" in said(row)


def test_module_beside_the_notebook_is_named(tmp_path: Path) -> None:
    (tmp_path / "source" / "hw").mkdir(parents=True)
    (tmp_path / "source" / "hw" / "helpers.py").write_text("def twice(x): return 2 * x\n")
    made = imported(
        tmp_path,
        solution(
            "s", "from helpers import twice\nimport scipy.special\ndef four(x):\n    return twice(twice(x))"
        ),
        sources.tests("t", 1, "assert four(1) == 4"),
    )
    assert "helpers.py beside the notebook is not carried" in said(made.rows[0])
    assert load_course(made.directory).assignment("hw").modules == ("helpers", "scipy.special")
    assert "scipy.special" in say(made.notes[0], "en")


def test_otter_is_recognised(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", text("# ASSIGNMENT CONFIG\nname: a"), code("# BEGIN QUESTION\nname: q1"))
    made = import_course(tmp_path / "a.ipynb", tmp_path / "out")
    assert "otter" in said(made.rows[0])
    assert made.assignments == ()


def test_two_graded_notebooks_become_two_assignments(tmp_path: Path) -> None:
    folder = tmp_path / "source" / "ps"
    for name in ("one", "two"):
        write(folder / f"{name}.ipynb", SQUARE, sources.tests("t", 1, "assert square(2) == 4"))
    write(folder / "words.ipynb", text("Only words."), manual("m", 1, "yes"))
    made = import_course(tmp_path, tmp_path / "out")
    assert [one.id for one in made.assignments] == ["ps_one", "ps_two"]
    assert any("assignment of its own" in say(note, "en") for note in made.notes)


def test_old_notebook_format_is_read(tmp_path: Path) -> None:
    cells = [dict(cell) for cell in (SQUARE, sources.tests("t", 1, "assert square(2) == 4"))]
    for cell in cells:
        cell["input"], cell["language"] = cell.pop("source"), "python"
        cell["prompt_number"] = cell.pop("execution_count")
    (tmp_path / "old.ipynb").write_text(
        json.dumps(
            {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}
        )
    )
    assert [one.id for one in import_course(tmp_path / "old.ipynb", tmp_path / "out").assignments] == ["old"]


# -- names, places ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "id"), [("numpy", "numpy_work"), ("2 lists!", "q_2_lists"), ("class", "class_work")]
)
def test_assignment_s_name_hides_no_module(tmp_path: Path, name: str, id: str) -> None:
    made = imported(tmp_path, SQUARE, sources.tests("t", 1, "assert square(2) == 4"), name=name)
    assert [one.id for one in made.assignments] == [id]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    cells = SQUARE, sources.tests("t", 1, "assert square(2) == 4")
    imported(tmp_path, *cells)
    with pytest.raises(UsageError, match="already there"):
        imported(tmp_path, *cells)


def test_unknown_places_and_names_are_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not there"):
        import_course(tmp_path / "nowhere", tmp_path / "out")
    with pytest.raises(UsageError, match="holds no notebook"):
        import_course(tmp_path, tmp_path / "out")
    write(tmp_path / "source" / "losses" / "a.ipynb", SQUARE)
    with pytest.raises(UsageError, match='Did you mean "losses"'):
        import_course(tmp_path, tmp_path / "out", ["lossess"])


@pytest.mark.slow
def test_hostile_titles_and_labels_stay_texts(tmp_path: Path) -> None:
    made = imported(
        tmp_path,
        text('# A "title" \\ with """ and \x1b[31m'),
        SQUARE,
        sources.tests(
            "t", 1, "'''ends in \"quotes\" and \\\\ and \"'''\nassert square(2) == 4, '''two\n  lines'''"
        ),
    )
    manifest = tomllib.loads((made.directory / "assignments/hw/assignment.toml").read_text("utf-8"))
    assert manifest["assignment"]["title"]["en"].startswith('A "title" \\ with """ and')
    right = (made.directory / "solutions/hw/hw.py").read_text("utf-8")
    reports = graded(made.directory, "hw", right=right, wrong="def square(x): return 5\n")
    assert points(reports) == {"right": 100, "wrong": 0}
    assert say(reports["wrong"].functions[0].checks[0].messages[0], "en") == "two\n  lines"


def test_result_that_cannot_be_a_course_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(root: Path) -> Iterator[None]:
        raise CourseError("no course")

    monkeypatch.setattr("autograder.notebooks.imported.load_course", broken)
    with pytest.raises(CourseError):
        imported(tmp_path, SQUARE, sources.tests("t", 1, "assert square(2) == 4"))
    assert not (tmp_path / "out").exists()

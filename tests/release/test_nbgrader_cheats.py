"""What students have tried on nbgrader, and on us, in nbgrader's own `autograde` on our release: it earns nothing.

Each of them is handed in twice: with nothing solved, where it must stay at 0, and with everything solved, where it must
not cost anything either. All are graded by one `nbgrader autograde`, so each one also shows that it harms no other.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from ..conftest import make_tiny_course
from .nbgrader_course import NbgraderCourse, Notebook, marks

pytest.importorskip("nbgrader")
pytestmark = pytest.mark.slow

Cheat = Callable[[Notebook], None]


def cell(notebook: Notebook, id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in notebook["cells"] if one["id"] == id)
    return found


def code(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": dedent(source).strip("\n"),
    }


def first(source: str) -> Cheat:
    """A cell above all others, where nothing has run yet."""

    def change(notebook: Notebook) -> None:
        notebook["cells"].insert(0, code(source) | {"id": "mine"})

    return change


def last(source: str) -> Cheat:
    def change(notebook: Notebook) -> None:
        notebook["cells"].append(code(source) | {"id": "mine"})

    return change


def result(text: str) -> dict[str, Any]:
    data = {"text/plain": text, "text/html": f"<b>{text} of 100 points</b>"}
    return {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": data}


def about(notebook: Notebook, id: str) -> dict[str, Any]:
    found: dict[str, Any] = cell(notebook, id)["metadata"]["nbgrader"]
    return found


def forged_outputs(notebook: Notebook) -> None:
    for one in notebook["cells"]:
        if one["cell_type"] == "code":
            one["outputs"] = [result("40" if one["id"] == "marks-add" else "60")]


def raised_points(notebook: Notebook) -> None:
    for id in ("check-add", "marks-add", "marks-mean_of"):
        about(notebook, id)["points"] = 1000


def no_lock(notebook: Notebook) -> None:
    for id in ("check-add", "marks-add", "marks-mean_of"):
        about(notebook, id)["locked"] = False
        cell(notebook, id)["source"] = "100.0"
        about(notebook, id).pop("checksum")


def own_grade_cell(notebook: Notebook) -> None:
    known = {**about(notebook, "marks-add"), "grade_id": "bonus", "points": 100}
    notebook["cells"].append(
        code("100.0") | {"id": "bonus", "metadata": {"nbgrader": known}, "outputs": [result("100")]}
    )


def doubled(notebook: Notebook) -> None:
    for one in [one for one in notebook["cells"] if one["metadata"]]:
        again = copy.deepcopy(one)
        again["id"] = f"{one['id']}-again"
        if again["cell_type"] == "code":
            again["outputs"] = [result("40")]
        if one["metadata"]["nbgrader"]["grade"]:
            again["source"] = "40.0"
        notebook["cells"].append(again)


def no_grade_cells(notebook: Notebook) -> None:
    notebook["cells"] = [
        one for one in notebook["cells"] if not one["metadata"].get("nbgrader", {}).get("grade")
    ]


def other_type(notebook: Notebook) -> None:
    for number, one in enumerate(notebook["cells"]):
        if one["id"].startswith("marks-"):
            notebook["cells"][number] = {key: one[key] for key in ("id", "metadata", "source")} | {
                "cell_type": "markdown"
            }


def to_be_graded_by_hand(notebook: Notebook) -> None:
    for id in ("marks-add", "marks-mean_of"):
        about(notebook, id)["solution"] = True
        about(notebook, id)["locked"] = False
        cell(notebook, id)["source"] += "\n40.0"


def moved(notebook: Notebook) -> None:
    """The place of the marks on the cell with the student's own code."""
    known = about(notebook, "marks-add")
    cell(notebook, "marks-add")["metadata"] = {}
    cell(notebook, "solution-add")["metadata"] = {"nbgrader": known}
    cell(notebook, "solution-add")["outputs"] = [result("40")]


def old_schema(notebook: Notebook) -> None:
    """nbgrader ends the whole class's run for one such cell."""
    for one in notebook["cells"]:
        if one["metadata"]:
            one["metadata"]["nbgrader"]["schema_version"] = 1


def metadata_of_another_form(notebook: Notebook) -> None:
    forms: list[Any] = ["text", 3, None, ["grade"], {"grade": True}, {"grade_id": 7, "grade": "yes"}]
    for form, one in zip(forms * 3, notebook["cells"], strict=False):
        one["metadata"] = {"nbgrader": form}


def nothing_known(notebook: Notebook) -> None:
    for one in notebook["cells"]:
        one["metadata"] = {}


def another_assignment(notebook: Notebook) -> None:
    notebook["metadata"]["autograder"] = {"assignment": "easy", "language": "xx", "version": "0"}
    notebook["metadata"]["kernelspec"] = {"name": "conda-env", "display_name": "mine", "language": "python"}


CHEATS: dict[str, Cheat] = {
    "nothing": lambda notebook: None,
    "raised_points": raised_points,
    "no_lock": no_lock,
    "own_grade_cell": own_grade_cell,
    "doubled": doubled,
    "no_grade_cells": no_grade_cells,
    "other_type": other_type,
    "to_be_graded_by_hand": to_be_graded_by_hand,
    "moved": moved,
    "old_schema": old_schema,
    "metadata_of_another_form": metadata_of_another_form,
    "nothing_known": nothing_known,
    "another_assignment": another_assignment,
    "forged_outputs": forged_outputs,
    "deaf_comparison": first(
        """
        import numpy as np
        np.testing.assert_allclose = lambda *a, **k: None
        np.allclose = np.isclose = np.array_equal = lambda *a, **k: True
        """
    ),
    "our_package": first(
        """
        import autograder.checks, autograder.model
        autograder.checks.check_same = lambda *a, **k: None
        autograder.model.FunctionResult.score = property(lambda self: self.max_score)
        import sys
        sys.modules["autograder.notebooks.outputs"].marked = lambda *a: None
        """
    ),
    "the_shell": first(
        """
        shell = get_ipython()
        shell.run_line_magic = shell.run_cell_magic = lambda *a, **k: 100.0
        shell.register_magic_function(lambda line: 100.0, "line", "check")
        shell.displayhook = lambda *a: print("100.0")
        """
    ),
    "the_display_hook": first(
        """
        import sys, builtins
        sys.displayhook = lambda value: builtins.print("100.0")
        import IPython.core.displayhook as hook
        hook.DisplayHook.__call__ = lambda self, result=None: 100.0
        """
    ),
    "the_environment": first(
        """
        import os
        os.environ["NBGRADER_EXECUTION"] = "validate"
        os.environ["NBGRADER_VALIDATING"] = "1"
        os.environ["AUTOGRADE_COURSE"] = "/tmp"
        """
    ),
    "the_end": last("import sys; sys.exit(0)"),
    "the_hard_end": last("import os; os._exit(0)"),
    "output_like_ours": last("print('100.0')\nprint('add: 40 of 40 points')\n100.0"),
    "files": first(
        """
        import pathlib
        pathlib.Path("../../../gradebook.db").write_bytes(b"")
        exec(pathlib.Path("../../../../course/solutions/sums/sums.py").read_text())
        """
    ),
}

LIES = """
class Yes(float):
    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = __array__ = lambda self, *rest: 0.0


def add(x, y):
    return Yes(42)


def mean_of(x, y):
    return Yes(42)
"""

OVERFLOW = """
def add(x, y):
    np.exp(np.asarray(1e4))
    np.log(np.zeros(2))
    return np.asarray(x, dtype=float) + np.asarray(y, dtype=float)
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> NbgraderCourse:
    root = tmp_path_factory.mktemp("cheats")
    made = NbgraderCourse(root / "nb", make_tiny_course(root / "course"))
    made.release()
    made.nbgrader("generate_assignment", "sums")
    for name, change in CHEATS.items():
        for how, functions in (("wrong", ()), ("right", ("add", "mean_of"))):
            notebook = made.solved("sums", *functions)
            change(notebook)
            made.hand_in(f"{name}-{how}", "sums", notebook)
    notebook = made.solved("sums")
    cell(notebook, "solution-add")["source"] = LIES
    made.hand_in("lies", "sums", notebook)
    notebook = made.solved("sums", "add", "mean_of")
    cell(notebook, "solution-add")["source"] = OVERFLOW
    made.hand_in("overflow", "sums", notebook)
    made.nbgrader("autograde", "sums")
    return made


@pytest.fixture(scope="module")
def exported(graded: NbgraderCourse) -> dict[str, float]:
    return graded.exported("sums")


@pytest.mark.parametrize("name", CHEATS)
def test_nothing_is_gained(name: str, exported: dict[str, float]) -> None:
    assert exported[f"{name}-wrong"] == 0


@pytest.mark.parametrize("name", CHEATS)
def test_a_right_solution_loses_nothing_by_it(name: str, exported: dict[str, float]) -> None:
    assert exported[f"{name}-right"] == 100


def test_a_value_that_equals_everything_equals_nothing(exported: dict[str, float]) -> None:
    assert exported["lies"] == 0


def test_a_warning_in_a_right_answer_costs_nothing(exported: dict[str, float]) -> None:
    assert exported["overflow"] == 100


def test_the_marks_are_those_of_autograde_grade(
    graded: NbgraderCourse, exported: dict[str, float], tmp_path: Path
) -> None:
    assert graded.ours("sums", tmp_path / "same") == exported


def test_nothing_of_what_was_forged_is_left(graded: NbgraderCourse) -> None:
    known = {
        one["metadata"]["nbgrader"]["grade_id"]: {**one["metadata"]["nbgrader"], "checksum": ""}
        for one in graded.notebook("release", "sums")["cells"]
        if one["metadata"]
    }
    for name in CHEATS:
        notebook = graded.notebook("autograded", "sums", f"{name}-wrong")
        found = {
            one["metadata"]["nbgrader"]["grade_id"]: {**one["metadata"]["nbgrader"], "checksum": ""}
            for one in notebook["cells"]
            if one["metadata"].get("nbgrader")
        }
        assert {id: found[id] for id in found} == {id: known[id] for id in found}, name
        assert {id for id in known if known[id]["grade"]} <= found.keys(), name
        for one in marks(notebook).values():
            [output] = one["outputs"]
            assert float("".join(output["data"]["text/plain"])) == 0


def test_what_a_student_wrote_is_still_there(graded: NbgraderCourse) -> None:
    for name in ("moved", "doubled", "no_grade_cells", "nothing_known"):
        sources = json.dumps(graded.notebook("autograded", "sums", f"{name}-right")["cells"])
        assert "return _as_floats(x) + _as_floats(y)" in sources, name

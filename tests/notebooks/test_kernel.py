"""The commands in a real kernel: what a cell says, and that nothing but a failing check under nbgrader is an error."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

from nbclient import NotebookClient

from autograder.course import Course, find_course
from autograder.notebooks.build import rendered, student_notebook
from autograder.notebooks.cells import Role, source_cells
from tests.conftest import make_tiny_course
from tests.notebooks.kernels import ROOT, Kernel, descendants, environment, kernel, read, save

ADD = "def add(x, y):\n    return x + y"
WRONG = "def add(x, y):\n    return x - y"
MEAN = "def mean_of(x, y):\n    return sum(add(a, b) for a, b in zip(x, y)) / len(x)"
LOAD = "%load_ext autograder"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = make_tiny_course(tmp_path_factory.mktemp("course"))
    manifest = made.assignments_dir / "sums" / "assignment.toml"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace("submission_seconds = 20", "submission_seconds = 4\ncall_seconds = 1"))
    return made


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def lab(course: Course, desk: Path) -> Iterator[Kernel]:
    """A kernel whose frontend tells the file and the cells' ids, as JupyterLab does."""
    work = desk / "work"
    work.mkdir()
    # Whatever lies there is not imported by the process that checks.
    (work / "random.py").write_text("raise SystemExit('mine')\n")
    save(work / "sums.ipynb", [("setup", LOAD), ("add", ADD), ("check", "%check add")])
    told = environment(course, desk, JPY_SESSION_NAME=str(work / "sums.ipynb"))
    with kernel(work, told) as running:
        assert running.run(LOAD, "setup") == []
        yield running


def test_a_check_without_choosing_the_assignment(lab: Kernel) -> None:
    lab.run(ADD, "add")
    said = lab.says("%check add", "check")
    assert "✓ add (40 points): passed" in said
    assert "✓ 1 and 2 are 3" in said
    assert "not saved" not in said


def test_an_edit_that_is_not_saved_is_checked_and_said_and_not_handed_in(lab: Kernel, desk: Path) -> None:
    lab.run(WRONG, "add")
    said = lab.says("%check add", "check")
    assert "✗ add (40 points): failed" in said
    assert "> add(1.0, 2.0)" in said
    assert "sums.ipynb is not saved yet" in said
    assert "Save (Ctrl+S) first" in lab.says("%submit", "submit")
    assert not list((desk / "exchange").rglob("*.ipynb"))
    save(desk / "work/sums.ipynb", [("setup", LOAD), ("add", ADD), ("check", "%check add")])
    assert "not saved" not in lab.says("%check add", "check")


@pytest.mark.slow
def test_a_deleted_helper_fails_here_as_it_fails_when_graded(lab: Kernel, desk: Path) -> None:
    helper, user = "def plus(x, y):\n    return x + y", "def add(x, y):\n    return plus(x, y)"
    both = [("setup", LOAD), ("helper", helper), ("add", user)]
    save(desk / "work/sums.ipynb", both)
    lab.run(helper, "helper")
    lab.run(user, "add")
    assert "✓ add" in lab.says("%check add", "check")
    save(desk / "work/sums.ipynb", [both[0], both[2]])
    (output,) = lab.run("print(add(1, 2))", "try")
    assert output["text"] == "3\n", "the kernel still has it"
    said = lab.says("%check add", "check")
    assert "✗ add" in said
    assert "name 'plus' is not defined" in said


@pytest.mark.slow
def test_hints_climb_and_begin_anew_once_it_passes(lab: Kernel, course: Course, desk: Path) -> None:
    (course.assignments_dir / "sums/hints.toml").write_text(
        '[add]\nwhere = { en = "Look at the sign." }\nformula = { en = "x + y" }\n'
    )
    notebook = desk / "work/sums.ipynb"
    save(notebook, [("add", WRONG)])
    assert "%hint add" in lab.says("%check", "check")
    first, second, third = (lab.says("%hint", "hint") for _ in range(3))
    assert "Look at the sign." in first
    assert "x + y" not in first
    assert "Look at the sign." in second
    assert "x + y" in second
    assert "no further hint" in third
    assert "no further hint" in lab.says("%hint add", "hint")
    save(notebook, [("add", ADD)])
    assert "A hint for mean_of" in lab.says("%hint", "hint"), "what failed passes now: the next one"
    assert "nothing to hint at" in lab.says("%hint add", "hint")
    lab.says("%check add", "check")
    save(notebook, [("add", WRONG)])
    assert "x + y" not in lab.says("%hint add", "hint")


@pytest.mark.slow
def test_handing_in_gives_a_receipt_for_the_file_on_disk(lab: Kernel, desk: Path) -> None:
    save(desk / "work/sums.ipynb", [("setup", LOAD), ("add", ADD), ("mean", MEAN)])
    said = lab.says("%submit", "submit")
    assert "✓ Handed in: sums" in said
    assert "Receipt: " in said
    assert "Deadline: 2099-12-01" in said
    assert "Warning" not in said
    sent = desk / "exchange/sums/an/sums.ipynb"
    assert sent.read_bytes() == (desk / "work/sums.ipynb").read_bytes()


@pytest.mark.slow
def test_a_renamed_notebook_is_handed_in_under_the_right_name(lab: Kernel, desk: Path) -> None:
    notebook, other = desk / "work/sums.ipynb", desk / "work/Untitled 1.ipynb"
    content = notebook.read_bytes()
    notebook.rename(other)
    try:
        lab.run(f"import os; os.environ['JPY_SESSION_NAME'] = {str(other)!r}", "rename")
        save(other, [("add", ADD), ("mean", MEAN), ("rename", "x = 1")])
        assert "✓ Handed in" in lab.says("%submit", "submit")
        assert (desk / "exchange/sums/an/sums.ipynb").read_bytes() == other.read_bytes()
    finally:
        other.unlink()
        notebook.write_bytes(content)
        lab.run(f"os.environ['JPY_SESSION_NAME'] = {str(notebook)!r}")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("%check ad", 'Did you mean "add"'),
        ("%check \"<b>'", "has no function"),
        ("%assignment sum", 'Did you mean "sums"'),
        ("%assignment", "Name one assignment"),
        ("%assignment sums --lang xx", "There are: en, vi"),
        ("%hint nothing", "has no function"),
    ],
)
def test_a_slip_is_a_sentence(lab: Kernel, typed: str, expected: str) -> None:
    assert expected in lab.says(typed)


@pytest.mark.slow
def test_a_language_for_all_that_follows(lab: Kernel) -> None:
    assert "Tổng và trung bình" in lab.says("%assignment sums --lang vi")
    assert "40 điểm" in lab.says("%check add")
    assert "Sums and means" in lab.says("%assignment sums --lang en")


@pytest.mark.slow
def test_a_hang_ends_by_the_usual_limit(lab: Kernel, desk: Path) -> None:
    save(desk / "work/sums.ipynb", [("add", "def add(x, y):\n    while True: pass")])
    said = lab.says("%check add")
    assert "timed out" in said


@pytest.mark.slow
def test_an_interrupt_stops_the_check_and_what_it_started(lab: Kernel, desk: Path) -> None:
    source = "import time\ndef add(x, y):\n    t = time.time()\n    while time.time() < t + 600: pass"
    save(desk / "work/sums.ipynb", [("add", source)])
    asked = lab.ask("%check add")
    pid = lab.manager.provisioner.pid
    started: set[int] = set()
    end = time.monotonic() + 120
    while len(started) < 2 and time.monotonic() < end:  # the check, and the worker that it started
        started |= descendants(pid)
        time.sleep(0.05)
    began = time.monotonic()
    lab.manager.interrupt_kernel()
    (output,) = lab.answer(asked)
    assert output["output_type"] == "error"
    assert output["traceback"] == ["Stopped."]
    assert time.monotonic() - began < 60
    assert "2" in str(lab.run("1 + 1")), "the kernel lives on"
    assert len(started) >= 2
    assert not [one for one in started if Path(f"/proc/{one}/cmdline").exists() and one in descendants(1)]


@pytest.mark.slow
def test_a_course_that_cannot_be_read_is_a_sentence(lab: Kernel, course: Course) -> None:
    manifest = course.assignments_dir / "sums/assignment.toml"
    text = manifest.read_text("utf-8")
    try:
        manifest.write_text("[assignment\n")
        said = lab.says("%check add")
        assert "assignment.toml" in said
        assert "Traceback" not in said
    finally:
        manifest.write_text(text)
    checks = course.assignments_dir / "sums/test_sums.py"
    text = checks.read_text("utf-8")
    try:
        checks.write_text("import nothing_of_this_name\n")
        said = lab.says("%check add")
        assert "nothing_of_this_name" in said
        assert "Traceback" not in said
    finally:
        checks.write_text(text)


def test_the_kernel_itself_stays_clean(lab: Kernel) -> None:
    (output,) = lab.run("import sys; print({'pytest', 'hypothesis'} & set(sys.modules))")
    assert output["text"] == "set()\n"


@pytest.mark.slow
def test_without_a_frontend_that_tells_anything(course: Course, desk: Path) -> None:
    folder = desk / "bare"
    folder.mkdir()
    with kernel(folder, environment(course, desk)) as running:
        running.run(ADD)  # before the commands are there
        running.run(LOAD)
        running.run(WRONG)
        said = running.says("%check add")
        assert "file of this notebook was not found" in said
        assert "✗ add" in said, "the last definition counts"
        running.run(ADD)
        assert "✓ add" in running.says("%check add")
        assert "Nothing was submitted" in running.says("%submit")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["NBGRADER_VALIDATING", "NBGRADER_EXECUTION"])
def test_under_nbgrader_a_failing_check_is_an_error_and_a_passing_one_silent(
    course: Course, desk: Path, name: str
) -> None:
    folder = desk / name
    folder.mkdir()
    with kernel(folder, environment(course, desk, **{name: "1"})) as running:
        assert running.run(LOAD) == []
        running.run(ADD)
        (output,) = running.run("%check add")
        assert output["output_type"] == "display_data"
        (_shown, error) = running.run("%check mean_of")
        assert (error["output_type"], error["ename"]) == ("error", "ChecksFailed")
        assert "mean_of" in error["evalue"]
        assert len(error["traceback"]) < 20
        assert not any("File " in line for line in error["traceback"])
        (_shown, error) = running.run("%check nothing")
        assert error["ename"] == "ChecksFailed", "what could not be checked does not pass either"


@pytest.mark.slow
def test_loading_again_forgets_nothing_and_listens_once(lab: Kernel) -> None:
    lab.run("%reload_ext autograder\n%load_ext autograder")
    (output,) = lab.run("print(len(get_ipython()._autograder_commands._runs._ran) > 5)")
    assert output["text"] == "True\n"


# -- the notebooks that are handed out --------------------------------------------------------------------------


def executed(text: str, folder: Path, environment: dict[str, str]) -> list[tuple[str, list[str]]]:
    """(id, texts of its outputs) of all cells of code, run top to bottom. Raises where one fails."""
    notebook = read(text)
    client = NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(folder)}})
    client.execute(env=environment)
    outputs = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert all(one.output_type == "display_data" for one in cell.outputs), cell.outputs
            outputs.append((cell.id, [one.data["text/plain"] for one in cell.outputs]))
    return outputs


def solved(text: str, sources: dict[str, str]) -> str:
    """A student's notebook with some of its cells written."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        cell["source"] = sources.get(cell["id"], cell["source"])
    return json.dumps(notebook)


@pytest.mark.slow
@pytest.mark.parametrize("tongue", ["en", "vi"])
def test_the_notebook_of_the_tiny_course_runs_without_an_edit(
    course: Course, desk: Path, tongue: str
) -> None:
    assignment = course.assignment("sums")
    right = {cell.id: cell.source for cell in source_cells(assignment, tongue)}
    half = {id: right[id] for id in ("helpers", "solution-add")}
    folder = desk / f"run-{tongue}"
    folder.mkdir()
    text = solved(rendered(student_notebook(assignment, tongue)), half)
    (folder / "sums.ipynb").write_text(text, encoding="utf-8")
    said = dict(executed(text, folder, environment(course, desk)))
    assert "✓ add" in said["check-add"][0]
    assert ("not written yet" if tongue == "en" else "chưa viết") in said["check-mean_of"][0]
    assert len(said["check-add"]) == len(said["setup"]) == 1


OURS = find_course(ROOT)


@pytest.mark.slow
@pytest.mark.parametrize("tongue", ["en", "vi"])
@pytest.mark.parametrize("id", OURS.assignments)
@pytest.mark.parametrize("mode", ["stub", "half", "reference"])
def test_every_notebook_of_the_course_runs_without_an_edit(
    tmp_path: Path, id: str, tongue: str, mode: str
) -> None:
    assignment = OURS.assignment(id)
    cells = source_cells(assignment, tongue)
    right = {cell.id: cell.source for cell in cells if cell.role in (Role.HELPERS, Role.SOLUTION)}
    ids = list(right)
    kept = {"stub": ids[:0], "half": ids[: (len(ids) + 1) // 2], "reference": ids}[mode]
    text = solved(rendered(student_notebook(assignment, tongue)), {id: right[id] for id in kept})
    (tmp_path / f"{assignment.main_module}.ipynb").write_text(text, encoding="utf-8")
    for id, (said,) in (
        (id, said) for id, said in executed(text, tmp_path, environment(OURS, tmp_path)) if said
    ):
        if id.startswith("check-"):
            written = id.replace("check-", "solution-", 1) in kept
            assert said.startswith("✓" if written else "…"), said


@pytest.mark.slow
@pytest.mark.parametrize("tongue", ["en", "vi"])
def test_what_nbgrader_makes_of_the_source_runs_too_and_validates(
    tmp_path: Path, course: Course, tongue: str
) -> None:
    """`nbgrader generate_assignment` and `nbgrader validate`, the real ones."""
    assignment = course.assignment("sums")
    there = tmp_path / "nbcourse"
    told = environment(course, tmp_path)

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=there if there.is_dir() else tmp_path,
            env=told,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    run("autograder", "release", "--format", "nbgrader", str(there), "--lang", tongue)
    run("nbgrader", "generate_assignment", "sums")
    released = there / "release/sums/sums.ipynb"
    text = released.read_text("utf-8")
    said = dict(executed(text, released.parent, told))
    assert all(said[id] for id in ("check-add", "check-mean_of"))
    assert "failed" in run("nbgrader", "validate", str(released)).lower()
    right = {cell.id: cell.source for cell in source_cells(assignment, tongue)}
    solution = {id: source for id, source in right.items() if id.startswith(("solution-", "helpers"))}
    released.write_text(solved(text, solution), encoding="utf-8")
    assert "Success" in run("nbgrader", "validate", str(released))
    wrong = solution | {"solution-add": "def add(x, y):\n    return x - y"}
    released.write_text(solved(text, wrong), encoding="utf-8")
    told_wrong = run("nbgrader", "validate", str(released))
    assert "Success" not in told_wrong
    assert "add(1.0, 2.0)" in told_wrong

"""How long does a class of notebooks take? nbgrader's own command beside ours, on the same notebooks, in one run.

python -m tests.bench.nbgrader [STUDENTS] [--assignment ID] [--without-kernel-run]

    nbgrader autograde, kernel-run     an nbgrader course as people write them: each notebook is run in a kernel. Its test
                                       cells only ask whether a function is there, so they take next to no time
    nbgrader autograde, our release    the same notebooks in a course made by `autograde release`: no kernel, hidden checks,
                                       explanations, confinement, one notebook after another
    autograde grade --nbgrader         the same again, in lanes; then once more with nothing changed

Whole commands, timed from outside. The marks of the two that grade by our checks are compared.
"""

from __future__ import annotations

import argparse
import ast
import csv
import itertools
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from autograder.course import Course, find_course
from autograder.course.bank import compose, mistakes
from autograder.course.manifest import Assignment
from autograder.release.nbgrader import release

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
Notebook = dict[str, Any]


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("students", type=int, nargs="?", default=20)
    parser.add_argument("--assignment", default=None)
    parser.add_argument("--without-kernel-run", action="store_true", help="leave the slowest row out")
    options = parser.parse_args()
    course = find_course(ROOT)
    assignment = course.assignment(options.assignment or course.assignments[0])
    with tempfile.TemporaryDirectory(prefix="autograde-bench-") as name:
        measure(course, assignment, Path(name), options.students, kernel_run=not options.without_kernel_run)


def measure(course: Course, assignment: Assignment, folder: Path, students: int, *, kernel_run: bool) -> None:
    """Make the courses, grade them, print what it took."""
    id = assignment.id
    ours, lanes, plain = (folder / name for name in ("ours", "lanes", "plain"))
    release(course, [assignment], ours, language="en", force=False)
    command("nbgrader", "generate_assignment", id, cwd=ours)
    hand_in(assignment, ours, students)
    shutil.copytree(ours, lanes)
    times: dict[str, tuple[float, float]] = {}
    if kernel_run:
        run_by_a_kernel(assignment, ours, plain)
        times["nbgrader autograde, kernel-run"] = command("nbgrader", "autograde", id, cwd=plain)
    times["nbgrader autograde, our release"] = command("nbgrader", "autograde", id, cwd=ours)
    grade = ("autograde", "grade", "--nbgrader", str(lanes), "-a", id, "--course", str(course.root))
    times["autograde grade --nbgrader"] = command(*grade, cwd=folder)
    times["autograde grade --nbgrader, again"] = command(*grade, cwd=folder)
    best, least = times["autograde grade --nbgrader"]
    print(f"{id}, {students} notebooks, {os.cpu_count()} processors")
    print(f"  {'':36} {'wall':>10} {'each':>10} {'ratio':>7}   {'processor':>10} {'ratio':>7}")
    for name, (wall, busy) in times.items():
        each = 1000 * wall / students
        print(
            f"  {name:36} {wall:8.1f} s {each:7.0f} ms {wall / best:7.2f}   {busy:8.1f} s {busy / least:7.2f}"
        )
    same = marks(ours) == marks(lanes)
    print(f"  marks of both that grade by our checks: {'the same' if same else 'NOT THE SAME'}")


def command(name: str, *arguments: str, cwd: Path) -> tuple[float, float]:
    """Wall time of a command, and the processor time of all its processes, in seconds."""
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [str(BIN / name), *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{name} {' '.join(arguments)}: {done.stderr[-2000:]}")
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def marks(folder: Path) -> list[tuple[str, str]]:
    """(student, score) in nbgrader's own export."""
    command("nbgrader", "export", cwd=folder)
    with (folder / "grades.csv").open(newline="") as file:
        return sorted((row["student_id"], row["score"]) for row in csv.DictReader(file))


def hand_in(assignment: Assignment, folder: Path, students: int) -> None:
    """A class: one right solution in six, the others with a known mistake each, from the course's bank in turn."""
    reference = assignment.reference_source()
    wrong = [compose(reference, entry.path.read_text("utf-8")) for entry in mistakes(assignment)]
    released: Notebook = json.loads(
        (folder / "release" / assignment.id / f"{assignment.id}.ipynb").read_text("utf-8")
    )
    of_bank = itertools.cycle(wrong or [reference])
    for number in range(students):
        source = reference if number % 6 == 0 else next(of_bank)
        place = folder / "submitted" / f"s{number:04d}" / assignment.id
        place.mkdir(parents=True)
        (place / f"{assignment.id}.ipynb").write_text(json.dumps(filled(released, source)), "utf-8")
        (place / "timestamp.txt").write_text("2026-11-21 10:00:00 UTC")


def filled(released: Notebook, source: str) -> Notebook:
    """The released notebook with the definitions of a file in their cells, and the rest of it with the helpers."""
    notebook: Notebook = json.loads(json.dumps(released))
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    lines = source.splitlines()
    helpers: list[str] = []
    for node in ast.parse(source).body:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(one.lineno for one in decorators)])
        text = "\n".join(lines[first - 1 : node.end_lineno])
        cell = cells.get(f"solution-{getattr(node, 'name', '')}")
        if cell is None:
            helpers.append(text)
        else:
            cell["source"] = text
    cells["helpers"]["source"] = "\n\n\n".join(helpers)
    return notebook


def run_by_a_kernel(assignment: Assignment, ours: Path, plain: Path) -> None:
    """The same course without us: nbgrader's defaults, tests that a kernel runs, the same submissions."""
    id = assignment.id
    source = ours / "source" / id / f"{id}.ipynb"
    notebook: Notebook = json.loads(source.read_text("utf-8"))
    (plain / "source" / id).mkdir(parents=True)
    (plain / source.relative_to(ours)).write_text(json.dumps(without_us(notebook)), "utf-8")
    (plain / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'plain'\n")
    command("nbgrader", "generate_assignment", id, cwd=plain)
    for path in (ours / "submitted").glob(f"*/{id}/{id}.ipynb"):
        target = plain / path.relative_to(ours)
        target.parent.mkdir(parents=True)
        target.write_text(json.dumps(without_us(json.loads(path.read_text("utf-8")))), "utf-8")


def without_us(notebook: Notebook) -> Notebook:
    """Cells of ours become what an instructor would write: a test for each function. nbgrader puts it back when grading."""
    notebook["cells"] = [
        cell for cell in notebook["cells"] if cell["id"] != "setup" and not cell["id"].startswith("check-")
    ]
    for cell in notebook["cells"]:
        if cell["id"].startswith("marks-"):
            name = cell["id"].removeprefix("marks-").partition("-")[0]
            cell["source"] = f"### BEGIN HIDDEN TESTS\nassert callable({name})\n### END HIDDEN TESTS"
    return notebook


if __name__ == "__main__":
    main()

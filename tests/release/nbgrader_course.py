"""A real nbgrader course for tests: released by us, worked on by nbgrader's own commands, each in a process of its own."""

from __future__ import annotations

import copy
import csv
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.course import Assignment, Course
from autograder.release import Released
from autograder.release.nbgrader import release

Notebook = dict[str, Any]
BIN = Path(sys.executable).parent


class NbgraderCourse:
    """The folder of an nbgrader course, and what an instructor and students do in it."""

    def __init__(self, root: Path, course: Course) -> None:
        self.root = root
        self.course = course

    def release(self, *ids: str, language: str = "en", force: bool = False) -> Released:
        chosen = [self.course.assignment(id) for id in ids or self.course.assignments]
        return release(self.course, chosen, self.root, language=language, force=force)

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """An nbgrader command, whatever comes of it. nbgrader looks for its own tools on the PATH."""
        around = {
            **os.environ,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "JUPYTER_CONFIG_DIR": str(self.root / ".jupyter"),
            **environment,
        }
        return subprocess.run(
            [str(BIN / "nbgrader"), *command],
            cwd=self.root,
            env=around,
            capture_output=True,
            text=True,
            timeout=1200,
        )

    def nbgrader(self, *command: str, **environment: str) -> str:
        """An nbgrader command that has to succeed; what it said."""
        done = self.run(*command, **environment)
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout + done.stderr

    def notebook(self, step: str, assignment: str, student: str = ".") -> Notebook:
        read: Notebook = json.loads(
            (self.root / step / student / assignment / f"{assignment}.ipynb").read_text("utf-8")
        )
        return read

    def solved(self, assignment: str, *functions: str) -> Notebook:
        """The released notebook with these functions, and all helpers, as the reference has them."""
        source = {cell["id"]: cell["source"] for cell in self.notebook("source", assignment)["cells"]}
        made = copy.deepcopy(self.notebook("release", assignment))
        wanted = {"helpers", *(f"solution-{name}" for name in functions)} if functions else set()
        for cell in made["cells"]:
            if cell["id"] in wanted:
                cell["source"] = source[cell["id"]]
        return made

    def hand_in(self, student: str, assignment: str, notebook: Notebook | bytes) -> None:
        folder = self.root / "submitted" / student / assignment
        folder.mkdir(parents=True, exist_ok=True)
        data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
        (folder / f"{assignment}.ipynb").write_bytes(data)
        (folder / "timestamp.txt").write_text("2026-11-21 10:00:00 UTC")

    def exported(self, assignment: str) -> dict[str, float]:
        """Student → score in nbgrader's own CSV."""
        self.nbgrader("export")
        with (self.root / "grades.csv").open(newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["assignment"] == assignment]
        return {row["student_id"]: float(row["score"]) for row in rows}

    def ours(self, assignment: str, into: Path) -> dict[str, float]:
        """Student → score when `autograde grade` gets the same files."""
        for folder in sorted((self.root / "submitted").iterdir()):
            notebook = folder / assignment / f"{assignment}.ipynb"
            if notebook.is_file():
                (into / folder.name).mkdir(parents=True)
                (into / folder.name / notebook.name).write_bytes(notebook.read_bytes())
        reports = into.parent / f"{into.name}-reports"
        command = [BIN / "autograde", "grade", into, "--assignment", assignment, "--output", reports]
        done = subprocess.run(
            [*command, "--course", self.course.root, "--jobs", "1", "--json"],
            capture_output=True,
            text=True,
            timeout=1200,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return {report["student"]: report["score"] for report in json.loads(done.stdout)["reports"]}


def marks(notebook: Notebook) -> dict[str, Mapping[str, Any]]:
    """The graded cells of a notebook, by grade_id."""
    cells = {cell["metadata"].get("nbgrader", {}).get("grade_id", ""): cell for cell in notebook["cells"]}
    return {id: cell for id, cell in cells.items() if id.startswith("marks-")}


def top_level(assignment: Assignment) -> list[str]:
    """The functions and classes that are written in a cell each."""
    return list(dict.fromkeys(function.name.partition(".")[0] for function in assignment.functions))

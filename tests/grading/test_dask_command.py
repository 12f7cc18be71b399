"""`autograde grade --engine dask`: the same results.json, and no option that means nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course

from .conftest import RIGHT
from .dask_cluster import ROOT, Cluster


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--scheduler", "tcp://127.0.0.1:8786"], "--scheduler is for --engine dask."),
        (["--engine", "dask", "--jobs", "2"], "--jobs is for lanes of this machine"),
        (["--engine", "slurm"], "is not one of"),
    ],
)
def test_options_that_do_not_fit(course: Course, tmp_path: Path, options: list[str], said: str) -> None:
    command = ["grade", str(tmp_path), "-a", "chain", "--course", str(course.root), *options]
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *command],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert said in done.stderr


def grade(course: Course, folder: Path, where: Path, *options: str) -> tuple[dict[str, Any], str]:
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", str(folder), "-a", "chain", "--course", str(course.root),
         "--output", str(where), "--gradebook", str(where) + ".db", "--json", *options],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    for report in found["reports"]:
        report["seconds"] = 0
    return found, done.stderr


@pytest.mark.slow
def test_the_results_are_those_of_a_local_run(course: Course, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    folder = tmp_path / "handed_in"
    for number in range(24):
        student = folder / f"s{number:02d}"
        student.mkdir(parents=True)
        source = RIGHT if number % 3 else RIGHT.replace("x / 2", "x / 3")
        (student / "chain.py").write_text(f"{source}# {number}\n")
    local, _errors = grade(course, folder, tmp_path / "local")
    cluster = Cluster(tmp_path / "dask")
    try:
        cluster.worker("a")
        cluster.worker("b")
        far = ("--engine", "dask", "--scheduler", str(cluster.file))
        found, errors = grade(course, folder, tmp_path / "far", *far)
        assert found == local
        assert errors == ""
        # What is kept counts for both: the second run asks nobody for anything.
        again, _errors = grade(course, folder, tmp_path / "far")
        assert again == local
    finally:
        cluster.close()

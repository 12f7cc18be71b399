"""A course whose submissions read data: each command sees /data, whoever reads it, the reference too."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.kernel import needs_namespaces

from .conftest import Told, autograde
from .test_isolation_command import told_without

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can hold anybody back")

RIGHT = """
    import csv
    from pathlib import Path

    import numpy as np


    def hottest(name):
        # BEGIN SOLUTION
        with open(f"/data/{name}.csv") as file:
            return max(float(row["celsius"]) for row in csv.DictReader(file))
        # END SOLUTION


    def stations():
        # BEGIN SOLUTION
        return sorted(path.stem for path in Path("/data").iterdir())
        # END SOLUTION


    def saved(x):
        # BEGIN SOLUTION
        np.save("x.npy", np.asarray(x, dtype=float))
        return np.load("x.npy")
        # END SOLUTION
"""
WRONG = """
    '''The lowest.'''
    import os
    import numpy as np

    COSTS = ["hottest"]
    EXPLANATION = {"en": "That is the lowest."}

    def hottest(name):
        return np.min(np.genfromtxt("/data/" + name + ".csv", delimiter=",", skip_header=1)[:, 1])

    def stations():
        return sorted(os.path.splitext(name)[0] for name in os.listdir("/data"))
"""
CHECKS = """
    import pytest
    from autograder.checks import check_close, check_same

    @pytest.mark.function("hottest")
    def test_hottest(student{reference}):
        \"\"\"the highest of the week\"\"\"
        {hottest}

    @pytest.mark.function("stations")
    def test_stations(student{reference}):
        \"\"\"one for each file\"\"\"
        check_close(student.stations(), ["north"])

    @pytest.mark.function("saved")
    def test_saved(student{reference}):
        \"\"\"what was written is read\"\"\"
        check_close(student.saved([1.0, 2.0]), [1.0, 2.0])
"""


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text).lstrip(), "utf-8")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    public, hidden = root / "assignments", root / "solutions" / "weather"
    # Workers of root give up its id, and pytest's folders are for one user only.
    for folder in (root, *root.parents):
        if folder.owner() == root.owner() and os.geteuid() == 0 and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    write(
        public / "course.toml",
        """
        [course]
        id = "data"
        title = { en = "Data" }
        languages = ["en"]
        assignments = ["weather"]
        """,
    )
    functions = "".join(
        f'[[function]]\nname = "{name}"\npoints = {points}\n'
        for name, points in (("hottest", 50), ("stations", 20), ("saved", 30))
    )
    head = '[assignment]\nid = "weather"\nversion = "1"\nfeedback = "call"\nfiles = ["weather.py"]\n'
    write(
        public / "weather/assignment.toml",
        head + 'profile = "files"\ndata = "data"\n[assignment.title]\nen = "Weather"\n' + functions,
    )
    write(public / "weather/data/north.csv", "day,celsius\nmon,10\ntue,33\nwed,20\n")
    write(public / "weather/README.md", "# Weather\n")
    write(
        public / "weather/test_weather.py",
        CHECKS.format(reference="", hottest='check_close(student.hottest("north"), 33.0)'),
    )
    same = 'check_same(student, reference, "hottest", [("north",)])'
    write(hidden / "hidden/test_weather.py", CHECKS.format(reference=", reference", hottest=same))
    write(hidden / "weather.py", RIGHT)
    write(hidden / "mistakes/lowest.py", WRONG)
    write(root / "solutions/secret.key", "ab" * 32 + "\n")
    told = autograde("stubs", "--course", root)
    assert told.code == 0, told.err
    return root


@pytest.fixture
def submissions(course: Path, tmp_path: Path) -> Path:
    write(tmp_path / "in/right/weather.py", RIGHT)
    write(tmp_path / "in/wrong/weather.py", RIGHT.replace("max(", "min("))
    write(tmp_path / "in/stub/weather.py", (course / "assignments/weather/weather.py").read_text("utf-8"))
    return tmp_path / "in"


@needs_namespaces
def test_the_course_can_be_proven(course: Path) -> None:
    told = autograde("verify", "--course", course, "--input-sets", "1")
    assert told.code == 0, told.out


@needs_namespaces
def test_data_decide_the_marks(course: Path, submissions: Path, tmp_path: Path) -> None:
    told = autograde("grade", submissions, "-a", "weather", "-o", tmp_path / "out", "--course", course)
    assert told.code == 0, told.err
    results = json.loads((tmp_path / "out/results.json").read_text("utf-8"))
    scores = {report["student"]: report["score"] for report in results["reports"]}
    assert scores == {"right": 100, "wrong": 50, "stub": 0}


@needs_namespaces
def test_students_and_authors_see_them_too(course: Path, submissions: Path) -> None:
    told = autograde("check", "weather", "--course", course, cwd=submissions / "right")
    assert told.code == 0, told.out
    file = submissions / "right/weather.py"
    told = autograde("try", "hottest", "--against", file, "--course", course)
    assert told.code == 0, told.out
    assert os.listdir(submissions / "right") == ["weather.py"], "what it writes goes elsewhere"


def test_without_namespaces_there_is_no_such_place(course: Path, submissions: Path, tmp_path: Path) -> None:
    arguments = ("grade", submissions, "-a", "weather", "-o", tmp_path / "out", "--course", course)
    told: Told = told_without("namespaces", *arguments)
    assert told.code == 3
    assert "without namespaces, root, files profile" in told.err
    assert "without them there is no /data" in told.err
    assert "system calls should have stopped" not in told.err

"""A course of another field, written from docs/author.md alone, works through the command line.

The engine must know nothing of any particular course: this one has physics, statistics and a class with a method row.
"""

import csv
import functools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COURSE = ROOT / "tests" / "second_course"

# Each list of changes makes a wrong solution of the reference.  The marks by hand, points times weight / weights:
#
# projectile: the time to the top instead of the whole flight, and a path without its landing
#   flight_time        0     of 20   each of its checks wants the whole time
#   horizontal_range  25     of 25   right once the reference stands in for flight_time, which it needs
#   trajectory        10     of 30   test_shape (1 of 3) stays; test_path (2 of 3) fails with the right time as well
#   launch_angle      25     of 25   needs horizontal_range, which needs flight_time
#                     60
# describing_data: N for N - 1 in the variance, and counts that are replaced instead of added to
#   mean              10     of 10
#   sample_variance    6.25  of 25   only the ValueError (1 of 4) is right
#   standardise       20     of 20   right with the reference's sample_variance
#   correlation       20     of 20   needs standardise, which needs sample_variance
#   Histogram         10     of 10
#   Histogram.add     11.25  of 15   test_counts (2 of 4) and test_values_on_edges (1 of 4); test_adds_up fails
#                     77.5
WRONG: dict[str, list[tuple[str, str]]] = {
    "projectile": [
        ("return 2 * np.asarray", "return np.asarray"),
        ("flight_time(speed, angle, g), n)", "flight_time(speed, angle, g), n, endpoint=False)"),
    ],
    "describing_data": [
        ("mean(x)) ** 2) / (len(x) - 1)", "mean(x)) ** 2) / len(x)"),
        ("self.counts += ", "self.counts = "),
    ],
}
MARKS: dict[str, dict[str, float]] = {
    "projectile": {"flight_time": 0, "horizontal_range": 25, "trajectory": 10, "launch_angle": 25},
    "describing_data": {
        "mean": 10,
        "sample_variance": 6.25,
        "standardise": 20,
        "correlation": 20,
        "Histogram": 10,
        "Histogram.add": 11.25,
    },
}
TOTALS = {"projectile": 60, "describing_data": 77.5}


def autograde(*arguments: str | Path, course: Path = COURSE, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as an author does, away from the repository and its own course."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "autograder", *map(str, arguments), "--course", str(course)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8")


@functools.cache
def names_in(course: Path) -> frozenset[str]:
    """The ids of a course and of its assignments."""
    listed = json.loads(autograde("list", "--json", course=course, cwd=course).stdout)
    return frozenset([listed["course"], *(assignment["id"] for assignment in listed["assignments"])])


def foreign_names(shown: str) -> list[str]:
    """The names of the first course that occur in what was shown."""
    foreign = names_in(ROOT) - names_in(COURSE)
    assert foreign
    return [name for name in sorted(foreign) if re.search(rf"\b{re.escape(name)}\b", shown)]


def wrong_solution(assignment: str) -> str:
    text = (COURSE / "solutions" / assignment / f"{assignment}.py").read_text(encoding="utf-8")
    for right, wrong in WRONG[assignment]:
        assert text.count(right) == 1, f"the reference of {assignment} has changed: {right!r}"
        text = text.replace(right, wrong)
    return text


def test_the_course_is_sound(tmp_path: Path) -> None:
    done = autograde("verify", "--input-sets", "1", "--wrong", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    for assignment in WRONG:
        assert re.search(rf"^{assignment}: (\d+) of \1 rows are true\.$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("assignment", list(WRONG))
def test_a_right_and_a_wrong_student_get_their_marks(assignment: str, tmp_path: Path) -> None:
    reference = (COURSE / "solutions" / assignment / f"{assignment}.py").read_text(encoding="utf-8")
    for student, text in (("right", reference), ("wrong", wrong_solution(assignment))):
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / f"{assignment}.py").write_text(text, encoding="utf-8")
    done = autograde("grade", "class", "-a", assignment, "-o", "reports", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr

    with (tmp_path / "reports" / "marks.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert rows.keys() == {"right", "wrong"}
    assert {row["status"] for row in rows.values()} == {"graded"}
    assert float(rows["right"]["score"]) == 100
    assert {name: float(rows["wrong"][name]) for name in MARKS[assignment]} == MARKS[assignment]
    assert float(rows["wrong"]["score"]) == TOTALS[assignment] == sum(MARKS[assignment].values())

    pages = "".join(page.read_text(encoding="utf-8") for page in (tmp_path / "reports").iterdir())
    assert foreign_names(done.stdout + done.stderr + pages) == []


def test_a_student_meets_this_course_only(tmp_path: Path) -> None:
    assert names_in(COURSE) == {"first-year-science", *WRONG}

    started = autograde("start", "describing_data", cwd=tmp_path)
    assert started.returncode == 0, started.stderr
    files = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "describing_data").iterdir()}
    assert files.keys() == {"README.md", "describing_data.py", "test_describing_data.py"}
    assert foreign_names("".join([started.stdout, started.stderr, *files.values()])) == []

    refused = autograde("start", min(names_in(ROOT) - names_in(COURSE)), cwd=tmp_path)
    assert refused.returncode == 2
    assert all(assignment in refused.stderr for assignment in WRONG)

"""`autograde regrade` with real lanes: a change of the suite, what it does to a class, and publishing it."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import closing
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.gradebook.address import address
from autograder.gradebook.recorder import Recorder
from autograder.gradebook.store import Store
from autograder.grading.expected import versions
from autograder.grading.many import grade_many
from autograder.grading.submission import Submission
from autograder.sandbox.isolation import isolation
from tests.cli.conftest import Run

# The suite of `tiny_course`: add 40 points, of which "element by element" (weight 1) has 26.67 and "the arguments stay
# unchanged" (weight 0.5) 13.33; mean_of 60 points in one check.
RIGHT = """import numpy as np
def add(x, y):
    return np.asarray(x, float) + y
def mean_of(x, y):
    return np.mean(add(x, y))
"""
SUM = RIGHT.replace("np.mean", "np.sum")
IN_PLACE = RIGHT.replace("return np.asarray(x, float) + y", "x = np.asarray(x)\n    x += y\n    return x")
KINDS = {"right": RIGHT, "sum": SUM, "in-place": IN_PLACE}


def grade_class(course: Course, sources: dict[str, str]) -> None:
    """Grade them for real, into the course's own gradebook."""
    assignment = course.assignment("sums")
    record = isolation(assignment).record(allowed=True)
    with (
        Store.open(address(course.id)) as store,
        closing(Recorder(store, course.id, "sums", versions(assignment), record)) as recorder,
    ):
        submissions = (
            recorder.hand_in(Submission(student, {"sums.py": source.encode()}))
            for student, source in sources.items()
        )
        reports = list(grade_many(course, assignment, submissions, journal=recorder, isolation=record))
    assert {report.status.value for report in reports} == {"graded"}


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def move_points(course: Course) -> None:
    """50 for each function, in place of 40 and 60."""
    manifest = course.assignment("sums").manifest_path
    change(manifest, "points = 40", "points = 50")
    change(manifest, "points = 60", "points = 50")


def shown(run: Run, *arguments: str) -> dict[str, object]:
    told = run("regrade", "-a", "sums", "--allow-weak-isolation", "--json", *arguments)
    assert told.code == 0, told.err
    return told.json


def before_and_after(found: dict[str, object], kind: str) -> dict[str, tuple[object, object]]:
    rows = found[kind]
    assert isinstance(rows, list)
    return {row["student"]: (row["before"], row["after"]) for row in rows}


def test_points_are_moved(
    run: Run, tiny_course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before: right 100, sum 40 (add alone). After: right 100, sum 50."""
    grade_class(tiny_course, {"an": RIGHT, "<b>binh</b>": SUM, "=chi": SUM})
    found = shown(run)
    assert (found["graded"], found["up_to_date"], found["results"]) == (0, 3, 0)
    assert "There is nothing to publish." in run("regrade", "-a", "sums").out
    move_points(tiny_course)
    out = tmp_path / "diff"
    told = run("regrade", "-a", "sums", "--allow-weak-isolation", "--output", str(out))
    assert told.code == 0, told.err
    assert "Graded again, since another version had made them: 3 of 3 results." in told.out
    assert re.search(r"suite \S+ → ", told.out)
    assert "Not published: the old marks count." in told.out
    # Once more: nothing is graded.
    found = shown(run)
    assert (found["graded"], found["ready"]) == (0, 3)
    assert before_and_after(found, "gain") == {"<b>binh</b>": (40, 50), "=chi": (40, 50)}
    assert (found["lose"], found["unchanged"], found["published"]) == ([], 1, False)
    page = (out / "regrade.html").read_text("utf-8")
    assert "&lt;b&gt;binh" in page
    assert "<b>binh" not in page
    rows = list(csv.DictReader((out / "regrade.csv").open(encoding="utf-8")))
    assert [(row["student"], row["before"], row["after"], row["change"]) for row in rows] == [
        ("<b>binh</b>", "40", "50", "10"),
        ("'=chi", "40", "50", "10"),
    ]
    # Nobody is there to say yes.
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    told = run("regrade", "-a", "sums", "--publish")
    assert told.code == 2
    assert "Say --yes" in told.err
    assert json.loads(run("marks", "-a", "sums", "--json").out)["marks"][0]["score"] == 40
    found = shown(run, "--publish", "--yes", "--as", "dung", "--reason", "more for add")
    assert (found["published"], found["results"]) == (True, 3)
    assert json.loads(run("marks", "-a", "sums", "--json").out)["marks"][0]["score"] == 50
    trail = [json.loads(line) for line in run("audit", "-a", "sums", "--json").out.splitlines()]
    assert [(one["action"], one["student"], one["author"], one["reason"]) for one in trail] == [
        ("regrade", "", "dung", "more for add"),
        ("mark regraded", "<b>binh</b>", "dung", "more for add"),
        ("mark regraded", "=chi", "dung", "more for add"),
    ]
    assert run("regrade", "-a", "sums", "--publish", "--yes").code == 0
    assert len(run("audit", "-a", "sums", "--json").out.splitlines()) == 3


@pytest.mark.slow
def test_what_never_lower_kept_is_not_offered_again_by_regrade_nor_lowered_by_grade(
    run: Run, tiny_course: Course, tmp_path: Path
) -> None:
    """Before: right 100, sum 40 (add alone). The sum is right now: an falls to 40, binh rises to 100."""
    grade_class(tiny_course, {"an": RIGHT, "binh": SUM})
    change(tiny_course.assignment("sums").reference_path, "np.mean(add(x, y))", "np.sum(add(x, y))")
    run("regrade", "-a", "sums", "--allow-weak-isolation")
    told = run("regrade", "-a", "sums", "--publish", "--yes", "--never-lower")
    assert (
        "Kept from now on, whatever is graded or published, until the suite changes again: 1 results."
        in told.out
    )
    final = {"an": 100, "binh": 100}

    def marks() -> dict[str, int]:
        return {
            one["student"]: one["score"]
            for one in json.loads(run("marks", "-a", "sums", "--json").out)["marks"]
        }

    assert marks() == final
    told = run("regrade", "-a", "sums", "--publish", "--yes", "--output", str(tmp_path / "diff"))
    assert "as --never-lower decided (1): an. --reconsider offers them again." in told.out
    assert "There is nothing to publish." in told.out
    page = (tmp_path / "diff" / "regrade.html").read_text("utf-8")
    assert "Results that were kept before" in page
    assert shown(run)["kept_before"] == ["an"]
    assert marks() == final
    handed = tmp_path / "handed"
    for student, source in (("an", RIGHT), ("binh", SUM)):
        (handed / student).mkdir(parents=True)
        (handed / student / "sums.py").write_text(source)
    told = run("grade", str(handed), "-a", "sums", "-o", str(tmp_path / "out"), "--allow-weak-isolation")
    assert told.code == 0, told.err
    assert "results of suite" not in told.err
    assert marks() == final
    assert before_and_after(shown(run, "--reconsider"), "lose") == {"an": (100, 40)}
    run("regrade", "-a", "sums", "--publish", "--yes", "--reconsider")
    assert marks() == {"an": 40, "binh": 100}


def test_without_a_gradebook_or_results_it_says_what_to_do(run: Run, tiny_course: Course) -> None:
    told = run("regrade", "-a", "sums")
    assert told.code == 0
    assert "There is no result yet: run `autograde grade`." in told.out
    assert run("regrade", "-a", "sumz").code == 2


@pytest.mark.slow
def test_a_class_of_300(run: Run, tiny_course: Course) -> None:
    """A check is changed, points are moved, and a reference is corrected; who gains and who loses is worked out by hand.

    100 students each hand in
      right     add and mean_of as the reference                       100
      sum       mean_of is the sum                                     add 40                    =  40
      in place  add writes into its first argument: "the arguments stay unchanged" fails, 13.33 of 40 points;
                "element by element" passes and mean_of is right, so   26.67 + 60               =  86.67

    1. a check is changed: "the arguments stay unchanged" gets weight 1 in place of 0.5, so 20 of 40 points
         in place  20 + 60 = 80: loses 6.67           right, sum: as before
    2. points are moved: 50 and 50
         sum       50: gains 10                        in place  25 + 50 = 75: loses 5
    3. the reference is corrected: it is the sum that was wanted
         right     50: loses 50     sum  100: gains 50    in place  25 + 0 = 25: loses 50
    """
    students = {f"s{n:03}": list(KINDS.values())[n % 3] + f"# {n}\n" for n in range(300)}
    grade_class(tiny_course, students)
    kind = {f"s{n:03}": list(KINDS)[n % 3] for n in range(300)}
    assignment = tiny_course.assignment("sums")

    def expect(
        gain: dict[str, tuple[float, float]], lose: dict[str, tuple[float, float]], unchanged: int
    ) -> None:
        found = shown(run, "--publish", "--yes")
        assert (found["graded"], found["results"], found["unchanged"]) == (300, 300, unchanged)
        for which, expected in (("gain", gain), ("lose", lose)):
            by_hand = {student: expected[kind[student]] for student in students if kind[student] in expected}
            assert before_and_after(found, which) == by_hand
        assert shown(run)["graded"] == 0

    change(assignment.hidden_dir / "test_sums.py", "weight(0.5)", "weight(1)")
    expect({}, {"in-place": (86.67, 80)}, 200)
    move_points(tiny_course)
    expect({"sum": (40, 50)}, {"in-place": (80, 75)}, 100)
    change(assignment.reference_path, "np.mean(add(x, y))", "np.sum(add(x, y))")
    expect({"sum": (50, 100)}, {"right": (100, 50), "in-place": (75, 25)}, 0)

"""demo: a made-up class in one command, with the accidents of every class in it."""

from __future__ import annotations

import json
from pathlib import Path

from autograder.course import Course

from .conftest import Run


def test_a_class_graded_with_its_reports(run: Run, desk: Path, tiny_course: Course) -> None:
    manifest = tiny_course.assignments_dir / "sums" / "assignment.toml"
    text = manifest.read_text("utf-8").replace("[limits]", "[limits]\ncall_seconds = 0.5")
    manifest.write_text(text, encoding="utf-8")
    told = run("demo", "--students", "10")
    assert told.code == 0, told.err
    reports = desk / "demo" / "sums" / "reports"
    results = json.loads((reports / "results.json").read_text("utf-8"))["reports"]
    assert len(results) == 10
    assert {report["status"] for report in results} == {"graded", "ungradable"}
    outcomes = {function["outcome"] for report in results for function in report["functions"]}
    assert outcomes >= {"passed", "failed", "not_written", "timed_out"}
    for report in results:
        assert (reports / report["file"]).is_file()
        assert report["student"].split()[0] in told.out
    assert str(Path("demo", "sums", "reports", "class.html")) in told.out
    messages = " ".join(report["message"] or "" for report in results)
    for words in ("line", "Rename your file", "Remove sums.ipynb"):
        assert words in messages
    again = run("demo", "--students", "3", "--jobs", "1")
    assert again.code == 0
    assert len(list((desk / "demo" / "sums" / "submissions").iterdir())) == 3


def test_it_deletes_nothing_that_is_not_its_own(run: Run, desk: Path) -> None:
    (desk / "demo" / "sums").mkdir(parents=True)
    (desk / "demo" / "sums" / "mine.txt").write_text("mine", encoding="utf-8")
    told = run("demo")
    assert told.code == 2
    assert "--output" in told.err
    assert (desk / "demo" / "sums" / "mine.txt").read_text("utf-8") == "mine"


def test_students_cannot_run_it(run: Run, desk: Path, tiny_course: Course) -> None:
    tiny_course.solutions_dir.rename(tiny_course.root / "away")
    told = run("demo")
    assert told.code == 2
    assert "solutions/" in told.err
    assert not (desk / "demo").exists()

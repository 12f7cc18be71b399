"""Many submissions: whatever one of them does to the machinery, the others get their marks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grading.journal import Journal, key
from autograder.grading.many import grade_many, versions
from autograder.grading.submission import Submission
from autograder.model import Outcome, Status

from .conftest import RIGHT

KILLS_ITS_PARENT = RIGHT.replace("return x / 2", "import os, signal; os.kill(os.getppid(), signal.SIGKILL)")


def submission(student: str, source: str = RIGHT) -> Submission:
    return Submission(student, {"chain.py": source.encode()})


def test_reports_come_for_everyone_whatever_the_number_of_lanes(course: Course) -> None:
    students = [submission(f"s{number}") for number in range(5)]
    for jobs in (1, 2, 3):
        reports = list(grade_many(course, course.assignment("chain"), students, jobs=jobs))
        assert sorted(report.student for report in reports) == [f"s{number}" for number in range(5)]
        assert {report.score for report in reports} == {10_000}


@pytest.mark.parametrize("student", ["..", "-rf", "a\nb", "\udcff\udcfe", "x" * 255, "class", "Nguyễn"])
def test_ids_come_back_as_they_went(course: Course, student: str) -> None:
    (report,) = grade_many(course, course.assignment("chain"), [submission(student)], jobs=1)
    assert report.student == student
    assert report.score == 10_000


def test_one_that_kills_the_machinery_hurts_nobody_else(course: Course) -> None:
    students = [submission("a"), submission("b", KILLS_ITS_PARENT), submission("c"), submission("d")]
    reports = {r.student: r for r in grade_many(course, course.assignment("chain"), students, jobs=1)}
    assert {name: report.score for name, report in reports.items() if name != "b"} == {
        "a": 10_000,
        "c": 10_000,
        "d": 10_000,
    }
    # Once the kernel confines workers this cannot happen any more; until then it costs the one who tries. Whether the call
    # still returns before the worker follows its parent is up to the scheduler.
    assert reports["b"].functions[0].outcome in (Outcome.CRASHED, Outcome.FAILED)
    assert reports["b"].functions[0].score == 0


def test_the_journal_spares_what_is_done_and_forgets_faults_of_ours(course: Course, tmp_path: Path) -> None:
    assignment = course.assignment("chain")
    students = [submission("a"), submission("b", RIGHT + "# b\n")]
    journal = Journal(tmp_path)
    first = {r.student: r for r in grade_many(course, assignment, students[:1], jobs=1, journal=journal)}
    journal.add(
        key(students[1], versions(assignment)), replace(first["a"], student="b", status=Status.SYSTEM_ERROR)
    )
    journal.close()
    # Half a line, as a crash leaves it.
    with open(tmp_path / ".journal.jsonl", "a", encoding="utf-8") as file:
        file.write('{"key": "1234", "rep')
    journal = Journal(tmp_path)
    now = versions(assignment)
    assert journal.report(key(students[0], now)) == first["a"]
    assert journal.report(key(students[1], now)) is None
    assert journal.report(key(submission("a", RIGHT + "\n"), now)) is None
    assert journal.report(key(students[0], {**now, "suite": "2+0"})) is None
    journal.add("new", first["a"])
    journal.close()
    assert Journal(tmp_path).report("new") == first["a"]

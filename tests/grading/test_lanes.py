"""Whatever a lane does, the process outside goes on: the others get their marks, and nobody gets what was not earned.

The lanes here are fakes, which misbehave on purpose; see fake_lane.py.
"""

from __future__ import annotations

import copy
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgpack
import pytest

from autograder.course import Course
from autograder.errors import CourseError, SystemFault
from autograder.grading import many, process
from autograder.grading.many import grade_many
from autograder.grading.submission import Submission
from autograder.language import say
from autograder.model import GradeReport, Outcome, Status

from .reports import graded, ready, sent, submission

Run = Callable[..., dict[str, GradeReport]]
SECONDS = 60.0
"""What a fake lane has for one submission."""

LITTLE = 5.0
"""The same where all of it is waited for."""


@pytest.fixture
def run(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run(always={"b": trick})` grades a, b and c with fake lanes."""
    root = str(Path(__file__).parents[2])

    def run(
        students: list[Submission] | None = None,
        always: dict[str, str] | None = None,
        once: dict[str, str] | None = None,
        reports: dict[str, Any] | None = None,
        jobs: int = 1,
        seconds: float = SECONDS,
        **more: Any,
    ) -> dict[str, GradeReport]:
        given = [submission(name) for name in "abc"] if students is None else students
        honest = {one.student: sent(graded(course, one)) for one in given}
        plan = {
            "ready": ready(course),
            "reports": honest | (reports or {}),
            "always": always or {},
            "once": once or {},
            **more,
        }
        path = tmp_path / "plan"
        path.write_bytes(msgpack.packb(plan))
        command = [sys.executable, str(Path(__file__).with_name("fake_lane.py")), str(path)]
        monkeypatch.setattr(many, "lane_command", lambda *_: command)
        monkeypatch.setenv("PYTHONPATH", root)
        limits = course.assignment("chain").limits
        monkeypatch.setattr(many, "_SPARE_SECONDS", seconds - 3.5 * limits.submission_seconds)
        found = list(grade_many(course, course.assignment("chain"), given, jobs=jobs))
        assert sorted(report.student for report in found) == sorted(one.student for one in given)
        return {report.student: report for report in found}

    return run


def starts(tmp_path: Path) -> int:
    return (tmp_path / b"start".hex()).stat().st_size


def reason(report: GradeReport) -> str:
    assert report.message is not None
    return say(report.message, "en")


def test_honest_lanes_are_believed_and_kept(run: Run, tmp_path: Path) -> None:
    students = [submission(f"s{number}") for number in range(6)]
    for jobs in (1, 2):
        reports = run(students, jobs=jobs)
        assert {report.score for report in reports.values()} == {10_000}
        assert not any(report.notices for report in reports.values())
    # One lane, then two; the second of these may be ended before it has begun, where the first has done everything.
    assert starts(tmp_path) in (2, 3)


TRICKS = {
    "ends": "it ended",
    "ends after half a report": "it ended",
    "says nothing": "did not end in time",
    "sends noise": "a message of",
    "sends a frame of noise": "no message",
    "announces a terabyte": "a message of 1099511627776 bytes",
    "floods its reports": "",
    "floods its errors": "errors without end",
    "sends nothing": "it sent nothing",
    "sends a number": "the answer has not the parts",
    "reports an error": "the answer has not the parts",
    "says that it is ready": "the answer has not the parts",
    "reports twice": "more than one",
    "sends a million parts": "too many parts",
    "sends a deep tree": "nested too deeply",
}


@pytest.mark.parametrize("trick", TRICKS)
def test_a_lane_that_misbehaves_twice_costs_nobody_else(
    run: Run, trick: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "MOST_SAID", 2**20)
    reports = run(always={"b": trick}, seconds=LITTLE if trick == "says nothing" else SECONDS)
    assert (reports["a"].score, reports["c"].score) == (10_000, 10_000)
    assert reports["b"].status is Status.SYSTEM_ERROR
    # No points, and no zero: a person has to look.
    assert reports["b"].score is None
    assert TRICKS[trick] in reason(reports["b"])


@pytest.mark.parametrize("trick", ["ends", "sends noise", "reports twice"])
def test_a_lane_that_misbehaves_once_costs_nothing(run: Run, trick: str) -> None:
    reports = run(once={"b": trick})
    assert {name: report.score for name, report in reports.items()} == dict.fromkeys("abc", 10_000)


def test_a_second_attempt_is_made_by_a_lane_that_has_met_no_other(run: Run, tmp_path: Path) -> None:
    students = [submission(name) for name in "abcdef"]
    # Both lanes have met others by then, and one is free long before a fresh one is there.
    pauses = {"pause": 0.2, "slow start": 0.7}
    reports = run(students, once={"d": "ends", "e": "ends"}, jobs=2, **pauses)
    assert {report.score for report in reports.values()} == {10_000}
    first = {path.read_text().split()[0] for path in tmp_path.glob("*.met")}
    assert {"d2", "e2"} <= first


def test_a_report_that_comes_once_more_later_is_not_the_next_ones(run: Run) -> None:
    same = [submission(name) for name in "abc"]
    reports = run(same, once={"a": "reports once more later"})
    assert {name: (r.student, r.score) for name, r in reports.items()} == {
        name: (name, 10_000) for name in "abc"
    }


def test_what_a_lane_writes_to_its_errors_does_not_stop_it(run: Run) -> None:
    assert run(always={"b": "writes some errors"})["b"].score == 10_000


def test_a_lane_that_does_not_read_its_job_is_replaced(run: Run) -> None:
    big = submission("b", "x = 1\n" * 100_000)
    began = time.monotonic()
    reports = run([big], deaf=True, seconds=LITTLE)
    assert reports["b"].status is Status.SYSTEM_ERROR
    # It sleeps for 600 s.
    assert time.monotonic() - began < 100


def test_a_lane_that_does_not_want_to_end_is_ended(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "_END_SECONDS", 0.2)
    began = time.monotonic()
    assert run(stubborn=True)["c"].score == 10_000
    # It sleeps for 600 s.
    assert time.monotonic() - began < 100


CHANGES = {
    "three of five": lambda r: r["functions"].__delitem__(slice(3, None)),
    "doubled": lambda r: r["functions"][0]["checks"].append(r["functions"][0]["checks"][0]),
    "all twice": lambda r: r["functions"].extend(list(r["functions"])),
    "skipped with its points": lambda r: r["functions"][0]["checks"][0].update(outcome="skipped"),
    "skipped without a reason": lambda r: r["functions"][0]["checks"][0].update(outcome="skipped", score=0),
    "unknown": lambda r: r["functions"][0]["checks"][0].update(name="test_other.py::test_other"),
    "all for the first": lambda r: r["functions"][0]["checks"][0].update(score=10_000, max_score=10_000),
    "of another student": lambda r: r.update(student=b"a"),
}


class TestTampered:
    """Reports that are not what is expected."""

    def tampered(self, course: Course, change: Callable[[Any], object]) -> Any:
        tree = copy.deepcopy(sent(graded(course, submission("b"))))
        change(tree["report"])
        return tree

    @pytest.mark.parametrize("name", CHANGES)
    def test_always_gains_nothing_and_is_noticed(self, run: Run, course: Course, name: str) -> None:
        reports = run(always={"b": "tampers"}, tampered=self.tampered(course, CHANGES[name]))
        assert reports["b"].status is Status.SYSTEM_ERROR
        assert reports["b"].score is None
        assert reports["b"].functions == ()
        assert (reports["a"].score, reports["c"].score) == (10_000, 10_000)

    def test_once_is_tried_again_on_a_fresh_lane_and_noticed(
        self, run: Run, course: Course, tmp_path: Path
    ) -> None:
        tree = self.tampered(course, CHANGES["three of five"])
        reports = run(once={"b": "tampers"}, tampered=tree)
        assert reports["b"].score == 10_000
        (notice,) = reports["b"].notices
        assert "it lacks the function Box" in say(notice, "en")
        assert not reports["a"].notices
        assert not reports["c"].notices
        assert starts(tmp_path) == 2


BLAMED = {"half of it": Outcome.SUITE_ERROR}


class TestBlamingTheSuite:
    """That a check fails its own reference costs no points, so it has to be proven where no student's data was."""

    def reports(self, course: Course, student: Any, reference: Any, inputs: int = 3) -> dict[str, Any]:
        source = course.assignment("chain").reference_source()
        return {
            "b": sent(graded(course, submission("b"), student)),
            "": sent(graded(course, submission("", source, input_set=inputs), reference)),
        }

    def test_is_believed_where_the_reference_fails_too(
        self, run: Run, course: Course, tmp_path: Path
    ) -> None:
        reports = run(reports=self.reports(course, BLAMED, BLAMED))
        assert reports["b"].status is Status.GRADED
        assert reports["b"].functions[0].checks[0].outcome is Outcome.SUITE_ERROR
        assert reports["b"].score == 10_000
        assert (reports["a"].score, reports["c"].score) == (10_000, 10_000)

    def test_gains_nothing_where_the_reference_passes(self, run: Run, course: Course) -> None:
        reports = run(reports=self.reports(course, BLAMED, {}))
        assert reports["b"].status is Status.SYSTEM_ERROR
        assert "the reference passes" in reason(reports["b"])
        assert (reports["a"].score, reports["c"].score) == (10_000, 10_000)

    def test_of_another_check_gains_nothing(self, run: Run, course: Course) -> None:
        other = {"a quarter of it": Outcome.SUITE_ERROR}
        assert run(reports=self.reports(course, other, BLAMED))["b"].score is None

    def test_is_proven_once_for_a_set_of_inputs(self, run: Run, course: Course, tmp_path: Path) -> None:
        students = [submission(f"s{number}") for number in range(5)]
        blaming = {one.student: sent(graded(course, one, BLAMED)) for one in students}
        both = self.reports(course, BLAMED, BLAMED)
        reports = run(students, reports=blaming | {"": both[""]}, jobs=2)
        assert {report.score for report in reports.values()} == {10_000}
        assert (tmp_path / b"job ".hex()).stat().st_size == 1

    def test_gains_nothing_where_even_the_reference_cannot_be_graded(self, run: Run, course: Course) -> None:
        trees = self.reports(course, BLAMED, BLAMED)
        reports = run(reports=trees, always={"": "ends"})
        assert reports["b"].score is None
        assert (reports["a"].score, reports["c"].score) == (10_000, 10_000)


class TestStarting:
    def test_the_courses_fault_is_said(self, run: Run) -> None:
        with pytest.raises(CourseError, match="no docstring"):
            run(starts={"0": {"error": [["test_x has no docstring", {}]], "exit_code": 2}})

    def test_a_report_before_the_first_word_is_not_believed(self, run: Run) -> None:
        with pytest.raises(SystemFault, match="cannot be started"):
            run(always={"x": "reports before it is ready"})

    @pytest.mark.parametrize("said", [{"ready": True}, {"ready": {}}, {"error": "x"}, 5, {"exit_code": 2}])
    def test_what_is_no_first_word_is_tried_again(self, run: Run, said: Any, tmp_path: Path) -> None:
        assert run(starts={"0": said, "1": said})["a"].score == 10_000
        assert starts(tmp_path) == 3

    @pytest.mark.parametrize(
        "change",
        [
            lambda t: t["ready"]["hidden"][0].__setitem__(3, 5.0),
            lambda t: t["ready"]["hidden"].pop(1),
            lambda t: t["ready"]["versions"].update(suite="2+0"),
        ],
    )
    def test_a_lane_that_collected_something_else_ends_the_run(
        self, run: Run, course: Course, change: Callable[[Any], object]
    ) -> None:
        tree = ready(course)
        change(tree)
        with pytest.raises(SystemFault, match="changed while it was being graded"):
            run(once={"a": "ends"}, starts={"1": tree})

    def test_so_does_the_first_one_if_the_course_is_not_the_one_that_was_looked_up(
        self, run: Run, course: Course
    ) -> None:
        tree = ready(course)
        tree["ready"]["versions"]["suite"] = "2+0"
        with pytest.raises(SystemFault, match="changed while it was being graded"):
            run(starts={"0": tree})


def test_lanes_leave_nothing_behind(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else set()
    run(once={"b": "ends"})
    assert not list(tmp_path.glob("autograde-*"))
    if before:
        assert len(os.listdir("/proc/self/fd")) <= len(before)

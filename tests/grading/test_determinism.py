"""The same bytes give the same report, whatever else the machine and the lane have to do; only `seconds` may differ.

Not promised, since it depends on where a process happens to lie in memory, on the clock or on the system's own source
of randomness: what a submission makes of id(), of the time, or of a generator without a seed such as default_rng().
"""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Course, find_course
from autograder.course.bank import compose, mistakes
from autograder.course.manifest import Assignment
from autograder.grading import many
from autograder.grading.many import grade_many
from autograder.grading.submission import Submission
from autograder.model import ClassResults, GradeReport, Outcome, Status, message
from autograder.reports import html, results_json

from .conftest import RIGHT

SUBMISSIONS = {
    "right": RIGHT,
    "wrong": RIGHT.replace("x / 2", "x / 3 + 1").replace("self.value + self.value", "[self.value]"),
    "prints": RIGHT
    + """
import sys
print({"a", "b", "c"}, {i * 7919 for i in range(20)}, hash("text"), hash((1.5, "t")), frozenset("letters"))
print(sys.flags.hash_randomization, file=sys.stderr)
def half(x):
    print("half of", x, {"x", "y", str(x)})
    return x
""",
    "draws": RIGHT
    + """
import random
import numpy as np
print(random.random(), np.random.rand(3), np.random.permutation(5))
def half(x):
    print(np.random.normal())
    return x / 2 + np.random.rand() + random.random()
def quarter(x):
    np.random.shuffle(order := list(range(9)))
    raise ValueError(f"{order} {random.choice(order)}")
""",
    "hashes": RIGHT
    + """
WORDS = {"one", "two", "three", "four", "five"}
def half(x):
    return x / 2 if next(iter(WORDS)) == "none" else [hash(word) % 97 for word in WORDS]
def empty(boxes):
    raise KeyError(WORDS)
""",
    "remembers": RIGHT
    + """
calls = []
def half(x):
    calls.append(x)
    return x / 2 if len(calls) < 3 else -x
""",
    "crashes": RIGHT
    + """
import os
def half(x):
    os._exit(3)
def eighth(x):
    return eighth(x)
def empty(boxes):
    boxes.nothing
""",
    "unwritten": "def half(x): raise NotImplementedError\n",
    "unreadable": "def half(x:\n",
}

UNLIKE = {"unlike": RIGHT + "\nimport numpy as np\nprint(np.random.default_rng().random())\n"}
"""Never the same twice: a comparison that does not notice it would notice nothing."""

TIMED = {
    "hangs": RIGHT.replace("return x / 2", "while True: pass"),
    "sleeps": RIGHT.replace("return x / 2", "import time; time.sleep(60)"),
    "fills": RIGHT + "\ndef half(x): return [bytearray(2**24) for _ in range(1000)]\n",
}
"""What ends at a limit: that too is the same each time, and takes seconds."""


UNHURRIED = """
import runpy
from autograder.grading import grade
grade.SHRINK_FUNCTION = grade.SHRINK_SUBMISSION = grade.EXPLAIN_SECONDS = 300.0
runpy.run_module("autograder.grading.lane", run_name="__main__", alter_sys=True)
"""


@pytest.fixture(autouse=True)
def unhurried_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is cut short on a crowded machine differs for that reason alone."""
    made = many.lane_command

    def command(*arguments: Any) -> list[str]:
        *before, module, name = made(*arguments)[: made(*arguments).index("autograder.grading.lane") + 1]
        assert (module, name) == ("-m", "autograder.grading.lane")
        return [*before, "-c", UNHURRIED, *made(*arguments)[len(before) + 2 :]]

    monkeypatch.setattr(many, "lane_command", command)


@contextlib.contextmanager
def busy(processes: int) -> Iterator[None]:
    """Other processes that want all the time there is."""
    started = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for one in started:
            one.kill()
        for one in started:
            one.wait()


def rendered(report: GradeReport) -> tuple[str, str, str]:
    """The row of results.json and the student's page in both languages, as if it had taken no time."""
    timeless = replace(report, student="an", seconds=0.0)
    about = ClassResults(report.assignment, "T", "1", "1", {"level": "as tested"}, (timeless,))
    pages = (html.student_page(timeless, about, language) for language in ("en", "vi"))
    return results_json.render_report(timeless), *pages


def graded(
    course: Course, assignment: Assignment, sources: Mapping[str, str], *, copies: int, jobs: int, seed: int
) -> dict[str, list[GradeReport]]:
    """Reports on several copies of each, handed in by students of different names, in a random order. Each is really
    graded: it comes with a notice of its own, so a lane does not take it for a copy that it has a report on."""
    submissions = [
        Submission(
            f"{name}:{copy}",
            {assignment.files[0]: source.encode()},
            notices=(message("copy {number}", number=copy),),
        )
        for copy in range(copies)
        for name, source in sources.items()
    ]
    random.Random(seed).shuffle(submissions)
    found: dict[str, list[GradeReport]] = defaultdict(list)
    for report in grade_many(course, assignment, submissions, jobs=jobs):
        found[report.student.partition(":")[0]].append(replace(report, notices=report.notices[1:]))
    return found


def assert_same(rounds: Sequence[Mapping[str, Sequence[GradeReport]]], times: int) -> dict[str, GradeReport]:
    """Each submission was graded so often, and always the same. One report of each."""
    reports: dict[str, list[GradeReport]] = defaultdict(list)
    for one in rounds:
        for name, found in one.items():
            reports[name] += found
    for name, found in reports.items():
        assert len(found) == times, name
        first = rendered(found[0])
        for other in found[1:]:
            # Part by part: pytest's own comparison of two pages takes minutes.
            parts = [a == b for a, b in zip(first, rendered(other), strict=True)]
            assert all(parts), f"{name}\n{first[0]}\n{rendered(other)[0]}"
    return {name: found[0] for name, found in reports.items()}


def test_the_same_bytes_give_the_same_report(course: Course) -> None:
    assignment = course.assignment("chain")
    sources = SUBMISSIONS | UNLIKE
    rounds = [graded(course, assignment, sources, copies=2, jobs=1, seed=1)]
    rounds += [graded(course, assignment, sources, copies=1, jobs=2, seed=2)]
    with busy(2):
        rounds += [graded(course, assignment, sources, copies=2, jobs=2, seed=3)]
    unlike = [{"unlike": one.pop("unlike")} for one in rounds]
    with pytest.raises(AssertionError):
        assert_same(unlike, 5)
    reports = assert_same(rounds, 5)
    # They are what they are meant to be, or the comparison would compare nothing.
    assert {report.status for report in reports.values()} == {Status.GRADED, Status.UNGRADABLE}
    outcomes = {name: {function.outcome for function in report.functions} for name, report in reports.items()}
    assert outcomes["right"] == {Outcome.PASSED}
    assert Outcome.FAILED in outcomes["wrong"]
    assert Outcome.CRASHED in outcomes["crashes"]
    assert "half of" in reports["prints"].output
    assert any("remembers" in notice.id for notice in reports["remembers"].notices)
    assert "[" in reports["draws"].output
    assert any(check.messages for function in reports["draws"].functions for check in function.checks)


@pytest.mark.slow
def test_twenty_times(impatient: Course) -> None:
    """Also what ends at a limit, and alone on lanes that have met no other."""
    course, assignment = impatient, impatient.assignment("chain")
    sources = SUBMISSIONS | TIMED
    rounds = [graded(course, assignment, sources, copies=5, jobs=1, seed=1)]
    rounds += [graded(course, assignment, sources, copies=5, jobs=2, seed=2)]
    with busy(2):
        rounds += [graded(course, assignment, sources, copies=5, jobs=2, seed=3)]
        rounds += [graded(course, assignment, sources, copies=2, jobs=1, seed=4)]
    for name, source in sources.items():
        rounds += [graded(course, assignment, {name: source}, copies=1, jobs=1, seed=5) for _ in range(3)]
    reports = assert_same(rounds, 20)
    outcomes = {name: {function.outcome for function in report.functions} for name, report in reports.items()}
    assert Outcome.TIMED_OUT in outcomes["hangs"]
    assert Outcome.TIMED_OUT in outcomes["sleeps"]
    assert Outcome.OUT_OF_MEMORY in outcomes["fills"]


@pytest.mark.slow
@pytest.mark.parametrize("assignment", ["losses", "backpropagation"])
def test_twenty_times_in_a_real_course(assignment: str) -> None:
    course = find_course(Path(__file__).parents[2])
    chosen = course.assignment(assignment)
    reference = chosen.reference_source()
    # Mistakes that cost several functions: with replays, and with the reference standing in.
    several = [entry for entry in mistakes(chosen) if len(entry.costs) > 1][:3]
    sources = {entry.name: compose(reference, entry.source) for entry in several}
    assert len(sources) == 3
    rounds = [graded(course, chosen, sources, copies=7, jobs=1, seed=1)]
    rounds += [graded(course, chosen, sources, copies=6, jobs=2, seed=2)]
    with busy(2):
        rounds += [graded(course, chosen, sources, copies=7, jobs=2, seed=3)]
    for report in assert_same(rounds, 20).values():
        assert report.status is Status.GRADED
        assert any(function.outcome.costs_points for function in report.functions)

"""What share of grading a class goes into explaining? python -m tests.bench.explaining [ASSIGNMENT …] [--students 200]

One grader that starts cold, and the class of `tests.bench.suite`: of 20 students 13 are right, 6 have a known mistake, 1 has a
function not written. Explaining is what finds out why a function lost points (known mistakes, patterns, operations) and
what looks for a smaller call that fails; the rest is what it would take without.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from autograder.course import find_course
from autograder.course.manifest import Assignment, Course
from autograder.grading import grade
from autograder.grading.submission import Submission
from autograder.runner.session import collected
from autograder.sandbox.channel import PollChannel
from autograder.sandbox.launch import best_launcher
from tests.bench.cohort import machine
from tests.bench.measured import ROOT
from tests.bench.suite import a_class

PARTS = {"_explain": "finding out why", "_shrink": "smaller calls"}


def timed(part: Callable[..., Any], name: str, spent: Counter[str]) -> Callable[..., Any]:
    """The same method, its seconds added up."""

    @functools.wraps(part)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            return part(*args, **kwargs)
        finally:
            spent[name] += time.perf_counter() - began  # type: ignore[assignment]

    return wrapped


def measure(course: Course, assignment: Assignment, students: int) -> None:
    """Grade the class, and print the shares."""
    spent: Counter[str] = Counter()
    wrong = 0
    launcher = best_launcher(assignment)
    sources = [
        source + f"\n# student {number}\n".encode()
        for number, source in enumerate(itertools.islice(a_class(assignment), students))
    ]

    def use(suite: Any) -> None:
        nonlocal wrong
        grader = grade.Grader(course, assignment, suite, launcher)
        began = time.perf_counter()
        for number, source in enumerate(sources):
            report = grader.grade(Submission(f"s{number}", {assignment.files[0]: source}))
            wrong += report.score != report.max_score
        spent["all"] = time.perf_counter() - began  # type: ignore[assignment]

    originals = {name: getattr(grade._Run, name) for name in PARTS}
    try:
        for name, original in originals.items():
            setattr(grade._Run, name, timed(original, name, spent))
        collected([assignment.hidden_dir, assignment.public_checks], use)
    finally:
        for name, original in originals.items():
            setattr(grade._Run, name, original)
        launcher.close()
    shares = ", ".join(f"{PARTS[name]} {100 * spent[name] / spent['all']:.1f} %" for name in PARTS)
    each = 1000 * spent["all"] / students
    print(f"{assignment.id}: {students} submissions, {wrong} wrong, {each:.0f} ms each; {shares}", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("assignments", nargs="*")
    parser.add_argument("--students", type=int, default=200)
    options = parser.parse_args()
    PollChannel.looks = 0  # as in a lane
    course = find_course(ROOT)
    print(machine())
    for id in options.assignments or course.assignments:
        measure(course, course.assignment(id), options.students)


if __name__ == "__main__":
    main()

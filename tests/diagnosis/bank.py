"""Every mistake of the course's bank, graded with and without itself in the bank: `python -m tests.diagnosis.bank`.

Printed for each assignment: how many mistakes there are, how many are named by their own explanation, and what is said of
each one that the engine does not know.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course import load_course
from autograder.course.bank import compose, mistakes
from autograder.course.manifest import Assignment, Course
from autograder.diagnosis.why import Why
from autograder.grading.grade import Grader
from autograder.grading.submission import Submission
from autograder.language import say
from autograder.model import Diagnosis, GradeReport
from autograder.runner.session import collected
from autograder.sandbox.launch import best_launcher

ROOT = Path(__file__).resolve().parents[2]

PLAIN = ("counterexample", "raised", "shape", "timed_out", "crashed", "out_of_memory")
"""Kinds that tell what is seen, not what it comes from."""


@dataclass(frozen=True)
class Told:
    """What a report says of one function of a submission with a known mistake."""

    mistake: str
    function: str
    known: Diagnosis | None
    left_out: Diagnosis | None


def told(course: Course, assignment: Assignment, only: str = "", left_out: bool = True) -> Iterator[Told]:
    """Each mistake and each function that it costs: the diagnosis with the whole bank, and without the mistake."""
    launcher = best_launcher(assignment)
    found: list[Told] = []

    def use(suite: object) -> None:
        grader = Grader(course, assignment, suite, launcher)  # type: ignore[arg-type]
        why: Why = grader._why
        for entry in mistakes(assignment):
            if only and entry.name != only:
                continue
            source = compose(assignment.reference_source(), entry.source).encode()
            submission = Submission("an", {assignment.files[0]: source})
            known = grader.grade(submission)
            without = None
            if left_out:
                why.mistakes.left_out = (entry.name,)
                without = grader.grade(submission)
                why.mistakes.left_out = ()
            for name in entry.costs:
                found.append(
                    Told(entry.name, name, of(known, name), None if without is None else of(without, name))
                )

    try:
        collected([assignment.hidden_dir, assignment.public_checks], use)
    finally:
        launcher.close()
    yield from found


def of(report: GradeReport, name: str) -> Diagnosis | None:
    """The diagnosis of one function."""
    (diagnosis,) = [function.diagnosis for function in report.functions if function.name == name]
    return diagnosis


def named(one: Told) -> bool:
    """Whether the mistake was called by its name, or by that of a twin that gives the same explanation."""
    return one.known is not None and one.known.kind == "mistake" and one.known.mistake == one.mistake


def main(names: list[str]) -> int:
    """Print the shares, and in full what was not named or only shown."""
    course = load_course(ROOT)
    only = names[1] if len(names) > 1 else ""
    for id in names[:1] or course.assignments:
        found = list(told(course, course.assignment(id), only))
        own = sum(map(named, found))
        kinds = Counter(one.left_out.kind if one.left_out else "nothing" for one in found)
        print(f"{id}: {own} of {len(found)} named; left out: {dict(kinds.most_common())}", flush=True)
        for one in found:
            if not named(one):
                print(
                    f"  NOT NAMED {one.mistake}.{one.function}: {one.known and (one.known.kind, one.known.mistake)}"
                )
            left = one.left_out
            if left is None or left.kind in PLAIN or only or "-v" in sys.argv:
                print(
                    f"  {one.mistake}.{one.function}: {left.kind if left else None}: {left and say(left.text, 'en')}"
                )
    return 0


if __name__ == "__main__":
    raise SystemExit(main([name for name in sys.argv[1:] if not name.startswith("-")]))

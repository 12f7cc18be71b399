"""What does confinement cost a whole submission? The same files graded with all layers and with none, in one run.

python -m tests.bench.confinement [--assignment ID] [--rounds K]

Both sides use the same suite, the same pytest session and the same wire; one zygote has every layer of `inside.layers`, the
other none. Rounds are interleaved; the table shows medians, and the ratio's target is the project's.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

from autograder.course import find_course
from autograder.course.bank import compose, mistakes
from autograder.grading.grade import Grader
from autograder.grading.submission import Submission
from autograder.runner.session import collected
from autograder.runner.suite import Suite
from autograder.sandbox.launch import Zygote

ROOT = Path(__file__).resolve().parents[2]
TARGET_RATIO = 2.0


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assignment", default=None)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    course = find_course(ROOT)
    assignment = course.assignment(options.assignment or course.assignments[0])
    main_file = assignment.files[0]
    wrong = mistakes(assignment)[0]
    files = {
        "right": assignment.reference_source().encode(),
        f"wrong ({wrong.name})": compose(assignment.reference_source(), wrong.source).encode(),
    }

    def run(suite: Suite) -> None:
        launchers = {"confined": Zygote(), "unconfined": Zygote(layers=frozenset())}
        try:
            graders = {
                name: Grader(course, assignment, suite, launcher) for name, launcher in launchers.items()
            }
            times: dict[tuple[str, str], list[float]] = {}
            for number in range(options.rounds + 1):
                for kind, data in files.items():
                    for name, grader in graders.items():
                        began = time.perf_counter()
                        grader.grade(Submission("an", {main_file: data}, input_set=0))
                        if number:  # the first round fills the caches of the reference's answers
                            times.setdefault((kind, name), []).append(time.perf_counter() - began)
        finally:
            for launcher in launchers.values():
                launcher.close()
        _show(assignment.id, files, times)

    collected([assignment.hidden_dir, assignment.public_checks], run)


def _show(assignment: str, files: dict[str, bytes], times: dict[tuple[str, str], list[float]]) -> None:
    print(f"{assignment}: one submission, ms      confined  unconfined   ratio  target")
    for kind in files:
        confined, free = (statistics.median(times[kind, name]) * 1000 for name in ("confined", "unconfined"))
        print(f"{kind:34}  {confined:8.1f}  {free:10.1f}  {confined / free:6.2f}  {TARGET_RATIO:6.1f}")


if __name__ == "__main__":
    main()

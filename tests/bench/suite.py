"""How long does a real hidden suite take for a whole class? `autograde grade` of one assignment of the course.

python -m tests.bench.suite [--assignment ID] [--students 1000] [--rounds 1]

The class: the reference, the bank's other right solutions and its known mistakes, drawn at random with a fixed seed, each
file with a comment of its own. Endless loops are left out, since they would measure the time limit.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import tempfile
from collections import Counter
from pathlib import Path

from autograder.course import find_course
from autograder.course.manifest import Assignment
from autograder.proof.sample_class import sample_class
from tests.bench.cohort import BIN, machine, show_memory
from tests.bench.measured import ROOT, measured


def hand_in(assignment: Assignment, folder: Path, students: int) -> Counter[str]:
    """Write the class; how many of its texts come how often is returned as how many different ones there are."""
    main = assignment.files[0]
    texts: Counter[str] = Counter()
    usable = (
        sources[main]
        for _student, sources in sample_class(assignment, 4 * students)
        if set(sources) == {main} and b"while True" not in sources[main]
    )
    for number, source in enumerate(itertools.islice(usable, students)):
        place = folder / f"s{number:05d}"
        place.mkdir(parents=True)
        texts[source.decode("utf-8", "replace")] += 1
        # At the end: the first lines may say in which encoding it is, or be no Python at all.
        (place / main).write_bytes(source + f"\n# student {number}\n".encode())
    return texts


def main() -> None:
    """Grade it and print what it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--assignment", default=None)
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--lanes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    course = find_course(ROOT)
    assignment = course.assignment(options.assignment or course.assignments[0])
    with tempfile.TemporaryDirectory(prefix="autograde-bench-") as name:
        folder = Path(name)
        texts = hand_in(assignment, folder / "class", options.students)
        print(f"{machine()}; {options.lanes} lanes")
        runs = []
        for number in range(options.rounds):
            command = [str(BIN / "autograde"), "grade", str(folder / "class"), "-a", assignment.id]
            where = [
                "-o",
                str(folder / f"reports{number}"),
                "--gradebook",
                str(folder / f"gradebook{number}.db"),
            ]
            runs.append(
                measured(
                    [*command, *where, "--course", str(course.root), "--jobs", str(options.lanes)], folder
                )
            )
        wall, cpu = statistics.median(run.wall for run in runs), statistics.median(run.cpu for run in runs)
        print(
            f"{assignment.id}, {texts.total()} submissions of {len(texts)} different texts, "
            f"the commonest {max(texts.values())} times: "
            f"{wall:.1f} s, {1000 * wall / options.students:.1f} ms each; processor {cpu:.1f} s (median of {options.rounds})"
        )
        show_memory(runs[0])


if __name__ == "__main__":
    main()

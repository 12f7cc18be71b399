"""How long does a real hidden suite take for a whole class? `autograde grade` of one assignment of the course.

python -m tests.bench.suite [--assignment ID] [--students 1000] [--rounds 1] [--mix class|bank]

    class  of 20 students 13 are right, in all the ways that the bank has, 6 have a known mistake, 1 has a function not
           written: as in `tests.bench.course24`
    bank   the reference, the bank's other right solutions and its known mistakes, each as often: four of five are wrong

Which solution and which mistake is drawn at random with a fixed seed; each file has a comment of its own. Endless loops are
left out, since they would measure the time limit.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import os
import random
import statistics
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from autograder.course import find_course
from autograder.course.bank import compose, mistakes, variants
from autograder.course.manifest import Assignment
from autograder.proof.sample_class import sample_class
from tests.bench.cohort import BIN, machine, show_memory
from tests.bench.measured import ROOT, measured


def a_class(assignment: Assignment) -> Iterator[bytes]:
    """The solutions of a class, without end."""
    chance = random.Random(20240229)
    reference = assignment.reference_source()
    wrong = [
        entry
        for entry in mistakes(assignment)
        if "while True" not in entry.source and "while 1" not in entry.source
    ]
    right = [reference, *(compose(reference, entry.source) for entry in variants(assignment))]
    stub = assignment.stub_path.read_text("utf-8")
    while True:
        for kind in range(20):
            source = chance.choice(right)
            if kind % 3 == 2:
                source = compose(source, chance.choice(wrong).source)
            elif kind == 10:
                source = compose(source, _unwritten(stub, chance.choice(assignment.functions).name))
            yield source.encode()


def _unwritten(stub: str, name: str) -> str:
    """A function or class as it was handed out."""
    tree = ast.parse(stub)
    (node,) = [one for one in tree.body if getattr(one, "name", None) == name.partition(".")[0]]
    return '"""Not written."""\n' + ast.unparse(node) + "\n"


def from_the_bank(assignment: Assignment, students: int) -> Iterator[bytes]:
    """The bank, at random."""
    main = assignment.files[0]
    for _student, sources in sample_class(assignment, 4 * students):
        if set(sources) == {main} and b"while True" not in sources[main]:
            yield sources[main]


def hand_in(assignment: Assignment, folder: Path, students: int, mix: str) -> Counter[str]:
    """Write the class; how often each of its texts comes."""
    main = assignment.files[0]
    texts: Counter[str] = Counter()
    usable = a_class(assignment) if mix == "class" else from_the_bank(assignment, students)
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
    parser.add_argument("--mix", choices=["class", "bank"], default="class")
    options = parser.parse_args()
    course = find_course(ROOT)
    assignment = course.assignment(options.assignment or course.assignments[0])
    with tempfile.TemporaryDirectory(prefix="autograde-bench-") as name:
        folder = Path(name)
        texts = hand_in(assignment, folder / "class", options.students, options.mix)
        print(f"{machine()}; {options.lanes} lanes; mix: {options.mix}")
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

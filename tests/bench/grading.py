"""How long does it take? Whole commands, timed from outside, with the rival in the same run.

python -m tests.bench.grading [--assignment ID] [--students N] [--rounds K]

The rival is a plain pytest process for each submission, with the same hidden suite and the student's file in that process:
no isolation, no report, no replay of failures. Rounds are interleaved; the table shows medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from autograder.course import find_course
from autograder.course.manifest import Assignment
from autograder.proof.sample_class import sample_class

ROOT = Path(__file__).resolve().parents[2]
PYTHON = [sys.executable]
AUTOGRADE = [*PYTHON, "-m", "autograder"]


def timed(command: list[str], cwd: Path, **environment: str) -> float:
    """Wall time of a command, in seconds. Its exit code does not matter: most submissions are wrong."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    began = time.perf_counter()
    subprocess.run(
        command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return time.perf_counter() - began


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assignment", default=None)
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    course = find_course(ROOT)
    assignment = course.assignment(options.assignment or course.assignments[0])
    with tempfile.TemporaryDirectory(prefix="autograde-bench-") as name:
        run(assignment, Path(name), options.students, options.rounds)


def run(assignment: Assignment, folder: Path, students: int, rounds: int) -> None:
    """Time everything `rounds` times over, one after the other, and print medians."""
    main_file = assignment.files[0]
    files = []
    # Without the endless loop: it would measure the time limit, once for us and forever for the rival.
    for student, sources in sample_class(assignment, 4 * students):
        if main_file in sources and len(sources) == 1 and b"while True" not in sources[main_file]:
            files.append((student, sources[main_file]))
    for student, source in files[:students]:
        (folder / "class" / student).mkdir(parents=True)
        (folder / "class" / student / main_file).write_bytes(source)
    work = folder / "work"
    work.mkdir()
    timed([*AUTOGRADE, "start", assignment.id], work)
    (work / assignment.id / main_file).write_bytes(assignment.reference_path.read_bytes())
    one = assignment.reference_path

    def ours(path: Path) -> Callable[[], float]:
        def command() -> float:
            output = tempfile.mkdtemp(dir=folder)
            return timed([*AUTOGRADE, "grade", str(path), "-a", assignment.id, "-o", output], work)

        return command

    def rival(paths: list[Path]) -> Callable[[], float]:
        return lambda: sum(
            timed(
                [*PYTHON, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", "-p", "tests.bench.in_process",
                 "-c", str(ROOT / "autograder/runner/suite.ini"), str(assignment.hidden_dir)],
                work,
                PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
                BENCH_MAIN=main_file,
                BENCH_STUDENT=str(path),
                BENCH_REFERENCE=str(assignment.reference_path),
            )
            for path in paths
        )  # fmt: skip

    class_files = sorted((folder / "class").glob(f"*/{main_file}"))
    rows: dict[str, Callable[[], float]] = {
        "python -c pass": lambda: timed([*PYTHON, "-c", "pass"], work),
        "python -c 'import numpy'": lambda: timed([*PYTHON, "-c", "import numpy"], work),
        "autograde --help": lambda: timed([*AUTOGRADE, "--help"], work),
        f"autograde check {assignment.id}": lambda: timed([*AUTOGRADE, "check", assignment.id], work),
        "grade 1 submission": ours(one),
        "plain pytest, 1 submission": rival([one]),
        f"grade {len(class_files)} submissions": ours(folder / "class"),
        f"plain pytest, {len(class_files)} submissions": rival(class_files),
    }
    found: dict[str, list[float]] = {name: [] for name in rows}
    for _round in range(rounds):
        for name, measure in rows.items():
            found[name].append(measure())
    print(f"{assignment.id}, {len(class_files)} submissions, median of {rounds}, {os.cpu_count()} processors")
    for name, times in found.items():
        print(f"  {name:42} {statistics.median(times):8.2f} s   ({min(times):.2f} to {max(times):.2f})")
    names = list(found)
    for ours_name, rival_name in ((names[4], names[5]), (names[6], names[7])):
        ratio = statistics.median(found[rival_name]) / statistics.median(found[ours_name])
        print(f"  {rival_name} / {ours_name}: {ratio:.2f}")


if __name__ == "__main__":
    main()

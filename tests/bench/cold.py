"""How long until something is there? Commands from a cold shell, beside a Python that does nothing and one that loads NumPy.

python -m tests.bench.cold [--rounds 11]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from autograder.course import find_course
from tests.bench.cohort import BIN, machine
from tests.bench.measured import ROOT, Took, measured

PASS, NUMPY = "python -c pass", 'python -c "import numpy"'


def main() -> None:
    """Run the commands in turn and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    options = parser.parse_args()
    course = find_course(ROOT)
    assignment = course.assignment(course.assignments[0])
    function = assignment.functions[0].name
    with tempfile.TemporaryDirectory(prefix="autograde-bench-") as name:
        work = Path(name)
        autograde = str(BIN / "autograde")
        measured([autograde, "start", assignment.id, "--course", str(ROOT)], work, every=0)
        (work / assignment.id / assignment.files[0]).write_bytes(assignment.reference_path.read_bytes())
        commands = {
            PASS: ([sys.executable, "-c", "pass"], work),
            NUMPY: ([sys.executable, "-c", "import numpy"], work),
            "autograde --help": ([autograde, "--help"], work),
            "autograde check, one function": ([autograde, "check", "--only", function], work / assignment.id),
        }
        took: dict[str, list[Took]] = {name: [] for name in commands}
        for _round in range(options.rounds):
            for name, (command, folder) in commands.items():
                took[name].append(measured(command, folder, every=0))
    wall = {name: statistics.median(one.wall for one in some) for name, some in took.items()}
    print(f"{machine()}, median of {options.rounds}")
    for name, some in took.items():
        cpu = statistics.median(one.cpu for one in some)
        print(
            f"  {name:32} {1000 * wall[name]:7.0f} ms   processor {1000 * cpu:6.0f} ms   "
            f"{wall[name] / wall[PASS]:6.2f} x {PASS}   {wall[name] / wall[NUMPY]:6.2f} x {NUMPY}"
        )


if __name__ == "__main__":
    main()

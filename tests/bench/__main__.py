"""Everything that is measured, one part after another: python -m tests.bench [--quick] [--table FILE] [-- COHORT OPTIONS]

On 2 cores it takes about 25 minutes, of which nbgrader and otter are 14: `-- --only ours,floor1,floor2,pytest` leaves them
out. With --quick everything runs with as little as it can, which shows that it works and measures nothing: two minutes.

A part that fails does not keep the others from being run; the exit code is 1 then. The class of 100,000 is no part of it:
python -m tests.bench.cohort_100k --students 1000,10000,100000
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.measured import ROOT

TABLE = ROOT / "build" / "bench.md"

PARTS: list[tuple[str, list[str], list[str]]] = [
    ("cohort", [], ["--students", "4,6", "--rounds", "1"]),
    (
        "cohort",
        ["--students", "50,100,200,400", "--rounds", "1", "--only", "ours", "--memory"],
        ["--students", "4,6,8", "--rounds", "1", "--only", "ours", "--memory"],
    ),
    ("cold", [], ["--rounds", "1"]),
    ("suite", [], ["--students", "4"]),
    ("cohort_100k", [], ["--students", "20,40,60"]),
    ("calls", [], ["--calls", "20", "--rounds", "1", "--starts", "1"]),
    ("confinement", [], ["--rounds", "1"]),
    ("watch", [], ["--saves", "1", "--checks", "1"]),
]
"""Module, its options, and its options where nothing is measured."""


def main() -> int:
    """Run all parts and say what each took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="with as little as it can")
    parser.add_argument(
        "--table", type=Path, default=TABLE, help="where the tables of graders go; default: build/bench.md"
    )
    parser.add_argument("cohort", nargs="*", help="further options of `tests.bench.cohort`, after --")
    options = parser.parse_args()
    options.table.unlink(missing_ok=True)
    failed: list[str] = []
    told: list[str] = []
    for number, (name, usual, quick) in enumerate(PARTS):
        given = list(quick if options.quick else usual)
        if number == 0:
            given += ["--table", str(options.table.absolute()), *options.cohort]
        print(f"== {' '.join([name, *given])}", flush=True)
        began = time.monotonic()
        code = subprocess.call([sys.executable, "-m", f"tests.bench.{name}", *given], cwd=ROOT)
        told.append(f"  {name:12} {time.monotonic() - began:7.0f} s{'' if code == 0 else '   FAILED'}")
        failed += [name] * (code != 0)
    print("\n".join(["== what it took", *told]))
    if options.table.exists():
        print(f"The tables of graders: {options.table}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

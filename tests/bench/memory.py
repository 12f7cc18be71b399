"""Does the memory of a run grow with the class? Peaks of the main process, the writer of reports and each lane.

python -m tests.bench.memory [--sizes 200,1000] [--html all|never]

The suite is cheap (two functions, three checks), the files are of a few kinds, no two alike. Peaks are VmHWM and
resident sizes from /proc, in MiB, looked up every 50 ms; the time is that of the whole command.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from ..conftest import make_tiny_course
from ..grading.kill_loop import ROOT, SOURCES, command_of, descendants


def peak(pid: int) -> float:
    """The most that a process has had, in MiB; 0 where it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return 0.0


def role(pid: int, main: int) -> str:
    """What a process of a run does; "" for what is below a lane."""
    words = command_of(pid)
    if pid == main:
        return "main"
    if b"autograder.reports.beside" in words:
        return "writer"
    return "lane" if b"autograder.grading.lane" in words else ""


def measure(size: int, pages: str, folder: Path) -> dict[str, float]:
    """Peaks of one run by role, its seconds, and the size of its gradebook."""
    course = make_tiny_course(folder / "tiny")
    for number in range(size):
        (folder / "class" / f"student{number:06}").mkdir(parents=True)
        text = f"# {number}\n{SOURCES[number % len(SOURCES)]}"
        (folder / "class" / f"student{number:06}" / "sums.py").write_text(text, encoding="utf-8")
    began = time.monotonic()
    running = subprocess.Popen(
        [
            *(sys.executable, "-m", "autograder", "grade", str(folder / "class"), "-a", "sums"),
            *("-o", str(folder / "out"), "--course", str(course.root), "--html", pages),
            *("--gradebook", str(folder / "gradebook.db")),
        ],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    found: dict[str, float] = {}
    while running.poll() is None:
        for pid in (running.pid, *descendants(running.pid)):
            if name := role(pid, running.pid):
                found[name] = max(found.get(name, 0.0), peak(pid))
        time.sleep(0.05)
    assert running.returncode == 0
    found["seconds"] = time.monotonic() - began
    found["gradebook"] = (folder / "gradebook.db").stat().st_size / 2**20
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="200,1000")
    parser.add_argument("--html", choices=["all", "never"], default="all")
    told = parser.parse_args()
    print("submissions  main MiB  writer MiB  lane MiB  gradebook MiB  seconds")
    for size in map(int, told.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="memory-") as folder:
            row = measure(size, told.html, Path(folder))
        print(
            f"{size:11}  {row['main']:8.1f}  {row.get('writer', 0):10.1f}  {row.get('lane', 0):8.1f}  "
            f"{row['gradebook']:13.1f}  {row['seconds']:7.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()

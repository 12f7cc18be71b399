"""How long does a class take? Ours, the rivals' own commands and two floors, with the same 24 checks, in one run.

python -m tests.bench.cohort [--students 20,200] [--rounds 3] [--only ours,floor1,floor2,pytest,nbgrader,otter] [--table FILE]

    ours      `autograde grade`, fully confined, from its start to the last HTML file
    floor1    a fork for each submission and plain calls: no wall, no limit, no report
    floor2    a worker behind all our walls for each submission and the same calls over the wire: no pytest, no report
    pytest    a fresh pytest process for each submission, as many at a time as there are lanes
    nbgrader  `nbgrader autograde` of the whole class, without the feedback pages that it makes in another command
    otter     `otter run` for each submission, as many at a time as there are lanes; from the environment in .venv-bench

Rounds are interleaved, the table shows medians and of how many runs. nbgrader and otter are measured once for a class of 50 or
more; with two sizes the price of each further student is shown too, where the start is left out. A rival that is not there or
fails is left out, and it is said why.

For 200 students ours takes seconds, a fresh pytest each half a minute, nbgrader four minutes, otter six: with three rounds about
13 minutes on 2 cores, and 4 more for 20 students.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import course24
from tests.bench.course24 import NAME
from tests.bench.measured import ROOT, Sample, Took, curve, measured

BIN = Path(sys.executable).parent
OTTER = Path(os.environ.get("AUTOGRADE_BENCH_ENVIRONMENT", ROOT / ".venv-bench")) / "bin" / "otter"
LARGE = 50
"""From so many students on the slow rivals are measured once."""

Passed = dict[str, int]
"""Student → how many of the 24 checks passed."""


@dataclass
class Row:
    """One grader.

    run     grades the whole class once
    passed  what it found in the last run
    slow    whether it is measured once for a large class
    """

    run: Callable[[int], Took]
    passed: Callable[[], Passed]
    slow: bool = False
    took: list[Took] = field(default_factory=list)

    @property
    def wall(self) -> float:
        return statistics.median(took.wall for took in self.took)

    @property
    def cpu(self) -> float:
        return statistics.median(took.cpu for took in self.took)


class Class:
    """A class on the disk, and every grader's way to it.

    folder  an empty one
    """

    def __init__(self, folder: Path, students: int, lanes: int) -> None:
        self.folder, self.students, self.lanes = folder, students, lanes
        self.files = course24.hand_in_files(folder / "class", students)

    def row(self, name: str) -> Row:
        """The grader of that name, made ready."""
        made: Row = getattr(self, name)()
        return made

    def ours(self) -> Row:
        course = course24.ours(self.folder / "course")
        reports = self.folder / "reports"

        def run(number: int) -> Took:
            shutil.rmtree(reports, ignore_errors=True)
            command = [str(BIN / "autograde"), "grade", str(self.files), "-a", NAME, "-o", str(reports)]
            book = self.folder / f"gradebook{number}.db"
            where = ["--course", str(course), "--gradebook", str(book), "--jobs", str(self.lanes)]
            return measured([*command, *where], self.folder)

        def passed() -> Passed:
            told = json.loads((reports / "results.json").read_text("utf-8"))
            return {
                one["student"]: sum(
                    check["outcome"] == "passed"
                    for function in one["functions"]
                    for check in function["checks"]
                )
                for one in told["reports"]
            }

        return Row(run, passed)

    def floor1(self) -> Row:
        return self._floor("plain")

    def floor2(self) -> Row:
        return self._floor("confined")

    def _floor(self, kind: str) -> Row:
        found: Passed = {}

        def run(_number: int) -> Took:
            command = [sys.executable, "-m", "tests.bench.floor", kind, str(self.files), str(self.lanes)]
            took = measured(command, self.folder)
            found.update(json.loads(took.output))
            return took

        return Row(run, lambda: found)

    def pytest(self) -> Row:
        folder = self.folder / "pytest"
        shutil.copytree(self.files, folder)
        for number in range(self.students):
            (folder / course24.student(number) / f"test_{NAME}.py").write_text(course24.pytest_file())
        each = f"{sys.executable} -m pytest -q --tb=no -p no:cacheprovider --junit-xml={{}}/result.xml {{}} >/dev/null; true"

        def run(_number: int) -> Took:
            command = f"ls | xargs -P {self.lanes} -I{{}} sh -c '{each}'"
            return measured(["sh", "-c", command], folder, {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})

        def passed() -> Passed:
            found = {}
            for path in folder.glob("*/result.xml"):
                cases = ElementTree.parse(path).getroot().iter("testcase")
                found[path.parent.name] = sum(len(case) == 0 for case in cases)
            return found

        return Row(run, passed)

    def nbgrader(self) -> Row:
        made = course24.nbgrader_course(self.folder / "nbgrader")
        path = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        measured([str(BIN / "nbgrader"), "generate_assignment", NAME], made, path, every=0)
        course24.hand_in_nbgrader(made, self.students)

        def run(_number: int) -> Took:
            shutil.rmtree(made / "autograded", ignore_errors=True)
            return measured([str(BIN / "nbgrader"), "autograde", NAME], made, path)

        def passed() -> Passed:
            from nbgrader.api import Gradebook

            with Gradebook(f"sqlite:///{made / 'gradebook.db'}") as book:
                return {one.student.id: round(one.score) for one in book.assignment_submissions(NAME)}

        return Row(run, passed, slow=True)

    def otter(self) -> Row:
        made = course24.otter_assignment(self.folder / "otter")
        path = {"PATH": f"{OTTER.parent}{os.pathsep}{os.environ['PATH']}"}
        measured([str(OTTER), "assign", f"{NAME}.ipynb", "dist"], made, path, every=0)
        (configured,) = (made / "dist" / "autograder").glob("*.zip")
        folder = self.folder / "notebooks"
        course24.hand_in_otter(folder, made / "dist" / "student" / f"{NAME}.ipynb", self.students)
        each = f"cd {{}} && {OTTER} run {NAME}.ipynb -a {configured} -o . --no-logo >log 2>&1; true"

        def run(_number: int) -> Took:
            command = f"ls | xargs -P {self.lanes} -I{{}} sh -c '{each}'"
            took = measured(["sh", "-c", command], folder, path)
            for place in folder.iterdir():
                if not (place / "results.json").exists():
                    raise SystemExit(
                        f"otter made no results for {place.name}: {(place / 'log').read_text()[-2000:]}"
                    )
            return took

        def passed() -> Passed:
            found = {}
            for path in folder.glob("*/results.json"):
                tests = json.loads(path.read_text("utf-8"))["tests"]
                found[path.parent.name] = round(sum(test["score"] for test in tests if test.get("max_score")))
            return found

        return Row(run, passed, slow=True)


ROWS = {
    "ours": "autograde grade",
    "floor1": "floor 1: fork, plain calls",
    "floor2": "floor 2: fork, walls, calls over the wire",
    "pytest": "a fresh pytest process each",
    "nbgrader": "nbgrader autograde",
    "otter": "otter run each",
}


RIVALS = ("pytest", "nbgrader", "otter")


def without() -> dict[str, str]:
    """Rivals that are not there, and why."""
    missing = {}
    if not (BIN / "nbgrader").exists():
        missing["nbgrader"] = f"there is no {BIN / 'nbgrader'}: pip install 'autograder[notebook]'"
    elif not any((Path(sys.prefix) / "share/jupyter/kernels").glob("python3/kernel.json")):
        missing["nbgrader"] = (
            f"Jupyter has no kernel in {sys.prefix}: pip install --force-reinstall ipykernel"
        )
    if not OTTER.exists():
        missing["otter"] = f"there is no {OTTER}; `make bench` makes it where it can be had"
    return missing


def measure(folder: Path, students: int, rounds: int, lanes: int, names: list[str]) -> dict[str, Row]:
    """Grade a class of so many in every way, `rounds` times over; a rival that fails is left out, and told about.

    Raises  SystemExit where one of ours fails
    """
    made = Class(folder, students, lanes)
    rows: dict[str, Row] = {}
    for name in names:
        with _or_without(name, rows):
            rows[name] = made.row(name)
    for number in range(rounds):
        for name, row in list(rows.items()):
            if number and row.slow and students >= LARGE:
                continue
            with _or_without(name, rows):
                row.took.append(row.run(number))
                print(
                    f"  {students} {name}: {row.took[-1].wall:.2f} s, processor {row.took[-1].cpu:.2f} s",
                    file=sys.stderr,
                )
    return rows


@contextmanager
def _or_without(name: str, rows: dict[str, Row]) -> Iterator[None]:
    try:
        yield
    except SystemExit as error:
        if name not in RIVALS:
            raise
        rows.pop(name, None)
        print(f"{name} is left out, because it failed: {error}", flush=True)


def table(students: int, rows: dict[str, Row]) -> list[str]:
    """The table of one class, and what its graders disagree about."""
    lines = [
        f"{students} students",
        f"  {'':42} {'wall':>9} {'each':>10} {'ratio':>8}   {'processor':>10} {'ratio':>8}   {'main':>8} {'child':>8}   runs",
    ]
    best = rows.get("ours") or next(iter(rows.values()))
    for name, row in rows.items():
        peaks = [max(kib) / 1024 for kib in zip(*((t.main_peak, t.lane_peak) for t in row.took), strict=True)]
        memory = f"{peaks[0]:5.0f} MB {peaks[1]:5.0f} MB"
        lines.append(
            f"  {ROWS[name]:42} {row.wall:7.2f} s {1000 * row.wall / students:7.1f} ms {row.wall / best.wall:8.2f}   "
            f"{row.cpu:8.2f} s {row.cpu / best.cpu:8.2f}   {memory}   {len(row.took)}"
        )
    found = {name: row.passed() for name, row in rows.items()}
    first, others = next(iter(found)), list(found)[1:]
    for name in others:
        differ = sorted(
            s for s in found[first].keys() | found[name].keys() if found[first].get(s) != found[name].get(s)
        )
        if differ:
            shown = ", ".join(f"{s} {found[first].get(s)} and {found[name].get(s)}" for s in differ[:5])
            lines.append(
                f"  {first} and {name} find different numbers of passed checks for {len(differ)}: {shown}"
            )
    lines.append(f"  passed checks of all {students}: {sum(found[first].values())} of {24 * students}")
    return lines


def markdown(students: int, rows: dict[str, Row], lanes: int) -> list[str]:
    """The table as docs/performance.md has it."""
    best = rows.get("ours") or next(iter(rows.values()))
    return [
        f"A class of {students}, the same 24 checks, {lanes} lanes:",
        "",
        "| | wall | each | ratio | processor | ratio | runs |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(
            f"| {ROWS[name]} | {row.wall:.2f} s | {1000 * row.wall / students:.1f} ms | {row.wall / best.wall:.2f} | "
            f"{row.cpu:.2f} s | {row.cpu / best.cpu:.2f} | {len(row.took)} |"
            for name, row in rows.items()
        ),
        "",
    ]


def each_further(sizes: dict[int, dict[str, Row]]) -> list[str]:
    """What one more student takes, from the smallest to the largest class: the start of a command is in neither."""
    few, many = min(sizes), max(sizes)
    if few == many:
        return []
    more = many - few
    both = [name for name in sizes[few] if name in sizes[many]]
    each = {
        name: [
            (getattr(sizes[many][name], what) - getattr(sizes[few][name], what)) / more
            for what in ("wall", "cpu")
        ]
        for name in both
    }
    lines = [f"each further student, from {few} to {many}"]
    best = each.get("ours")
    for name, (wall, cpu) in each.items():
        ratios = (
            f"   {wall / best[0]:8.2f} x and {cpu / best[1]:8.2f} x ours" if best and min(best) > 0 else ""
        )
        lines.append(f"  {ROWS[name]:42} {1000 * wall:9.1f} ms   processor {1000 * cpu:9.1f} ms{ratios}")
    return lines


def fitted(points: list[tuple[int, float]]) -> list[str]:
    """How well seconds = a + b · students describes what was measured (least squares): a, b, R² and what is left."""
    import numpy as np

    n, seconds = np.array([p[0] for p in points], float), np.array([p[1] for p in points])
    b, a = np.polyfit(n, seconds, 1)
    left = seconds - (a + b * n)
    r2 = 1 - np.sum(left**2) / np.sum((seconds - seconds.mean()) ** 2)
    each = ", ".join(f"{int(m)}: {s:.2f} ({r:+.2f})" for m, s, r in zip(n, seconds, left, strict=True))
    return [f"  seconds = {a:.2f} + {b:.5f} · students, R² = {r2:.5f}; measured (measured - fitted): {each}"]


def machine() -> str:
    """What was measured on."""
    told = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    models = [line.partition(":")[2].strip() for line in told if line.startswith("model name")]
    model = models[0] if models else platform.processor()
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} x {model}, Linux {platform.release()}, Python {platform.python_version()}, load before {load:.1f}"


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", default="20,200", help="sizes of the classes, with commas between")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--lanes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default=",".join(ROWS), help="which graders, with commas between")
    parser.add_argument("--memory", action="store_true", help="print the memory of ours over time too")
    parser.add_argument(
        "--table", type=Path, default=None, help="a file that the tables are added to, as Markdown"
    )
    options = parser.parse_args()
    missing = without()
    names = [name for name in ROWS if name in options.only.split(",")]
    print(f"{machine()}; {options.lanes} lanes, median of {options.rounds}")
    print(f"the class: {course24.MIX}")
    for name in [name for name in names if name in missing]:
        print(f"{name} is left out: {missing[name]}.")
        names.remove(name)
    sys.stdout.flush()
    points = []
    sizes: dict[int, dict[str, Row]] = {}
    if options.table is not None:
        options.table.parent.mkdir(parents=True, exist_ok=True)
    for students in map(int, options.students.split(",")):
        with tempfile.TemporaryDirectory(prefix="autograde-bench-") as name:
            rows = sizes[students] = measure(Path(name), students, options.rounds, options.lanes, names)
            print("\n".join(table(students, rows)), flush=True)
            if options.table is not None:
                with options.table.open("a", encoding="utf-8") as file:
                    file.write("\n".join([machine(), "", *markdown(students, rows, options.lanes), ""]))
            if "ours" in rows:
                points.append((students, rows["ours"].wall))
                if options.memory:
                    show_memory(rows["ours"].took[0])
    print("\n".join(each_further(sizes)))
    if len(points) > 2:
        print("\n".join(fitted(points)))


def show_memory(took: Took, samples: list[Sample] | None = None) -> None:
    """The memory of one run over time, in MB."""
    for sample in curve(took.samples) if samples is None else samples:
        done = f"{sample.done:8} done  " if sample.done else ""
        print(
            f"    {sample.at:8.1f} s  {done}main {sample.main / 1024:6.1f}  writer {sample.writer / 1024:6.1f}  "
            f"lane {sample.lane / 1024:6.1f}  all, shared once {sample.shared / 1024:7.1f}  "
            f"processes {sample.processes}"
        )


if __name__ == "__main__":
    main()

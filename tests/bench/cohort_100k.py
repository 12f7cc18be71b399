"""Does grading stay linear and its memory flat? Classes of growing size with a cheap suite, up to 100,000 submissions.

python -m tests.bench.cohort_100k [--students 1000,10000,100000] [--html never|all] [--folder DIR] [--keep]

One function with two checks. The files are drawn from 50 texts, each with a comment of its own, so that no two are the same
bytes. For each size: seconds, processor time, the memory of the main process and of its largest lane over time, the size of
the gradebook and of the reports. Three sizes or more are fitted by a line.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from textwrap import dedent

from tests.bench.cohort import BIN, fitted, machine, show_memory
from tests.bench.measured import Took, measured

NAME, MAIN = "scale", "scale.py"
RIGHT = [
    "return [{k} * v for v in x]",
    "return list(map(lambda v: {k} * v, x))",
    "made = []\n    for v in x:\n        made.append({k} * v)\n    return made",
    "made = list(x)\n    for i, v in enumerate(x):\n        made[i] = v * {k}\n    return made",
]
WRONG = [
    "return [{k} + v for v in x]",
    "return [{k} * v for v in x[1:]]",
    "return {k} * x",
    "raise NotImplementedError",
]


def texts() -> list[str]:
    """50 files: 40 right ones in four styles with other names inside, 10 wrong ones."""
    made = []
    for number in range(50):
        bodies = WRONG if number % 5 == 4 else RIGHT
        body = bodies[number // 5 % 4 if bodies is WRONG else number % 4].replace("{k}", "FACTOR")
        made.append(f"FACTOR = 2\nMARK = {number}\n\n\ndef double(x):\n    {body}\n")
    return made


def course(folder: Path) -> Path:
    """A course of one function and two checks; the place of its files is returned."""
    files = {
        "assignments/course.toml": f"""
            [course]
            id = "scale"
            title = {{ en = "Scale" }}
            languages = ["en"]
            assignments = ["{NAME}"]
            """,
        f"assignments/{NAME}/assignment.toml": f"""
            [assignment]
            id = "{NAME}"
            version = "1"
            feedback = "call"
            files = ["{MAIN}"]
            [assignment.title]
            en = "Scale"
            [[function]]
            name = "double"
            points = 100
            """,
        f"assignments/{NAME}/README.md": "# Scale\n",
        f"assignments/{NAME}/test_{NAME}.py": '"""Public checks."""\n',
        f"assignments/{NAME}/{MAIN}": '"""Scale."""\n\n\ndef double(x):\n    raise NotImplementedError\n',
        f"solutions/{NAME}/{MAIN}": '''
            """Scale."""


            def double(x):
                # BEGIN SOLUTION
                return [2 * v for v in x]
                # END SOLUTION
            ''',
        f"solutions/{NAME}/hidden/test_{NAME}.py": '''
            """Hidden suite."""
            import pytest


            @pytest.mark.function("double")
            def test_values(student):
                """values"""
                assert student.double([1, 2, 5]) == [2, 4, 10]


            @pytest.mark.function("double")
            def test_nothing(student):
                """an empty list"""
                assert student.double([]) == []
            ''',
        "solutions/secret.key": "00112233445566778899aabbccddeeff",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return folder


def hand_in(folder: Path, students: int) -> Path:
    """So many submissions."""
    drawn = texts()
    for number in range(students):
        place = folder / f"s{number:06d}"
        place.mkdir(parents=True)
        (place / MAIN).write_text(f"# student {number}\n{drawn[number % len(drawn)]}", "utf-8")
    return folder


def size_of(path: Path) -> int:
    """Bytes of a file or of all files in a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(entry.stat().st_size for entry in path.rglob("*") if entry.is_file())


def grade(folder: Path, students: int, lanes: int, html: str, more: list[str]) -> Took:
    """Grade a class of so many; everything is made in `folder`."""
    submissions = hand_in(folder / "class", students)
    command = [str(BIN / "autograde"), "grade", str(submissions), "-a", NAME, "-o", str(folder / "reports")]
    where = ["--course", str(course(folder / "course")), "--gradebook", str(folder / "gradebook.db")]
    # Looked at ten thousand times at most, so that looking costs nothing.
    every = max(0.25, students / 20_000)
    return measured([*command, *where, "--jobs", str(lanes), "--html", html, *more], folder, every=every)


def main() -> None:
    """Grade all sizes and print what it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--students", default="500,1000,2000", help="sizes of the classes, with commas between"
    )
    parser.add_argument("--lanes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--html", choices=["all", "never"], default="all")
    parser.add_argument(
        "--folder", type=Path, default=None, help="where to work; it needs about 20 KB a submission"
    )
    parser.add_argument("--keep", action="store_true", help="leave everything there")
    parser.add_argument("more", nargs="*", help="further options of `autograde grade`, after --")
    options = parser.parse_args()
    print(f"{machine()}; {options.lanes} lanes, --html {options.html}", flush=True)
    points = []
    for students in map(int, options.students.split(",")):
        folder = Path(tempfile.mkdtemp(prefix=f"autograde-{students}-", dir=options.folder))
        try:
            took = grade(folder, students, options.lanes, options.html, options.more)
            books = sum(size_of(path) for path in folder.glob("gradebook.db*"))
            reports = size_of(folder / "reports")
        finally:
            if options.keep:
                print(f"kept: {folder}", file=sys.stderr)
            else:
                shutil.rmtree(folder, ignore_errors=True)
        points.append((students, took.wall))
        print(
            f"{students} submissions: {took.wall:.1f} s, {1000 * took.wall / students:.2f} ms each; "
            f"processor {took.cpu:.1f} s; gradebook {books / 2**20:.1f} MB ({books / students:.0f} bytes each), "
            f"reports {reports / 2**20:.1f} MB"
        )
        print(f"  peaks: main {took.main_peak / 1024:.1f} MB, lane {took.lane_peak / 1024:.1f} MB")
        show_memory(took)
        sys.stdout.flush()
    if len(points) > 2:
        print("\n".join(fitted(points)))


if __name__ == "__main__":
    main()

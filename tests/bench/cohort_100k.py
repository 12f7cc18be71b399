"""Does grading stay linear and its memory flat? Classes of growing size with a cheap suite, up to 100,000 submissions.

python -m tests.bench.cohort_100k [--students 1000,10000,100000] [--html never|all] [--wrong 10] [--folder DIR] [--keep]

One function with two checks. The files are drawn from 50 texts, each with a comment of its own, so that no two are the same
bytes. For each size, as soon as it is measured: seconds, processor time, the size of the gradebook and of the reports, and the
memory of the main process, of the writer of reports and of the largest lane at each twentieth of the submissions. Those
moments are fitted by a line, and so are the sizes where there are three.

Ctrl-C or SIGTERM ends it: what was measured of the size under way is printed, and its files are removed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from textwrap import dedent

from tests.bench.cohort import BIN, fitted, machine, show_memory
from tests.bench.measured import Stopped, Took, curve_of_done, measured, terminated

BYTES_EACH = 48 * 2**10
"""Of the disk, for one submission: folder, file, page, rows, and the reports that wait to be put in order."""

FILES_EACH = 3

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


def texts(wrong: int) -> list[str]:
    """50 files: right ones in four styles with other names inside, and `wrong` percent wrong ones, spread evenly."""
    made, count = [], 0
    for number in range(50):
        bodies = RIGHT
        if (number + 1) * wrong // 100 > count:
            bodies, count = WRONG, count + 1
        body = bodies[(count if bodies is WRONG else number) % 4].replace("{k}", "FACTOR")
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


def hand_in(folder: Path, students: int, wrong: int) -> Path:
    """So many submissions. wrong: percent of them."""
    drawn = texts(wrong)
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


def room_for(folder: Path, students: int) -> None:
    """Raises SystemExit where the disk cannot take so many submissions with their reports."""
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    if free < students * BYTES_EACH:
        raise SystemExit(
            f"{students} submissions need about {students * BYTES_EACH / 2**30:.1f} GB in {folder}, where "
            f"{free / 2**30:.1f} GB are free. Name another folder: --folder DIR."
        )
    # Some file systems count none.
    if disk.f_files and disk.f_favail < students * FILES_EACH:
        raise SystemExit(
            f"{students} submissions need about {students * FILES_EACH} files in {folder}, where "
            f"{disk.f_favail} more can be made. Name another folder: --folder DIR."
        )


def results_in(book: Path) -> int:
    """How many results a gradebook holds; 0 before there is one."""
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{book.as_uri()}?mode=ro", uri=True, timeout=0.1)) as database,
    ):
        return int(database.execute("SELECT coalesce(max(id), 0) FROM results").fetchone()[0])
    return 0


def grade(folder: Path, students: int, lanes: int, html: str, wrong: int, more: list[str]) -> Took:
    """Grade a class of so many; everything is made in `folder`."""
    submissions = hand_in(folder / "class", students, wrong)
    book = folder / "gradebook.db"
    command = [str(BIN / "autograde"), "grade", str(submissions), "-a", NAME, "-o", str(folder / "reports")]
    where = ["--course", str(course(folder / "course")), "--gradebook", str(book)]
    # Looked at some hundred times, so that looking costs nothing.
    every = max(0.1, students / 20_000)
    return measured(
        [*command, *where, "--jobs", str(lanes), "--html", html, *more],
        folder,
        every=every,
        done=lambda: results_in(book),
    )


def tell(students: int, took: Took, folder: Path) -> None:
    """Print what a size took."""
    books = sum(size_of(path) for path in folder.glob("gradebook.db*"))
    reports = size_of(folder / "reports")
    print(
        f"{students} submissions: {took.wall:.1f} s, {1000 * took.wall / students:.2f} ms each; processor "
        f"{took.cpu:.1f} s, {1000 * took.cpu / students:.2f} ms each; gradebook {books / 2**20:.1f} MB "
        f"({books / students:.0f} bytes each), reports {reports / 2**20:.1f} MB ({reports / students:.0f} bytes each)"
    )
    print(
        f"  peaks: main {took.main_peak / 1024:.1f} MB, writer {took.writer_peak / 1024:.1f} MB, "
        f"lane {took.lane_peak / 1024:.1f} MB"
    )
    samples = curve_of_done(took.samples, students)
    show_memory(took, samples)
    # The last one is the end of the command, when the pages about the class were written.
    points = [(one.done, one.at) for one in samples[:-1] if one.done]
    if len({n for n, _at in points}) > 2:
        print("within this run:")
        print("\n".join(fitted(points)))
    sys.stdout.flush()


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
        "--wrong", type=int, default=10, help="percent of wrong submissions; each costs several"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=None,
        help=f"where to work; it needs about {BYTES_EACH // 2**10} KB a submission",
    )
    parser.add_argument("--keep", action="store_true", help="leave everything there")
    parser.add_argument("more", nargs="*", help="further options of `autograde grade`, after --")
    options = parser.parse_args()
    sizes = [int(size) for size in options.students.split(",")]
    room_for(options.folder or Path(tempfile.gettempdir()), max(sizes))
    print(f"{machine()}; {options.lanes} lanes, --html {options.html}, {options.wrong} % wrong", flush=True)
    points = []
    stopped = False
    with terminated():
        for students in sizes:
            folder = Path(tempfile.mkdtemp(prefix=f"autograde-{students}-", dir=options.folder))
            try:
                took = grade(folder, students, options.lanes, options.html, options.wrong, options.more)
                tell(students, took, folder)
                points.append((students, took.wall))
            except Stopped as interrupted:
                done = results_in(folder / "gradebook.db")
                print(f"interrupted after {interrupted.took.wall:.1f} s, {done} of {students} done")
                if done:
                    tell(done, interrupted.took, folder)
                stopped = True
            except KeyboardInterrupt:
                stopped = True
            finally:
                if options.keep:
                    print(f"kept: {folder}", file=sys.stderr)
                else:
                    shutil.rmtree(folder, ignore_errors=True)
            if stopped:
                break
    if len(points) > 2:
        print("\n".join(fitted(points)))
    if stopped:
        sys.exit(130)


if __name__ == "__main__":
    main()

"""What hostile files say of their own attempts: lines such as "fork: EPERM", printed when the file is loaded or called."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.course import load_course
from autograder.errors import StudentFault
from autograder.sandbox.bench import Bench
from autograder.sandbox.launch import Zygote
from autograder.sandbox.student import Student
from autograder.sandbox.worker import Program
from tests.hostile.graded import COURSE, HERE


def told(text: str) -> dict[str, str]:
    """Label → result, the first one where a label comes again."""
    results: dict[str, str] = {}
    for line in text.splitlines():
        label, _colon, result = line.partition(": ")
        if result:
            results.setdefault(label.strip(), result.strip())
    return results


def assert_all(results: dict[str, str], wanted: str, *, but: dict[str, str] | None = None) -> None:
    """Assert that every attempt came to `wanted` (alternatives separated by "|"), `but` for those named."""
    assert results, "nothing was told"
    for label, expected in (but or {}).items():
        assert label in results, f"{label} was not tried"
        assert results[label] in expected.split("|"), f"{label}: {results[label]}, not {expected}"
    others = {label: result for label, result in results.items() if label not in (but or {})}
    wrong = {label: result for label, result in others.items() if result not in wanted.split("|")}
    assert not wrong, f"not {wanted}: {wrong}"


@contextmanager
def in_worker(path: Path) -> Iterator[Student]:
    """The submission loaded in a confined worker of ours, to call also what no check calls."""
    limits = load_course(COURSE).assignment("hw").limits
    zygote = Zygote()
    bench = Bench(zygote, limits, Program({"hw.py": path.read_text("utf-8")}, "hw.py"))
    try:
        yield Student(bench.worker)
    finally:
        bench.close()
        zygote.close()


def endings(path: Path) -> dict[str, str]:
    """For each function "fatal_…" of a submission, called in a confined worker of ours: what came of the call.

    In a guard (see `guard.py`): should the confinement have a hole, these calls mount and unmount.
    """
    ran = subprocess.run(
        [sys.executable, "-S", "-B", str(HERE / "guard.py"), sys.executable, "-m", __name__, str(path)],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(HERE.parent.parent), "OPENBLAS_NUM_THREADS": "1"},
        timeout=180,
    )
    assert ran.returncode == 0, ran.stderr.decode(errors="replace")[-500:]
    found: dict[str, str] = json.loads(ran.stdout)
    return found


def _endings(path: Path) -> dict[str, str]:
    with in_worker(path) as student:
        names = [name for name in student._worker().names if name.startswith("fatal_")]
        return {name.removeprefix("fatal_"): _ending(student, name) for name in names}


def _ending(student: Student, name: str) -> str:
    try:
        return repr(getattr(student, name)())
    except StudentFault as fault:
        return str(fault)


def descendants() -> set[int]:
    """The ids of all processes below this one."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        # One that ends meanwhile is none any more.
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(
                stat.read_text("utf-8", "replace").rpartition(")")[2].split()[1]
            )
    found = {os.getpid()}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}


if __name__ == "__main__":
    print(json.dumps(_endings(Path(sys.argv[1]))))

"""The submission beside a public check, for plain `pytest`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.course.manifest import Limits
from autograder.errors import StudentError
from autograder.sandbox.bench import Bench
from autograder.sandbox.launch import best_launcher
from autograder.sandbox.student import Student
from autograder.sandbox.worker import Program


@contextmanager
def student_beside(check: Path) -> Iterator[Student]:
    """The file that `check` is about: test_work.py → work.py in the same folder."""
    main = check.name.removeprefix("test_")
    files = {path.name: path.read_text("utf-8-sig") for path in check.parent.glob("*.py") if path != check}
    if main not in files:
        raise StudentError("FileNotFoundError", (), f"there is no {main} beside {check.name}")
    launcher = best_launcher()
    bench = Bench(launcher, Limits(), Program(files, main))
    try:
        loaded = bench.load()
        if loaded.error is not None:
            raise loaded.error
        yield Student(bench.worker)
    finally:
        bench.close()
        launcher.close()

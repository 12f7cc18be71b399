"""What is the least that grading a class can cost? Two graders without anything but the calls; run by `cohort`.

python -m tests.bench.floor plain|confined FOLDER LANES

    plain      for each submission a fork, its file run in it, the checks called in it: no wall, no limit, no report
    confined   for each submission a worker behind all our walls, and the same calls over the wire: no pytest, no report

Both share the class out to as many lanes. They print how many checks each submission passed, as JSON.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from tests.bench.course24 import CHECKS, MAIN

Passed = dict[str, int]


def compiled() -> list[tuple[str, CodeType]]:
    """(function, code) of each check."""
    return [(check.function, compile(check.lines, check.name, "exec")) for check in CHECKS]


def count(checks: list[tuple[str, CodeType]], function_of: Callable[[str], Any]) -> int:
    """How many checks pass. function_of: what stands for a function of the submission in a check."""
    passed = 0
    for name, code in checks:
        try:
            exec(code, {"np": np, name: function_of(name)})
        except Exception:
            continue
        passed += 1
    return passed


def plain(paths: list[Path]) -> Passed:
    """A fork for each file."""
    checks, found = compiled(), {}
    for path in paths:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            passed = 0
            try:
                namespace: dict[str, Any] = {}
                exec(compile(path.read_text("utf-8"), MAIN, "exec"), namespace)
                passed = count(checks, namespace.__getitem__)
            finally:
                os.write(writing, bytes([passed]))
                os._exit(0)
        os.close(writing)
        found[path.parent.name] = os.read(reading, 1)[0]
        os.close(reading)
        os.waitpid(pid, 0)
    return found


def confined(paths: list[Path]) -> Passed:
    """A worker for each file."""
    from autograder.course.manifest import Limits
    from autograder.sandbox.bench import Bench
    from autograder.sandbox.launch import Zygote
    from autograder.sandbox.student import Student
    from autograder.sandbox.worker import Program

    checks, found, zygote = compiled(), {}, Zygote(exact=True)
    for path in paths:
        bench = Bench(zygote, Limits(), Program({MAIN: path.read_text("utf-8")}, MAIN))
        student = Student(bench.worker)
        found[path.parent.name] = count(checks, functools.partial(getattr, student))
        bench.close()
    zygote.close()
    return found


def main() -> None:
    """Share the class out, and print what all lanes found."""
    kind, folder, lanes = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    paths = sorted(folder.glob(f"*/{MAIN}"))
    grade = {"plain": plain, "confined": confined}[kind]
    pipes = []
    for lane in range(lanes):
        reading, writing = os.pipe()
        if os.fork() == 0:
            with os.fdopen(writing, "w") as out:
                json.dump(grade(paths[lane::lanes]), out)
            os._exit(0)
        os.close(writing)
        pipes.append(reading)
    found: Passed = {}
    for reading in pipes:
        with os.fdopen(reading) as told:
            found |= json.load(told)
        os.wait()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()

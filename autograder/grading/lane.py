"""A lane: one process that holds a collected suite and a zygote, and grades one submission after another.

It is started by `many` as a process of its own, so that an outside deadline can end it whatever a submission's data
does to it. Jobs come in on stdin, reports go out on a private copy of stdout, one msgpack frame each.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.course.find import find_course
from autograder.course.manifest import Limits
from autograder.errors import AutogradeError, SystemFault
from autograder.grading import frames
from autograder.grading.copies import Copies
from autograder.grading.expected import announced
from autograder.grading.grade import Grader
from autograder.grading.process import UNKNOWN_YET
from autograder.grading.record import job_of, plain
from autograder.runner.session import collected
from autograder.runner.suite import Suite
from autograder.sandbox.channel import PollChannel
from autograder.sandbox.inside.data import show
from autograder.sandbox.launch import best_launcher

_MEMORY_BYTES = 4 * 2**30


def _limit_memory() -> None:
    """What a submission's data makes us compute must end in a MemoryError here, not in an ended machine."""
    try:
        import resource
    except ImportError:
        return
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(_MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _in_words(error: AutogradeError) -> dict[str, Any]:
    """An error as a frame: its sentences with their fields, so that it is told in the language of who asked."""
    return {"error": [[part.id, dict(part.fields)] for part in error.parts], "exit_code": error.exit_code}


def _layers(told: str) -> frozenset[str] | None:
    """Exactly these are to hold workers back; None: as many as there are."""
    return frozenset(told.split(", ")) if told not in ("", UNKNOWN_YET) else None


def main() -> None:
    """Serve until stdin ends."""
    _limit_memory()
    PollChannel.looks = 0
    jobs = os.fdopen(os.dup(0), "rb")
    reports = os.fdopen(os.dup(1), "wb")
    # A suite that prints must not write into the reports, nor one that reads take a job.
    os.dup2(2, 1)
    with open(os.devnull, "rb") as null:
        os.dup2(null.fileno(), 0)
    root, assignment_id, layers, call_seconds, submission_seconds, memory_mib = sys.argv[1:]

    def send(tree: Any) -> None:
        try:
            reports.write(frames.frame(tree))
            reports.flush()
        except BrokenPipeError:
            # Whoever gave the job is gone. There is nobody to report to, and nothing to keep.
            os._exit(1)

    try:
        course = find_course(Path(root))
        limits = Limits(float(call_seconds), float(submission_seconds), int(memory_mib))
        assignment = replace(course.assignment(assignment_id), limits=limits)
        # The reference runs here, where nothing is mounted.
        show(None if assignment.data_dir is None else str(assignment.data_dir))
        launcher = best_launcher(assignment, _layers(layers))
    except AutogradeError as error:
        send(_in_words(error))
        return

    def serve(suite: Suite) -> None:
        nonlocal launcher
        if layers == UNKNOWN_YET:
            told = frames.read(jobs)
            if told is None:
                return
            wanted = _layers(str(told["layers"]))
            if wanted is not None and wanted != frozenset(launcher.facts.get("layers", ())):
                launcher.close()
                launcher = best_launcher(assignment, wanted)
        grader, copies = Grader(course, assignment, suite, launcher), Copies()
        # Before the first job: what no submission's data can have touched.
        send({"ready": announced(suite, assignment)})
        while (data := frames.read(jobs)) is not None:
            report = copies.graded(job_of(data), grader.grade)
            send({"report": plain(report) | {"student": os.fsencode(report.student)}})

    try:
        paths = [assignment.hidden_dir]
        if assignment.public_checks.exists():
            paths.append(assignment.public_checks)
        collected(paths, serve)
    except AutogradeError as error:
        send(_in_words(error))
    except KeyboardInterrupt:
        pass
    except Exception as error:
        send(_in_words(SystemFault(f"{type(error).__name__}: {error}")))
    finally:
        launcher.close()


if __name__ == "__main__":
    main()

"""Grades submissions one after another, as a lane does: the process behind `graded.Grading`.

Jobs arrive on stdin, one line of JSON each, and reports go out on stdout in the same way.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path

from autograder.course import load_course
from autograder.grading.grade import Grader
from autograder.grading.record import job_of, plain
from autograder.runner.session import collected
from autograder.runner.suite import Suite
from autograder.sandbox.launch import best_launcher


def main() -> None:
    """Serve until stdin ends."""
    jobs, reports = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    course = load_course(Path(sys.argv[1]))
    assignment = course.assignment("hw")
    launcher = best_launcher(assignment)

    def serve(suite: Suite) -> None:
        grader = Grader(course, assignment, suite, launcher)
        for line in jobs:
            job = json.loads(line)
            job["files"] = {name: base64.b64decode(data) for name, data in job["files"].items()}
            job["student"] = job["student"].encode()
            report = plain(grader.grade(job_of(job)))
            reports.write(json.dumps(report).encode() + b"\n")
            reports.flush()

    try:
        collected([assignment.hidden_dir, assignment.public_checks], serve)
    finally:
        launcher.close()


if __name__ == "__main__":
    main()

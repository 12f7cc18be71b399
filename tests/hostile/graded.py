"""What our grader makes of a submission: graded by a lane and its confined workers, then rendered in every way."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rich.console import Console

from autograder.course import load_course
from autograder.course.version import course_version, suite_version
from autograder.grading.record import job, report_of
from autograder.grading.submission import Submission, read
from autograder.model import ClassResults, GradeReport, Outcome
from autograder.reports import text, write

HERE = Path(__file__).resolve().parent
COURSE = HERE / "course"
HONEST = HERE / "submissions" / "honest.py"
NOT_HERE = 77
_LANE_SECONDS = 60.0

CANARY = "canary_5e1f0c2a9b7d4e36"
"""In the hidden suite, the reference and a mistake of `course/`, and nowhere that a student may look."""


@dataclass(frozen=True)
class Graded:
    """A graded submission.

    report   as it came from the lane
    folder   where results.json, marks.csv, class.html and the student's page were written
    seconds  from handing the submission in to having the report
    """

    report: GradeReport
    folder: Path
    seconds: float

    @property
    def score(self) -> float | None:
        """In points, of 100."""
        return None if self.report.score is None else self.report.score / 100

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """Function → the worst outcome of its hidden checks."""
        return {function.name: function.outcome for function in self.report.functions}

    def points(self, function: str) -> float:
        """What one function earned."""
        return sum(one.score for one in self.report.functions if one.name == function) / 100

    @cached_property
    def html(self) -> str:
        return (self.folder / write.page_name(self.report.student)).read_text(encoding="utf-8")

    @cached_property
    def class_html(self) -> str:
        return (self.folder / write.CLASS).read_text(encoding="utf-8")

    @cached_property
    def results_json(self) -> str:
        return (self.folder / write.RESULTS).read_text(encoding="utf-8")

    @cached_property
    def marks_csv(self) -> str:
        return (self.folder / write.MARKS).read_text(encoding="utf-8")

    @cached_property
    def terminal(self) -> str:
        """The report as a terminal gets it, colours and all."""
        out = io.StringIO()
        console = Console(file=out, force_terminal=True, width=100, legacy_windows=False)
        console.print(text.student(self.report, all_failures=True, language="en"))
        return out.getvalue()

    @property
    def released(self) -> str:
        """Every rendering, one after the other."""
        return "\n".join([self.html, self.class_html, self.results_json, self.marks_csv, self.terminal])


class NotHere(Exception):
    """This system allows no namespaces, so nothing hostile may be graded here."""


class Grading:
    """A lane that stays for many submissions, in a guard (see `guard.py`). Close it when done."""

    def __init__(self) -> None:
        self.course = load_course(COURSE)
        self.assignment = self.course.assignment("hw")
        self._folder = Path(tempfile.mkdtemp(prefix="autograde-hostile-"))
        self._number = 0
        self._start()

    def _start(self) -> None:
        server = [sys.executable, "-m", "tests.hostile.server", str(COURSE)]
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-B", str(HERE / "guard.py"), *server],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(HERE.parent.parent), "OPENBLAS_NUM_THREADS": "1"},
        )

    def grade(self, path: Path, student: str = "an") -> Graded:
        """Hand in a file or a folder, and wait for the report and its renderings.

        Raises  AssertionError where the lane ends or takes longer than any lane may; NotHere
        """
        submission = read(student, path, self.assignment)
        began = time.monotonic()
        report = self._asked(submission)
        seconds = time.monotonic() - began
        self._number += 1
        folder = self._folder / str(self._number)
        results = ClassResults(
            self.assignment.id,
            self.assignment.title["en"],
            course_version(self.assignment),
            suite_version(self.assignment),
            {"level": "as tested"},
            (report,),
        )
        write.write_all(results, folder, "en")
        return Graded(report, folder, seconds)

    def _asked(self, submission: Submission) -> GradeReport:
        asked: dict[str, Any] = job(submission)
        asked["files"] = {name: base64.b64encode(data).decode() for name, data in submission.files.items()}
        asked["student"] = submission.student
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        overdue = threading.Timer(_LANE_SECONDS, self._process.kill)
        overdue.start()
        try:
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = b""
        finally:
            overdue.cancel()
        if not answer:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(20)
            self._process.kill()
            status = self._process.wait()
            self._start()
            if status == NOT_HERE:
                raise NotHere
            raise AssertionError("the lane ended, or had to be ended")
        return report_of(json.loads(answer))

    def close(self) -> None:
        """End the lane and remove what was written."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

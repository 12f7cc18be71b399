"""What has been graded already? One line a report, appended as soon as it is there.

A run that was interrupted, at whatever moment, continues from here: a report counts when its student, the bytes that
were handed in, the suite, the course, the engine and the isolation are the same as now. A half-written last line is skipped.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.cleaning import clean_line
from autograder.errors import SystemFault, UsageError
from autograder.grading.record import plain, report_of
from autograder.grading.submission import Submission
from autograder.model import GradeReport, Status, message

FILE = ".journal.jsonl"
_DECISIVE = {"level", "policy", "profile", "missing"}
"""What of the isolation tells one kind of grading from another; a new kernel does not."""


def key(
    submission: Submission,
    versions: Mapping[str, str],
    isolation: Mapping[str, str | int | float] | None = None,
) -> str:
    """What a report depends on, as one hash.

    isolation  under which confinement it is made: one made under a weak one may not be taken for another
    """
    problem = None if submission.problem is None else [submission.problem.id, dict(submission.problem.fields)]
    told = {
        "student": submission.student,
        "files": submission.hashes,
        "problem": problem,
        "notices": [[notice.id, dict(notice.fields)] for notice in submission.notices],
        "isolation": {name: value for name, value in (isolation or {}).items() if name in _DECISIVE},
        **versions,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


class Journal:
    """The journal of one folder of results."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE
        self._known: dict[str, dict[str, Any]] = {}
        try:
            directory.mkdir(parents=True, exist_ok=True)
            if self._path.exists():
                self._read()
            self._file = open(  # noqa: SIM115 - it stays open as long as the journal
                self._path, "a+", encoding="utf-8", errors="surrogateescape"
            )
            self._end_the_last_line()
        except OSError as error:
            raise UsageError(
                message(
                    "{folder} cannot be written: {reason}. Choose another folder: --output DIR.",
                    folder=clean_line(str(directory)),
                    reason=str(error.strerror),
                )
            ) from None

    def _read(self) -> None:
        with open(self._path, encoding="utf-8", errors="surrogateescape") as file:
            for line in file:
                try:
                    entry = json.loads(line)
                    self._known[entry["key"]] = entry["report"]
                except (ValueError, KeyError, TypeError, RecursionError):
                    continue

    def _end_the_last_line(self) -> None:
        self._file.seek(0, os.SEEK_END)
        if self._file.tell():
            with open(self._path, "rb") as file:
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    self._file.write("\n")

    def report(self, key: str) -> GradeReport | None:
        """The report under `key`, where there is a valid one."""
        data = self._known.get(key)
        if data is None:
            return None
        try:
            return report_of(data)
        except (TypeError, ValueError, LookupError, AttributeError):
            return None

    def add(
        self, key: str, report: GradeReport, isolation: Mapping[str, str | int | float] | None = None
    ) -> None:
        """Keep a report, and under which isolation it was made. A fault of ours is not kept: it is to be graded again."""
        if report.status is Status.SYSTEM_ERROR:
            return
        try:
            entry = {"key": key, "isolation": dict(isolation or {}), "report": plain(report)}
            self._file.write(json.dumps(entry, ensure_ascii=True) + "\n")
            self._file.flush()
        except OSError as error:
            raise SystemFault(
                message(
                    "{path} cannot be written any more: {reason}. Make room, and run the same command again: it continues.",
                    path=clean_line(str(self._path)),
                    reason=str(error.strerror),
                )
            ) from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()

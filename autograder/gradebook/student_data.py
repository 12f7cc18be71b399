"""What does the gradebook hold of one student? All of it, as a zip file for that student.

student.json                 who it is, and everything else that is no file
submissions/<id>/<name>      the files, as they were handed in
reports/<id>.json            the reports, one a result
"""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.gradebook import tables
from autograder.gradebook.address import shown
from autograder.gradebook.store import Store
from autograder.gradebook.values import STATES
from autograder.gradebook.whole_file import whole_file
from autograder.grading.record import plain
from autograder.model import message
from autograder.names import folder_name, meant

FORMAT = "autograde/student-data/1"
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}")
_FIRST = (1980, 1, 1, 0, 0, 0)


def write_student_data(store: Store, student: str, file: Path, *, force: bool = False) -> dict[str, int]:
    """Write all that is known of a student; how much it was.

    Raises  UsageError where there is no such student, or `file` is there already and not `force`
    """
    with (
        store.read(),
        whole_file(file, force=force) as stream,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        return _write(store, student, archive)


def _write(store: Store, student: str, archive: zipfile.ZipFile) -> dict[str, int]:
    students = store.students()
    if student not in students:
        raise UsageError(
            message(
                'The gradebook {place} has no student "{student}".',
                place=clean_line(shown(store.url)),
                student=clean_line(student),
            ),
            meant(student, students),
        )
    submissions: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for assignment in _assignments(store, student):
        for kept in store.submissions(assignment, student):
            about = {**asdict(kept), "files": []}
            for name, data in store.files(kept.id).items():
                path = f"submissions/{kept.id}/{_safe(name)}"
                about["files"].append({"name": name, "path": path, "sha256": kept.files[name]})
                archive.writestr(zipfile.ZipInfo(path, _FIRST), data)
            submissions.append(about)
        for state in STATES:
            for result in store.results(assignment, state=state, student=student):
                path = f"reports/{result.id}.json"
                results.append(
                    {
                        "submission": result.submission.id,
                        "assignment": assignment,
                        "state": state,
                        "status": result.status.value,
                        "score_cents": result.score,
                        "max_cents": result.max_score,
                        "suite_version": result.suite_version,
                        "course_version": result.course_version,
                        "graded_at": result.graded_at,
                        "report": path,
                    }
                )
                archive.writestr(zipfile.ZipInfo(path, _FIRST), _json(plain(result.report())))
    everything = {
        "schema": FORMAT,
        "student": asdict(students[student]),
        "submissions": submissions,
        "results": results,
        "deadlines": _rows(store, tables.deadlines, student),
        "adjustments": _rows(store, tables.adjustments, student),
        "audit": [asdict(line) for line in store.audits(student=student)],
    }
    archive.writestr(zipfile.ZipInfo("student.json", _FIRST), _json(everything))
    return {"submissions": len(submissions), "results": len(results)}


def _assignments(store: Store, student: str) -> list[str]:
    table = tables.submissions.c
    query = select(table.assignment).where(table.student == student).distinct().order_by(table.assignment)
    with store.read() as connection:
        return list(connection.scalars(query))


def _rows(store: Store, table: Any, student: str) -> list[dict[str, Any]]:
    with store.read() as connection:
        found = connection.execute(select(table).where(table.c.student == student).order_by(table.c.id))
        return [dict(row._mapping) for row in found]


def _safe(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else folder_name(name)


def _json(value: Any) -> bytes:
    # In ASCII, as an id may hold what UTF-8 cannot.
    return (json.dumps(value, indent=1, sort_keys=True, default=_instant) + "\n").encode()


def _instant(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no plain data")

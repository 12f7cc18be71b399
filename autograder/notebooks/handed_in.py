"""What has a student of an nbgrader course handed in? The notebook, whatever lies beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from autograder.course.manifest import Assignment
from autograder.grading.submission import Submission, read
from autograder.sandbox.inside.ingest import said

TIMESTAMP = "timestamp.txt"
"""Where nbgrader writes when a notebook was collected."""


def handed_in(student: str, folder: Path, assignment: Assignment) -> Submission:
    """One student's submission, from a folder as `nbgrader collect` leaves it. Nothing wrong with it is an exception.

    A file of the assignment's own name beside the notebook, such as an export, is left out: in nbgrader the notebook counts.
    """
    submission = read(student, folder, assignment, notebook_counts=True)
    ours = [
        notice
        for notice in submission.notices
        if not (notice.id == said.IGNORED and notice.fields.get("name") == TIMESTAMP)
    ]
    return replace(submission, notices=tuple(ours))

"""Where do the renderings of a class lie on disk, and how do they get there whole?

DIRECTORY/results.json, marks.csv, class.html, and one page for each student, named by
`autograder.names`. Every file is written beside its place and moved into it, so that a reader and an
interruption meet the old file or the new one, never half of one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from autograder.errors import SystemFault, UsageError
from autograder.language import choose
from autograder.model import ClassResults, GradeReport, message
from autograder.names import folder_name
from autograder.reports import html, marks_csv, results_json

RESULTS = "results.json"
MARKS = "marks.csv"
CLASS = "class.html"


def write_all(
    results: ClassResults,
    directory: Path,
    language: str | None = None,
    languages: Mapping[str, str] | None = None,
) -> dict[str, Path]:
    """Write every rendering of `results` into `directory`, which is made where it is missing.

    language   of the class's page, and of students' pages that `languages` does not name; default: as chosen
    languages  student → language, from a roster
    Returns    student → that student's page
    Raises     UsageError when the directory cannot be written; SystemFault when two pages would have one name
    """
    language = language or choose()
    file_names = _file_names(results)
    # results.json first: everything else can be made from it again.
    write_text(directory / RESULTS, results_json.render(results))
    pages = {
        report.student: write_student(
            report, results, directory, (languages or {}).get(report.student, language)
        )
        for report in results.reports
    }
    write_class(results, directory, language, file_names)
    return pages


def write_student(report: GradeReport, about: ClassResults, directory: Path, language: str) -> Path:
    """Write one student's page; `about` is as in `html.student_page`. Returns where it is."""
    path = directory / page_name(report.student)
    write_text(path, html.student_page(report, about, language))
    return path


def write_class(
    results: ClassResults, directory: Path, language: str, file_names: Mapping[str, str] | None = None
) -> None:
    """Write what is about the class as a whole: its page and marks.csv."""
    names = _file_names(results) if file_names is None else file_names
    write_text(directory / MARKS, marks_csv.render(results))
    write_text(directory / CLASS, html.class_page(results, names, language))


def page_name(student: str) -> str:
    """The file name of a student's page."""
    return f"{folder_name(student)}.html"


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` as UTF-8, whole or not at all; line ends stay as they are."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_bytes(text.encode("utf-8"))
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(
            message(
                'Cannot write "{path}": {reason}. Name another folder, or make room in this one.',
                path=str(path),
                reason=str(error.strerror),
            )
        ) from error


def _file_names(results: ClassResults) -> dict[str, str]:
    names = {report.student: page_name(report.student) for report in results.reports}
    taken: dict[str, str] = {CLASS: "the class", MARKS: "the marks", RESULTS: "the results"}
    for student, name in names.items():
        # Compared as file systems that ignore case do.
        other = taken.setdefault(name.casefold(), student)
        if other is not student:
            raise SystemFault(
                message(
                    'The pages of {student} and {other} would both be "{name}".',
                    student=repr(student),
                    other=repr(other),
                    name=name,
                )
            )
    return names

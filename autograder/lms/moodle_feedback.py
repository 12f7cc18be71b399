"""How do students' pages get back to them through Moodle? As the zip that its "Upload multiple feedback files in a zip" takes.

A folder `FULLNAME_N_assignfeedback_file_` for each student. Moodle reads N, the number of "Participant N", and the names of
plugin and area; it ignores FULLNAME, which may hold no "_", and skips a file whose N it does not know without a word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from autograder.cleaning import clean_line
from autograder.gradebook.downloads.handed import participant_system
from autograder.lms import comment
from autograder.lms.delimited import Delimited
from autograder.lms.filling import Layout
from autograder.lms.given import Given, Source
from autograder.lms.matching import match
from autograder.model import ClassResults, Message, message
from autograder.reports import html

PAGE = "feedback.html"
MARK = "mark.txt"
_UNFIT = re.compile(r"[^\w .-]|_")


def folder(name: str, number: str) -> str:
    """The folder's name, e.g. "Ada Lovelace_12345_assignfeedback_file_"."""
    fit = " ".join(_UNFIT.sub(" ", clean_line(name, 200)).split())[:60].strip(" .")
    return f"{fit or 'student'}_{number}_assignfeedback_file_"


def numbers(
    students: Collection[Given], assignment: str, worksheet: tuple[Delimited, Layout] | None
) -> tuple[dict[str, str], list[Message]]:
    """student → N, from Moodle's worksheet or from the gradebook; and why some are not certain.

    worksheet  the file and where its columns are
    """
    system = participant_system(assignment)
    if worksheet is None:
        found = {given.student: given.ids[system] for given in students if given.ids.get(system)}
        return found, []
    table, layout = worksheet
    rows = [
        (row.line, {of: layout.id_in(of, row.text(column)) for of, column in layout.ids})
        for number, row in enumerate(table.rows())
        if number
    ]
    matched = match(rows, students, tuple(of for of, _column in layout.ids))
    by_line: Mapping[int, Mapping[str, str]] = dict(rows)
    found = {student: by_line[line][system] for line, student in matched.rows.items()}
    problems = list(matched.problems)
    problems += (
        message("{student} has no Participant number in the file", student=clean_line(student))
        for student, number in found.items()
        if not number
    )
    return found, problems


def files(
    students: Iterable[Given], number_of: Mapping[str, str], about: Source, language: str
) -> Iterator[tuple[str, bytes]]:
    """The pages, in the order of students; one without a report has none."""
    class_ = ClassResults(
        assignment=about.assignment,
        title=about.title,
        course_version=about.course_version,
        suite_version=about.suite_version,
        isolation=about.isolation,
        reports=(),
    )
    for given in students:
        number = number_of.get(given.student)
        if given.report is not None and number:
            page = html.student_page(given.report, class_, given.language or language)
            where = folder(given.name or given.student, number)
            yield f"{where}/{PAGE}", page.encode()
            if given.score != given.report.score:
                # The page says what the code earned, which is not the mark.
                yield f"{where}/{MARK}", (comment.text(given, given.language or language) + "\n").encode()

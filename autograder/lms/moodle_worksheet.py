"""Where do marks stand in Moodle's offline grading worksheet of one assignment?

`Identifier` (`Participant N`), name, e-mail address …, `Grade`, `Maximum Grade`, `Grade can be changed`, dates, `Feedback
comments`, in the language of whoever exported it. N is a number for this student in this one assignment: it is read, never
computed. Moodle leaves a row out without a word when the grade is above the maximum, negative, or locked; here those are
refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePath

from autograder.cleaning import clean_line
from autograder.errors import UsageError
from autograder.gradebook.downloads.handed import participant_system
from autograder.lms.delimited import Delimited, Row
from autograder.lms.filling import Layout
from autograder.lms.given import Given
from autograder.lms.headings import Names, column, known, listed
from autograder.lms.points import decimal_of
from autograder.model import message

# English, German, French, Spanish, Portuguese, Italian, Dutch, Vietnamese.
IDENTIFIER = (
    "Identifier",
    "ID",
    "Identifiant",
    "Identificador",
    "Identificativo",
    "Identificatie",
    "Định danh",
)
FULL_NAME = (
    "Full name",
    "Vollständiger Name",
    "Nom complet",
    "Nombre completo",
    "Nome completo",
    "Họ và tên",
)
GRADE = ("Grade", "Bewertung", "Note", "Calificación", "Nota", "Valutazione", "Cijfer", "Điểm", "Điểm số")
MAXIMUM = (
    "Maximum Grade",
    "Maximum mark",
    "Bestwertung",
    "Maximale Bewertung",
    "Note maximale",
    "Calificación máxima",
    "Nota máxima",
    "Valutazione massima",
    "Maximumcijfer",
    "Điểm tối đa",
    "Điểm cao nhất",
)
LOCKED = (
    "Grade can be changed",
    "Bewertung kann geändert werden",
    "La note peut être modifiée",
    "La calificación puede cambiarse",
    "A nota pode ser alterada.",
    "La valutazione può essere modificata",
    "Có thể thay đổi điểm",
    "Điểm có thể thay đổi",
)
FEEDBACK = (
    "Feedback comments",
    "Feedback als Kommentar",
    "Feedback par commentaires",
    "Comentarios de retroalimentación",
    "Comentários de feedback",
    "Commenti",
    "Nhận xét phản hồi",
    "Phản hồi dạng nhận xét",
)
EMAIL = (
    "Email address",
    "E-Mail-Adresse",
    "Adresse de courriel",
    "Dirección de correo",
    "Email",
    "Địa chỉ thư điện tử",
)
ID_NUMBER = ("ID number", "ID-Nummer", "Numéro d'identification", "Número de ID", "Mã số ID", "Số ID")
USERNAME = ("Username", "Anmeldename", "Nom d'utilisateur", "Nombre de usuario", "Tên đăng nhập", "Kí danh")
NO = frozenset(("no", "nein", "non", "não", "nee", "không"))
"""What `Grade can be changed` says where it cannot."""

_NUMBER = re.compile(r"\D*?(\d{1,18})\s*")


def layout(
    table: Delimited,
    head: Row,
    names: Names,
    students: Collection[Given],
    *,
    named: str | None = None,
    comments: str | None = None,
) -> Layout:
    """Find the columns.

    named, comments  headings of marks and of comments, where they are in a language that is not known here
    Raises           UsageError where it is no worksheet, or another assignment's
    """
    headings = [cell.text.strip() for cell in head.cells]
    identifier = known(headings, IDENTIFIER)
    grades = [number for number, heading in enumerate(headings) if known([heading], GRADE) is not None]
    if identifier is None and named is not None:
        # Always the first one.
        identifier = 0
    if identifier is None or (named is None and len(grades) != 1):
        raise UsageError(
            message(
                "{path} is not Moodle's grading worksheet, or it is in a language that is not known here. It has: {headings}. "
                "Name the heading of marks with --column (and --comments-column), or switch Moodle to English and download "
                "it again.",
                path=table.name,
                headings=listed(headings),
            )
        )
    mark = column(headings, grades, named, names, table.name)
    maximum = known(headings, MAXIMUM)
    if maximum is None:
        # It follows the grade in every version.
        maximum = mark + 1
    system = participant_system(names.id)
    ids = [(system, identifier)]
    for other, headings_of in (
        ("email", EMAIL),
        ("moodle_idnumber", ID_NUMBER),
        ("moodle_username", USERNAME),
    ):
        found = known(headings, headings_of)
        if found is not None:
            ids.append((other, found))
    feedback = known(headings, FEEDBACK)
    if comments is not None:
        feedback = column(headings, (), comments, names, table.name)
    _not_another(table, names, students, identifier)
    decimal = decimal_of(
        text for row in table.rows() for text in (row.text(mark), row.text(maximum)) if row.line != head.line
    )
    if len(decimal) > 1:
        raise UsageError(
            message(
                "{path} has marks with a decimal comma and marks with a decimal point. Download the worksheet again.",
                path=table.name,
            )
        )
    return Layout(
        ids=tuple(ids),
        mark=mark,
        heading=headings[mark],
        name=known(headings, FULL_NAME),
        feedback=feedback,
        maximum=maximum,
        locked=known(headings, LOCKED),
        is_locked=lambda text: text.strip().casefold() in NO,
        decimal=next(iter(decimal), "."),
        id_in=lambda of, text: participant(text) if of == system else text,
    )


def participant(text: str) -> str:
    """The N of "Participant N", in any language; "" where there is none."""
    found = _NUMBER.fullmatch(text.strip())
    return str(int(found[1])) if found else ""


def _not_another(table: Delimited, names: Names, students: Collection[Given], identifier: int) -> None:
    """Refuse a worksheet that is known to be of another assignment: by its name, or by the participants in it."""
    other = names.other_in(PurePath(table.name).stem)
    if other is None:
        there = {participant(row.text(identifier)) for row in table.rows()} - {""}
        count = {
            id: sum(given.ids.get(participant_system(id), "") in there for given in students)
            for id in names.all
        }
        best = max(count, key=lambda id: count[id], default=names.id)
        if count.get(best, 0) > count.get(names.id, 0):
            other = best
    if other is not None:
        raise UsageError(
            message(
                "{path} is the worksheet of {other}, not of {assignment}: marks would land in the wrong assignment.",
                path=clean_line(table.name),
                other=other,
                assignment=names.id,
            )
        )

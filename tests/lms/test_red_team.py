"""What a hostile student or a hasty instructor puts into a platform's file: no mark may reach another student's row."""

from __future__ import annotations

import pytest

from autograder.errors import UsageError
from autograder.lms import canvas, gradescope_marks, moodle_gradebook, moodle_worksheet
from autograder.lms.filling import Wishes
from tests.lms.made import given
from tests.lms.test_filling import CANVAS, cells, fill

HEAD = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\r\n"
)
WORKSHEET = HEAD + (
    "Participant 12,Bob,bob@x,Submitted,,100.00,Yes,-,-,\r\nParticipant 7,Ann,ann@x,Submitted,,100.00,Yes,-,-,\r\n"
)


def test_a_platforms_own_number_is_nobodys_id_with_us() -> None:
    """The class is called 1, 2, 3, …: "Participant 12" is not the student 12, nor is the user 11 of Canvas."""
    for form, file in ((moodle_worksheet, WORKSHEET), (canvas, CANVAS)):
        with pytest.raises(UsageError, match="12 has a mark and is not in the file"):
            fill(form, file, [given("12", 9000), given("ann@x" if form is not canvas else "an@x", 100)])


def test_what_people_type_still_leads_to_our_own_id() -> None:
    _planned, data = fill(moodle_worksheet, WORKSHEET, [given("BOB@x", 9000)])
    assert [row[4] for row in cells(data)[1:]] == ["90", ""]


def changed(file: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in file
        file = file.replace(old, new)
    return file


STUDENTS = [given("b", 9000, ids={"email": "bob@x"}), given("a", 8550, ids={"email": "ann@x"})]


@pytest.mark.parametrize(
    "file",
    [
        WORKSHEET.encode("utf-16"),
        WORKSHEET.encode("utf-16-be"),
        ("\ufeff" + WORKSHEET).encode(),
        WORKSHEET.replace("\r\n", ",,,\r\n").encode(),  # empty columns behind
        (WORKSHEET + HEAD).encode(),  # the header once more, as sorting leaves it
        (WORKSHEET + ",,,,,,,,,\r\n\r\n").encode(),
        "".join([HEAD, *reversed(WORKSHEET.splitlines(True)[1:])]).encode(),  # sorted
        WORKSHEET.replace(",", ";").replace("100.00", "100,00").encode(),
    ],
    ids=["utf-16", "utf-16-be", "bom", "empty columns", "two headers", "empty rows", "sorted", "german"],
)
def test_a_worksheet_that_went_through_a_spreadsheet_is_filled_all_the_same(file: bytes) -> None:
    encoding = "utf-16" if file[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-16-be" if not file[0] else "utf-8"
    delimiter = ";" if b";" in file else ","
    _planned, data = fill(moodle_worksheet, file, STUDENTS)
    marks = {row[2]: row[4] for row in cells(data, delimiter, encoding) if row and "@" in row[2]}
    assert marks == {"bob@x": "90", "ann@x": "85,5" if delimiter == ";" else "85.5"}
    planned, again = fill(moodle_worksheet, data, STUDENTS)
    assert again == data
    assert not planned.overwrites


@pytest.mark.parametrize(
    "pairs",
    [
        [("100.00", "20.00")],
        [("100.00", "10,00"), (",Yes", ",Yes")],
        [("Ann,ann@x", "Ann,bob@x")],  # two rows of one
        [("Participant 7", "Participant 12"), ("ann@x", "bob@x")],
        [("Grade,Maximum", "Punkte,Maximum")],
        [("ann@x,Submitted,,", "ann@x,Submitted,01.May,")],
        [
            ("ann@x,Submitted,,100.00", 'ann@x,Submitted,"1,5",100.00'),
            ("bob@x,Submitted,,", "bob@x,Submitted,1.5,"),
        ],
        [("Participant 7,Ann,ann@x,Submitted,,100.00,Yes,-,-,\r\n", "")],  # half of the class is missing
        [("ann@x", "anne@x")],
        [(",Yes,-,-,\r\nParticipant 7", ",No,-,-,\r\nParticipant 7")],
    ],
    ids=lambda pairs: pairs[0][1][:20],
)
def test_a_worksheet_that_says_something_else_is_refused_whole(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(UsageError):
        fill(moodle_worksheet, changed(WORKSHEET, *pairs), STUDENTS)


@pytest.mark.parametrize(
    ("form", "head", "row"),
    [
        (moodle_gradebook, "ID number,Email address,Assignment: Sums and means (Real)", "{id},{id}@x,"),
        (gradescope_marks, "Name,SID,Email,sums,sums - Max Points", "N,{id},{id}@x,,100"),
        (canvas, "Student,ID,SIS User ID,SIS Login ID,Section,Sums and means (7)", "N,{n},{id},{id}@x,A,"),
    ],
)
def test_zeros_that_a_spreadsheet_took_away_lead_to_nobody(form: object, head: str, row: str) -> None:
    """0012 is written 12 now, and somebody else is called 12."""
    worth = ["    Points Possible,,,,,100"] if form is canvas else []
    file = "\r\n".join([head, *worth, row.format(id="12", n=1).replace("12@x", "zero@x"), ""])
    students = [given("0012", 9000), given("other", 100, ids={"email": "nobody@x"})]
    with pytest.raises(UsageError, match="0012 has a mark and is not in the file"):
        fill(form, file, students)
    with pytest.raises(UsageError, match="right file"):
        fill(form, file, students, Wishes(skip_missing=True))

"""Marks go into the files that Canvas, Moodle and Gradescope export: right cells, right form, everything doubtful refused."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from typing import Any

import pytest

from autograder.errors import UsageError
from autograder.lms import canvas, comment, gradescope_marks, moodle_gradebook, moodle_worksheet
from autograder.lms.delimited import delimited
from autograder.lms.filling import Kind, Plan, Wishes, plan
from autograder.lms.given import Given
from tests.lms.made import NAMES, given, report

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Sums and means (77),Waves on a string (78),Final Score\r\n"
    ",,,,,,Manual Posting,,\r\n"
    "    Points Possible,,,,,,100.00,20.00,(read only)\r\n"
    '"An, Nguyen Van",11,s-11,an@x,"A, B and C",,70.00,3.00,55\r\n'
    '"An, Nguyen Van",12,s-12,an2@x,A,=1+2,,4.00,\r\n'
    '"Binh, Le",13,s-13,binh@x,A,, 85.5 ,,\r\n'
    '"Chi, Do",14,s-14,chi@x,A,,EX,,\r\n'
    '"Dung, Ho",15,s-15,dung@x,A,,-,,\r\n'
    '"Student, Test",99,,test,A,,,,\r\n'
)
CLASS = [
    given("a", 8500, ids={"canvas_id": "11"}),
    given("b", 9000, ids={"canvas_sis_id": "s-12"}),
    given("binh@x", 8550),
    given("d", None, excused=True, ids={"canvas_login": "DUNG@x"}),
    given("nobody", None),
]

NO_WISHES = Wishes()


def fill(
    form: Any, text: str | bytes, students: list[Given], wishes: Wishes = NO_WISHES, **said: Any
) -> tuple[Plan, bytes]:
    comments = said.pop("remarks", None)
    data = text.encode() if isinstance(text, str) else text
    table, head, below = delimited(data, said.pop("name", "file.csv"))
    if form is canvas or form is moodle_gradebook:
        layout = form.layout(table, head, below, NAMES, **said)
    elif form is moodle_worksheet:
        layout = form.layout(table, head, NAMES, students, **said)
    else:
        layout = form.layout(table, head, NAMES, **said)
    planned = plan(table, layout, students, wishes, comments)
    return planned, table.edited(planned.edits)


def cells(data: bytes, delimiter: str = ",", encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=delimiter))


class TestCanvas:
    def test_one_column_is_filled_and_every_other_byte_stays(self) -> None:
        planned, data = fill(canvas, CANVAS, CLASS)
        expected = (
            CANVAS.replace(",70.00,", ",85,")
            .replace(",A,=1+2,,4.00", ",A,=1+2,90,4.00")
            .replace(",A,,-,,", ",A,,EX,,")
        )
        assert data == expected.encode()
        assert {change.student: change.kind for change in planned.marks} == {
            "a": Kind.CHANGED,
            "b": Kind.NEW,
            "binh@x": Kind.SAME,
            "d": Kind.NEW,
        }
        assert planned.overwrites
        assert planned.kept == 2  # Chi and the test student have no mark
        assert planned.formulas == [(5, "Notes")]

    def test_what_canvas_takes_for_the_same_is_not_written(self) -> None:
        planned, data = fill(canvas, CANVAS, [given("a", 7000, ids={"canvas_id": "11"})])
        assert data == CANVAS.encode()
        assert not planned.overwrites

    def test_a_german_export_keeps_its_decimal_comma(self) -> None:
        text = (
            "Student;ID;SIS Login ID;Section;Sums and means (77)\r\n"
            "    Points Possible;;;;100,00\r\n"
            'Ä;11;a;1;7,5\r\n"Ö ""x""";12;b;1;\r\n'
        )
        students = [given("a", 5025), given("b", 10000)]
        _planned, data = fill(canvas, "\ufeff" + text, students)
        assert data == ("\ufeff" + text.replace("7,5", "50,25").replace(";12;b;1;", ";12;b;1;100")).encode()

    def test_names_in_two_columns(self) -> None:
        text = (
            "LastName,FirstName,ID,SIS Login ID,Section,sums (7)\n    Points Possible,,,,,100\nAn,N,11,a,1,\n"
        )
        assert cells(fill(canvas, text, [given("a", 100)])[1])[2][5] == "1"

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("Student,ID", "Name,ID", "not the gradebook that Canvas exports"),
            (",100.00,", ",20.00,", "maximum of .* is 20, and the marks are out of 100"),
            (",100.00,", ",(read only),", "ignores it at import"),
            (",100.00,", ",,", "--maximum"),
            ("Sums and means (77)", "Means (77)", "no column of sums"),
            ("Waves on a string (78)", "Sums and means (78)", "several columns"),
            (",70.00,", ",N/A,", "not assigned"),
            (",70.00,", ",B+,", 'line 4, a: "B\\+" stands there'),
            (",13,s-13,", ",11,s-13,", "lines 4 and 6 are both of a"),
            ("11,s-11,an@x", "17,s-17,an9@x", "a has a mark and is not in the file"),
            ("11,s-11,an@x", "11,s-12,an@x", "line 4 .* fits several students: a, b"),
        ],
    )
    def test_what_is_not_certain_is_refused(self, old: str, new: str, said: str) -> None:
        assert old in CANVAS
        with pytest.raises(UsageError, match=said):
            fill(canvas, CANVAS.replace(old, new, 1), CLASS)

    def test_a_row_that_agrees_and_contradicts_is_refused(self) -> None:
        one = given("a", 8500, ids={"canvas_id": "11", "canvas_login": "another@x"})
        with pytest.raises(UsageError, match="fits a, whose canvas_login is another@x"):
            fill(canvas, CANVAS, [one])

    def test_an_own_id_is_no_match_where_others_are_recorded(self) -> None:
        # Somebody's id with us is somebody else's in Canvas.
        with pytest.raises(UsageError, match=r"12 has a mark and is not in the file"):
            fill(canvas, CANVAS, [given("12", 8500, ids={"canvas_id": "4711"})])

    def test_an_own_id_is_no_match_in_a_row_that_lacks_the_recorded_one(self) -> None:
        # The row with ID 99 shows no SIS User ID that could contradict.
        with pytest.raises(UsageError, match="99 has a mark and is not in the file"):
            fill(canvas, CANVAS, [given("99", 8500, ids={"canvas_sis_id": "s-99"})])

    def test_names_never_match(self) -> None:
        with pytest.raises(UsageError, match="is not in the file"):
            fill(canvas, CANVAS, [given("x", 8500, name="Binh, Le")])

    def test_missing_students_may_be_left_out(self) -> None:
        planned, data = fill(canvas, CANVAS, [*CLASS, given("gone", 5000)], Wishes(skip_missing=True))
        assert planned.skipped == ["gone"]
        assert b'\r\n"Binh, Le",13,s-13,binh@x,A,, 85.5 ,,' in data

    def test_scaling_is_asked_for_and_exact(self) -> None:
        text = CANVAS.replace(",100.00,", ",30.00,")
        students = [given("a", 3333, ids={"canvas_id": "11"}), given("b", 5, ids={"canvas_id": "12"})]
        _planned, data = fill(canvas, text, students, Wishes(scale=True))
        # 33.33 of 100 is 9.999 of 30; 0.05 of 100 is 0.015 of 30: a half goes up.
        assert [row[6] for row in cells(data)[3:5]] == ["10", "0.02"]

    @pytest.mark.parametrize("score", [-1, 10_001])
    def test_a_mark_out_of_range_is_refused(self, score: int) -> None:
        with pytest.raises(UsageError, match="outside 0 … 100"):
            fill(canvas, CANVAS, [given("a", score, ids={"canvas_id": "11"})])

    def test_a_column_of_another_assignment_is_refused(self) -> None:
        with pytest.raises(UsageError, match="is the one of waves, not of sums"):
            fill(canvas, CANVAS, CLASS, named="Waves on a string (78)")
        with pytest.raises(UsageError, match="is the one of waves, not of sums"):
            fill(canvas, CANVAS, CLASS, named="78")

    def test_a_title_that_canvas_takes_for_a_total_is_refused(self) -> None:
        text = CANVAS.replace("Sums and means (77)", "Final Score of sums (77)")
        with pytest.raises(UsageError, match=r"takes .* for a total"):
            fill(canvas, text, CLASS, named="77")

    def test_a_short_row_is_refused(self) -> None:
        text = CANVAS.replace('"An, Nguyen Van",11,s-11,an@x,"A, B and C",,70.00,3.00,55', "An,11,s-11,an@x")
        with pytest.raises(UsageError, match="line 4, a: the row ends before"):
            fill(canvas, text, CLASS)

    def test_a_student_without_a_mark_may_be_ambiguous_with_nobody(self) -> None:
        planned, data = fill(canvas, CANVAS, [given("a", None, ids={"canvas_id": "11"}), CLASS[1]])
        assert b",70.00," in data
        assert [change.student for change in planned.marks] == ["b"]

    def test_long_lists_are_cut(self) -> None:
        students = [given(f"gone{number}", 1) for number in range(30)]
        with pytest.raises(UsageError, match="in 30 places") as refused:
            fill(canvas, CANVAS, students)
        assert str(refused.value).count("is not in the file") == 20
        assert "… and 10 more" in str(refused.value)


WORKSHEET = (
    "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    '"Participant 501",Nguyen Van An,an@x,"Submitted for grading",,100.00,Yes,"Monday, 1 June 2026, 10:00 AM",-,\n'
    '"Participant 502",Nguyen Van An,an2@x,"Submitted for grading",50.00,100.00,Yes,-,-,"Good, so far"\n'
    '"Participant 503",Le Binh,binh@x,"No submission",-,100.00,No,-,-,\n'
)
AN = given("an", 8550, ids={"moodle_participant:sums": "501"}, report=report("an"))
AN2 = given("an2", 7000, email="AN2@X", report=report("an2", mean=0))


class TestMoodleWorksheet:
    def test_only_grade_and_comments_change(self) -> None:
        remarks = {one.student: comment.html(one, "en") for one in (AN, AN2)}
        planned, data = fill(moodle_worksheet, WORKSHEET, [AN, AN2, given("binh", None)], remarks=remarks)
        rows, before = cells(data), cells(WORKSHEET.encode())
        assert [row[4] for row in rows[1:]] == ["85.5", "70", "-"]
        for row, old in zip(rows, before, strict=True):
            assert row[:4] + row[5:9] == old[:4] + old[5:9]
        assert rows[1][9] == remarks["an"]
        assert [change.kind for change in planned.comments] == [Kind.NEW, Kind.CHANGED]
        assert planned.overwrites
        assert data.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in data

    def test_the_same_again_changes_nothing(self) -> None:
        remarks = {one.student: comment.html(one, "en") for one in (AN, AN2)}
        _planned, data = fill(moodle_worksheet, WORKSHEET, [AN, AN2], remarks=remarks)
        again, same = fill(moodle_worksheet, data, [AN, AN2], remarks=remarks)
        assert same == data
        assert not again.overwrites

    def test_a_comment_that_moodle_shows_stripped_is_the_same(self) -> None:
        shown = comment.text(AN, "en").replace("\n", " ").replace('"', '""')
        text = WORKSHEET.replace('10:00 AM",-,\n', f'10:00 AM",-,"{shown}"\n')
        planned, _data = fill(moodle_worksheet, text, [AN], remarks={"an": comment.html(AN, "en")})
        assert [change.kind for change in planned.comments] == [Kind.SAME]

    def test_german_headings_and_decimal_comma(self) -> None:
        text = (
            "ID,Vollständiger Name,Status,Bewertung,Bestwertung,Bewertung kann geändert werden,"
            "Zuletzt geändert (Bewertung),Feedback als Kommentar\r\n"
            'Teilnehmer/in501,A,,"7,50","100,00",Ja,-,\r\n'
            'Teilnehmer/in502,B,,"8,00","100,00",Nein,-,\r\n'
        )
        _planned, data = fill(moodle_worksheet, text, [AN])
        assert data.decode() == text.replace('"7,50"', '"85,5"')
        with pytest.raises(UsageError, match="line 3, b: the platform has locked this mark"):
            fill(moodle_worksheet, text, [given("b", 900, ids={"moodle_participant:sums": "502"})])
        # What stands there already need not be changed.
        fill(moodle_worksheet, text, [given("b", 800, ids={"moodle_participant:sums": "502"})])

    def test_a_language_that_is_not_known(self) -> None:
        text = "識別子,氏名,ステータス,評点,最大評点,評点変更可,フィードバックコメント\n参加者501,A,,,100.00,Yes,\n"
        with pytest.raises(UsageError, match="--column"):
            fill(moodle_worksheet, text, [AN])
        remarks = {"an": "well done"}
        said = {"named": "評点", "comments": "フィードバックコメント", "remarks": remarks}
        rows = cells(fill(moodle_worksheet, text, [AN], **said)[1])
        assert (rows[1][3], rows[1][6]) == ("85.5", "well done")

    @pytest.mark.parametrize(
        ("student", "said"),
        [
            (given("an", 10_001, ids={"moodle_participant:sums": "501"}), "outside 0 … 100"),
            (given("binh", 100, email="binh@x"), "locked"),
            (given("z", 100, ids={"moodle_participant:sums": "77"}), "not in the file"),
            (given("z", 100, ids={"moodle_id": "501"}), "not in the file"),
            (
                given("an", 100, email="an@x", ids={"moodle_participant:sums": "400"}),
                "whose moodle_participant:sums is 400",
            ),
        ],
    )
    def test_what_moodle_would_drop_or_mistake_is_refused(self, student: Given, said: str) -> None:
        with pytest.raises(UsageError, match=said):
            fill(moodle_worksheet, WORKSHEET, [student])

    def test_the_worksheet_of_another_assignment_is_refused(self) -> None:
        with pytest.raises(UsageError, match="worksheet of waves, not of sums"):
            fill(moodle_worksheet, WORKSHEET, [AN], name="Grades-DL-Waves on a string--881.csv")
        other = given("an", 100, email="an@x", ids={"moodle_participant:waves": "501"})
        with pytest.raises(UsageError, match="worksheet of waves, not of sums"):
            fill(moodle_worksheet, WORKSHEET, [other])
        fill(moodle_worksheet, WORKSHEET, [AN], name="Grades-DL-Sums and means--881.csv")
        with pytest.raises(UsageError, match="is 20, and the marks are out of 100"):
            fill(moodle_worksheet, WORKSHEET.replace("100.00", "20.00"), [AN])

    def test_a_scale_is_refused(self) -> None:
        with pytest.raises(UsageError, match="no number: scales"):
            fill(moodle_worksheet, WORKSHEET.replace("100.00", "Pass"), [AN])

    def test_a_comment_is_no_formula_and_nothing_that_php_misreads(self) -> None:
        html = comment.html(AN, "en")
        assert not set(html) & set('"\\\n\r\t')
        assert "<of>" not in html
        assert "&lt;of&gt;" in html
        _planned, data = fill(moodle_worksheet, WORKSHEET, [AN], remarks={"an": "=HYPERLINK(1)"})
        assert cells(data)[1][9] == "'=HYPERLINK(1)"


GRADEBOOK = (
    "First name,Last name,ID number,Email address,Assignment: Sums and means (Real),"
    "Assignment: Sums and means (Feedback),External tool: Waves on a string (Real),Last downloaded from this course\n"
    "An,Nguyen,s-1,an@x,-,,3.00,1780000000\n"
    "Binh,Le,,binh@x,50.00,ok,-,1780000000\n"
)


class TestMoodleGradebook:
    def test_marks_and_feedback(self) -> None:
        students = [given("an", 8550, ids={"moodle_idnumber": "s-1"}), given("b", 5000, email="Binh@X")]
        planned, data = fill(moodle_gradebook, GRADEBOOK, students, remarks={"an": "a<br>b"})
        assert data.decode() == GRADEBOOK.replace("an@x,-,,", "an@x,85.5,a<br>b,")
        assert [note.id[:25] for note in planned.notes] == [
            "The file does not say the",
            "The last column says when",
        ]

    def test_another_maximum(self) -> None:
        students = [given("an", 8550, ids={"moodle_idnumber": "s-1"})]
        with pytest.raises(UsageError, match="is 10, and the marks are out of 100"):
            fill(moodle_gradebook, GRADEBOOK, students, maximum=Fraction(10))
        data = fill(moodle_gradebook, GRADEBOOK, students, Wishes(scale=True), maximum=Fraction(10))[1]
        assert cells(data)[1][4] == "8.55"

    def test_names_alone_are_refused(self) -> None:
        with pytest.raises(UsageError, match="names are never matched"):
            fill(moodle_gradebook, "First name,Last name,Sums and means (Real)\nA,B,-\n", CLASS)

    def test_excused_students_keep_their_cell(self) -> None:
        students = [
            given("an", None, excused=True, ids={"moodle_idnumber": "s-1"}),
            given("b", 1, email="binh@x"),
        ]
        planned, data = fill(moodle_gradebook, GRADEBOOK, students)
        assert planned.unread == ["an"]
        assert cells(data)[1][4] == "-"

    def test_a_file_of_our_own_as_the_importer_reads_it(self) -> None:
        students = [
            given("an", 8550, ids={"moodle_username": "an"}, email="an@x"),
            given("b", None, email="b@x"),
            given("c", 0, ids={"moodle_username": "=c"}, email="c@x"),
        ]
        text = moodle_gradebook.render(students, "Sums and means", {"an": '<b>"x"</b>'})
        assert list(csv.DictReader(io.StringIO(text, newline=""))) == [
            {
                "username": "an",
                "Email address": "an@x",
                "Sums and means": "85.5",
                "Sums and means feedback": '<b>"x"</b>',
            },
            # The apostrophe keeps a spreadsheet from running it.
            {"username": "'=c", "Email address": "c@x", "Sums and means": "0", "Sums and means feedback": ""},
        ]

    def test_one_identifier_for_all_or_none(self) -> None:
        with pytest.raises(UsageError, match=r"known of all 2 students.*None is known of: z"):
            moodle_gradebook.render([given("an", 1, email="a@x"), given("z", 1)], "T", {})


class TestGradescope:
    COURSE = (
        "First Name,Last Name,SID,Email,Sums and means,Sums and means - Max Points,Sums and means - Lateness (H:M:S)\n"
        "An,N,11,an@x,,100.0,00:00:00\nBinh,L,12,binh@x,50.0,100.0,01:00:00\n"
    )

    def test_the_export_of_a_course(self) -> None:
        students = [given("a", 8550, ids={"gradescope_sid": "11"}), given("b", 5000, email="binh@x")]
        data = fill(gradescope_marks, self.COURSE, students)[1]
        assert data.decode() == self.COURSE.replace("an@x,,", "an@x,85.5,")

    def test_the_maximum_is_checked(self) -> None:
        with pytest.raises(UsageError, match="is 20, and"):
            fill(gradescope_marks, self.COURSE.replace("100.0", "20.0"), [given("b", 5000, email="binh@x")])

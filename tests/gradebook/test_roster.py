from __future__ import annotations

from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.gradebook.roster import Change, changes, read
from autograder.gradebook.tables_in import decoded
from autograder.gradebook.values import Student


def table(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


def students(
    path: Path,
    known: dict[str, Student] | None = None,
    assignment: str | None = None,
    id_from: str | None = None,
) -> dict[str, Student]:
    found = changes(path, read(path, assignment), known or {}, id_from)
    return {change.after.id: change.after for change in found}


OURS = 'id,name,email,section,language,canvas_id,moodle_id,note\nan,"Nguyễn, An",An@X.edu,A1,vi,7,8,x\nbinh,,,,,,,\n'


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_table_of_ours(tmp_path: Path, separator: str, encoding: str, newline: str) -> None:
    text = OURS.replace("Nguyễn, An", "Nguyễn An").replace(",", separator).replace("\n", newline)
    path = table(tmp_path, text, encoding)
    assert students(path) == {
        "an": Student(
            "an",
            "Nguyễn An",
            "An@X.edu",
            "A1",
            "vi",
            {"canvas_id": "7", "moodle_id": "8", "email": "an@x.edu"},
        ),
        "binh": Student("binh"),
    }
    assert read(path).unused == ("note",)


def test_columns_stand_in_any_order_and_quotes_hold_separators_and_lines(tmp_path: Path) -> None:
    path = table(tmp_path, 'Email , ID,name\n a@x.edu ,an,"Nguyễn,\nVăn ""An"""\n')
    assert students(path)["an"] == Student("an", 'Nguyễn,\nVăn "An"', "a@x.edu", ids={"email": "a@x.edu"})


def test_excels_own_first_line_is_no_header(tmp_path: Path) -> None:
    path = table(tmp_path, "sep=;\r\nid;name\r\nan;An\r\nan;Again\r\n")
    with pytest.raises(UsageError, match="lines 3, 4"):
        read(path)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Nguyễn Văn Đạt", "cp1258"),
        ("Trần Thị Hà", "cp1258"),
        ("Niccolò Forlì", "cp1252"),
        ("Jürgen", "cp1252"),
    ],
)
def test_one_byte_encodings_are_told_where_they_can_be(tmp_path: Path, name: str, encoding: str) -> None:
    import unicodedata

    # Windows' keyboard for Vietnamese gives a letter and a tone.
    tones = dict.fromkeys("\u0300\u0301\u0303\u0309\u0323")
    raw = b""
    for letter in unicodedata.normalize("NFC", name):
        try:
            raw += letter.encode(encoding)
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
            raw += base.encode(encoding) + b"".join(part.encode(encoding) for part in parts if part in tones)
    path = tmp_path / "t.csv"
    path.write_bytes(b"id,name\nan," + raw + b"\n")
    assert students(path)["an"].name == name
    assert read(path).encoding == encoding


def test_an_encoding_that_cannot_be_told_is_refused_and_can_be_said(tmp_path: Path) -> None:
    path = table(tmp_path, "id,name\nan,João\n", "cp1252")
    with pytest.raises(UsageError, match=r"line 2: the byte 0xe3 is not UTF-8.*--encoding"):
        read(path)
    assert read(path, encoding="cp1252").entries[0].student.name == "João"
    with pytest.raises(UsageError, match="is not in utf-8"):
        read(path, encoding="utf-8")


@pytest.mark.parametrize(
    "data", [b"id,name\nan,\x81\xd2\n", b"id,name\nan,\0\n", b"PK\x03\x04zip", b"\xff\xfea"]
)
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with pytest.raises(UsageError):
        read(path)


def test_utf16_without_a_mark_of_either_order() -> None:
    for order in ("utf-16-le", "utf-16-be"):
        assert decoded(Path("x"), "id,name\nan,An\n".encode(order)) == ("id,name\nan,An\n", "utf-16")


CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Sums (77),Current Score
    Points Possible,,,,,100,(read only)
"Nguyễn, Văn An",1001,S1,an,A1,,
"Nguyễn, Văn An",1002,S2,an2,A1,12.5,
"Student, Test",1003,,abc,A1,,
"""


def test_canvas_gradebook_as_it_is_exported(tmp_path: Path) -> None:
    path = table(tmp_path, CANVAS, "utf-8-sig")
    found = students(path)
    assert set(found) == {"an", "an2"}
    assert found["an2"] == Student(
        "an2",
        "Nguyễn, Văn An",
        section="A1",
        ids={"canvas_id": "1002", "canvas_sis_id": "S2", "canvas_login": "an2"},
    )
    assert [line for line, _why in read(path).skipped] == [2, 5]
    assert set(students(path, id_from="canvas_sis_id")) == {"S1", "S2"}


def test_canvas_with_names_apart_and_no_login(tmp_path: Path) -> None:
    path = table(tmp_path, "LastName,FirstName,ID,Section,Sums (7)\nNguyễn,An,5,A,\n")
    assert students(path) == {
        "canvas-5": Student("canvas-5", "An Nguyễn", section="A", ids={"canvas_id": "5"})
    }


def test_ids_lead_to_the_students_that_are_known_whatever_they_are_called(tmp_path: Path) -> None:
    known = {"me": Student("me", "An", ids={"canvas_id": "1001"}), "b": Student("b", email="x@x.edu")}
    path = table(tmp_path, CANVAS)
    found = changes(path, read(path), known)
    assert [(change.after.id, change.changed) for change in found] == [
        ("me", ("section", "canvas_login", "canvas_sis_id")),
        ("an2", ("new",)),
    ]


def test_a_name_of_ours_is_not_replaced_by_a_platform_s_unless_asked(tmp_path: Path) -> None:
    known = {"me": Student("me", "An", ids={"canvas_id": "1001"})}
    path = table(tmp_path, CANVAS)
    theirs = students(path)["an"].name
    assert theirs not in ("", "An")
    [kept, _new] = changes(path, read(path), known)
    assert (kept.after.name, kept.other_name, "name" in kept.changed) == ("An", theirs, False)
    [taken, _new] = changes(path, read(path), known, overwrite_names=True)
    assert (taken.after.name, taken.other_name, "name" in taken.changed) == (theirs, "", True)
    # Where there is none yet, the platform's is taken; the same one is no news; and our own table may say another.
    [first, new] = changes(path, read(path), {"me": Student("me", ids={"canvas_id": "1001"})})
    assert (first.after.name, first.other_name, new.other_name) == (theirs, "", "")
    [same, _new] = changes(path, read(path), {"me": first.after})
    assert (same.changed, same.other_name) == ((), "")
    ours = table(tmp_path, "id,name\nme,Other\n")
    [own] = changes(ours, read(ours), known)
    assert (own.after.name, own.other_name) == ("Other", "")


WORKSHEET = """Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 41,Nguyễn Văn An,An@x.edu,Submitted for grading,,100.00,Yes,"Saturday, 21 November 2026, 10:15 AM",-,
Participant 42,Nguyễn Văn An,an2@x.edu,No submission,,100.00,Yes,-,-,
"""


@pytest.mark.parametrize(
    ("english", "other"),
    [
        ("", ""),
        ("Identifier,Full name,Email address,Status,", "ID,Họ tên,Địa chỉ,Tình trạng,"),
        ("Participant", "Teilnehmer/in"),
    ],
)
def test_moodles_worksheet_in_any_language(tmp_path: Path, english: str, other: str) -> None:
    path = table(tmp_path, WORKSHEET.replace(english, other) if english else WORKSHEET, "utf-8-sig")
    known = {"an": Student("an", "An", "an@x.edu")}
    found = students(path, known, "sums")
    assert found == {
        "an": Student("an", "An", "An@x.edu", ids={"moodle_participant:sums": "41", "email": "an@x.edu"}),
        "an2@x.edu": Student(
            "an2@x.edu",
            "Nguyễn Văn An",
            "an2@x.edu",
            ids={"moodle_participant:sums": "42", "email": "an2@x.edu"},
        ),
    }
    with pytest.raises(UsageError, match="-a ASSIGNMENT"):
        read(path)


def test_moodles_german_worksheet_has_no_blank_before_the_number(tmp_path: Path) -> None:
    text = (
        "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Bewertung kann geändert werden,"
        "Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),Feedback als Kommentar\n"
        'Teilnehmer/in41,Zoë Müller,zoe@x.edu,Zur Bewertung abgegeben,,"100,00",Ja,"Dienstag, 1. Dezember 2026, 23:05",-,\n'
        'Teilnehmer/in42,Li Wei,li@x.edu,Keine Abgabe,,"100,00",Ja,-,-,\n'
    )
    path = table(tmp_path, text, "utf-8-sig")
    found = students(path, {"zoe": Student("zoe", "Zoë", "zoe@x.edu")}, "sums")
    assert {id: one.ids["moodle_participant:sums"] for id, one in found.items()} == {
        "zoe": "41",
        "li@x.edu": "42",
    }
    assert found["li@x.edu"].name == "Li Wei"
    with pytest.raises(UsageError, match="-a ASSIGNMENT"):
        read(path)


def test_ids_with_numbers_are_no_worksheet(tmp_path: Path) -> None:
    text = "id,name,email,section,language\nstudent 1,A,a@x.edu,,\nstudent 2,B,b@x.edu,,\n"
    assert set(students(table(tmp_path, text))) == {"student 1", "student 2"}
    text = "id,E-Mail,Vorname,Nachname,Gruppe\nstudent1,a@x.edu,A,A,1\nstudent2,b@x.edu,B,B,1\n"
    assert set(students(table(tmp_path, text))) == {"student1", "student2"}
    text = "id,a,b,c,d\ns1,,,,\ns2,,,,\n"
    assert set(students(table(tmp_path, text))) == {"s1", "s2"}


def test_a_worksheet_under_blind_marking_has_numbers_only(tmp_path: Path) -> None:
    text = "Identifier,Status,Grade,Maximum Grade,Last modified (grade)\nParticipant 41,x,,10,-\nParticipant 42,x,,10,-\n"
    assert set(students(table(tmp_path, text), assignment="sums")) == {"moodle-41", "moodle-42"}


def test_moodles_participants_and_gradebook(tmp_path: Path) -> None:
    path = table(tmp_path, "First name,Last name,ID number,Email address,Groups\nAn,Nguyễn,S1,an@x.edu,G1\n")
    assert students(path) == {
        "S1": Student("S1", "An Nguyễn", "an@x.edu", "G1", ids={"moodle_idnumber": "S1", "email": "an@x.edu"})
    }


def test_gradescopes_roster_without_its_staff(tmp_path: Path) -> None:
    text = (
        "First Name,Last Name,SID,Email,Role,Section\nAn,Nguyen,S1,an@x.edu,Student,A\nT,A,,ta@x.edu,TA,A\n"
    )
    path = table(tmp_path, text)
    assert students(path) == {
        "S1": Student("S1", "An Nguyen", "an@x.edu", "A", ids={"gradescope_sid": "S1", "email": "an@x.edu"})
    }
    assert [line for line, _why in read(path).skipped] == [3]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,name\nan,A\nan,B\n", 'The id "an" is there 2 times, in lines 2, 3'),
        ("id,name\nan,A\n,B\n", "Line 3: the id is empty"),
        ("id,canvas_id\nan,7\nbinh,7\n", 'The canvas_id "7" is there 2 times, in lines 2, 3'),
        ("id,email\nan,A@x.edu\nbinh,a@X.edu\n", "in lines 2, 3"),
        ("id,language\nan,klingon\n", 'Line 2: the language "klingon"'),
        ("id,name\nan,Nguyen, Van An\n", "Line 2 has more cells"),
        ("id,name\nan," + "x" * 300 + "\n", "Line 2: name is too long"),
        ('id,name\nan,"open\nbinh,B\n', "line 2: this is not CSV"),
        ("id,name\n", "holds no student"),
        ("name,email\nAn,an@x.edu\n", "has no header that is known"),
        ("", "has no header that is known"),
        ("SID,Email\n,\n", "holds no student"),
        ("SID,Email,Name\n,,An\n", "Line 2 has no id"),
        ("id,name\n2.02312E+11,An\n", "Line 2: id is 2.02312E+11: a spreadsheet has shortened"),
        ("id;name\n2,02312E+11;An\n", "Line 2: id is 2,02312E+11: a spreadsheet has shortened"),
        ("SID,Email,Name\n1E+20,an@x.edu,An\n", "Line 2: gradescope_sid is 1E+20"),
    ],
)
def test_tables_that_contradict_themselves_are_refused_with_their_lines(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read(table(tmp_path, text))
    assert said in str(caught.value)


def test_ids_of_others_in_the_gradebook_are_refused_with_the_line(tmp_path: Path) -> None:
    known = {"an": Student("an", ids={"canvas_id": "7"}), "binh": Student("binh", ids={"email": "b@x.edu"})}

    def refused(text: str) -> str:
        path = table(tmp_path, text)
        with pytest.raises(UsageError) as caught:
            changes(path, read(path), known)
        return str(caught.value)

    assert 'Line 2: the gradebook has these ids for "an", not for "cuong"' in refused(
        "id,canvas_id\ncuong,7\n"
    )
    assert "Line 2" in refused("id,canvas_id,email\nan,7,b@x.edu\n")
    assert 'canvas_id "7" for the student "an"' in refused("id,canvas_id\nan,8\n")
    known["an"] = Student("an", ids={"gradescope_sid": "S1", "email": "a@x.edu"})
    assert 'Lines 2, 3 are one student, "an"' in refused("SID,Email\nS1,new@x.edu\n,a@x.edu\n")


def test_what_a_table_leaves_empty_stays_as_it_was(tmp_path: Path) -> None:
    known = {"an": Student("an", "An", "an@x.edu", "A", "vi", {"canvas_id": "7", "email": "an@x.edu"})}
    path = table(tmp_path, "id,name,section,language,email,canvas_id\nan,,,,,\n")
    found = changes(path, read(path), known)
    assert found == [Change(2, known["an"], known["an"])]


def test_ids_are_taken_as_they_are(tmp_path: Path) -> None:
    path = table(tmp_path, "id,name\nAn,1\nan,2\na\u0303,3\n\u00e3,4\n=1+1,5\n../x,6\n")
    assert list(students(path)) == ["An", "an", "a\u0303", "\u00e3", "=1+1", "../x"]

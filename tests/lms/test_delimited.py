"""Every byte outside the cells that are written stays, and Python's csv reads those cells back."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import UsageError
from autograder.lms.delimited import Delimited

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be-marked", "utf-16-le", "cp1252", "cp1258")
TEXT = st.text(st.sampled_from("ab \"',;\t\r\n1é=-|:"), max_size=6)


def encoded(text: str, encoding: str) -> bytes:
    if encoding == "utf-16-be-marked":
        return b"\xfe\xff" + text.encode("utf-16-be")
    return text.encode(encoding)


def read_by_python(text: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str]:
    """(text of a file as many programs write it, delimiter): ragged, quoted or not, line ends mixed."""
    delimiter = draw(st.sampled_from(",;\t"))
    text = f"id{delimiter}name{delimiter}mark" + draw(st.sampled_from(("\r\n", "\n", "\r")))
    rows = draw(st.lists(st.lists(TEXT, max_size=5), max_size=6))
    for number, cells in enumerate(rows, 1):
        written = []
        for cell in cells:
            needs = any(c in cell for c in (delimiter, '"', "\r", "\n"))
            quote = needs or draw(st.booleans())
            written.append('"' + cell.replace('"', '""') + '"' if quote else cell)
        text += delimiter.join(written) + draw(
            st.sampled_from(("\r\n", "\n", "\r", "\n\n", *([""] if number == len(rows) else [])))
        )
    return text, delimiter


@settings(max_examples=150, deadline=None)
@given(files(), st.sampled_from(ENCODINGS), st.data())
def test_only_the_bytes_of_written_cells_change(
    file: tuple[str, str], encoding: str, data: st.DataObject
) -> None:
    text, delimiter = file
    raw = encoded(text, encoding)
    known = {"cp1258": "cp1258"}.get(encoding)
    table = Delimited(raw, "file.csv", encoding=known)
    assert table.delimiter == delimiter
    rows = list(table.rows())
    before = [row for row in read_by_python(table.text, delimiter) if row]
    assert [[cell.text for cell in row.cells] for row in rows] == before
    assert table.edited([]) == raw

    places = [(r, c) for r, row in enumerate(rows) for c in range(len(row.cells)) if r]
    # A row of one empty cell would be no row.
    chosen = data.draw(st.lists(st.sampled_from(places), unique=True, max_size=4)) if places else []
    changes = {place: data.draw(TEXT.filter(bool)) for place in chosen}
    after = table.edited([(rows[r].cells[c], new) for (r, c), new in changes.items()])

    again = Delimited(after, "file.csv", encoding=known, delimiter=delimiter)
    expected = [list(row) for row in before]
    for (r, c), new in changes.items():
        expected[r][c] = new
    assert [row for row in read_by_python(again.text, delimiter) if row] == expected
    # Between two written cells stand the same bytes as before, in order and with nothing in between.
    old, new_ = table.text, again.text
    codec = table.encoding
    rows_after = list(again.rows())
    spans = sorted((rows[r].cells[c], rows_after[r].cells[c]) for r, c in changes)
    at_old = at_new = 0
    for was, now in spans:
        assert old[at_old : was.start].encode(codec) == new_[at_new : now.start].encode(codec)
        at_old, at_new = was.end, now.end
    tail = old[at_old:].encode(codec)
    assert after.endswith(tail)
    assert new_[at_new:].encode(codec) == tail


def one(raw: bytes, row: int, column: int, new: str, **said: str) -> bytes:
    table = Delimited(raw, "file.csv", **said)
    return table.edited([(list(table.rows())[row].cells[column], new)])


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"id,mark\r\n1,\r\n", b"id,mark\r\n1,85\r\n"),
        (b'"id","mark"\n"1",""\n', b'"id","mark"\n"1","85"\n'),
        (b"\xef\xbb\xbfid;mark\n1; 7 \n2;8", b"\xef\xbb\xbfid;mark\n1;85\n2;8"),
        (b"id\tmark\n1\t7\r\n\r\n2\t8\r", b"id\tmark\n1\t85\r\n\r\n2\t8\r"),
        (b"sep=;\r\nid;mark\r\n1;7\r\n", b"sep=;\r\nid;mark\r\n1;85\r\n"),
        (b'id,mark\n1,"7\n8",x,,\n', b'id,mark\n1,"85",x,,\n'),
        (b"id,mark\n1,7\xe9\xfc\n\x81,8\n", b"id,mark\n1,85\n\x81,8\n"),
    ],
)
def test_a_cell_is_replaced_where_it_stands(raw: bytes, expected: bytes) -> None:
    assert one(raw, 1, 1, "85") == expected


def test_quotation_marks_come_where_they_are_needed() -> None:
    assert one(b"id,mark\n1,7\n", 1, 1, "12,5") == b'id,mark\n1,"12,5"\n'
    assert one(b"id;mark\n1;7\n", 1, 1, "12,5") == b"id;mark\n1;12,5\n"
    assert one(b"id;mark\n1;7\n", 1, 1, 'a "b"\nc') == b'id;mark\n1;"a ""b""\nc"\n'


def test_lines_are_counted_as_an_editor_does() -> None:
    table = Delimited(b'id,mark\r\n"1\r\n1",7\n\n2,8\r3,9', "file.csv")
    assert [row.line for row in table.rows()] == [1, 2, 5, 6]


def test_a_byte_order_mark_is_no_part_of_the_first_heading() -> None:
    table = Delimited("\ufeffid,mark\n1,7\n".encode("utf-16-le"), "file.csv")
    assert (table.encoding, table.guessed, next(table.rows()).cells[0].text) == ("utf-16-le", False, "id")


def test_an_encoding_that_is_a_guess_is_said_to_be_one() -> None:
    assert Delimited("id,tên\n1,é\n".encode("cp1252"), "file.csv").guessed
    assert not Delimited("id,tên\n1,é\n".encode(), "file.csv").guessed


@pytest.mark.parametrize(
    ("raw", "said", "part"),
    [
        (b'id,mark\n1,"7\n2,8\n', {}, "line 2: a quotation mark"),
        (b"id\n1\n", {}, "--delimiter"),
        (b"a;b,c\n", {}, "--delimiter"),
        (b"", {}, "--delimiter"),
        (b"PK\x03\x04....", {}, "workbook"),
        (b"id,mark\n1,\x00\n", {}, "NUL"),
        (b"\xff\xfei\x00d", {}, "cannot be read as utf-16-le"),
        (b"id,mark\n", {"encoding": "klingon"}, "klingon"),
        (b"id,mark\n", {"encoding": "utf-7"}, "utf-7"),
        (b"id,mark\n", {"encoding": "rot13"}, "rot13"),
        (b"id,\xff\n", {"encoding": "utf-8"}, "cannot be read as utf-8"),
    ],
)
def test_what_cannot_be_read_is_refused(raw: bytes, said: dict[str, str], part: str) -> None:
    with pytest.raises(UsageError, match=part):
        list(Delimited(raw, "file.csv", **said).rows())


def test_a_character_that_the_file_cannot_hold_is_refused() -> None:
    with pytest.raises(UsageError, match=r"cp1252, which has no .*u1ea5"):
        one(b"id,mark\n1,\xe9\n", 1, 1, "th\u1ea5p")

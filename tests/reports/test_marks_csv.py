"""marks.csv: sums, quoting, and that no cell is a formula."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.cleaning import clean_line
from autograder.model import Status
from autograder.reports import marks_csv

from .samples import (
    PARTLY,
    SYSTEM_ERROR,
    UNGRADABLE,
    class_like_any,
    class_of,
    forty_functions,
    hostile_class,
)

HEADER = ["student", "status", "score", "max"]


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_the_rows_of_a_small_class() -> None:
    text = marks_csv.render(class_of(PARTLY, SYSTEM_ERROR, UNGRADABLE))
    assert text == (
        '"student","status","score","max","area","perimeter","diagonal","circle","polygon","sphere"\r\n'
        '"le-van-cuong","ungradable",0,100,,,,,,\r\n'
        '"nguyen-thi-hoa","graded",56.67,100,20,6.67,10,10,0,10\r\n'
        '"pham-quoc-bao","system_error",,100,,,,,,\r\n'
    )


def test_totals_add_up_and_equal_the_reports() -> None:
    results = class_like_any(80)
    header, *rows = rows_of(marks_csv.render(results))
    assert header[:4] == HEADER
    assert len(rows) == len(results.reports) == 80
    for row, report in zip(rows, results.reports, strict=True):
        if report.status is Status.SYSTEM_ERROR:
            assert row[2] == ""
            continue
        assert Decimal(row[2]) * 100 == report.score
        assert sum((Decimal(cell) for cell in row[4:] if cell), Decimal(0)) == Decimal(row[2])


def test_an_empty_class_has_a_header() -> None:
    assert marks_csv.render(class_of()) == '"student","status","score","max"\r\n'


def test_forty_functions_are_forty_columns() -> None:
    header, row = rows_of(marks_csv.render(class_of(forty_functions())))
    assert len(header) == len(row) == 44


def test_hostile_ids_make_no_formula_and_no_row() -> None:
    results = hostile_class()
    text = marks_csv.render(results)
    assert text.count("\r\n") == len(text.splitlines()) == len(results.reports) + 1
    rows = rows_of(text)[1:]
    assert len(rows) == len(results.reports)
    for row, report in zip(rows, results.reports, strict=True):
        assert row[1:4] == ["graded", "60", "100"]
        assert not re.match(r"\s*[=+\-@＝＋－＠]", row[0])
        # Still recognisable: take the apostrophe away, and it is the id with its escapes.
        assert row[0].removeprefix("'") == clean_line(report.student) or row[0] == clean_line(report.student)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("an", '"an"'),
        ("Trần Đức Anh", '"Trần Đức Anh"'),
        ("=1+1", '"\'=1+1"'),
        ("+84", '"\'+84"'),
        ("-x", '"\'-x"'),
        ("@SUM(1)", '"\'@SUM(1)"'),
        ("'=1", "\"''=1\""),
        ("  =1", '"\'  =1"'),
        ("\t=1", r'"\t=1"'),
        ("\r=1", r'"\r=1"'),
        ('a","b', '"a"",""b"'),
        ("a\nb", r'"a\nb"'),
        ("a-b=c", '"a-b=c"'),
        ("", '""'),
    ],
)
def test_cells(text: str, cell: str) -> None:
    assert marks_csv.text_cell(text) == cell


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_any_text_is_one_cell_and_can_be_had_back(text: str) -> None:
    cell = marks_csv.text_cell(text)
    ((read,),) = csv.reader(io.StringIO(cell, newline=""), strict=True)
    assert not read.lstrip().startswith(tuple("=+-@"))
    shown = clean_line(text)
    assert read == (f"'{shown}" if shown.lstrip().startswith(tuple("=+-@'＝＋－＠")) else shown)
